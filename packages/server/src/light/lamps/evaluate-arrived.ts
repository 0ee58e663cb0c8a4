import type { Ports } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { dayBefore } from './days.ts'
import { escalateUnattended } from './escalate.ts'
import { runBlock } from './evaluation.ts'
import { makeTasks, newLedger, prepare, write } from './run.ts'
import { trackedEntries, tryLockLamps, watermarks } from './store.ts'
import { tellOfLamps } from './tell.ts'

/**
 * `busy`: somebody else changes lamps just now; try again soon. `behind`: some lamp was not evaluated
 * through yesterday, so that today cannot be told; `evaluateLamps` has to go through the days first.
 */
export type ArrivedOutcome = 'evaluated' | 'busy' | 'behind'

/** More accounts than this are not named one by one: looking at all is as quick then. */
const mostNamed = 2_000

/**
 * Evaluates today, as known now, for the accounts of which facts have just arrived: afterwards their lamps
 * are what `evaluateLamps` would have made them. Lamps of others are not looked at, also where a figure of
 * theirs compares them with these; the next evaluation of all does that.
 *
 * @throws Failure BAD_CONDITION; FactsError, StateError; nothing has changed then
 */
export async function evaluateArrived(
  ports: Ports,
  accounts: ReadonlySet<string> | 'all',
): Promise<ArrivedOutcome> {
  const workspace = await getWorkspace(ports)
  const today = todayIn(ports.clock, workspace.settings.timeZone).toString()
  const yesterday = dayBefore(today)
  const some = accounts === 'all' || accounts.size > mostNamed ? 'all' : [...accounts]
  return ports.state.transaction(async (tx) => {
    if (!(await tryLockLamps(tx, workspace.id))) return 'busy'
    // What is known now is asked for within the lock: an older answer must not follow a newer one.
    const run = await prepare(ports, workspace, today)
    const through = await watermarks(tx, workspace.id)
    const isUpToDate = run.lamps.every(
      ({ definition }) => (through.get(definition.key) ?? '') >= yesterday,
    )
    if (!isUpToDate) return 'behind'
    const ledger = newLedger(run, await trackedEntries(tx, workspace.id, some))
    const block = { days: [today], knownAt: 'now' as const }
    await runBlock(
      run.course,
      ledger,
      run.lamps,
      some === 'all' ? block : { ...block, accountIds: some },
      { due: () => true, refresh: true },
    )
    await write(tx, workspace.id, ledger)
    await tellOfLamps(tx, run, ledger)
    await makeTasks(tx, run, ledger)
    await escalateUnattended(tx, run)
    return 'evaluated'
  })
}
