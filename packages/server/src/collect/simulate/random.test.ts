import { describe, expect, it } from 'vitest'
import {
  exponential,
  normal,
  poisson,
  type Random,
  randomStream,
  weighted,
  whole,
} from './random.ts'

const many = <T>(random: Random, draw: (random: Random) => T): T[] =>
  Array.from({ length: 20_000 }, () => draw(random))
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length

describe('a random stream', () => {
  it('is the same for the same key', () => {
    const a = randomStream('seed', 'A0001', 3)
    const b = randomStream('seed', 'A0001', 3)
    expect(many(a, (r) => r.next())).toEqual(many(b, (r) => r.next()))
  })

  it('never changes from one version of the program to the next', () => {
    const random = randomStream('seed', 'A0001')
    expect([random.next(), random.next()].map((x) => x.toFixed(9))).toEqual([
      '0.216697685',
      '0.840788556',
    ])
  })

  it('is another for every other key', () => {
    const firsts = Array.from({ length: 5000 }, (_, i) => randomStream('seed', i).next())
    expect(new Set(firsts).size).toBe(5000)
    expect(mean(firsts)).toBeCloseTo(0.5, 1)
  })

  it('fills the range from 0 to 1 evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0)
    for (const x of many(randomStream('even'), (r) => r.next())) {
      const tenth = Math.floor(x * 10)
      counts[tenth] = (counts[tenth] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('draws from distributions with the right means', () => {
    expect(Math.abs(mean(many(randomStream('n'), normal)))).toBeLessThan(0.03)
    expect(mean(many(randomStream('e'), exponential))).toBeCloseTo(1, 1)
    expect(mean(many(randomStream('p'), (r) => poisson(r, 0.7)))).toBeCloseTo(0.7, 1)
    expect(mean(many(randomStream('w'), (r) => whole(r, 1, 6)))).toBeCloseTo(3.5, 1)
    const picks = many(randomStream('k'), (r) =>
      weighted(r, [
        ['a', 3],
        ['b', 1],
      ]),
    )
    expect(picks.filter((k) => k === 'a').length / picks.length).toBeCloseTo(0.75, 1)
  })
})
