import { errorDataSchema } from '@tomoshibi/contract/errors'
import type { HealthExplanation } from '@tomoshibi/contract/health'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const now = '2026-06-15T03:00:00Z'
const today = '2026-06-15'
const start = '2026-01-01T00:00:00+09:00'

/** Scores revenue by bands of 100,000 yen and overdue days; half of the weight each. */
const card = (key: string, more = '') => `key: ${key}
name: { en: ${key}, ja: ${key} }
${more}
measures:
  - metric: mrr
    scores: [{ below: 100000, score: 20 }, { below: 200000, score: 60 }, { score: 100 }]
  - metric: overdue_days
    scores: [{ below: 10, score: 100 }, { below: 30, score: 40 }, { score: 0 }]
`
const file = (yaml: string, name = 'card.yaml') => ({ name, yaml })

async function company(accounts: Readonly<Record<string, string>>): Promise<TestWorkspace> {
  const workspace = operations.workspace(now)
  for (const [account, amount] of Object.entries(accounts)) {
    await workspace.facts.account(account, { name: account, plan: account }, start)
    await workspace.facts.line(account, `${account}-line`, { from: start, amount })
  }
  return workspace
}

const sumOf = ({ contributions }: HealthExplanation): number =>
  contributions.reduce((sum, { adds }) => sum + Math.round(Number(adds ?? 0) * 100), 0)

describe('health scores', () => {
  test('are metrics like any other: asked, sliced, drilled and named in lamps', async () => {
    const { caller, facts } = await company({ a: '250000', b: '100000', c: '99999' })
    await facts.invoice('a', 'i1', { issued: start, due: '2026-05-16T00:00:00+09:00' })
    await caller.health.apply({ files: [file(card('own'))], dryRun: false })
    const values = await caller.metrics.query({ metrics: ['health_score'], perAccount: true })
    // a: (100 + 0) ÷ 2; b and c have no invoice, so revenue alone counts.
    expect(values.map(({ account, value }) => [account, value])).toEqual([
      ['a', 50],
      ['b', 60],
      ['c', 20],
    ])
    const [whole] = await caller.metrics.query({ metrics: ['health_score'] })
    expect(whole).toMatchObject({ value: 130 / 3, n: 3, unit: 'score' })
    const coverage = await caller.metrics.query({ metrics: ['health_coverage'], accounts: ['a'] })
    expect(coverage[0]?.value).toBe(1)
    const drilled = await caller.metrics.query({ metrics: ['health_score'], drill: true })
    expect(drilled).toHaveLength(4)
    await caller.lamps.define({
      yaml: `key: unhealthy
version: 1
name: { en: Unhealthy, ja: 不健全 }
condition: health_score < 50
severity: warning
why: { en: 'Health is {health_score}.', ja: 'スコアは{health_score}です。' }
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look, ja: 確認 }
  owner: account_owner
  dueDays: 1
`,
    })
    await caller.lamps.evaluate({})
    const lit = await caller.lamps.list({ lit: true })
    expect(
      lit.filter(({ lamp }) => lamp === 'unhealthy').map(({ account, why }) => [account, why?.en]),
    ).toEqual([['c', 'Health is 20.']])
    const described = await caller.metrics.describe({ key: 'health_score', sql: true })
    expect(described.uses.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['mrr', 'overdue_days']),
    )
  })

  test('come from the first scorecard that fits, in order', async () => {
    const { caller } = await company({ a: '250000', b: '250000' })
    const other = (key: string, order: number, when: string) => `key: ${key}
name: { en: ${key}, ja: ${key} }
order: ${order}
when: '${when}'
measures:
  - metric: mrr
    scores: [{ score: ${order} }]
`
    await caller.health.apply({
      files: [
        file(other('second', 20, 'mrr > 0'), '2.yaml'),
        file(other('first', 10, 'plan == "a"'), '1.yaml'),
        // Unknown for everybody, as nobody has such a value: it never fits.
        file(other('never', 5, 'nps > 3'), '0.yaml'),
      ],
      dryRun: false,
    })
    const { accounts } = await caller.health.overview({})
    expect(accounts.map(({ account, score, scorecard }) => [account, score, scorecard])).toEqual([
      ['a', 10, 'first'],
      ['b', 20, 'second'],
    ])
    const cards = await caller.health.scorecards()
    expect(cards.map(({ key }) => key)).toEqual(['never', 'first', 'second', 'standard'])
    expect(cards[3]).toMatchObject({ builtIn: true, problems: [] })
    await caller.health.retire({ key: 'first' })
    const after = await caller.health.overview({})
    expect(after.accounts.map(({ scorecard }) => scorecard)).toEqual(['second', 'second'])
    expect(await codeOf(caller.health.retire({ key: 'first' }))).toBe('UNKNOWN_SCORECARD')
    expect(after.version).toBeGreaterThan(3)
  })

  test('have no value for former customers, and none under half of the weight', async () => {
    const { caller, facts } = await company({ a: '250000' })
    await facts.account('gone', { name: 'gone' }, start)
    await facts.line('gone', 'gone-line', { from: start, to: '2026-03-01T00:00:00+09:00' })
    await caller.health.apply({
      files: [
        file(`key: thin
name: { en: Thin, ja: 薄い }
measures:
  - { metric: mrr, weight: 49, scores: [{ score: 80 }] }
  - { metric: nps, weight: 51, scores: [{ score: 80 }] }
`),
      ],
      dryRun: false,
    })
    const { accounts, counts } = await caller.health.overview({})
    expect(accounts).toMatchObject([
      { account: 'a', score: null, band: null, coverage: 0.49, scorecard: 'thin' },
    ])
    expect(counts).toEqual({ red: 0, yellow: 0, green: 0, none: 1 })
    const explained = await caller.health.explain({ account: 'a' })
    expect(explained.says.en).toContain('only 49% of the weight has a value')
    expect(explained.says.ja).toContain('49%')
    const former = await caller.health.explain({ account: 'gone' })
    expect(former).toMatchObject({ score: null, scorecard: null, contributions: [] })
  })
})

describe('a score that was set by hand', () => {
  test('counts until its end date beside the computed one, and its part makes the sum', async () => {
    const workspace = await company({ a: '250000' })
    const { caller } = workspace
    await caller.health.apply({ files: [file(card('own'))], dryRun: false })
    const set = await caller.health.override({
      account: 'a',
      score: 30.25,
      reason: 'Their sponsor left',
      until: '2026-06-20',
    })
    expect(set).toMatchObject({ score: 30.25, band: 'red', state: 'counts', endsOn: '2026-06-20' })
    const { accounts } = await caller.health.overview({})
    expect(accounts[0]).toMatchObject({
      score: 30.25,
      band: 'red',
      computed: 100,
      computedBand: 'green',
      override: { reason: 'Their sponsor left' },
    })
    const explained = await caller.health.explain({ account: 'a' })
    expect(explained.shown).toBe('30.25')
    expect(sumOf(explained)).toBe(3025)
    expect(explained.says.en).toContain('by hand; computed it is 100')
    expect(explained.since.moved[0]).toMatchObject({ key: 'set_by_hand', moved: '-69.75' })
    // Neither new scorecards nor new facts remove it.
    await caller.health.apply({ files: [file(card('own', 'order: 7'))], dryRun: false })
    await workspace.facts.line('a', 'more', { from: '2026-06-14T00:00:00+09:00', amount: '1' })
    const score = async () =>
      (await caller.metrics.query({ metrics: ['health_score'], accounts: ['a'] }))[0]?.value
    expect(await score()).toBe(30.25)
    workspace.at('2026-06-20T14:59:59Z')
    expect(await score()).toBe(30.25)
    workspace.at('2026-06-20T15:00:00Z')
    expect(await score()).toBe(100)
    expect((await caller.health.overrides({ all: true }))[0]?.state).toBe('ended')
    // As it was known then, before and after it was set.
    const history = await caller.health.history({
      account: 'a',
      from: '2026-06-13',
      to: '2026-06-21',
      every: 'day',
      under: 'now',
    })
    expect(history.points.map(({ score: each }) => each)).toEqual([
      ...[100, 100],
      ...[30.25, 30.25, 30.25, 30.25, 30.25, 30.25],
      100,
    ])
  })

  test('is ended by a person, and by another one', async () => {
    const workspace = await company({ a: '250000' })
    const { caller } = workspace
    const set = (score: number) =>
      caller.health.override({ account: 'a', score, reason: 'x', until: '2026-07-01' })
    expect(await codeOf(caller.health.withdraw({ account: 'a' }))).toBe('NO_OVERRIDE')
    await set(10)
    workspace.at('2026-06-16T03:00:00Z')
    await set(90)
    expect(await caller.health.overrides({})).toMatchObject([{ score: 90 }])
    expect(await caller.health.overrides({ all: true })).toMatchObject([
      { score: 90, state: 'counts' },
      { score: 10, state: 'withdrawn' },
    ])
    const on = async (day: string) => (await caller.health.overview({ on: day })).accounts[0]?.score
    expect([await on('2026-06-15'), await on('2026-06-16')]).toEqual([10, 90])
    workspace.at('2026-06-17T03:00:00Z')
    expect(await caller.health.withdraw({ account: 'a' })).toMatchObject({ state: 'withdrawn' })
    expect(await on('2026-06-16')).toBe(90)
    expect(await on('2026-06-17')).not.toBe(90)
  })

  test('needs an account, a reason and an end that is not past', async () => {
    const { caller } = await company({ a: '1' })
    const set = (more: object) =>
      codeOf(caller.health.override({ account: 'a', score: 1, reason: 'x', until: today, ...more }))
    expect(await set({})).toBe('no error')
    expect(await set({ account: 'nobody' })).toBe('UNKNOWN_ACCOUNT')
    expect(await set({ reason: '  ' })).toBe('BAD_INPUT')
    expect(await set({ until: '2026-06-14' })).toBe('BAD_INPUT')
    expect(await set({ until: '2028-01-01' })).toBe('BAD_INPUT')
    expect(await set({ score: 100.01 })).toBe('BAD_INPUT')
    expect(await set({ score: 1.005 })).toBe('BAD_INPUT')
  })
})

describe('the explanation', () => {
  test('says what moved the score since a day, and which facts', async () => {
    const workspace = await company({ a: '250000' })
    const { caller, facts } = workspace
    await caller.health.apply({ files: [file(card('own'))], dryRun: false })
    await facts.invoice('a', 'paid', {
      issued: start,
      due: '2026-02-01T00:00:00+09:00',
      paid: start,
    })
    await facts.invoice('a', 'late', {
      issued: '2026-06-10T00:00:00+09:00',
      due: '2026-05-01T00:00:00+09:00',
    })
    const explained = await caller.health.explain({ account: 'a', since: '2026-06-05' })
    expect(explained).toMatchObject({ score: 50, band: 'yellow', shown: '50.00' })
    expect(explained.since).toMatchObject({ on: '2026-06-05', score: 100, band: 'green' })
    const [most] = explained.since.moved
    expect(most).toMatchObject({
      key: 'overdue_days',
      moved: '-50.00',
      from: { en: '0 days' },
      to: { en: '46 days' },
      facts: [{ table: 'invoices', came: 1, went: 0, rows: [{ record: 'late', change: 'came' }] }],
    })
    expect(explained.says.en).toMatch(
      /^Health is 50 \(yellow\)\. That is 50 less than on 2026-06-05/,
    )
  })

  test('refuses an unknown account and days that are not', async () => {
    const { caller } = await company({ a: '1' })
    expect(await codeOf(caller.health.explain({ account: 'zz' }))).toBe('UNKNOWN_ACCOUNT')
    expect(await codeOf(caller.health.explain({ account: 'a', on: '2027-01-01' }))).toBe(
      'BAD_PERIOD',
    )
    expect(
      await codeOf(caller.health.explain({ account: 'a', on: today, since: '2026-06-16' })),
    ).toBe('BAD_PERIOD')
  })
})

describe('history', () => {
  test('is told by the scorecards of then, or by those of now, and says which', async () => {
    const workspace = await company({ a: '150000' })
    const { caller } = workspace
    await caller.health.apply({ files: [file(card('own'))], dryRun: false })
    workspace.at('2026-06-18T03:00:00Z')
    await caller.health.apply({
      files: [file(card('own').replace('score: 60', 'score: 75'))],
      dryRun: false,
    })
    const ask = async (under: 'then' | 'now') =>
      await caller.health.history({
        ...{ account: 'a', from: '2026-06-14', to: '2026-06-18', every: 'day', under },
      })
    const then = await ask('then')
    const facts = then.points.map(({ score, scorecard, scorecardVersion }) => [
      score,
      scorecard,
      scorecardVersion,
    ])
    // Before the first scorecard of its own, the standard one was in force: too little was known for it.
    expect(facts).toEqual([
      [null, 'standard', 1],
      [60, 'own', 1],
      [60, 'own', 1],
      [60, 'own', 1],
      [75, 'own', 2],
    ])
    expect(then.says.en).toContain('in force on that day')
    const under = await ask('now')
    expect(under.points.map(({ score }) => score)).toEqual([75, 75, 75, 75, 75])
    expect(under.says.ja).toContain('現在のスコアカード')
  })
})

describe('files of scorecards', () => {
  test('are applied all or none, with every problem and its place', async () => {
    const { caller } = await company({ a: '1' })
    const bad =
      'key: bad\nname: { en: b, ja: b }\nmeasures:\n  - { metric: mrrr, scores: [{ score: 1 }] }\n'
    try {
      await caller.health.apply({
        files: [file(card('own'), 'a.yaml'), file(bad, 'b.yaml')],
        dryRun: false,
      })
      expect.unreachable()
    } catch (error) {
      const data = errorDataSchema.parse(Reflect.get(Object(error), 'data'))
      expect(data.problems).toMatchObject([
        { code: 'UNKNOWN_METRIC', file: 'b.yaml', line: 4, suggestions: ['mrr', 'arr'] },
      ])
    }
    expect((await caller.health.scorecards()).map(({ key }) => key)).toEqual(['standard'])
  })

  test('count a version only when they say something else, and are exported byte for byte', async () => {
    const { caller } = await company({ a: '1' })
    const apply = async (yaml: string, dryRun = false) =>
      (await caller.health.apply({ files: [file(yaml)], dryRun })).scorecards.map(
        ({ change, version }) => `${change} ${version}`,
      )
    expect(await apply(card('own'), true)).toEqual(['created 1'])
    expect(await apply(card('own'))).toEqual(['created 1'])
    expect(await apply(card('own'))).toEqual(['unchanged 1'])
    expect(await apply(card('own', '# why'))).toEqual(['changed 2'])
    await caller.health.retire({ key: 'own' })
    expect(await caller.health.export({})).toHaveLength(1)
    expect(await apply(card('own', '# why'))).toEqual(['changed 4'])
    const [own] = await caller.health.export({ key: 'own' })
    expect(own?.yaml).toBe(card('own', '# why'))
    const versions = await caller.health.export({ key: 'own', versions: true })
    expect(versions.map(({ version, retired }) => [version, retired])).toEqual([
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ])
    expect(await codeOf(caller.health.export({ key: 'owm' }))).toBe('UNKNOWN_SCORECARD')
  })

  test('protect the metrics that they name', async () => {
    const { caller } = await company({ a: '1' })
    const metric = (formula: string, grains = '') => `key: twice
name: { en: Twice, ja: 2倍 }
says: { en: Twice, ja: 2倍 }
unit: money
better: higher
time: instant
${grains}
formula: ${formula}
`
    await caller.metrics.apply({ files: [file(metric('mrr * 2'))], dryRun: false })
    await caller.health.apply({
      files: [file(card('own').replace('metric: mrr', 'metric: twice'))],
      dryRun: false,
    })
    expect(await codeOf(caller.metrics.retire({ key: 'twice' }))).toBe('METRIC_IN_USE')
    const portfolioOnly = file(metric('mrr * 2', 'grains: [portfolio]'))
    expect(await codeOf(caller.metrics.apply({ files: [portfolioOnly], dryRun: false }))).toBe(
      'BAD_METRIC',
    )
    const { version } = await caller.health.overview({})
    await caller.metrics.apply({ files: [file(metric('mrr * 3'))], dryRun: false })
    expect((await caller.health.overview({})).version).toBe(version + 1)
    const named = file(metric('mrr * 2').replaceAll('twice', 'health_score'))
    expect(await codeOf(caller.metrics.apply({ files: [named], dryRun: false }))).toBe('BAD_METRIC')
    const ofScores = file(metric('health_score * 2').replaceAll('twice', 'more'))
    expect(await codeOf(caller.metrics.apply({ files: [ofScores], dryRun: false }))).toBe(
      'BAD_METRIC',
    )
  })
})

const amounts = fc.constantFrom('0', '99999.99', '100000', '149999', '200000', '250000')
const scores = fc.constantFrom(0, 12.34, 49.99, 50, 74.99, 75, 100)
const scale = fc.oneof(
  fc
    .tuple(scores, scores, scores)
    .map(
      ([a, b, c]) =>
        `scores: [{ below: 100000, score: ${a} }, { below: 200000, score: ${b} }, { score: ${c} }]`,
    ),
  fc
    .tuple(scores, scores)
    .map(([a, b]) => `curve: [{ at: 50000.1, score: ${a} }, { at: 230000.7, score: ${b} }]`),
)
const weights = fc.integer({ min: 1, max: 7 })
const leaf = (metric: string) =>
  fc.tuple(weights, scale).map(([weight, s]) => `{ metric: ${metric}, weight: ${weight}, ${s} }`)
const anyCard = (key: string) =>
  fc
    .record({
      order: fc.integer({ min: 1, max: 5 }),
      when: fc.constantFrom('true', 'mrr >= 150000', 'plan == "a" || plan == "c"', 'overdue > 0'),
      first: leaf('mrr'),
      group: fc.tuple(weights, leaf('overdue'), leaf('nps'), leaf('arr')),
    })
    .map(
      ({ order, when, first, group: [weight, ...inner] }) => `key: ${key}
name: { en: ${key}, ja: ${key} }
order: ${order}
when: '${when}'
measures:
  - ${first}
  - key: rest
    name: { en: Rest, ja: 残り }
    weight: ${weight}
    measures:
${inner.map((each) => `      - ${each}`).join('\n')}
`,
    )

test('a preview is what happens after saving, and contributions add up, for any scorecards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(amounts, { minLength: 3, maxLength: 4 }),
      fc.tuple(anyCard('one'), anyCard('two'), anyCard('one')),
      fc.option(scores),
      async (mrr, [one, two, changed], byHand) => {
        const ids = ['a', 'b', 'c', 'd'].slice(0, mrr.length)
        const { caller, facts } = await company(
          Object.fromEntries(ids.map((id, k) => [id, mrr[k] ?? '0'])),
        )
        await facts.invoice('a', 'late', { issued: start, due: '2026-05-16T00:00:00+09:00' })
        await facts.answer('b', 'p', '2026-06-10T00:00:00+09:00', 9)
        await caller.health.apply({ files: [file(one, '1'), file(two, '2')], dryRun: false })
        // The fewer sources, the quicker each of the many queries here.
        await caller.health.retire({ key: 'standard' })
        if (byHand !== null) {
          await caller.health.override({ account: 'a', score: byHand, reason: 'x', until: today })
        }
        const before = await caller.health.overview({})
        const preview = await caller.health.preview({
          files: [file(changed, '1')],
          retire: ['two'],
        })
        await caller.health.apply({ files: [file(changed, '1')], dryRun: false })
        await caller.health.retire({ key: 'two' })
        const after = await caller.health.overview({})
        const scored = ({ accounts }: typeof after) =>
          new Map(
            accounts.map(
              ({ account, score, band, computed, computedBand, coverage, scorecard }) => [
                account,
                { score, band, computed, computedBand, coverage, scorecard },
              ],
            ),
          )
        const foretold = scored(before)
        for (const each of preview.accounts) {
          expect(each.before).toEqual(foretold.get(each.account))
          foretold.set(each.account, each.after)
        }
        expect(foretold).toEqual(scored(after))
        expect(preview.before).toEqual(before.counts)
        expect(preview.after).toEqual(after.counts)
        // The explanation compares what the query scored with what its measures make, and throws else.
        for (const { account, score, band } of after.accounts) {
          const explained = await caller.health.explain({ account })
          expect(explained.score).toBe(score)
          expect(explained.band).toBe(band)
          if (explained.shown === null) {
            expect(score).toBeNull()
            continue
          }
          expect(sumOf(explained)).toBe(Math.round(Number(explained.shown) * 100))
          expect(Math.floor(Number(score) * 100 + 1e-7)).toBe(
            Math.round(Number(explained.shown) * 100),
          )
        }
      },
    ),
    { numRuns: 6, endOnFailure: true },
  )
}, 240_000)
