import { errorData } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import { Failure, failureOf } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { openEpisodes } from '../../light/lamps/service.ts'
import { type Around, readAround } from './around.ts'
import { type Answers, type Decision, decide, type Standing } from './decide.ts'
import type { PlaybookDefinition } from './definition.ts'
import { doStep, type PlaybookPorts } from './effects.ts'
import { readPlaybooks } from './registry.ts'
import {
  addStep,
  changeRun,
  claimDue,
  type RunChange,
  type StoredRun,
  stepCounts,
} from './store.ts'

const runsAtOnce = 200

/**
 * Brings runs that are due so far as they go now, a batch in one transaction: what a step does and where the run
 * stands after it are there together or not at all. Several may do this at once; none takes what another has.
 *
 * @returns how many there were; 0 = nothing is due, or others are at it
 * @throws FactsError, StateError; nothing has changed then
 */
export async function advanceDue(ports: PlaybookPorts): Promise<number> {
  const advanced = await ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    const runs = await claimDue(tx, ports.workspaceId, ports.clock.now(), runsAtOnce)
    if (runs.length === 0) return 0
    const playbooks = await readPlaybooks(inside)
    const under = runs.map((run) => ({
      run,
      accountId: run.accountId,
      definition: playbooks.version(run.playbookKey, run.playbookVersion),
    }))
    const around = await readAround(inside, under)
    const lit = await openEpisodes(
      inside,
      runs.flatMap(({ episodeId }) => episodeId ?? []),
    )
    const places = await stepCounts(
      tx,
      runs.map(({ id }) => id),
    )
    for (const { run, definition } of under) {
      const isLampOut = run.episodeId !== null && !lit.has(run.episodeId)
      await advanceRun(inside, {
        run,
        definition,
        around,
        isLampOut,
        place: places.get(run.id) ?? 0,
      })
    }
    return runs.length
  })
  if (advanced > 0) ports.mails.wake()
  return advanced
}

interface Advancing {
  readonly run: StoredRun
  readonly definition: PlaybookDefinition
  readonly around: Around
  readonly isLampOut: boolean
  /** How many steps it has gone through. */
  readonly place: number
}

async function advanceRun(
  ports: PlaybookPorts,
  { run, definition, around, isLampOut, place: begun }: Advancing,
): Promise<void> {
  const now = ports.clock.now()
  const answers: Answers = {
    isAccountThere: around.accounts.has(run.accountId),
    isLampOut,
    isTrue: (condition) => around.isTrue(run.accountId, condition),
  }
  let standing: Standing = { stepId: run.stepId, waitingSince: run.waitingSince }
  for (let place = begun + 1; ; place += 1) {
    const decision = decide(definition, standing, now, answers, around.workspace.settings)
    if (decision.kind !== 'do') {
      await changeRun(ports.state.db, run.id, { ...kept(standing), ...restOf(decision, now) })
      return
    }
    const problem = await tryStep(ports, run, decision, around, place)
    if (problem !== null) {
      await changeRun(ports.state.db, run.id, {
        ...kept(standing),
        state: 'failed',
        nextAt: null,
        problem,
      })
      return
    }
    standing = { stepId: decision.next, waitingSince: null }
  }
}

const kept = ({ stepId, waitingSince }: Standing): RunChange => ({ stepId, waitingSince })

/** How a run is left that does nothing more now. */
function restOf(
  decision: Exclude<Decision, { readonly kind: 'do' }>,
  now: StoredRun['begunAt'],
): RunChange {
  if (decision.kind === 'wait') {
    return { waitingSince: decision.since, nextAt: decision.nextAt }
  }
  const { ending } = decision
  const state = ending === 'finished' ? 'done' : 'stopped'
  return { state, ending, endedAt: now, nextAt: null }
}

/**
 * Does a step on its own, so that one that fails leaves those before it done.
 *
 * @returns why it failed; null = it is done
 */
async function tryStep(
  ports: PlaybookPorts,
  run: StoredRun,
  { step, how }: Extract<Decision, { readonly kind: 'do' }>,
  around: Around,
  place: number,
): Promise<Text | null> {
  try {
    await ports.state.transaction(async (tx) => {
      const inside = within(ports, tx)
      const effect = await doStep(inside, run, step, how, around)
      const { workspaceId } = ports
      const at = ports.clock.now()
      await addStep(tx, { runId: run.id, stepId: step.id, workspaceId, place, at, ...effect })
    })
    return null
  } catch (error) {
    const failure = error instanceof Failure ? error : failureOf(error)
    // A store that went away is no matter of the run: all of them are tried again.
    if (failure !== null && failure.status >= 500) throw error
    if (failure !== null) {
      const { what, mend } = errorData(failure.code, failure.details)
      return { en: `${what.en} ${mend.en}`, ja: `${what.ja}${mend.ja}` }
    }
    ports.log.error({ err: error, run: run.id, step: step.id }, 'a step of a playbook failed')
    return {
      en: 'Something went wrong on our side; the log says what.',
      ja: '内部でエラーが発生しました。詳細はログに記録されています。',
    }
  }
}
