import { checkAccountCondition } from '../account-condition.ts'
import type { UsedMetric } from '../custom/recipes.ts'
import type { MetricDefinition } from '../definition.ts'
import { isPulse, leavesOf, pulseKey, type Scorecard } from './scorecard.ts'

/** A score that a person set by hand for an account. Instants are ISO. */
export interface HealthOverride {
  readonly accountId: string
  readonly score: number
  /** When it was set; it holds at instants after this. */
  readonly setAt: string
  /** The instant at which its last day ends. */
  readonly endsAt: string
  /** When a person took it back; null while nobody did. */
  readonly withdrawnAt: string | null
}

export interface HealthChoices {
  /** Counted up whenever anything that the scores are made of changes. */
  readonly version: number
  /** Those in force, in the order in which they are tried. */
  readonly scorecards: readonly Scorecard[]
  readonly overrides: readonly HealthOverride[]
}

/** The CSM's last pulse of so many days. */
export const pulseMetric = (days: number): MetricDefinition => ({
  key: pulseKey(days),
  version: 1,
  name: { en: `CSM pulse, ${days} days`, ja: `CSM所感(${days}日以内)` },
  says: {
    en: `The CSM's last pulse (1 to 5), not older than ${days} days; an expired one is no value.`,
    ja: `CSM の最新の所感(1〜5)。${days}日より古いものは値なしとします。`,
  },
  formula: {
    en: `The last pulse of the ${days} days; no value without one`,
    ja: `直近${days}日間で最新の所感。なければ値なし`,
  },
  group: 'voice',
  unit: 'score',
  better: 'higher',
  time: 'instant',
  counts: 'accounts',
  grains: ['account'],
  settings: [],
  measure: {
    kind: 'fact',
    of: {
      fact: 'touchpoints',
      statistic: 'last',
      column: 'sentiment',
      where: 'sentiment >= 1 && sentiment <= 5',
      at: 'occurred_at',
      window: `P${days}D`,
    },
  },
})

/** The definitions of the metrics that scorecards are made of, and are no metrics of their own. */
export const pulsesOf = (scorecards: readonly Scorecard[]): MetricDefinition[] => {
  const days = scorecards.flatMap((card) =>
    (leavesOf(card)?.leaves ?? []).flatMap(({ node }) =>
      isPulse(node) ? [node.pulse.expiresAfterDays] : [],
    ),
  )
  return [...new Set(days)].map(pulseMetric)
}

/** The metrics that scorecards name, in measures and conditions. */
export const usesOf = (
  scorecards: readonly Scorecard[],
  catalogue: ReadonlyMap<string, MetricDefinition>,
): UsedMetric[] => {
  const keys = new Set<string>()
  for (const card of scorecards) {
    for (const { node } of leavesOf(card)?.leaves ?? []) if (!isPulse(node)) keys.add(node.metric)
    const checked = card.when === undefined ? null : checkAccountCondition(card.when, catalogue)
    if (checked?.ok) for (const { key } of checked.condition.metrics) keys.add(key)
  }
  return [...keys].flatMap((metric) => {
    const version = catalogue.get(metric)?.version
    return version === undefined ? [] : [{ metric, version }]
  })
}

/**
 * The health scores of a workspace as metrics like any other.
 *
 * @param catalogue the other metrics of the workspace
 */
export const healthMetrics = (
  { version, scorecards, overrides }: HealthChoices,
  catalogue: ReadonlyMap<string, MetricDefinition>,
): MetricDefinition[] => {
  const uses = usesOf(scorecards, catalogue)
  const common = {
    version,
    group: 'health',
    better: 'higher',
    time: 'instant',
    counts: 'present',
    grains: ['portfolio', 'account'],
    settings: [],
  } as const satisfies Partial<MetricDefinition>
  const recipe = (gives: 'score' | 'computed' | 'coverage') => ({
    kind: 'scorecards' as const,
    gives,
    scorecards: [...scorecards],
    overrides: overrides.map((override) => ({ ...override })),
    uses,
  })
  return [
    {
      ...common,
      key: 'health_score',
      unit: 'score',
      name: { en: 'Health score', ja: 'ヘルススコア' },
      says: {
        en: 'How healthy an account is, from 0 to 100, by the scorecard that fits it; what a person set by hand holds instead until its end date. Over accounts, the mean of those with a score.',
        ja: '顧客の健全さを0〜100で表します。条件に合うスコアカードで計算し、手動で設定した値がある間はその値を使います。複数の顧客では、スコアのある顧客の平均です。',
      },
      formula: {
        en: 'Σ weight × points ÷ Σ weight over measures with a value; none where these are less than half of the weight',
        ja: '値のある項目についての Σ(重み×点数)÷Σ重み。値のある項目の重みが半分未満ならスコアなし',
      },
      measure: recipe('score'),
    },
    {
      ...common,
      key: 'health_score_computed',
      unit: 'score',
      name: { en: 'Health score, computed', ja: 'ヘルススコア(計算値)' },
      says: {
        en: 'The health score as the scorecard computes it, whatever a person set by hand.',
        ja: '手動の設定を除いた、スコアカードによるヘルススコアの計算値です。',
      },
      formula: {
        en: 'Σ weight × points ÷ Σ weight over measures with a value; none where these are less than half of the weight',
        ja: '値のある項目についての Σ(重み×点数)÷Σ重み。値のある項目の重みが半分未満ならスコアなし',
      },
      measure: recipe('computed'),
    },
    {
      ...common,
      key: 'health_coverage',
      unit: 'percent',
      name: { en: 'Health coverage', ja: 'ヘルススコアの充足率' },
      says: {
        en: 'The share of the weights of the scorecard whose measures have a value. Under 50 % there is no score.',
        ja: 'スコアカードの重みのうち、値のある項目の割合です。50%未満ではスコアを計算しません。',
      },
      formula: {
        en: 'Σ weight of measures with a value ÷ Σ weight of all; over accounts the mean',
        ja: '値のある項目の重みの合計÷すべての重みの合計。複数の顧客では平均',
      },
      measure: recipe('coverage'),
    },
  ]
}

/** The key under which `scorecardMetric` goes; no metric that people ask for. */
export const scorecardKey = 'health_scorecard'

/** Which of the scorecards of a health score fits an account, counted from 1; 0 = none. */
export const scorecardMetric = (health: MetricDefinition): MetricDefinition => {
  if (health.measure.kind !== 'scorecards') throw new Error(`${health.key} is no health score.`)
  return {
    ...health,
    key: scorecardKey,
    unit: 'count',
    better: 'neither',
    grains: ['account'],
    measure: { ...health.measure, gives: 'card' },
  }
}
