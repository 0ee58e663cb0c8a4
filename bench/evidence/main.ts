/**
 * `npm run bench:evidence`: do intervals hold what they say, are p-values uniform without an effect,
 * is looking every day safe, how long does it take, and are simulated companies seen through? Prints tables; fails when a limit is missed.
 *
 * Arguments: `--runs N` (default 2,000), `--only coverage|p|looks|time|truth`, `--size N` (cases; default
 * 50, 500 and 5,000), `--companies N` (of 3,000 accounts and three years; default 20).
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '@tomoshibi/evidence/numeric/random'
import {
  comparisonCoverage,
  comparisonPValues,
} from '@tomoshibi/evidence/simulation/comparison-studies'
import { coverageOf, uniformityOf } from '@tomoshibi/evidence/simulation/coverage'
import { everyLook } from '@tomoshibi/evidence/simulation/sequential-study'
import {
  survivalCoverage,
  survivalPValues,
  trueConcordance,
} from '@tomoshibi/evidence/simulation/survival-studies'
import { timings } from './timings.ts'
import { truthCounts } from './truth.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    only: { type: 'string' },
    size: { type: 'string' },
    companies: { type: 'string' },
  },
})
const runs = Number(values.runs ?? 2_000)
const sizes = values.size === undefined ? [50, 500, 5_000] : [Number(values.size)]
const misses: string[] = []
const wants = (part: string) => values.only === undefined || values.only === part
const percent = (share: number) => `${(100 * share).toFixed(1).padStart(6)} %`
const cells = (...texts: string[]) =>
  console.log(texts.map((text, i) => (i === 0 ? text.padEnd(36) : text.padStart(14))).join(''))

/** The bounds asked for, and three standard errors of a share of `runs` beside them. */
const slack = 3 * Math.sqrt((0.05 * 0.95) / runs)

if (wants('coverage')) {
  cells(`\nOf ${runs} intervals of 95 %`, ...sizes.map((n) => `n = ${n}`))
  const trueC = trueConcordance(seededRandom(99))
  for (const study of [...survivalCoverage(trueC), ...comparisonCoverage]) {
    const found = sizes.map((n) => coverageOf(study, n, runs, n))
    cells(
      study.name,
      ...found.map(({ share, without }) => percent(share) + (without > 0 ? ` −${without}` : '')),
    )
    for (const { n, share } of found) {
      if (share < 0.93 || share > 0.97) misses.push(`${study.name}, n = ${n}: ${percent(share)}`)
    }
  }
}

if (wants('p')) {
  cells(`\nOf ${runs} p-values, below 0.05`, ...sizes.map((n) => `n = ${n}`), 'KS', 'limit')
  for (const study of [...survivalPValues, ...comparisonPValues]) {
    const found = sizes.map((n) => uniformityOf(study, n, runs, n))
    const largest = found.at(-1)
    // The 0.1 % point of the Kolmogorov–Smirnov distance.
    const limit = 1.95 / Math.sqrt(largest?.runs ?? 1)
    cells(
      study.name,
      ...found.map(({ below05 }) => percent(below05)),
      (largest?.distance ?? 1).toFixed(4),
      limit.toFixed(4),
    )
    for (const { n, below05 } of found) {
      if (below05 > 0.07 + slack)
        misses.push(`${study.name}, n = ${n}: ${percent(below05)} below 0.05`)
    }
    const isWhole = study.name === 'sample ratio'
    if (!isWhole && (largest?.distance ?? 1) > limit)
      misses.push(`${study.name}: p-values not uniform`)
  }
}

if (wants('looks')) {
  cells('\nHeld at every look', 'sequential', 'for one look', 'looks')
  for (const [first, each, last] of [
    [50, 10, 500],
    [100, 50, 5_000],
  ] as const) {
    const found = everyLook({ runs: Math.min(runs, 2_000), first, each, last, seed: 1 })
    cells(
      `from ${first} to ${last} cases`,
      percent(found.sequential),
      percent(found.single),
      `${found.looks}`,
    )
    if (found.sequential < 0.95 - slack)
      misses.push(`sequential, to ${last}: ${percent(found.sequential)}`)
  }
}

if (wants('time')) {
  cells('\nTime', 'ms', 'limit')
  for (const { name, run, limitMs } of timings()) {
    const start = performance.now()
    const { known } = run()
    const took = performance.now() - start
    cells(name, took.toFixed(0), limitMs === null ? '' : String(limitMs))
    if (!known) misses.push(`${name}: no result`)
    if (limitMs !== null && took > limitMs) misses.push(`${name}: ${took.toFixed(0)} ms`)
  }
}

if (wants('truth')) {
  const companies = Number(values.companies ?? 20)
  console.log('\nCompanies whose truth is known')
  const counts = truthCounts({ accounts: 3_000, months: 36, companies }, (line) =>
    console.log(line),
  )
  cells('\nVerdicts', 'right', 'cannot tell', 'false')
  for (const [metric, { right, open, wrong }] of counts) {
    cells(metric, String(right), String(open), String(wrong))
  }
  const wrong = [...counts.values()].reduce((sum, count) => sum + count.wrong, 0)
  const share = wrong / (companies * counts.size)
  console.log(`False verdicts: ${wrong} of ${companies * counts.size}`)
  if (share >= 0.05) misses.push(`false verdicts: ${percent(share)}`)
}

console.log(misses.length === 0 ? '\nAll within limits.' : `\nMissed:\n  ${misses.join('\n  ')}`)
process.exitCode = misses.length === 0 ? 0 : 1
