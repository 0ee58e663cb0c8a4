import type { Evaluation } from '@tomoshibi/contract/light'
import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace, type Workspace } from '../../platform/workspace.ts'
import { type History, historyOf } from './accounts.ts'
import { pastActOf } from './act-record.ts'
import { dayAfter, dayBefore, daysAfter, daysThrough, earlier } from './days.ts'
import type { Lamp } from './definition.ts'
import { escalateUnattended } from './escalate.ts'
import { type Block, runBlock } from './evaluation.ts'
import type { Ledger } from './ledger.ts'
import { retirementsNow } from './retire-store.ts'
import { makeTasks, newLedger, prepare, type Run, write } from './run.ts'
import {
  forgetDerived,
  lockLamps,
  moveWatermarks,
  personActs,
  trackedEntries,
  watermarks,
} from './store.ts'
import { tellOfLamps } from './tell.ts'

export interface EvaluateOptions {
  /** Evaluate through this day (ISO date); today unless told otherwise. */
  readonly on?: string | undefined
  /** Forget what the data decided and begin anew with the first day of the history. */
  readonly replay?: boolean | undefined
  readonly onProgress?: (progress: { day: string; daysDone: number; daysTotal: number }) => void
}

/**
 * So many rows of account × day at most go through one query, and so many days. A day costs the more the
 * more facts there are; before the first signs of accounts there are contracts only.
 */
const rowsInBlock = 200_000
const daysInBlock = 62
const daysInEarlyBlock = 366

/**
 * Evaluates all lamps for every day after the last one evaluated, each as known at its own end. The
 * day that has not ended is evaluated as known now, and again whenever this is asked for.
 *
 * Days are written in blocks, each with its watermark in one transaction: ended at any point, the next
 * call goes on from there. A replay is one transaction: until it is done, nothing has changed.
 *
 * @throws Failure BAD_PERIOD for a day in the future, EVALUATION_RUNNING, BAD_CONDITION
 */
export async function evaluateLamps(
  ports: Ports,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  const target = options.on ?? today
  if (target > today) {
    const problem = `${target} is in the future; today is ${today}.`
    throw new Failure('BAD_PERIOD', { problem })
  }
  return alone(ports, async () => {
    const history = await historyOf(ports, workspace)
    if (history === null || history.firstDay > target) return nothingDone(ports, workspace)
    const run: HistoryRun = {
      ...(await prepare(ports, workspace, target)),
      history,
      today,
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    }
    return options.replay ? replay(run) : goOn(run)
  })
}

/** A run through the days of the history that were not evaluated yet, or all of them. */
interface HistoryRun extends Run {
  readonly history: History
  readonly today: string
  readonly onProgress?: NonNullable<EvaluateOptions['onProgress']>
}

/** The run without the lamps that were retired since it began; within the lock. */
async function stillInForce(tx: StateDb, prepared: HistoryRun): Promise<HistoryRun> {
  const retired = await retirementsNow(tx, prepared.workspace.id)
  return { ...prepared, lamps: prepared.lamps.filter((lamp) => !retired.has(lamp.definition.key)) }
}

/** Goes on from where the last evaluation came to. */
async function goOn(prepared: HistoryRun): Promise<Evaluation> {
  const { ports, workspace, target } = prepared
  const tally = new Tally()
  for (;;) {
    const more = await ports.state.transaction(async (tx) => {
      await lockLamps(tx, workspace.id)
      const run = await stillInForce(tx, prepared)
      const { lamps } = run
      const through = await watermarks(tx, workspace.id)
      const block = nextBlock(run, through)
      if (block === null) return false
      const last = block.days.at(-1) ?? target
      const ledger = newLedger(run, await trackedEntries(tx, workspace.id))
      const due = (lamp: Lamp, on: string) => on > (through.get(lamp.definition.key) ?? '')
      const dueLamps = lamps.filter((lamp) => due(lamp, last))
      await runBlock(run.course, ledger, dueLamps, block, {
        due,
        refresh: last === target,
      })
      await write(tx, workspace.id, ledger)
      await tellOfLamps(tx, run, ledger)
      if (block.knownAt === 'period-end') {
        await moveWatermarks(
          tx,
          workspace.id,
          lamps.map((lamp) => lamp.definition),
          last,
        )
      }
      const isLast = last === target
      if (isLast) {
        tally.tasksCreated = await makeTasks(tx, run, ledger)
        await escalateUnattended(tx, run)
      }
      tally.add(block.days, ledger)
      run.onProgress?.({
        day: last,
        daysDone: tally.days,
        daysTotal: tally.days + daysThrough(dayAfter(last), target).length,
      })
      return !isLast
    })
    if (!more) return tally.result(await openNow(ports, workspace))
  }
}

/** The next days to evaluate, where every lamp was evaluated through a day or not at all. */
function nextBlock(run: HistoryRun, through: ReadonlyMap<string, string>): Block | null {
  const { firstDay } = run.history
  const begins = run.lamps
    .map((lamp) => through.get(lamp.definition.key))
    .map((day) => (day === undefined || day < firstDay ? firstDay : dayAfter(day)))
    .reduce(earlier, dayAfter(run.target))
  return blockFrom(run, begins)
}

/** Finished days from one on, as known at their ends; at last the unfinished one, as known now. */
function blockFrom({ history, target, today }: HistoryRun, begins: string): Block | null {
  const { firstSignDay, accounts } = history
  const finished = target === today ? dayBefore(today) : target
  if (begins <= finished) {
    const early = begins < firstSignDay
    const days = early ? daysInEarlyBlock : daysInBlock
    const length = Math.max(1, Math.min(days, Math.floor(rowsInBlock / accounts)))
    const last = daysAfter(begins, length - 1)
    const until = early ? earlier(dayBefore(firstSignDay), finished) : finished
    return { days: daysThrough(begins, earlier(last, until)), knownAt: 'period-end' }
  }
  return target === today && begins <= today ? { days: [today], knownAt: 'now' } : null
}

/** Begins anew: everything is worked out in memory and then takes the place of what was there. */
async function replay(prepared: HistoryRun): Promise<Evaluation> {
  const { ports, workspace, target, today } = prepared
  const { firstDay } = prepared.history
  const tally = new Tally()
  await ports.state.transaction(async (tx) => {
    await lockLamps(tx, workspace.id)
    const run = await stillInForce(tx, prepared)
    const { lamps } = run
    const acts = (await personActs(tx, workspace.id)).flatMap((stored) => pastActOf(stored) ?? [])
    const ledger = newLedger(run, [])
    const snoozed = acts.flatMap(({ transition: { accountId }, state: { snoozeCondition } }) =>
      snoozeCondition === null ? [] : [{ accountId, condition: snoozeCondition.condition }],
    )
    const blocks: Block[] = []
    for (let next = blockFrom(run, firstDay); next !== null; ) {
      blocks.push(next)
      const last = next.days.at(-1) ?? target
      next = last < target ? blockFrom(run, dayAfter(last)) : null
    }
    for (const block of blocks) {
      await runBlock(run.course, ledger, lamps, block, {
        due: () => true,
        afterDay: (on) => {
          for (const act of acts) if (act.transition.on === on) ledger.repeat(act)
        },
        snoozed,
        refresh: block === blocks.at(-1),
      })
      tally.days += block.days.length
      run.onProgress?.({
        day: block.days.at(-1) ?? target,
        daysDone: tally.days,
        daysTotal: daysThrough(firstDay, target).length,
      })
    }
    // Acts of later days, where the replay ends earlier than the present.
    for (const act of acts) if (act.transition.on > target) ledger.repeat(act)
    const keys = lamps.map(({ definition }) => definition.key)
    await forgetDerived(tx, workspace.id, keys, [...ledger.episodes.keys()])
    await write(tx, workspace.id, ledger, true)
    const finished = target === today ? dayBefore(today) : target
    if (finished >= firstDay) {
      const definitions = lamps.map((lamp) => lamp.definition)
      await moveWatermarks(tx, workspace.id, definitions, finished)
    }
    tally.tasksCreated = await makeTasks(tx, run, ledger)
    await escalateUnattended(tx, run)
    tally.days = 0
    tally.add(
      blocks.flatMap((block) => block.days),
      ledger,
    )
  })
  return tally.result(await openNow(ports, workspace))
}

class Tally {
  from: string | null = null
  through: string | null = null
  days = 0
  lit = 0
  cleared = 0
  tasksCreated = 0

  add(days: readonly string[], ledger: Ledger): void {
    this.from ??= days[0] ?? null
    this.through = days.at(-1) ?? this.through
    this.days += days.length
    for (const { cause, from, to } of ledger.transitions) {
      if (cause !== 'data') continue
      if (from === 'off') this.lit += 1
      if (to === 'off') this.cleared += 1
    }
  }

  result(open: number): Evaluation {
    const { from, through, days, lit, cleared, tasksCreated } = this
    return { from, through, days, lit, cleared, openNow: open, tasksCreated }
  }
}

async function openNow({ state }: Ports, workspace: Workspace): Promise<number> {
  const entries = await trackedEntries(state.db, workspace.id)
  return entries.filter(({ state: { position } }) => position === 'lit' || position === 'acting')
    .length
}

async function nothingDone(ports: Ports, workspace: Workspace): Promise<Evaluation> {
  return new Tally().result(await openNow(ports, workspace))
}

/**
 * Runs `work` unless an evaluation of the workspace runs already, in whatever process. The lock is the
 * connection's, so that it goes with a process that is killed.
 */
async function alone<T>(ports: Ports, work: () => Promise<T>): Promise<T> {
  const client = await ports.state.pool.connect()
  const key = `evaluation of lamps of ${ports.workspaceId}`
  let broken = false
  try {
    const { rows } = await client.query<{ got: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got',
      [key],
    )
    if (rows[0]?.got !== true) throw new Failure('EVALUATION_RUNNING')
    try {
      return await work()
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key]).catch(() => {
        broken = true
      })
    }
  } finally {
    client.release(broken)
  }
}
