import { type Answer, known } from '../answer.ts'
import { checkedConfidence } from '../confidence.ts'
import { fitMeanModel, type MeanModel } from './mean-model.ts'
import {
  type ExposureEffect,
  readStudy,
  type Study,
  type StudyInput,
  tellExposureEffect,
} from './study.ts'

/** The plain difference of the two groups, told like the adjusted ones. */
export function crudeEffect(
  input: StudyInput,
  options: { confidence?: number } = {},
): Answer<ExposureEffect> {
  const confidence = checkedConfidence(options.confidence)
  const study = readStudy({ ...input, adjust: {} })
  if (!study.known) return study
  const { n, y, a } = study.value
  const exposed = a.reduce((sum, flag) => sum + flag, 0)
  let one = 0
  let zero = 0
  for (let i = 0; i < n; i++) {
    if (a[i] === 1) one += (y[i] ?? 0) / exposed
    else zero += (y[i] ?? 0) / (n - exposed)
  }
  return tellExposureEffect({
    study: study.value,
    means: { exposed: one, not: zero },
    influence: {
      exposed: a.map((flag, i) => (flag * n * ((y[i] ?? 0) - one)) / exposed),
      not: a.map((flag, i) => ((1 - flag) * n * ((y[i] ?? 0) - zero)) / (n - exposed)),
    },
    parameters: 2,
    confidence,
  })
}

/**
 * Regression standardisation (g-computation): the outcome is modelled on exposure and adjustment, and
 * the model asked what all rows would have had with and without the exposure.
 *
 * Sources: M. Hernán and J. Robins, Causal Inference: What If (2020), chapter 13; variance by the
 * influence of each row on model and mean (L. Stefanski and D. Boos, The American Statistician 56
 * (2002), 29–38).
 */
export function standardisedEffect(
  input: StudyInput,
  options: { confidence?: number } = {},
): Answer<ExposureEffect & { readonly penalised: boolean }> {
  const confidence = checkedConfidence(options.confidence)
  const read = readStudy(input)
  if (!read.known) return read
  const study = read.value
  const { n, y, a } = study
  const size = study.size + 1
  const x = withExposure(study)
  const model = fitMeanModel({ n, size, x, y, isBinary: study.isBinary })
  if (!model.known) return model
  const one = predictAll(model.value, x, n, size, study.size, 1)
  const zero = predictAll(model.value, x, n, size, study.size, 0)
  const influence = {
    exposed: new Float64Array(n),
    not: new Float64Array(n),
  }
  // A row moves the coefficients by (information)⁻¹ · its score, and the means by the gradient of that.
  const { covariance } = model.value
  const pull = [one, zero].map(({ gradient }) =>
    Float64Array.from({ length: size }, (_, j) => {
      let sum = 0
      for (let k = 0; k < size; k++) sum += (covariance[j * size + k] ?? 0) * (gradient[k] ?? 0)
      return sum * n
    }),
  )
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * size, (i + 1) * size)
    const residual = (y[i] ?? 0) - model.value.at(row).mean
    let ofOne = 0
    let ofZero = 0
    for (let j = 0; j < size; j++) {
      ofOne += (pull[0]?.[j] ?? 0) * (row[j] ?? 0)
      ofZero += (pull[1]?.[j] ?? 0) * (row[j] ?? 0)
    }
    influence.exposed[i] = (one.each[i] ?? 0) - one.mean + ofOne * residual
    influence.not[i] = (zero.each[i] ?? 0) - zero.mean + ofZero * residual
  }
  const effect = tellExposureEffect({
    study: { ...study, a },
    means: { exposed: one.mean, not: zero.mean },
    influence,
    parameters: size,
    confidence,
  })
  return effect.known ? known({ ...effect.value, penalised: model.value.penalised }) : effect
}

/** The design with the exposure as its last column. */
export function withExposure({ n, size, x, a }: Study): Float64Array {
  const wide = new Float64Array(n * (size + 1))
  for (let i = 0; i < n; i++) {
    wide.set(x.subarray(i * size, (i + 1) * size), i * (size + 1))
    wide[i * (size + 1) + size] = a[i] ?? 0
  }
  return wide
}

function predictAll(
  model: MeanModel,
  x: Float64Array,
  n: number,
  size: number,
  exposureAt: number,
  exposure: number,
) {
  const each = new Float64Array(n)
  const gradient = new Float64Array(size)
  let mean = 0
  for (let i = 0; i < n; i++) {
    const row = x.slice(i * size, (i + 1) * size)
    row[exposureAt] = exposure
    const { mean: own, slope } = model.at(row)
    each[i] = own
    mean += own / n
    for (let j = 0; j < size; j++) {
      gradient[j] = (gradient[j] ?? 0) + (slope * (row[j] ?? 0)) / n
    }
  }
  return { each, mean, gradient }
}
