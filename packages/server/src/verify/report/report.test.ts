import { languages } from '@tomoshibi/contract/text'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { type Report, reportDocument } from './document.ts'
import { type Html, html } from './html.ts'
import { leadPlot, ratePlot, reliabilityPlot, survivalPlot } from './plots.ts'

const hostile = `<img src=x onerror="alert('1')">&`

describe('HTML', () => {
  it('escapes whatever stands in it, and keeps what is HTML already', () => {
    expect(html`<p title="${hostile}">${html`<b>${1}</b>`}${[html`<i>`]}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"><b>1</b><i></p>',
    )
  })
})

describe('plots', () => {
  const text = { says: hostile, x: 'x', y: 'y' }
  const rate = { label: '1', rate: 0.1, low: 0.05, high: 0.2 }
  const all: readonly [string, Html][] = [
    ['rates', ratePlot([rate, { ...rate, label: hostile, low: null, high: null }], 0.1, text)],
    ['one rate of nothing', ratePlot([{ ...rate, rate: 0, low: null, high: null }], null, text)],
    ['reliability', reliabilityPlot([{ predicted: 0.1, rate: 0.2, low: 0, high: 1 }], text)],
    ['reliability of nothing', reliabilityPlot([], text)],
    ['lead time', leadPlot([{ days: 14, auc: 0.7, low: 0.2, high: 0.8 }], text)],
    ['survival', survivalPlot([{ time: 800, survival: 0.5, low: null, high: 0.6 }], text)],
    ['survival of nobody', survivalPlot([], text)],
  ]

  it.each(all)(
    '%s: figures inside the picture, a name for it, and nothing unescaped',
    (_, { text }) => {
      expect(text).not.toMatch(/NaN|Infinity|undefined|null|<img/)
      expect(text).toContain('role="img" aria-label="&lt;img')
      const numbers = [...text.matchAll(/ (?:cx|x1|x2|x)="(-?[\d.]+)"/g)].map(([, x]) => Number(x))
      expect(numbers.length).toBeGreaterThan(2)
      for (const x of numbers) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(420)
      }
    },
  )

  it('put a higher rate higher, and a perfect prediction on the diagonal', () => {
    const heights = [
      ...ratePlot([rate, { ...rate, rate: 0.2 }], null, text).text.matchAll(/ height="([\d.]+)"/g),
    ].map(([, height]) => Number(height))
    expect(heights[1]).toBeCloseTo(2 * (heights[0] ?? 0), 0)
    const bins = [0.1, 0.3].map((v) => ({ predicted: v, rate: v, low: v, high: v }))
    const spots = [...reliabilityPlot(bins, text).text.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)]
    const slopes = spots.map(([, x, y]) => (Number(x) - 52) / (220 - Number(y)))
    expect(slopes[0]).toBeCloseTo(slopes[1] ?? 0, 1)
  })
})

describe('the report', () => {
  let operations: TestOperations
  let workspace: TestWorkspace
  beforeAll(async () => {
    operations = await startTestOperations()
    workspace = operations.workspace('2026-06-15T00:00:00Z')
    const { facts } = workspace
    for (const id of ['a', 'b', 'c']) {
      await facts.account(id, { name: hostile, plan: hostile }, '2025-09-01T00:00:00Z')
      const to = id === 'c' ? { to: '2026-03-01T00:00:00Z' } : {}
      await facts.line(id, `l${id}`, { from: '2025-09-01T00:00:00Z', ...to })
      await facts.use(id, '2025-09-20T00:00:00Z', ['u1'])
      await facts.use(id, '2026-02-20T00:00:00Z', ['u1', 'u2'])
    }
  }, 120_000)
  afterAll(() => operations.stop())

  it.each(languages)('is one file that needs nothing else, in %s', async (language) => {
    const file = await workspace.caller.evidence.report({ language, metrics: ['active_users'] })
    const text = await file.text()
    expect(text).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}">`))
    expect(text).toContain("default-src 'none'")
    expect(text).not.toMatch(/<script|<link|src=|url\(|https?:/)
    expect(text).not.toMatch(/NaN|undefined|\bnull\b/)
    expect(text).toContain('@media print')
    expect(text).toContain(language === 'ja' ? '判断できない' : 'cannot tell')
    expect(text).toContain(language === 'ja' ? '契約3件のうち1件' : 'Of 3 contracts, 1 were lost')
  })

  it('says so where nothing was recorded', async () => {
    const text = await (
      await operations.workspace().caller.evidence.report({ language: 'en' })
    ).text()
    expect(text).toContain('No contract is known yet.')
    expect(text).toContain('There is no score.')
  })

  it('refuses a metric that is unknown', async () => {
    const asked = workspace.caller.evidence.report({ metrics: ['active_user'] })
    expect(await codeOf(asked)).toBe('UNKNOWN_METRIC')
  })

  it('escapes names and sentences of the workspace', async () => {
    const metric = await workspace.caller.evidence.metric({ key: 'active_users' })
    const score = await workspace.caller.evidence.score({})
    const lamps = await workspace.caller.evidence.lamps()
    const bad = { en: hostile, ja: hostile }
    const report: Report = {
      workspace: hostile,
      outcome: bad,
      horizonDays: 90,
      on: '2026-06-15',
      metrics: [{ ...metric, name: bad, says: bad, cause: { ...metric.cause, says: bad } }],
      score: { ...score, says: bad },
      lamps: lamps.map((lamp) => ({ ...lamp, name: bad, says: bad })),
      survival: null,
    }
    const text = reportDocument(report, 'en')
    expect(text).not.toContain('<img')
    expect(text.match(/&lt;img/g)?.length).toBeGreaterThan(5)
  })
})
