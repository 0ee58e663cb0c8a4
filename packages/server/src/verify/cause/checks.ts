import type { Cause } from '@tomoshibi/contract/cause'
import type { Answer } from '@tomoshibi/evidence/answer'
import { leadLag } from '@tomoshibi/evidence/causal/lead-lag'
import { crudeEffect, standardisedEffect } from '@tomoshibi/evidence/causal/standardisation'
import { startersAmong } from '@tomoshibi/evidence/causal/starters'
import type { ExposureEffect } from '@tomoshibi/evidence/causal/study'
import { doublyRobustEffect, weightedEffect } from '@tomoshibi/evidence/causal/weighting'
import { withinAccountEffect } from '@tomoshibi/evidence/causal/within-account'
import { type Columns, pick } from '@tomoshibi/evidence/columns'
import { auc } from '@tomoshibi/evidence/discrimination/auc'
import { reasonText } from '@tomoshibi/evidence/reason-text'
import { told } from '../told.ts'
import type { CausePanel, CauseRows } from './rows.ts'

type Effect = Cause['effects'][number]

export function effectsOf({ rows: _, mark: __, above, outcome, cluster, adjust }: CauseRows) {
  const input = { outcome, exposure: above, adjust, cluster }
  const robust = doublyRobustEffect(input)
  const effects = [
    effectView('crude', crudeEffect(input)),
    effectView('standardised', standardisedEffect(input)),
    effectView('weighted', weightedEffect(input)),
    effectView('doubly_robust', robust),
  ]
  return { effects, weights: robust.known ? robust.value.weights : null }
}

function effectView(method: Effect['method'], answer: Answer<ExposureEffect>): Effect {
  const { value, reason } = told(answer, (effect) => effect)
  return {
    method,
    n: value?.n ?? 0,
    rateAbove: value?.meanIfExposed ?? null,
    rateOther: value?.meanIfNot ?? null,
    ratio: value?.ratio?.estimate ?? null,
    low: value?.ratio?.interval.low ?? null,
    high: value?.ratio?.interval.high ?? null,
    p: value?.difference.p ?? null,
    reason,
  }
}

/** Below the mark for a quarter: a month by itself may be a holiday of those who always are above it. */
const cleanMonths = 3
/** So long an account counts as just gone above, whether or not it stayed there. */
const followMonths = 2

/** Rows on which at least this many of those that began had the outcome are worth an interval. */
const fewestEvents = 5

/** @param adjusted the ratio of all accounts, which those that just began support or contradict. */
export function startersOf(
  panel: CausePanel,
  found: CauseRows,
  adjusted: number | null,
): Cause['starters'] {
  const { rows, mark, outcome, cluster, adjust } = found
  const exposed = new Float64Array(panel.account.length).fill(Number.NaN)
  panel.value.forEach((value, row) => {
    if (mark !== null && !Number.isNaN(value)) exposed[row] = value > mark ? 1 : 0
  })
  const began = startersAmong(
    { account: panel.account, step: panel.day, exposed },
    { clean: cleanMonths, follow: followMonths },
  )
  const usable = new Map(rows.map((row, at) => [row, at]))
  const kept = began.rows.flatMap((row, i) => {
    const at = usable.get(row)
    return at === undefined ? [] : [{ at, flag: began.exposure[i] ?? 0 }]
  })
  const at = kept.map((one) => one.at)
  const exposure = kept.map(({ flag }) => flag)
  const y = pick(outcome, at)
  const startingWithOutcome = y.reduce((sum, own, i) => sum + own * (exposure[i] ?? 0), 0)
  const counts = {
    rows: kept.length,
    starting: exposure.reduce((sum, flag) => sum + flag, 0),
    startingWithOutcome,
  }
  const none = { ...counts, ratio: null, low: null, high: null, check: 'silent' as const }
  if (startingWithOutcome < fewestEvents) {
    const numbers = { events: startingWithOutcome, needed: fewestEvents }
    return { ...none, reason: reasonText({ code: 'too_few_events', numbers }) }
  }
  const effect = standardisedEffect({
    outcome: y,
    exposure,
    adjust: pickAll(adjust, at),
    cluster: at.map((row) => cluster[row] ?? ''),
  })
  if (!effect.known) return { ...none, reason: reasonText(effect.reason) }
  const { ratio } = effect.value
  if (ratio === null || adjusted === null) return { ...none, reason: null }
  const { low, high } = ratio.interval
  return {
    ...counts,
    ratio: ratio.estimate,
    low,
    high,
    check: checkAgainst({ low, high }, Math.log(adjusted)),
    reason: null,
  }
}

/**
 * Whether an interval of a ratio supports an effect (it leaves out 'none', on its side), contradicts it
 * (it holds 'none' and leaves out even half of the effect, in logarithms), or does neither. Half, because
 * those that just began are partly chance, which draws what is seen of them towards none.
 */
export function checkAgainst(
  { low, high }: { low: number; high: number },
  effect: number,
): Cause['starters']['check'] {
  const sign = Math.sign(effect)
  const [near, far] = sign < 0 ? [-Math.log(high), -Math.log(low)] : [Math.log(low), Math.log(high)]
  if (sign === 0) return 'silent'
  if (near > 0) return 'supports'
  return far < Math.abs(effect) / 2 ? 'contradicts' : 'silent'
}

const pickAll = (columns: Columns, rows: readonly number[]): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pick(column, rows)]))

export function withinAccountOf(panel: CausePanel, found: CauseRows): Cause['withinAccount'] {
  const { rows, above, outcome, cluster } = found
  const answer = withinAccountEffect({
    account: cluster,
    outcome,
    exposure: above,
    period: rows.map((row) => panel.day[row] ?? 0),
  })
  const { value, reason } = told(answer, (effect) => effect)
  return {
    difference: value?.estimate ?? null,
    low: value?.interval.low ?? null,
    high: value?.interval.high ?? null,
    changing: value?.changing ?? 0,
    reason,
  }
}

/** Smaller ties between successive months are common between any two figures of use. */
const leastFollowing = 0.1

/**
 * Whether the metric moves after signs of risk: a month later, beyond what it said itself, by a tenth of
 * a standard deviation or more, the sign not moving after it by even a third of that, and in the
 * direction that would make its tie to the outcome by itself.
 * @param signals keys of `others` of which lower is worse before a loss.
 * @param effect logarithm of the crude ratio.
 */
export function signalsOf(
  panel: CausePanel,
  { rows }: CauseRows,
  signals: readonly string[],
  effect: number,
): Cause['signals'] {
  const account = rows.map((row) => panel.account[row] ?? '')
  const step = rows.map((row) => panel.day[row] ?? 0)
  const metric = pick(panel.value, rows)
  return signals.flatMap((key) => {
    const column = panel.others.get(key)
    if (!column) return []
    const signal = pick(column, rows)
    const answer = leadLag({ account, step, metric, signal })
    const there = rows.filter((row) => !Number.isNaN(column[row]))
    const tie = auc({ score: pick(column, there), outcome: pick(panel.happened, there) })
    if (!answer.known || !tie.known) return []
    const { leads, follows } = answer.value
    const isThatWay = Math.sign(follows.estimate * (tie.value.value - 0.5)) === Math.sign(effect)
    return [
      {
        signal: key,
        leads: leads.estimate,
        leadsP: leads.p,
        follows: follows.estimate,
        followsP: follows.p,
        isFollowed:
          Math.abs(follows.estimate) >= leastFollowing &&
          follows.p < 0.001 &&
          Math.abs(leads.estimate) <= Math.abs(follows.estimate) / 3 &&
          isThatWay,
      },
    ]
  })
}
