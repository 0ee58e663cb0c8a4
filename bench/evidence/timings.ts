import { doublyRobustEffect } from '@tomoshibi/evidence/causal/weighting'
import { auc } from '@tomoshibi/evidence/discrimination/auc'
import { seededRandom } from '@tomoshibi/evidence/numeric/random'
import { logisticRegression } from '@tomoshibi/evidence/regression/logistic'
import { fitScorecard } from '@tomoshibi/evidence/score/scorecard'
import { changePoints } from '@tomoshibi/evidence/series/change-points'
import { outliers } from '@tomoshibi/evidence/series/outliers'
import { coxRegression } from '@tomoshibi/evidence/survival/cox'
import { kaplanMeier } from '@tomoshibi/evidence/survival/kaplan-meier'

export interface Timing {
  readonly name: string
  readonly run: () => { readonly known: boolean }
  /** null where none was set. */
  readonly limitMs: number | null
}

function covariates(n: number, columns: number, seed: number) {
  const random = seededRandom(seed)
  return Object.fromEntries(
    Array.from({ length: columns }, (_, j) => [
      `x${j}`,
      Float64Array.from({ length: n }, random.normal),
    ]),
  )
}

/** Data are made before the clock starts. */
export function timings(): Timing[] {
  const random = seededRandom(1)
  const million = Float64Array.from({ length: 1_000_000 }, random.normal)
  const outcome = million.map((v) => (random.uniform() < 1 / (1 + Math.exp(2 - v)) ? 1 : 0))
  const x = covariates(100_000, 10, 2)
  const time = Float64Array.from({ length: 100_000 }, (_, i) => {
    const first = x.x0?.[i] ?? 0
    return Math.ceil(365 * random.exponential() * Math.exp(-0.3 * first))
  })
  const event = time.map(() => (random.uniform() < 0.5 ? 1 : 0))
  const entry = time.map((t) => Math.floor(t * random.uniform()))
  const metrics = covariates(50_000, 30, 3)
  const churned = Float64Array.from({ length: 50_000 }, (_, i) =>
    random.uniform() < 1 / (1 + Math.exp(3 - (metrics.x0?.[i] ?? 0))) ? 1 : 0,
  )
  const exposure = churned.map(() => random.integer(2))
  const days = Float64Array.from({ length: 1_095 }, (_, i) => (i % 7) + random.normal())
  return [
    {
      name: 'AUC with DeLong, 10⁶ rows',
      run: () => auc({ score: million, outcome }),
      limitMs: 2_000,
    },
    {
      name: 'Cox, 100,000 × 10',
      run: () => coxRegression({ time, event, covariates: x }),
      limitMs: 10_000,
    },
    {
      name: 'Cox with late entries, 100,000 × 10',
      run: () => coxRegression({ time, event, entry, covariates: x }),
      limitMs: 10_000,
    },
    {
      name: 'Kaplan–Meier, 10⁶ rows',
      run: () => kaplanMeier({ time: million, event: outcome }),
      limitMs: null,
    },
    {
      name: 'logistic, 50,000 × 30',
      run: () => logisticRegression({ outcome: churned, covariates: metrics }),
      limitMs: null,
    },
    {
      name: 'doubly robust, 50,000 × 30',
      run: () => doublyRobustEffect({ outcome: churned, exposure, adjust: metrics }),
      limitMs: null,
    },
    {
      name: 'scorecard, 50,000 × 30',
      run: () => fitScorecard({ outcome: churned, metrics }),
      limitMs: null,
    },
    {
      name: 'outliers, 3 years of days',
      run: () => outliers({ values: days }, { period: 7 }),
      limitMs: null,
    },
    {
      name: 'changes of level, 10⁶ points',
      run: () => changePoints({ values: million }),
      limitMs: null,
    },
  ]
}
