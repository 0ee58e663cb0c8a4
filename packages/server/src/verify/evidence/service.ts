import type { LampEvidence as LampEvidenceView } from '@tomoshibi/contract/lamp-evidence'
import { type LampEvidence, lampEvidence, type Outcome } from '@tomoshibi/evidence/lamp-evidence'
import { nearest } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { historyOf } from '../../light/lamps/accounts.ts'
import { type LampHistory, lampHistories } from '../../light/lamps/service.ts'
import { movements } from '../../measure/metrics/movements.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { readPayingHistory } from './churn.ts'
import { evidenceView } from './evidence.ts'

/** How soon after it lit a lamp's account must be lost for the lamp to have been right. */
const horizonDays = 90

/** A lamp with what its history says of it. */
export interface JudgedLamp {
  readonly lamp: LampHistory
  readonly evidence: LampEvidence
  readonly view: LampEvidenceView
}

/** Every lamp with its history. */
export const lampsToJudge = (ports: Ports): Promise<LampHistory[]> => lampHistories(ports)

/** What lamps of one kind are to announce, as known now. @throws FactsError */
export async function outcomesOf(
  ports: Ports,
  outcome: 'churn' | 'expansion',
): Promise<readonly Outcome[]> {
  const workspace = await getWorkspace(ports)
  if (outcome === 'churn') {
    return (await readPayingHistory(ports.facts, workspace.id, workspace.settings)).churns
  }
  const history = await historyOf(ports, workspace)
  const today = todayIn(ports.clock, workspace.settings.timeZone)
  if (history === null || history.firstDay > today.toString()) return []
  const { events } = await movements(ports, {
    from: history.firstDay,
    to: today.add({ days: 1 }).toString(),
  })
  return events.flatMap(({ account: accountId, kind, on }) =>
    kind === 'expansion' ? [{ accountId, on }] : [],
  )
}

/** For every lamp: whether it announces what it claims to, on this workspace's own history. */
export async function evidenceOfLamps(ports: Ports): Promise<LampEvidenceView[]> {
  const judged = await judgeLamps(ports, await lampsToJudge(ports))
  return judged.map(({ view }) => view)
}

/** The same for some lamps, with all that was found. */
export async function judgeLamps(
  ports: Ports,
  lamps: readonly LampHistory[],
): Promise<JudgedLamp[]> {
  const workspace = await getWorkspace(ports)
  const { paying, churns } = await readPayingHistory(ports.facts, workspace.id, workspace.settings)
  const expansions = lamps.some(({ outcome }) => outcome === 'expansion')
    ? await outcomesOf(ports, 'expansion')
    : []
  return lamps.map((lamp) => {
    const { key, version, name, outcome, episodes, evaluated } = lamp
    // A lamp that was never evaluated has an empty history.
    const { from, before } = evaluated ?? { from: '1970-01-01', before: '1970-01-01' }
    const evidence = lampEvidence({
      episodes,
      outcomes: outcome === 'churn' ? churns : expansions,
      exposure: { historyStart: from, historyEnd: before, accounts: paying },
      horizonDays,
    })
    return { lamp, evidence, view: evidenceView({ key, version, name, outcome }, evidence) }
  })
}

/** The same for one lamp. @throws Failure UNKNOWN_LAMP */
export async function evidenceOfLamp(ports: Ports, key: string): Promise<LampEvidenceView> {
  const all = await evidenceOfLamps(ports)
  const found = all.find(({ lamp }) => lamp === key)
  if (found) return found
  const suggestions = nearest(
    key,
    all.map(({ lamp }) => lamp),
  )
  const near = suggestions.length === 0 ? {} : { suggestions: suggestions.join(', ') }
  throw new Failure('UNKNOWN_LAMP', { key, ...near })
}
