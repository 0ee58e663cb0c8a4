import { beforeAll, describe, expect, it } from 'vitest'
import { isFalse, judgeTruth, type TruthPanel, truthMetrics, truthPanel, truths } from './truth.ts'

/** `npm run bench:evidence -- --only truth` does the same for twenty larger companies. */
const companyOf = (seed: number) =>
  truthPanel({ accounts: 1_500, months: 24, seed, endsOn: '2026-11-01' })

let made: TruthPanel
let unlucky: TruthPanel
beforeAll(() => {
  made = companyOf(4)
  unlucky = companyOf(2)
}, 600_000)

describe('verdicts on companies whose truth is known', () => {
  // Use changes with trouble, and nothing was done evenly to change it: that it is no cause cannot be seen.
  const seen = truthMetrics.filter((metric) => metric !== 'use')
  it.each(seen)('%s', (metric) => {
    const { found, expected } = judgeTruth(made, metric)
    expect({ is: truths[metric].says, verdict: found.verdict }).toEqual({
      is: truths[metric].says,
      verdict: expected,
    })
  })

  it('use, a symptom that keeps its whole tie: nothing false is claimed', () => {
    expect(judgeTruth(made, 'use').found.verdict).toBe('cannot_tell')
  })

  // In this one more of the trained accounts were lost than of the others, by chance.
  it.each(truthMetrics)(
    '%s, where chance speaks against it: nothing false is claimed',
    (metric) => {
      const { found, expected } = judgeTruth(unlucky, metric)
      expect(isFalse(found.verdict, expected)).toBe(false)
    },
  )

  it('find no action behind the mark of committed buyers, and the training behind the driver', () => {
    expect(judgeTruth(made, 'sync').found.actions).toEqual([])
    const [training, ...others] = judgeTruth(made, 'report').found.actions
    expect(others).toEqual([])
    expect(training?.action).toBe('週次レポートの活用研修')
    expect(training?.raisesBy).toBeGreaterThan(0.3)
    expect(training?.hazardRatio).toBeLessThan(1)
  })

  it('count a claim that is not so as false, and an open question not', () => {
    expect(isFalse('leads', 'leads')).toBe(false)
    expect(isFalse('cannot_tell', 'leads')).toBe(false)
    expect(isFalse('follows', 'leads')).toBe(true)
  })
})
