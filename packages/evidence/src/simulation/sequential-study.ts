import { compareMeans } from '../experiment/effect.ts'
import { sampleOf } from '../experiment/sample.ts'
import { sequentialInterval } from '../experiment/sequential.ts'
import { seededRandom } from '../numeric/random.ts'

/**
 * The share of experiments whose sequential interval held the truth at every single look, and the same
 * for the interval that is meant for one look at the end.
 */
export function everyLook(options: {
  runs: number
  /** Cases at the first look, between looks, and at the last one. */
  first: number
  each: number
  last: number
  seed: number
}): { sequential: number; single: number; looks: number } {
  const { runs, first, each, last, seed } = options
  const random = seededRandom(seed)
  let always = 0
  let alwaysSingle = 0
  let looks = 0
  for (let run = 0; run < runs; run++) {
    const control = new Float64Array(last / 2)
    const treated = new Float64Array(last / 2)
    for (let i = 0; i < last / 2; i++) {
      control[i] = random.exponential()
      treated[i] = random.exponential() + 0.2
    }
    let holds = true
    let singleHolds = true
    looks = 0
    for (let n = first; n <= last; n += each) {
      looks += 1
      const a = sampleOf(control.subarray(0, n / 2))
      const b = sampleOf(treated.subarray(0, n / 2))
      if (!a.known || !b.known) continue
      const effect = compareMeans({ control: a.value, treated: b.value })
      if (!effect.known) continue
      const { interval } = sequentialInterval(effect.value, { tunedFor: last / 2 })
      if ((interval.low ?? 0) > 0.2 || (interval.high ?? 1) < 0.2) holds = false
      const single = effect.value.interval
      if ((single.low ?? 0) > 0.2 || (single.high ?? 1) < 0.2) singleHolds = false
    }
    if (holds) always += 1
    if (singleHolds) alwaysSingle += 1
  }
  return { sequential: always / runs, single: alwaysSingle / runs, looks }
}
