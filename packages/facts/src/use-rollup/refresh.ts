/** Keeps the roll-up of usage events up with them. */
import { z } from 'zod'
import type { FactStore } from '../store.ts'
import { markAll, type UseScope } from './marks.ts'
import {
  lastNumbers,
  type Part,
  rollUpAny,
  rollUpByEvent,
  startOf,
  unmark,
  unnumberedUsers,
} from './queries.ts'
import { currentScope, firstOpenMark, noteState, openMark, readState } from './state.ts'
import { USERS_PER_BLOCK } from './tables.ts'

/** About so many events are looked at together, which keeps the engine off the disk. */
const EVENTS_AT_ONCE = 500_000

/** The last thing that was begun in each store; the next one waits for it. */
const turns = new WeakMap<FactStore, Promise<unknown>>()

const oneAtATime = <T>(store: FactStore, work: () => Promise<T>): Promise<T> => {
  const turn = (turns.get(store) ?? Promise.resolve()).then(work)
  turns.set(
    store,
    turn.catch(() => {}),
  )
  return turn
}

const waitingRow = z.object({
  account_id: z.string(),
  events: z.coerce.number(),
  first_month: z.number(),
  last_month: z.number(),
  mark: z.coerce.number(),
  corrected: z.coerce.number(),
})
type Waiting = z.infer<typeof waitingRow>

/** Accounts with months that wait, in their order, and about how many events there are to look at. */
const waitingAccounts = async (store: FactStore, scope: UseScope): Promise<Waiting[]> => {
  const params = {
    workspace_id: scope.workspaceId,
    time_zone: scope.timeZone,
    // Of earlier months there are no events to make it of.
    cut_month: scope.firstMonth ?? 0,
    // Events under open marks are still being stored.
    open_from: firstOpenMark(store, scope.workspaceId),
  }
  const marked = `
  SELECT account_id, month, version FROM use_touched FINAL
  WHERE workspace_id = {workspace_id:String} AND version % 2 = 0 AND version < {open_from:UInt64}
    AND month >= {cut_month:UInt16}`
  const [span] = await store.query(
    {
      sql: `SELECT count() AS months, min(month) AS first, max(month) AS last FROM (${marked})`,
      params,
    },
    z.object({ months: z.coerce.number(), first: z.number(), last: z.number() }),
  )
  if (span === undefined || span.months === 0) return []
  return store.query(
    {
      sql: `
SELECT
  account_id, sum(counted) AS events,
  min(first_month) AS first_month, max(last_month) AS last_month,
  max(newest) AS mark, max(several) AS corrected
FROM (
  SELECT account_id, 0 AS counted,
    min(month) AS first_month, max(month) AS last_month, max(version) AS newest, 0 AS several
  FROM (${marked}) GROUP BY account_id
  UNION ALL
  SELECT account_id, count(), toUInt16(65535), toUInt16(0), 0, 0
  FROM usage_events
  WHERE workspace_id = {workspace_id:String}
    AND occurred_at >= toDateTime64({from:String}, 3, {time_zone:String})
    AND occurred_at < toDateTime64({to:String}, 3, {time_zone:String})
    AND account_id GLOBAL IN (SELECT account_id FROM (${marked}))
  GROUP BY account_id
  UNION ALL
  SELECT account_id, 0, toUInt16(65535), toUInt16(0), 0, 1
  FROM use_corrected
  WHERE workspace_id = {workspace_id:String} AND account_id GLOBAL IN (SELECT account_id FROM (${marked}))
  GROUP BY account_id
)
GROUP BY account_id
HAVING mark > 0
ORDER BY account_id`,
      params: { ...params, from: startOf(span.first), to: startOf(span.last + 1) },
    },
    waitingRow,
  )
}

/** Accounts that follow one another, as many as can be looked at together. */
const partsOf = (accounts: readonly Waiting[]): Part[] => {
  const mark = accounts.reduce((newest, account) => Math.max(newest, account.mark), 0)
  const groups: Waiting[][] = []
  let events = 0
  for (const account of accounts) {
    const group = groups.at(-1)
    if (group === undefined || events + account.events > EVENTS_AT_ONCE) {
      groups.push([account])
      events = account.events
    } else {
      group.push(account)
      events += account.events
    }
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)]
    if (first === undefined || last === undefined) return []
    return {
      firstAccount: first.account_id,
      lastAccount: last.account_id,
      mark,
      firstMonth: Math.min(...group.map(({ first_month }) => first_month)),
      lastMonth: Math.max(...group.map(({ last_month }) => last_month)),
      corrected: group.some(({ corrected }) => corrected > 0),
    }
  })
}

/**
 * Gives every user of a part a number. They are given here and not in the engine, so that a statement
 * that is done twice gives the same ones; one process does this.
 */
const numberUsers = async (store: FactStore, scope: UseScope, part: Part): Promise<void> => {
  const users = await store.query(
    unnumberedUsers(scope, part),
    z.object({ account_id: z.string(), user_id: z.string() }),
  )
  if (users.length === 0) return
  const last = new Map(
    (
      await store.query(
        lastNumbers(scope, part),
        z.object({ account_id: z.string(), number: z.number() }),
      )
    ).map(({ account_id, number }) => [account_id, number]),
  )
  const rows = users.map(({ account_id, user_id }) => {
    const number = (last.get(account_id) ?? USERS_PER_BLOCK - 1) + 1
    last.set(account_id, number)
    return { workspace_id: scope.workspaceId, account_id, user_id, number }
  })
  await store.insert('user_numbers', rows, { repeatable: true })
}

const rollUp = async (store: FactStore, scope: UseScope, part: Part): Promise<void> => {
  await numberUsers(store, scope, part)
  for (const statement of [rollUpByEvent, rollUpAny, unmark]) {
    await store.command(statement(scope, part), { repeatable: true })
  }
}

/** Does a thing while nobody else writes facts. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>

const atOnce: Turn = (work) => work()

/**
 * Rolls up again whatever has changed since the last time, in the time zone of the roll-up. Cut off at any
 * instant, or failed, the next call goes on; until then it is not read.
 *
 * @param scope its time zone counts only where there is no roll-up yet
 * @param turn for each part of the work; left out where the caller has its turn already
 * @returns the number of accounts that were looked at
 * @throws FactsError
 */
export const refreshUse = async (
  store: FactStore,
  scope: UseScope,
  turn: Turn = atOnce,
): Promise<number> => {
  const own = await currentScope(store, scope)
  try {
    const accounts = await waitingAccounts(store, own)
    for (const part of partsOf(accounts)) {
      // In this order: who has a turn must not wait for somebody who waits for theirs.
      const isOurs = await turn(() =>
        oneAtATime(store, async () => {
          const now = await currentScope(store, scope)
          if (now.timeZone !== own.timeZone) return false
          await rollUp(store, own, part)
          return true
        }),
      )
      // Its time zone has changed meanwhile; whoever changed it goes on.
      if (!isOurs) return 0
    }
    await turn(() => releaseUse(store, own))
    return accounts.length
  } catch (error) {
    // The events are there and their roll-up is not; best known now, but the failure itself counts more.
    await withhold(store, own.workspaceId).catch(() => {})
    throw error
  }
}

/** Lets a roll-up be read again of which nothing waits any more. */
const releaseUse = async (store: FactStore, scope: UseScope): Promise<void> => {
  const { workspaceId } = scope
  const state = await readState(store, workspaceId)
  if (state === null || state.whole || !state.marked) return
  if (await waits(store, await currentScope(store, scope))) return
  await noteState(store, workspaceId, { ...state, whole: true })
}

const withhold = async (store: FactStore, workspaceId: string): Promise<void> => {
  const state = await readState(store, workspaceId)
  if (state?.whole) await noteState(store, workspaceId, { ...state, whole: false })
}

/** A roll-up that can be used in place of the events. */
export interface UseRollup {
  readonly timeZone: string
  /** ISO instant from which on all of it is known; null while there are no events. */
  readonly lastKnownAt: string | null
}

/** The roll-up of a workspace, when it is whole; null otherwise. @throws FactsError */
export const readUseRollup = async (
  store: FactStore,
  workspaceId: string,
): Promise<UseRollup | null> => {
  const state = await readState(store, workspaceId)
  if (!state?.whole) return null
  const [row] = await store.query(
    {
      sql: `
SELECT maxOrNull(last_known_at) AS last_known_at FROM use_by_month
WHERE workspace_id = {workspace_id:String}`,
      params: { workspace_id: workspaceId },
    },
    z.object({ last_known_at: z.string().nullable() }),
  )
  return { timeZone: state.timeZone, lastKnownAt: row?.last_known_at ?? null }
}

const isAny = async (store: FactStore, workspaceId: string, from: string): Promise<boolean> => {
  const rows = await store.query(
    {
      sql: `SELECT 1 AS one FROM ${from} WHERE workspace_id = {workspace_id:String} LIMIT 1`,
      params: { workspace_id: workspaceId },
    },
    z.object({ one: z.number() }),
  )
  return rows.length > 0
}

const waits = (store: FactStore, { workspaceId, firstMonth = 0 }: UseScope): Promise<boolean> =>
  isAny(
    store,
    workspaceId,
    `(SELECT * FROM use_touched FINAL WHERE version % 2 = 0 AND month >= ${firstMonth})`,
  )

/**
 * Says of a workspace without events that its roll-up is whole, which it then stays.
 *
 * @throws FactsError
 */
export const beginUseRollup = async (store: FactStore, scope: UseScope): Promise<void> => {
  const { workspaceId, timeZone } = scope
  const state = await readState(store, workspaceId)
  if (state?.timeZone === timeZone && state.marked) return
  // It holds what there are no events of any more.
  if (state !== null && state.firstMonth !== null) return
  if (await isAny(store, workspaceId, 'usage_events')) return
  await noteState(store, workspaceId, { timeZone, marked: true, whole: true })
}

/**
 * Keeps a roll-up from being read that a crash left behind its events, until `ensureUseRollup` has brought
 * it up to them. To be called before anything is asked or stored.
 *
 * @throws FactsError
 */
export const withholdStaleUse = async (store: FactStore, workspaceId: string): Promise<void> => {
  const scope = await currentScope(store, { workspaceId, timeZone: '' })
  if (await waits(store, scope)) await withhold(store, workspaceId)
}

export interface EnsureOptions {
  /** Makes it of all events in any case. */
  readonly anew?: boolean
  readonly turn?: Turn
}

/**
 * Brings the roll-up of a workspace about: makes it of all events when there is none for this time zone,
 * and goes on with what was cut off. Until it is whole, figures are made of the events themselves. Where events
 * were deleted because of their age, it keeps its time zone and what it says of the months before.
 *
 * @throws FactsError
 */
export const ensureUseRollup = async (
  store: FactStore,
  scope: UseScope,
  { anew = false, turn = atOnce }: EnsureOptions = {},
): Promise<void> => {
  const { workspaceId, timeZone } = scope
  await turn(async () => {
    const state = await readState(store, workspaceId)
    const isCut = state !== null && state.firstMonth !== null
    if (!anew && state?.marked && (isCut || state.timeZone === timeZone)) return
    const own = isCut ? await currentScope(store, scope) : { workspaceId, timeZone }
    const zone = { timeZone: own.timeZone }
    // In this order: cut off anywhere, the next call begins anew, and nobody reads what is half made.
    await noteState(store, workspaceId, { ...zone, marked: false, whole: false })
    const mark = await openMark(store, workspaceId)
    try {
      await markAll(store, own, mark)
    } finally {
      mark.close()
    }
    await noteState(store, workspaceId, { ...zone, marked: true, whole: false })
  })
  await refreshUse(store, scope, turn)
}
