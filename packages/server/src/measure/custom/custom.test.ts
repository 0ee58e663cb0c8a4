import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorDataSchema } from '@tomoshibi/contract/errors'
import { customMetrics } from '@tomoshibi/state/schema/custom-metrics'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { ensureDemonstration } from '../../collect/demo/demo.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const folder = 'examples/metrics'
const examples = readdirSync(folder).map((name) => ({
  name,
  yaml: readFileSync(join(folder, name), 'utf8'),
}))
const exampleKeys = examples.map(({ name }) => name.replace('.yaml', ''))

/** The head of a metric; what it is made of follows. */
const head = (key: string, more = '') => `key: ${key}
name: { en: ${key}, ja: ${key} }
says: { en: A test., ja: テスト。 }
better: neither
time: instant
${more}`
const openTickets = (key: string, where = 'kind != ""') =>
  head(
    key,
    `unit: count
measure: { fact: tickets, count: records, window: all, where: '${where}' }
`,
  )
const formula = (key: string, cel: string, unit = 'ratio') =>
  head(key, `unit: ${unit}\nformula: '${cel}'\n`)

const apply = (
  { caller }: TestWorkspace,
  yamls: readonly string[],
  options: { readonly dryRun?: boolean } = {},
) =>
  caller.metrics.apply({
    files: yamls.map((yaml, i) => ({ name: `${i + 1}.yaml`, yaml })),
    ...options,
  })

/** What changed: key, version, kind of change. */
const applied = async (workspace: TestWorkspace, ...yamls: readonly string[]) =>
  (await apply(workspace, yamls)).metrics.map(({ key, version, change }) => [key, version, change])

async function problemsOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error) || !('data' in error)) throw new Error('no error')
  return errorDataSchema.parse(error.data).problems
}

describe('a metric from a file', () => {
  test('is stored, listed, described and given back byte for byte', async () => {
    const workspace = operations.workspace()
    const yaml = `# 私たちの指標\r\n${openTickets('our_tickets')}`
    expect(await applied(workspace, yaml)).toEqual([['our_tickets', 1, 'created']])
    const listed = (await workspace.caller.metrics.list()).find(({ key }) => key === 'our_tickets')
    expect(listed).toMatchObject({ version: 1, custom: true, group: 'support', unit: 'count' })
    const described = await workspace.caller.metrics.describe({ key: 'our_tickets', sql: true })
    expect(described).toMatchObject({ yaml, custom: true, uses: [] })
    expect(described.formula.en).toContain('Number of tickets')
    expect(described.sql).toContain('FROM tickets')
    expect(await workspace.caller.metrics.export({})).toMatchObject([{ yaml, retired: false }])
  })

  test('has a new version when its file says something else, and the old one stays', async () => {
    const workspace = operations.workspace()
    const [first, second] = [openTickets('t'), openTickets('t', 'kind == "incident"')]
    await applied(workspace, first)
    expect(await applied(workspace, first)).toEqual([['t', 1, 'unchanged']])
    expect(await applied(workspace, second)).toEqual([['t', 2, 'changed']])
    const files = await workspace.caller.metrics.export({ key: 't', versions: true })
    expect(files.map(({ version, yaml }) => [version, yaml])).toEqual([
      [2, second],
      [1, first],
    ])
    const [value] = await workspace.caller.metrics.query({ metrics: ['t'] })
    expect(value).toMatchObject({ metric: 't', version: 2, value: null, reason: 'no_data' })
  })

  test('gives a new version to what is made of it', async () => {
    const workspace = operations.workspace()
    await applied(workspace, formula('f', 'b / 2'), formula('b', 'a * 2'), openTickets('a'))
    expect(await applied(workspace, openTickets('a', 'kind == "incident"'))).toEqual([
      ['a', 2, 'changed'],
      ['b', 2, 'follows'],
      ['f', 2, 'follows'],
    ])
    const { uses } = await workspace.caller.metrics.describe({ key: 'b' })
    expect(uses).toEqual([{ key: 'a', version: 2 }])
  })

  test('is the one that its own text says, also among files of one name', async () => {
    const workspace = operations.workspace()
    const files = ['a', 'b'].map((key) => ({ name: 'metric a', yaml: openTickets(key) }))
    await workspace.caller.metrics.apply({ files })
    const stored = await workspace.caller.metrics.export({})
    expect(stored.map(({ key, yaml }) => [key, yaml])).toEqual([
      ['a', openTickets('a')],
      ['b', openTickets('b')],
    ])
    const problems = await problemsOf(
      workspace.caller.metrics.apply({ files: [{ name: 'metric a', yaml: formula('b', 'c') }] }),
    )
    expect(problems).toMatchObject([{ file: 'metric a', code: 'UNKNOWN_NAME' }])
  })

  test('is only told of in a dry run', async () => {
    const workspace = operations.workspace()
    const told = await apply(workspace, [openTickets('t')], { dryRun: true })
    expect(told).toMatchObject({ dryRun: true, metrics: [{ key: 't', change: 'created' }] })
    expect(await workspace.caller.metrics.export({})).toEqual([])
  })

  test('may be applied by many at once; versions are counted one after the other', async () => {
    const workspace = operations.workspace()
    await applied(workspace, openTickets('t'))
    await workspace.caller.lamps.define({ yaml: lampOn('t > 3') })
    const kinds = Array.from({ length: 24 }, (_, k) => openTickets('t', `kind == "k${k}"`))
    await Promise.all(kinds.map((yaml) => applied(workspace, yaml)))
    const files = await workspace.caller.metrics.export({ key: 't', versions: true })
    expect(files.map(({ version }) => version)).toEqual(
      Array.from({ length: 25 }, (_, k) => 25 - k),
    )
  })

  test('is never changed or deleted in the store', async () => {
    const workspace = operations.workspace()
    await applied(workspace, openTickets('t'))
    const { db } = workspace.ports.state
    const mine = eq(customMetrics.workspaceId, workspace.id)
    await expect(db.update(customMetrics).set({ yaml: '' }).where(mine)).rejects.toThrow()
    await expect(db.delete(customMetrics).where(mine)).rejects.toThrow()
  })

  test('is not seen by another workspace, which may use its key', async () => {
    const [ours, theirs] = [operations.workspace(), operations.workspace()]
    await applied(ours, openTickets('t'))
    expect(await codeOf(theirs.caller.metrics.query({ metrics: ['t'] }))).toBe('UNKNOWN_METRIC')
    expect(await codeOf(theirs.caller.metrics.describe({ key: 't' }))).toBe('UNKNOWN_METRIC')
    expect(await codeOf(theirs.caller.metrics.retire({ key: 't' }))).toBe('UNKNOWN_METRIC')
    expect(await applied(theirs, formula('t', 'active_users * 2'))).toEqual([['t', 1, 'created']])
    expect((await ours.caller.metrics.describe({ key: 't' })).uses).toEqual([])
  })
})

describe('a metric that is retired', () => {
  test('is offered no more, stays readable, and comes back with its file', async () => {
    const workspace = operations.workspace()
    const { metrics } = workspace.caller
    await applied(workspace, openTickets('t'))
    expect(await metrics.retire({ key: 't' })).toMatchObject({ version: 1, retired: true })
    expect(await codeOf(metrics.query({ metrics: ['t'] }))).toBe('UNKNOWN_METRIC')
    expect(await metrics.export({})).toEqual([])
    expect(await metrics.export({ versions: true })).toHaveLength(1)
    expect(await applied(workspace, openTickets('t'))).toEqual([['t', 2, 'changed']])
  })

  test('is kept while another metric or a lamp needs it', async () => {
    const workspace = operations.workspace()
    const { metrics, lamps } = workspace.caller
    await applied(workspace, openTickets('t'), formula('f', 't * 2'))
    expect(await codeOf(metrics.retire({ key: 't' }))).toBe('METRIC_IN_USE')
    await lamps.define({ yaml: lampOn('f > 3') })
    expect(await codeOf(metrics.retire({ key: 'f' }))).toBe('METRIC_IN_USE')
    expect(await codeOf(metrics.retire({ key: 'mrr' }))).toBe('METRIC_BUILT_IN')
    expect(await codeOf(metrics.retire({ key: 'tt' }))).toBe('UNKNOWN_METRIC')
  })

  test('may not lose what a lamp uses of it by a change either', async () => {
    const workspace = operations.workspace()
    await applied(workspace, openTickets('t'))
    await workspace.caller.lamps.define({ yaml: lampOn('t > 3') })
    const change = apply(workspace, [`${openTickets('t')}grains: [portfolio]\n`])
    expect((await problemsOf(change))[0]?.text.en).toContain("The lamp 'many' would not work")
  })
})

const lampOn = (condition: string) => `key: many
version: 1
name: { en: Many, ja: 多い }
condition: '${condition}'
severity: warning
task:
  title: { en: Call, ja: 電話する }
  body: { en: Ask., ja: 聞く。 }
  owner: account_owner
  dueDays: 3
`

describe('files that do not hold up', () => {
  test('are refused as a whole, with every problem and its place', async () => {
    const workspace = operations.workspace()
    const wrong = `key: bad
name: { en: Bad }
unit: cuont
better: lower
time: instant
measure:
  fact: tickets
  count: records
  where: >-
    kind == "incident" &&
    priorty == "high"
  window: 28 days
`
    const problems = await problemsOf(
      apply(workspace, [openTickets('fine'), wrong, wrong.replace('cuont', 'count')]),
    )
    expect(problems.map(({ file, line, column, code }) => [file, line, column, code])).toEqual([
      ['2.yaml', 1, 1, 'MISSING'],
      ['2.yaml', 2, 1, 'MISSING'],
      ['2.yaml', 3, 7, 'UNKNOWN_VALUE'],
      ['3.yaml', 1, 1, 'MISSING'],
      ['3.yaml', 2, 1, 'MISSING'],
    ])
    expect(problems[2]).toMatchObject({ suggestions: ['count'] })
    const right = wrong
      .replace('{ en: Bad }', '{ en: Bad, ja: 悪い }\nsays: { en: x, ja: x }')
      .replace('cuont', 'count')
    const inside = await problemsOf(apply(workspace, [right]))
    expect(inside).toMatchObject([
      { code: 'UNKNOWN_NAME', line: 12, column: 5, suggestions: ['priority'] },
    ])
    expect(await workspace.caller.metrics.export({})).toEqual([])
  })
})

describe('the examples on the demonstration company', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = operations.workspace('2026-11-21T03:00:00Z')
    await ensureDemonstration(workspace, () => {}, { accounts: 40, months: 4, seed: 5 })
    await workspace.caller.metrics.apply({ files: examples })
  }, 240_000)

  test('all have values, over the portfolio, by slice and by account', async () => {
    const { metrics } = workspace.caller
    const question = { metrics: exampleKeys, on: '2026-11-20' }
    const whole = await metrics.query(question)
    expect(whole.map(({ metric }) => metric)).toEqual(exampleKeys)
    for (const { metric, value } of whole) expect(Number(value), metric).toBeGreaterThan(0)
    const slices = await metrics.query({ ...question, by: ['plan'] })
    expect(new Set(slices.map(({ slice }) => slice.plan)).size).toBeGreaterThan(1)
    const drilled = await metrics.query({ ...question, drill: true })
    for (const metric of ['incidents_28d', 'report_users_28d', 'report_share']) {
      const parts = drilled.filter((v) => v.metric === metric && v.account !== null)
      const total = parts.reduce((sum, v) => sum + Number(v.numerator ?? 0), 0)
      expect(total, metric).toBe(whole.find((v) => v.metric === metric)?.numerator)
    }
  })

  test('are opened down to the records, say how sure they are, and compare', async () => {
    const { metrics } = workspace.caller
    const on = '2026-11-20'
    const parts = await metrics.query({ metrics: ['incidents_28d'], on, perAccount: true })
    const most = parts.reduce((a, b) => (Number(b.value) > Number(a.value) ? b : a))
    const found = await metrics.facts({ metric: 'incidents_28d', account: most.account ?? '', on })
    expect(found.value.value).toBe(most.value)
    expect(found.tables[0]).toMatchObject({ table: 'tickets', total: most.value })
    expect(found.tables[0]?.rows.every(({ values }) => values.kind === 'incident')).toBe(true)
    const [share] = await metrics.query({
      metrics: ['report_share'],
      on,
      intervals: true,
      compare: ['previous'],
    })
    expect(share?.interval).toMatchObject({ low: expect.any(Number), high: expect.any(Number) })
  })

  test('can be the condition of a lamp, which then lights', async () => {
    const { lamps, metrics } = workspace.caller
    await lamps.define({ yaml: lampOn('incidents_28d >= 1 && incidents_per_100_users > 0') })
    await lamps.evaluate({})
    const lit = (await lamps.list({ lit: true })).filter(({ lamp }) => lamp === 'many')
    const values = await metrics.query({ metrics: ['incidents_28d'], perAccount: true })
    const with1 = values.filter(({ value }) => Number(value) >= 1).map(({ account }) => account)
    expect(lit.length).toBeGreaterThan(0)
    for (const { account } of lit) expect(with1).toContain(account)
  }, 240_000)
})
