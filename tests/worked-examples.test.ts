/** The page that works every metric out by hand says what the program says. */
import { readFileSync } from 'node:fs'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import { isBadPeriod, periodsBetween } from '@tomoshibi/metrics/periods'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import type { MetricValue } from '@tomoshibi/metrics/value'
import { runImport } from '@tomoshibi/server/collect/import/service'
import { fixedClock } from '@tomoshibi/server/platform/clock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Example {
  readonly key: string
  /** null = the whole company. */
  readonly account: string | null
  /** As it is printed. */
  readonly shown: string
}

const examplesOf = (page: string): Example[] =>
  [...readFileSync(page, 'utf8').matchAll(/^\| `(\w+)`(?: \((\w+)\))? \| ([^|]*) \|/gm)].map(
    ([, key = '', account = null, shown = '']) => ({ key, account, shown }),
  )

const pages = ['docs/worked-examples.md', 'docs/worked-examples.ja.md'] as const
const examples = examplesOf(pages[0])

/** A printed figure, and half a unit of its last digit. */
const read = (shown: string): { value: number; within: number } => {
  const digits = shown.replace(/[¥,%]|[a-z ]+$/g, '').trim()
  const decimals = digits.split('.')[1]?.length ?? 0
  const scale = shown.includes('%') ? 100 : 1
  return { value: Number(digits) / scale, within: (0.5 * 10 ** -decimals) / scale + 1e-12 }
}

const now = '2026-11-21T03:00:00Z'
const workspaceId = 'worked'
const settings = metricSettingsSchema.parse({
  planFeatures: { pro: ['login', 'report'], enterprise: ['login', 'report', 'export'] },
})
const april = { from: '2026-04-01', to: '2026-05-01', grain: 'month', ...settings } as const

let facts: TestFacts
let values: MetricValue[]

beforeAll(async () => {
  facts = await startTestFacts()
  const folder = 'examples/worked-company'
  const summary = await runImport(
    { facts: facts.store, clock: fixedClock(now) },
    {
      workspaceId,
      timeZone: settings.timeZone,
      paths: [folder],
      mapping: readFileSync(`${folder}/mapping.yaml`, 'utf8'),
    },
  )
  expect(summary.notes).toEqual([])
  const periods = periodsBetween(april)
  if (isBadPeriod(periods)) throw new Error(periods.says.en)
  const ask = async (grain: 'portfolio' | 'account') => {
    const metrics = [...builtInMetrics.values()].filter(({ grains }) => grains.includes(grain))
    const compiled = compileMetrics({
      workspaceId,
      settings,
      metrics: metrics.map(({ key }) => key),
      periods,
      grain,
      by: [],
      knownAt: 'now',
      now,
    })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    return compiled.decode(await facts.store.query(compiled.query, compiled.rowSchema))
  }
  values = [...(await ask('portfolio')), ...(await ask('account'))]
})
afterAll(() => facts.stop())

describe('worked examples', () => {
  test('every built-in metric has one', () => {
    const shown = new Set(examples.map(({ key }) => key))
    expect([...builtInMetrics.keys()].filter((key) => !shown.has(key))).toEqual([])
    expect([...shown].filter((key) => !builtInMetrics.has(key))).toEqual([])
  })

  test('both languages show the same figures', () => {
    expect(examplesOf(pages[1])).toEqual(examples)
  })

  test.each(examples)('$key is $shown', ({ key, account, shown }) => {
    const found = values.find((value) => value.metric === key && value.account === account)
    if (shown === '–') {
      expect(found?.value ?? null).toBeNull()
      return
    }
    const { value, within } = read(shown)
    expect(value, shown).not.toBeNaN()
    expect(Math.abs(Number(found?.value ?? Number.NaN) - value)).toBeLessThanOrEqual(within)
  })
})
