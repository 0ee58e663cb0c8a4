import { standardisedEffect } from '../causal/standardisation.ts'
import { doublyRobustEffect, weightedEffect } from '../causal/weighting.ts'
import { withinAccountEffect } from '../causal/within-account.ts'
import { auc, compareAuc } from '../discrimination/auc.ts'
import { calibration } from '../discrimination/calibration.ts'
import { compareCuped, pairedSampleOf } from '../experiment/cuped.ts'
import { compareMeans, compareShares } from '../experiment/effect.ts'
import { sampleOf } from '../experiment/sample.ts'
import { sampleRatio } from '../experiment/sample-ratio.ts'
import { normalCdf } from '../numeric/distributions.ts'
import type { Random } from '../numeric/random.ts'
import { proportion } from '../proportion.ts'
import { linearRegression } from '../regression/linear.ts'
import { logisticRegression } from '../regression/logistic.ts'
import { type CoverageStudy, type PValueStudy, trialOf } from './coverage.ts'

const normals = (random: Random, n: number) => Float64Array.from({ length: n }, random.normal)
const toP = (eta: number) => 1 / (1 + Math.exp(-eta))
const halves = (n: number) => Float64Array.from({ length: n }, (_, i) => i % 2)

/** A score that is normal in both kinds of case, `apart` standard deviations from each other. */
function scored(random: Random, n: number, apart: number) {
  const outcome = halves(n)
  const shared = normals(random, n)
  const make = () =>
    outcome.map((own, i) => 0.6 * (shared[i] ?? 0) + 0.8 * random.normal() + apart * own)
  return { outcome, first: make(), second: make() }
}

function study(random: Random, n: number, effect: number, isBinary: boolean) {
  const need = normals(random, n)
  const exposure = need.map((v) => (random.uniform() < toP(0.7 * v) ? 1 : 0))
  const outcome = need.map((v, i) => {
    const eta = 0.7 * v + effect * (exposure[i] ?? 0)
    return isBinary ? (random.uniform() < toP(eta) ? 1 : 0) : eta + random.normal()
  })
  return { outcome, exposure, adjust: { need } }
}

/** The true difference of shares in `study` with effect 1: means over the normal need, by quadrature. */
const trueRiskDifference = (() => {
  let sum = 0
  const step = 1e-3
  for (let v = -9; v < 9; v += step) {
    const weight = normalCdf(v + step) - normalCdf(v)
    const at = 0.7 * (v + step / 2)
    sum += weight * (toP(at + 1) - toP(at))
  }
  return sum
})()

function panel(random: Random, n: number, effect: number) {
  const account: number[] = []
  const exposure: number[] = []
  const outcome: number[] = []
  for (let one = 0; one < n; one++) {
    const liking = random.normal()
    for (let period = 0; period < 5; period++) {
      const a = random.uniform() < toP(liking) ? 1 : 0
      account.push(one)
      exposure.push(a)
      outcome.push(2 * liking + effect * a + random.normal())
    }
  }
  return { account, exposure, outcome }
}

function groups(random: Random, n: number, effect: number) {
  const control = Float64Array.from({ length: Math.floor(n / 2) }, () => 5 + random.normal())
  const treated = Float64Array.from(
    { length: n - control.length },
    () => 5 + effect + 2 * random.normal(),
  )
  return { control, treated }
}

function means(random: Random, n: number, effect: number, difference: 'absolute' | 'relative') {
  const made = groups(random, n, effect)
  const [control, treated] = [sampleOf(made.control), sampleOf(made.treated)]
  return control.known && treated.known
    ? compareMeans({ control: control.value, treated: treated.value }, { difference })
    : { known: false as const, reason: { code: 'no_cases' as const, numbers: {} } }
}

function shares(random: Random, n: number, control: number, treated: number) {
  const draw = (size: number, p: number) => {
    let successes = 0
    for (let i = 0; i < size; i++) if (random.uniform() < p) successes += 1
    return { n: size, successes }
  }
  const half = Math.floor(n / 2)
  return compareShares({ control: draw(half, control), treated: draw(n - half, treated) })
}

function cuped(random: Random, n: number, effect: number) {
  const one = (shift: number) => {
    const before = normals(random, Math.floor(n / 2))
    return pairedSampleOf(
      before.map((v) => 3 + 0.7 * v + 0.7 * random.normal() + shift),
      before,
    )
  }
  const [control, treated] = [one(0), one(effect)]
  return control.known && treated.known
    ? compareCuped({ control: control.value, treated: treated.value })
    : { known: false as const, reason: { code: 'no_cases' as const, numbers: {} } }
}

function logit(random: Random, n: number, effect: number) {
  const x = normals(random, n)
  const outcome = x.map((v) => (random.uniform() < toP(effect * v - 0.5) ? 1 : 0))
  return { x, outcome }
}

export const comparisonCoverage: CoverageStudy[] = [
  {
    name: 'share (Wilson)',
    run: (random, n) => {
      let events = 0
      for (let i = 0; i < n; i++) if (random.uniform() < 0.3) events += 1
      const { interval } = proportion(events, n)
      return interval && { ...interval, truth: 0.3 }
    },
  },
  {
    name: 'AUC (DeLong)',
    run: (random, n) => {
      const { outcome, first } = scored(random, n, 0.8)
      return trialOf(
        auc({ score: first, outcome }),
        (found) => found.interval,
        normalCdf(0.8 / Math.SQRT2),
      )
    },
  },
  {
    name: 'AUC, difference of two',
    run: (random, n) => trialOf(compareAuc(scored(random, n, 0.8)), (found) => found.interval, 0),
  },
  {
    name: 'calibration, slope',
    run: (random, n) => {
      const { x, outcome } = logit(random, n, 0.8)
      const found = calibration({ probability: x.map((v) => toP(0.8 * v - 0.5)), outcome })
      return found.known ? trialOf(found.value.slope, (slope) => slope.interval, 1) : null
    },
  },
  {
    name: 'calibration, in the large',
    run: (random, n) => {
      const { x, outcome } = logit(random, n, 0.8)
      const found = calibration({ probability: x.map((v) => toP(0.8 * v - 0.5)), outcome })
      return found.known ? trialOf(found.value.inTheLarge, (level) => level.interval, 0) : null
    },
  },
  {
    name: 'logistic, odds ratio',
    run: (random, n) => {
      const { x, outcome } = logit(random, n, 0.8)
      return trialOf(
        logisticRegression({ outcome, covariates: { x } }),
        (model) => model.coefficients[0]?.interval ?? null,
        Math.exp(0.8),
      )
    },
  },
  {
    name: 'linear, coefficient',
    run: (random, n) => {
      const x = normals(random, n)
      const outcome = x.map((v) => 0.5 * v + (1 + 0.5 * Math.abs(v)) * random.normal())
      return trialOf(
        linearRegression({ outcome, covariates: { x } }),
        (model) => model.coefficients[0]?.interval ?? null,
        0.5,
      )
    },
  },
  {
    name: 'means, difference (Welch)',
    run: (random, n) => trialOf(means(random, n, 0.5, 'absolute'), (e) => e.interval, 0.5),
  },
  {
    name: 'means, relative',
    run: (random, n) => trialOf(means(random, n, 0.5, 'relative'), (e) => e.interval, 0.1),
  },
  {
    name: 'shares, difference',
    run: (random, n) => trialOf(shares(random, n, 0.3, 0.45), (s) => s.difference.interval, 0.15),
  },
  {
    name: 'shares, ratio',
    run: (random, n) =>
      trialOf(shares(random, n, 0.3, 0.45), (s) => s.ratio?.interval ?? null, 1.5),
  },
  {
    name: 'CUPED',
    run: (random, n) => trialOf(cuped(random, n, 0.3), (e) => e.interval, 0.3),
  },
  ...[false, true].flatMap((isBinary): CoverageStudy[] => {
    const truth = isBinary ? trueRiskDifference : 1
    const kind = isBinary ? '0/1' : 'measure'
    return [
      {
        name: `standardisation (${kind})`,
        run: (random, n) =>
          trialOf(
            standardisedEffect(study(random, n, 1, isBinary)),
            (e) => e.difference.interval,
            truth,
          ),
      },
      {
        name: `weighting (${kind})`,
        run: (random, n) =>
          trialOf(
            weightedEffect(study(random, n, 1, isBinary), { trim: 0 }),
            (e) => e.difference.interval,
            truth,
          ),
      },
      {
        name: `doubly robust (${kind})`,
        run: (random, n) =>
          trialOf(
            doublyRobustEffect(study(random, n, 1, isBinary), { trim: 0 }),
            (e) => e.difference.interval,
            truth,
          ),
      },
    ]
  }),
  {
    name: 'within accounts',
    run: (random, n) => trialOf(withinAccountEffect(panel(random, n, 0.5)), (e) => e.interval, 0.5),
  },
]

export const comparisonPValues: PValueStudy[] = [
  {
    name: 'AUC, two scores',
    run: (random, n) => {
      const found = compareAuc(scored(random, n, 0.8))
      return found.known ? found.value.p : null
    },
  },
  {
    name: 'means (Welch)',
    run: (random, n) => {
      const found = means(random, n, 0, 'absolute')
      return found.known ? found.value.p : null
    },
  },
  {
    name: 'CUPED',
    run: (random, n) => {
      const found = cuped(random, n, 0)
      return found.known ? found.value.p : null
    },
  },
  {
    name: 'logistic, likelihood ratio',
    run: (random, n) => {
      const { x, outcome } = logit(random, n, 0)
      const found = logisticRegression({ outcome, covariates: { x } })
      return found.known ? (found.value.likelihoodRatio?.p ?? null) : null
    },
  },
  {
    name: 'doubly robust',
    run: (random, n) => {
      const found = doublyRobustEffect(study(random, n, 0, false), { trim: 0 })
      return found.known ? found.value.difference.p : null
    },
  },
  {
    name: 'within accounts',
    run: (random, n) => {
      const found = withinAccountEffect(panel(random, n, 0))
      return found.known ? found.value.p : null
    },
  },
  {
    name: 'sample ratio',
    run: (random, n) => {
      let first = 0
      for (let i = 0; i < n; i++) if (random.uniform() < 0.5) first += 1
      const found = sampleRatio({ counts: [first, n - first], shares: [1, 1] })
      // Counts are whole: a p-value drawn from its step makes it continuous.
      return found.known ? found.value.p : null
    },
  },
]
