import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { urgencyOf, type Weighed } from './urgency.ts'

const portfolio = { mrr: '1000000', customers: 10 }
const of = (over: Partial<Weighed>, among = portfolio) =>
  urgencyOf({ severity: 'warning', mrr: '100000', daysToRenewal: 45, ...over }, among)

describe('the urgency of a lamp', () => {
  it.each([
    ['of a customer of average size, 45 days before renewal', {}, [55, 30, 15, 10]],
    ['of one three times as large', { mrr: '300000' }, [62, 30, 22, 10]],
    ['of one whose renewal is today', { daysToRenewal: 0 }, [65, 30, 15, 20]],
    ['of one whose renewal has passed', { daysToRenewal: -3 }, [65, 30, 15, 20]],
    ['of one whose renewal is far', { daysToRenewal: 90 }, [45, 30, 15, 0]],
    ['of one that pays nothing', { mrr: '0' }, [40, 30, 0, 10]],
    ['of one of which neither is known', { mrr: null, daysToRenewal: null }, [30, 30, null, null]],
    ['that is critical', { severity: 'critical' }, [75, 50, 15, 10]],
    ['that only tells', { severity: 'info' }, [35, 10, 15, 10]],
  ] as const)('%s', (_, over, parts) => {
    const { points, severity, revenue, renewal } = of(over)
    expect([points, severity, revenue, renewal]).toEqual(parts)
  })

  it('is exact, however long the decimals', () => {
    // Exactly a third of 30, and the least bit less than that.
    const among = (mrr: string) => ({ mrr, customers: 1 })
    expect(of({ mrr: '0.1' }, among('0.2')).revenue).toBe(10)
    expect(of({ mrr: '0.1' }, among('0.20000000000000000000000001')).revenue).toBe(9)
  })

  it('is nothing where no customer has revenue to compare with', () => {
    expect(of({ mrr: '5' }, { mrr: '0', customers: 0 }).revenue).toBe(0)
  })
})

const money = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.nat({ max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`)
const weighed = fc.record({
  severity: fc.constantFrom('info', 'warning', 'critical'),
  mrr: fc.option(money),
  daysToRenewal: fc.option(fc.integer({ min: -400, max: 1200 })),
})
const among = fc.record({ mrr: money, customers: fc.integer({ min: 1, max: 10_000 }) })

describe('of any lamp', () => {
  it('the parts add up to the points, from 10 to 100', () => {
    fc.assert(
      fc.property(weighed, among, (lamp, all) => {
        const { points, severity, revenue, renewal } = urgencyOf(lamp, all)
        expect(points).toBe(severity + (revenue ?? 0) + (renewal ?? 0))
        expect(points).toBeGreaterThanOrEqual(10)
        expect(points).toBeLessThanOrEqual(100)
        expect(Number.isInteger(points)).toBe(true)
      }),
    )
  })

  it('more revenue, a nearer renewal or a graver lamp is never less urgent', () => {
    const order = ['info', 'warning', 'critical'] as const
    fc.assert(
      fc.property(weighed, weighed, among, money, (one, other, all, more) => {
        const points = (lamp: Weighed) => urgencyOf(lamp, all).points
        if (one.mrr !== null) {
          const richer = { ...one, mrr: String(BigInt(one.mrr.split('.')[0] ?? 0) + 1n) }
          expect(points(richer)).toBeGreaterThanOrEqual(points(one))
          const muchRicher = { ...one, mrr: sumOf(one.mrr, more) }
          expect(points(muchRicher)).toBeGreaterThanOrEqual(points(one))
        }
        if (one.daysToRenewal !== null && other.daysToRenewal !== null) {
          const [near, far] = [one.daysToRenewal, other.daysToRenewal].toSorted((a, b) => a - b)
          const nearer = points({ ...one, daysToRenewal: near ?? 0 })
          expect(nearer).toBeGreaterThanOrEqual(points({ ...one, daysToRenewal: far ?? 0 }))
        }
        const [less, graver] = [one.severity, other.severity].toSorted(
          (a, b) => order.indexOf(a) - order.indexOf(b),
        )
        expect(points({ ...one, severity: graver ?? 'info' })).toBeGreaterThanOrEqual(
          points({ ...one, severity: less ?? 'info' }),
        )
      }),
    )
  })

  it('stays no less urgent where its revenue grows that of all with it', () => {
    fc.assert(
      fc.property(
        money,
        money,
        money,
        fc.integer({ min: 1, max: 10_000 }),
        (own, rest, more, n) => {
          const before = of({ mrr: own }, { mrr: sumOf(rest, own), customers: n })
          const grown = sumOf(own, more)
          const after = of({ mrr: grown }, { mrr: sumOf(rest, grown), customers: n })
          expect(after.points).toBeGreaterThanOrEqual(before.points)
        },
      ),
    )
  })
})

/** Two amounts of two decimals, added in cents. */
function sumOf(a: string, b: string): string {
  const cents = BigInt(a.replace('.', '')) + BigInt(b.replace('.', ''))
  const text = String(cents).padStart(3, '0')
  return `${text.slice(0, -2)}.${text.slice(-2)}`
}
