import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { competingRisks } from './competing-risks.ts'
import { kaplanMeier } from './kaplan-meier.ts'

const causes = fc.constantFrom('churn', 'downgrade', null)
const rows = fc.array(
  fc.record({ entry: fc.nat(2), length: fc.integer({ min: 1, max: 6 }), cause: causes }),
  { minLength: 1, maxLength: 20 },
)

/** The incidence of one cause at one time, each case weighing what it is given. */
function weighted(
  cases: readonly { entry: number; time: number; cause: string | null; weight: number }[],
  cause: string,
  until: number,
): number {
  const times = [...new Set(cases.map((c) => c.time))].sort((a, b) => a - b)
  let survival = 1
  let incidence = 0
  for (const at of times.filter((time) => time <= until)) {
    const sum = (keep: (c: (typeof cases)[number]) => boolean) =>
      cases.filter(keep).reduce((total, c) => total + c.weight, 0)
    const atRisk = sum((c) => c.entry < at && c.time >= at)
    incidence += (survival * sum((c) => c.time === at && c.cause === cause)) / atRisk
    survival *= 1 - sum((c) => c.time === at && c.cause !== null) / atRisk
  }
  return incidence
}

describe('competingRisks', () => {
  it('has the shares and the infinitesimal jackknife variance of the definition', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const cases = list.map((r) => ({ ...r, entry: -1, time: r.length, weight: 1 }))
        const answer = competingRisks({
          time: cases.map((c) => c.time),
          cause: cases.map((c) => c.cause),
        })
        if (!answer.known) {
          expect(answer.reason.code).toBe('no_events')
          return
        }
        for (const { cause, steps } of answer.value.causes) {
          for (const step of steps) {
            expect(step.incidence).toBeCloseTo(weighted(cases, cause, step.time), 10)
            // Symmetric differences of weight; where everyone at risk ends, the slope is one-sided.
            let variance = 0
            cases.forEach((_, i) => {
              const at = (weight: number) =>
                weighted(
                  cases.map((c, k) => (k === i ? { ...c, weight } : c)),
                  cause,
                  step.time,
                )
              variance += ((at(1 + 1e-5) - at(1 - 1e-5)) / 2e-5) ** 2
            })
            expect(step.standardError ** 2).toBeCloseTo(variance, 6)
            if (step.interval) {
              expect(step.interval.low).toBeLessThanOrEqual(step.incidence)
              expect(step.interval.high).toBeGreaterThanOrEqual(step.incidence)
              expect(step.interval.high).toBeLessThanOrEqual(1)
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('adds up to 1 − Kaplan–Meier of any outcome, and is it for a single one', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const spans = {
          entry: list.map((r) => r.entry),
          time: list.map((r) => r.entry + r.length),
          event: list.map((r) => r.cause !== null),
        }
        const curve = kaplanMeier(spans)
        const answer = competingRisks({ ...spans, cause: list.map((r) => r.cause) })
        const single = competingRisks({
          ...spans,
          cause: spans.event.map((event) => (event ? 'any' : null)),
        })
        if (!answer.known || !single.known || !curve.known) return
        const steps = curve.value.steps.filter((step) => step.events > 0)
        steps.forEach((step, i) => {
          const sum = answer.value.causes.reduce((s, c) => s + (c.steps[i]?.incidence ?? 0), 0)
          expect(sum).toBeCloseTo(1 - step.survival, 10)
          const own = single.value.causes[0]?.steps[i]
          expect(own?.incidence).toBeCloseTo(1 - step.survival, 10)
          // Greenwood's, apart from the end of the curve, where it is not defined.
          if (step.standardError !== null) {
            expect(own?.standardError).toBeCloseTo(step.standardError, 8)
          }
        })
      }),
    )
  })

  it('says why there is none', () => {
    expect(competingRisks({ time: [1, 2], cause: [null, null] })).toMatchObject({
      reason: { code: 'no_events', numbers: { n: 2 } },
    })
    expect(competingRisks({ time: [], cause: [] })).toMatchObject({ reason: { code: 'no_cases' } })
    expect(() => competingRisks({ time: [1], cause: [] })).toThrow('length')
  })
})
