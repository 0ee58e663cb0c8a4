import { randomUUID } from 'node:crypto'
import type { HealthOverride } from '@tomoshibi/contract/health'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { startOfDay } from '../../light/lamps/days.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { lockMetrics } from '../custom/service.ts'
import { overrideView } from './scored.ts'
import { addOverride, allOverrides, withdrawOverrides } from './store.ts'

export interface NewOverride {
  readonly account: string
  readonly score: number
  readonly reason: string
  /** The last day on which it counts. */
  readonly until: string
  /** The user's id; null for a program. */
  readonly actor?: string | null
}

/** Longer than this nobody knows how a customer will be. */
const mostDaysAhead = 366

/**
 * Sets the score of an account by hand. It takes the place of one that was set before; nothing but its
 * end date, a person who takes it back, or another one set by hand ends it.
 *
 * @throws Failure UNKNOWN_ACCOUNT, BAD_INPUT for an end date in the past or too far ahead
 */
export async function setOverride(
  ports: Ports,
  { account, score, reason, until, actor = null }: NewOverride,
): Promise<HealthOverride> {
  const { workspaceId, state, clock } = ports
  const { settings } = await getWorkspace(ports)
  const today = todayIn(clock, settings.timeZone)
  const ahead = today.until(Temporal.PlainDate.from(until), { largestUnit: 'day' }).days
  if (ahead < 0 || ahead > mostDaysAhead) {
    throw new Failure('BAD_INPUT', {
      problem: `until: the last day is today (${today}) at the earliest and a year ahead at the latest.`,
      problemJa: `until: 最終日には今日(${today})から1年以内の日付を指定してください。`,
    })
  }
  await checkAccount(ports, account)
  const setAt = clock.now()
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    await withdrawOverrides(tx, workspaceId, account, { at: setAt, actor })
    const next = Temporal.PlainDate.from(until).add({ days: 1 }).toString()
    const override = {
      id: randomUUID(),
      workspaceId,
      accountId: account,
      scoreHundredths: Math.round(score * 100),
      reason,
      setBy: actor,
      setAt,
      endsOn: until,
      endsAt: Temporal.Instant.from(startOfDay(next, settings.timeZone)),
      withdrawnAt: null,
      withdrawnBy: null,
    }
    await addOverride(tx, override)
    const names = await userNames(tx, actor === null ? [] : [actor])
    const setByName = actor === null ? null : (names.get(actor) ?? null)
    return overrideView({ ...override, setByName }, settings.healthBands, setAt)
  })
}

/**
 * Takes back what was set by hand; the computed score counts again.
 *
 * @throws Failure UNKNOWN_ACCOUNT, NO_OVERRIDE
 */
export async function withdrawOverride(
  ports: Ports,
  { account, actor = null }: { readonly account: string; readonly actor?: string | null },
): Promise<HealthOverride> {
  const { workspaceId, state, clock } = ports
  const { settings } = await getWorkspace(ports)
  await checkAccount(ports, account)
  const at = clock.now()
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    const count = await withdrawOverrides(tx, workspaceId, account, { at, actor })
    const last = (await allOverrides(tx, workspaceId)).findLast(
      ({ accountId }) => accountId === account,
    )
    if (count === 0 || last === undefined) throw new Failure('NO_OVERRIDE', { accountId: account })
    return overrideView(last, settings.healthBands, at)
  })
}

async function checkAccount(ports: Ports, account: string): Promise<void> {
  if ((await unknownAccounts(ports.facts, ports.workspaceId, [account])).length > 0) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  }
}

/** Scores that were set by hand, newest first. @param all also those that count no more */
export async function listOverrides(
  ports: Ports,
  { account, all }: { readonly account?: string | undefined; readonly all: boolean },
): Promise<HealthOverride[]> {
  const { settings } = await getWorkspace(ports)
  const now = ports.clock.now()
  return (await allOverrides(ports.state.db, ports.workspaceId))
    .filter(({ accountId }) => account === undefined || accountId === account)
    .filter(({ accountId }) => ports.seen?.has(accountId) ?? true)
    .map((override) => overrideView(override, settings.healthBands, now))
    .filter(({ state }) => all || state === 'counts')
    .toReversed()
}
