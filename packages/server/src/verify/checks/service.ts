import { type Verification, verificationSchema } from '@tomoshibi/contract/verification'
import type { MetricEvidence } from '@tomoshibi/contract/verify'
import type { LampEvidence } from '@tomoshibi/evidence/lamp-evidence'
import type { CheckedSubject } from '@tomoshibi/state/schema/evidence-checks'
import type { Ports } from '../../call/context.ts'
import type { JudgedLamp } from '../evidence/service.ts'
import { addChecks, allChecks, type StoredCheck } from './store.ts'

type CheckPorts = Pick<Ports, 'state' | 'clock' | 'workspaceId'>

/** What is asked of checks: one subject in one version, before one outcome. */
export interface Checked {
  readonly subject: CheckedSubject
  readonly key: string
  /** Left out = whatever version. */
  readonly version?: number
  readonly outcome: Verification['outcome']
}

/** Every check that was kept of metrics or lamps, to be asked for one of them, newest first. */
export async function readChecks(
  { state, workspaceId }: Pick<CheckPorts, 'state' | 'workspaceId'>,
  subject: CheckedSubject,
): Promise<(asked: Omit<Checked, 'subject'>) => Verification[]> {
  const stored = await allChecks(state.db, workspaceId, subject)
  return ({ key, version, outcome }) =>
    stored
      .filter((check) => check.key === key && check.outcome === outcome)
      .filter((check) => version === undefined || check.version === version)
      .map(viewOf)
}

const viewOf = ({ checkedAt, found }: StoredCheck): Verification =>
  verificationSchema.parse({ ...Object(found), checkedAt: checkedAt.toString() })

/** Keeps what the data said of metrics just now. */
export async function keepMetricChecks(
  { state, clock, workspaceId }: CheckPorts,
  evidence: readonly MetricEvidence[],
): Promise<void> {
  const checkedAt = clock.now()
  await addChecks(
    state.db,
    evidence.map(({ metric, version, outcome, verdict, direction, cause, power, says }) => ({
      workspaceId,
      subject: 'metric' as const,
      key: metric,
      version,
      outcome,
      checkedAt,
      found: {
        outcome,
        relation: verdict,
        direction,
        cause: cause.verdict,
        smallestAuc: power.smallestAuc,
        says: { en: `${says.en} ${cause.says.en}`, ja: `${says.ja}${cause.says.ja}` },
      } satisfies Omit<Verification, 'checkedAt'>,
    })),
  )
}

/** Keeps what the history said of lamps just now. */
export async function keepLampChecks(
  { state, clock, workspaceId }: CheckPorts,
  judged: readonly JudgedLamp[],
): Promise<void> {
  const checkedAt = clock.now()
  await addChecks(
    state.db,
    judged.map(({ lamp, evidence, view }) => ({
      workspaceId,
      subject: 'lamp' as const,
      key: lamp.key,
      version: lamp.version,
      outcome: lamp.outcome,
      checkedAt,
      found: {
        outcome: lamp.outcome,
        relation: relationOf(evidence),
        direction: null,
        // A lamp tells who is about to; whether acting on it changes that is asked of what is done.
        cause: 'cannot_tell',
        smallestAuc: null,
        says: view.says,
      } satisfies Omit<Verification, 'checkedAt'>,
    })),
  )
}

function relationOf({ against }: LampEvidence): Verification['relation'] {
  switch (against) {
    case null:
      return 'cannot_tell'
    case 'above_base':
      return 'separates'
    case 'below_base':
      return 'turned_round'
    case 'not_told_apart':
      return 'no_relation_seen'
  }
}
