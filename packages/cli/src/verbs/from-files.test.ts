import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { runHere } from '../testing.ts'

const program = fileURLToPath(new URL('../../bin/tomoshibi.js', import.meta.url))
const root = resolve(import.meta.dirname, '../../../..')
let folder: string
const path = (name: string) => join(folder, name)
const children: ChildProcess[] = []

const mapping = `version: 1
files:
  - file: customers.csv
    target: accounts
    account: id
    attributes:
      name: name
      plan: plan
  - file: contracts.csv
    target: contract_lines
    id: id
    account: customer
    fields:
      amount: monthly
      currency: { value: EUR }
      billingUnit: { value: month }
      effectiveFrom: from
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-from-files-'))
  mkdirSync(path('data'))
  writeFileSync(path('data/customers.csv'), 'id,name,plan\nK,Kestrel,pro\nN,Northwind,basic\n')
  writeFileSync(
    path('data/contracts.csv'),
    'id,customer,monthly,from\nl1,K,100.10,2026-01-01\nl2,N,50,2026-03-01\nl3,N,many,2026-03-01\n',
  )
  writeFileSync(path('mapping.yaml'), mapping)
  writeFileSync(path('wrong.yaml'), mapping.replace('amount: monthly', 'amont: monthly'))
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const mine = (pid: number | undefined) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`tomoshibi-files-${pid}-`))

const query = (...args: readonly string[]) => runHere(['metrics', 'query', ...args])
const withMapping = () => ['--files', path('data'), '--mapping', path('mapping.yaml')]

describe('metrics straight from files', () => {
  test('need no data folder, keep stdout for the answer, and leave nothing behind', async () => {
    const { code, out, err } = await query('mrr', '--on', '2026-03-31', ...withMapping(), '--json')
    expect(code, err).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ value: '150.1', currency: 'EUR', n: 2 }])
    expect(err).toContain('All amounts are in EUR')
    expect(err).toMatch(/contracts\.csv:4 monthly 'many'/)
    expect(mine(process.pid)).toEqual([])
  })

  test('can be sliced, explained, compared and opened to the facts, as from a data folder', async () => {
    const asked = ['mrr', '--on', '2026-03-31', ...withMapping()]
    const sliced = await query(...asked, '--by', 'plan', '--compare', 'previous', '--explain')
    expect(sliced.out).toMatch(/^2026-03-31 +pro +€100\.10/m)
    expect(sliced.out).toMatch(/rows, [\d,]+ bytes/)
    const facts = await query(...asked, '--account', 'K', '--facts')
    expect(facts.out).toMatch(/^l1 .*100\.1 .*contracts\.csv +€100\.10$/m)
  })

  test('take settings of their own', async () => {
    const asked = ['mrr', '--on', '2026-03-31', ...withMapping(), '--json']
    const { out } = await query(...asked, '--set', 'currency=USD')
    expect(JSON.parse(out)[0]).toMatchObject({ value: null, reason: 'missing_exchange_rate' })
    const wrong = await query(...asked, '--set', 'curency=USD')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('Did you mean currency?')
  })

  test('work with the suggested mapping, and say that it is one', async () => {
    writeFileSync(
      path('subscriptions.csv'),
      'subscription_id,account_id,plan,mrr_amount,currency,start_date,end_date\ns1,A,pro,30,USD,2026-01-01,\n',
    )
    const { code, out, err } = await query(
      ...['mrr', '--on', '2026-03-31', '--files', path('subscriptions.csv'), '--json'],
    )
    expect(code, err).toBe(0)
    expect(err).toContain('Without --mapping, the suggested one is used')
    expect(JSON.parse(out)[0]).toMatchObject({ value: '30', currency: 'USD' })
  })

  test('that cannot be had end with the reason, and leave nothing behind', async () => {
    const none = await query('mrr', '--files', path('nowhere'), '--mapping', path('mapping.yaml'))
    expect([none.code, none.out]).toEqual([1, ''])
    expect(none.err).toContain('nowhere')
    const wrong = await query('mrr', '--files', path('data'), '--mapping', path('wrong.yaml'))
    expect([wrong.code, wrong.out]).toEqual([2, ''])
    expect(wrong.err).toContain('amont')
    const metric = await query('mmr', ...withMapping())
    expect([metric.code, metric.out]).toEqual([2, ''])
    writeFileSync(path('noise.csv'), Buffer.from([0, 1, 2, 255, 254, 0, 7]))
    const noise = await query('mrr', '--files', path('noise.csv'))
    expect([noise.code, noise.out]).toEqual([1, ''])
    expect((await query('mrr', '--mapping', path('mapping.yaml'))).code).toBe(2)
    expect(mine(process.pid)).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('ended by %s leave nothing behind', async (signal) => {
    const child = spawn(
      process.execPath,
      [program, 'metrics', 'query', 'mrr', ...withMapping(), '--lang', 'en'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    children.push(child)
    let [out, err] = ['', '']
    child.stdout.on('data', (text) => {
      out += text
    })
    child.stderr.on('data', (text) => {
      err += text
    })
    const ended = new Promise<number | null>((done) => child.on('close', done))
    const over = ended.then(() => true)
    while (mine(child.pid).length === 0) {
      if (await Promise.race([over, new Promise((next) => setTimeout(() => next(false), 5))])) break
    }
    child.kill(signal)
    expect([await ended, out, err]).toEqual([130, '', expect.stringContaining('Interrupted')])
    expect(mine(child.pid)).toEqual([])
  })

  test('remove what a killed one has left', async () => {
    const gone = spawn(process.execPath, ['--version'])
    await new Promise((done) => gone.on('close', done))
    const left = join(tmpdir(), `tomoshibi-files-${gone.pid}-left`)
    mkdirSync(left)
    await query('mrr', ...withMapping())
    expect(existsSync(left)).toBe(false)
  })
})

const ravenstack = resolve(root, '../shared/data/ravenstack')
const cells = z.array(z.record(z.string(), z.string()))

// The data is not part of the repository; where it is missing this shows as skipped.
describe.skipIf(!existsSync(ravenstack))('RavenStack from its files', () => {
  test('gives the movements that are expected of it', async () => {
    const metrics = [
      ...['mrr_start', 'mrr_new', 'mrr_reactivation', 'mrr_expansion'],
      ...['mrr_contraction', 'mrr_churn', 'mrr_end'],
    ]
    const { code, out, err } = await query(
      ...[...metrics, '--from', '2023-01-01', '--to', '2024-01-01', '--grain', 'month', '--csv'],
      ...['--files', ravenstack, '--mapping', join(root, 'examples/ravenstack.mapping.yaml')],
    )
    expect(code, err).toBe(0)
    const read = (text: string) => cells.parse(parse(text, { columns: true }))
    const expected = read(readFileSync(join(ravenstack, 'expected_mrr_movements_2023.csv'), 'utf8'))
    const values = read(out)
    expect(expected).toHaveLength(12)
    for (const month of expected) {
      for (const metric of metrics) {
        const column = metric.startsWith('mrr_start')
          ? 'start_mrr'
          : metric === 'mrr_end'
            ? 'end_mrr'
            : `${metric.slice(4)}_mrr`
        const found = values.find((v) => v.metric === metric && v.start === month.period_start)
        expect(Number(found?.value), `${metric} ${month.period_start}`).toBe(Number(month[column]))
      }
    }
  })
})
