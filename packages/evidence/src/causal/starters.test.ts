import { describe, expect, it } from 'vitest'
import { EvidenceError } from '../error.ts'
import { seededRandom } from '../numeric/random.ts'
import { must } from '../testing/must.ts'
import { crudeEffect } from './standardisation.ts'
import { startersAmong } from './starters.ts'

describe('accounts that just began', () => {
  it('are those seen without the exposure on the steps before, and nobody else', () => {
    const found = startersAmong({
      // a begins at 3; b never does; c always had it; d has a gap; e is not known at 2.
      account: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'd', 'd', 'd', 'e', 'e', 'e'],
      step: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 4, 1, 2, 3],
      exposed: [0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, Number.NaN, 1],
    })
    expect(found.rows).toEqual([2, 5])
    expect([...found.exposure]).toEqual([1, 0])
    expect(found.starting).toBe(1)
  })

  it('need not come in order', () => {
    const found = startersAmong({ account: [7, 7, 7], step: [3, 1, 2], exposed: [1, 0, 0] })
    expect(found.rows).toEqual([0])
  })

  it('still count for some steps after, whether or not they kept it up', () => {
    const found = startersAmong(
      {
        account: Array(7).fill('a'),
        step: [1, 2, 3, 4, 5, 6, 7],
        exposed: [0, 0, 1, 0, 1, 0, 0],
      },
      { follow: 2 },
    )
    // It begins at 3 and counts until 5; 6 is neither begun nor two steps without.
    expect(found.rows).toEqual([2, 3, 4])
    expect([...found.exposure]).toEqual([1, 1, 1])
  })

  it('refuses columns that do not fit', () => {
    const row = { account: ['a'], step: [1], exposed: [1] }
    expect(() => startersAmong({ ...row, account: [] })).toThrow(EvidenceError)
    expect(() => startersAmong(row, { clean: 0 })).toThrow(EvidenceError)
    expect(() => startersAmong(row, { follow: -1 })).toThrow(EvidenceError)
  })

  it('show no effect of a mark that only the committed bear, where all accounts together do', () => {
    const random = seededRandom(5)
    const account: number[] = []
    const step: number[] = []
    const exposed: number[] = []
    const outcome: number[] = []
    for (let a = 0; a < 4_000; a++) {
      const isCommitted = random.uniform() < 0.3
      for (let t = 0; t < 12; t++) {
        account.push(a)
        step.push(t)
        exposed.push(random.uniform() < (isCommitted ? 0.98 : 0.08) ? 1 : 0)
        const isLost = random.uniform() < (isCommitted ? 0.005 : 0.03)
        outcome.push(isLost ? 1 : 0)
        if (isLost) break
      }
    }
    const all = must(crudeEffect({ outcome, exposure: exposed, adjust: {}, cluster: account }))
    expect(all.ratio?.interval.high).toBeLessThan(0.6)
    const { rows, exposure } = startersAmong({ account, step, exposed })
    const began = must(
      crudeEffect({
        outcome: rows.map((row) => outcome[row] ?? 0),
        exposure,
        adjust: {},
        cluster: rows.map((row) => account[row] ?? 0),
      }),
    )
    expect(began.ratio?.interval.low).toBeLessThan(1)
    expect(began.ratio?.interval.high).toBeGreaterThan(1)
    expect(began.ratio?.interval.low).toBeGreaterThan(all.ratio?.estimate ?? 1)
  })
})
