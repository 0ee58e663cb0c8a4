import type { Cause } from '@tomoshibi/contract/cause'
import type { MetricEvidence } from '@tomoshibi/contract/verify'
import { eValue } from '@tomoshibi/evidence/experiment/e-value'
import { type ActionsQuestion, actionsOf, type Touch } from './actions.ts'
import { effectsOf, signalsOf, startersOf, withinAccountOf } from './checks.ts'
import { type CausePanel, causeRows } from './rows.ts'
import { type CauseJudgement, causeVerdict } from './verdict.ts'

export interface CauseQuestion extends Pick<ActionsQuestion, 'from' | 'through'> {
  /** Whether the values separate on the later part of the history. */
  readonly relation: MetricEvidence['verdict']
  /** Metrics of the panel's `others` that are signs of risk: lower is worse. */
  readonly signals: readonly string[]
  /** Whether the outcome is being lost, which is what actions are judged by. */
  readonly outcomeIsLoss: boolean
  readonly touches: readonly Touch[]
}

export type CauseFound = Omit<Cause, 'says' | 'advice'> & Pick<CauseJudgement, 'ground'>

/** Whether a metric drives an outcome, follows it, or only goes before it. */
export function findCause(panel: CausePanel, question: CauseQuestion): CauseFound {
  const found = causeRows(panel)
  const { mark, rows, above, outcome, cluster } = found
  const { effects, weights } = effectsOf(found)
  const crude = effects.find(({ method }) => method === 'crude')?.ratio ?? null
  const best =
    effects.find(({ method, ratio }) => method === 'doubly_robust' && ratio !== null) ??
    effects.find(({ method }) => method === 'standardised')
  const adjusted = best?.ratio ?? null
  const starters = startersOf(panel, found, adjusted)
  const signals = crude === null ? [] : signalsOf(panel, found, question.signals, Math.log(crude))
  const actions =
    mark === null || adjusted === null || !question.outcomeIsLoss
      ? []
      : actionsOf(panel, question.touches, { ...question, mark, adjusted })
  const { verdict, ground } = causeVerdict(question.relation, {
    mark,
    effects,
    starters,
    signals,
    actions,
  })
  const balanced = new Map(weights?.balance.map((row) => [row.name, row]))
  return {
    verdict,
    ground,
    mark,
    rows: rows.length,
    accounts: new Set(cluster).size,
    accountsWithOutcome: new Set(cluster.filter((_, i) => outcome[i] === 1)).size,
    rowsAbove: above.reduce((sum, flag) => sum + flag, 0),
    // Columns that said nothing new were left out of the adjustment, and are left out here.
    adjustedFor: Object.keys(found.adjust)
      .filter((name) => weights === null || balanced.has(name))
      .map((name) => ({
        name,
        before: balanced.get(name)?.before ?? null,
        after: balanced.get(name)?.after ?? null,
      })),
    effects,
    overlap:
      weights === null
        ? null
        : {
            outside: weights.overlap.outside,
            trimmed: weights.trimmed,
            largestWeight: weights.largestWeight,
          },
    eValue: eValueOf(best),
    starters,
    withinAccount: withinAccountOf(panel, found),
    signals,
    actions,
    through: question.through,
  }
}

function eValueOf(effect: Cause['effects'][number] | undefined): Cause['eValue'] {
  if (effect?.ratio == null || effect.low === null || effect.high === null) return null
  const { point, interval } = eValue('risk_ratio', {
    estimate: effect.ratio,
    low: effect.low,
    high: effect.high,
  })
  return { point, interval }
}
