import type { Random } from '../numeric/random.ts'
import { competingRisks } from '../survival/competing-risks.ts'
import { concordance } from '../survival/concordance.ts'
import { coxRegression } from '../survival/cox.ts'
import { kaplanMeier, restrictedMean, survivalAt } from '../survival/kaplan-meier.ts'
import { logRank } from '../survival/log-rank.ts'
import { proportionalHazardsTest } from '../survival/proportional-hazards.ts'
import { type CoverageStudy, type PValueStudy, trialOf } from './coverage.ts'

/** Exponential times with hazard exp(effect·x), watched for a random while: about a third censored. */
function spans(random: Random, n: number, effect = 0) {
  const x = Float64Array.from({ length: n }, random.normal)
  const time = new Float64Array(n)
  const event = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const happens = random.exponential() / Math.exp(effect * (x[i] ?? 0))
    const watched = 0.5 + 2 * random.uniform()
    time[i] = Math.min(happens, watched)
    event[i] = happens <= watched ? 1 : 0
  }
  return { time, event, x }
}

/** Time to churn has hazard 1, to downgrade 0.5. */
function competing(random: Random, n: number) {
  const time = new Float64Array(n)
  const cause = Array.from({ length: n }, (_, i) => {
    const first = random.exponential() / 1.5
    const watched = 0.5 + 2 * random.uniform()
    time[i] = Math.min(first, watched)
    if (first > watched) return null
    return random.uniform() < 2 / 3 ? 'churn' : 'downgrade'
  })
  return { time, cause }
}

/** C of the score x at effect 0.7 under this censoring, from 4·10⁶ pairs; see `trueConcordance`. */
export function trueConcordance(random: Random): number {
  const { time, event, x } = spans(random, 400_000, 0.7)
  const found = concordance({ time, event, score: x })
  return found.known ? found.value.value : Number.NaN
}

export function survivalCoverage(trueC: number): CoverageStudy[] {
  return [
    {
      name: 'Kaplan–Meier, share at t',
      run: (random, n) => {
        const curve = kaplanMeier(spans(random, n))
        if (!curve.known) return null
        return trialOf(survivalAt(curve.value, 0.5), (at) => at.interval, Math.exp(-0.5))
      },
    },
    {
      name: 'Kaplan–Meier, median',
      run: (random, n) =>
        trialOf(kaplanMeier(spans(random, n)), (curve) => curve.medianInterval, Math.LN2),
    },
    {
      name: 'restricted mean',
      run: (random, n) => {
        const curve = kaplanMeier(spans(random, n))
        if (!curve.known) return null
        return trialOf(restrictedMean(curve.value, 1), (mean) => mean.interval, 1 - Math.exp(-1))
      },
    },
    {
      name: 'Cox, hazard ratio',
      run: (random, n) => {
        const { x, ...rest } = spans(random, n, 0.7)
        return trialOf(
          coxRegression({ ...rest, covariates: { x } }),
          (fit) => fit.coefficients[0]?.interval ?? null,
          Math.exp(0.7),
        )
      },
    },
    {
      name: 'concordance',
      run: (random, n) => {
        const { x, ...rest } = spans(random, n, 0.7)
        return trialOf(concordance({ ...rest, score: x }), (c) => c.interval, trueC)
      },
    },
    {
      name: 'competing risks, incidence',
      run: (random, n) =>
        trialOf(
          competingRisks(competing(random, n)),
          (found) => {
            const churn = found.causes.find(({ cause }) => cause === 'churn')
            return churn?.steps.filter((step) => step.time <= 0.5).at(-1)?.interval ?? null
          },
          (2 / 3) * (1 - Math.exp(-0.75)),
        ),
    },
  ]
}

export const survivalPValues: PValueStudy[] = [
  {
    name: 'log-rank',
    run: (random, n) => {
      const { time, event } = spans(random, n)
      const test = logRank({ time, event, group: Array.from(time, (_, i) => i % 2) })
      return test.known ? test.value.p : null
    },
  },
  {
    name: 'Cox, likelihood ratio',
    run: (random, n) => {
      const { x, ...rest } = spans(random, n)
      const fit = coxRegression({ ...rest, covariates: { x } })
      return fit.known ? fit.value.tests.likelihoodRatio.p : null
    },
  },
  {
    name: 'proportional hazards',
    run: (random, n) => {
      const { x, ...rest } = spans(random, n, 0.7)
      const test = proportionalHazardsTest({ ...rest, covariates: { x } })
      return test.known ? test.value.all.p : null
    },
  },
]
