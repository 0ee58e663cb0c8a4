/** A small version of `npm run bench:evidence`, with fixed seeds. */
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../numeric/random.ts'
import { comparisonCoverage, comparisonPValues } from './comparison-studies.ts'
import { coverageOf, uniformityOf } from './coverage.ts'
import { everyLook } from './sequential-study.ts'
import { survivalCoverage, survivalPValues, trueConcordance } from './survival-studies.ts'

const coverage = [...survivalCoverage(trueConcordance(seededRandom(99))), ...comparisonCoverage]

describe('an interval of 95 % holds the truth about 95 times in 100', () => {
  it.each(coverage.map((study) => [study.name, study] as const))('%s', (_, study) => {
    // 200 runs: three standard errors are 4.6 %.
    const { share } = coverageOf(study, 200, 200, 1)
    expect(share).toBeGreaterThan(0.89)
  })
})

describe('a p-value without effect is below 0.05 about 5 times in 100', () => {
  it.each([...survivalPValues, ...comparisonPValues].map((study) => [study.name, study] as const))(
    '%s',
    (_, study) => {
      const { below05, below50 } = uniformityOf(study, 200, 200, 1)
      expect(below05).toBeLessThan(0.11)
      expect(Math.abs(below50 - 0.5)).toBeLessThan(0.14)
    },
  )
})

it('looking every day is safe with the sequential interval, and not without', () => {
  const { sequential, single } = everyLook({ runs: 200, first: 50, each: 10, last: 500, seed: 1 })
  expect(sequential).toBeGreaterThan(0.93)
  expect(single).toBeLessThan(0.9)
})
