import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { readFileTable } from '../file-evidence/file-table.ts'
import { panelFile } from './file.ts'

let operations: TestOperations
let workspace: TestWorkspace
let folder: string
const tokyo = (day: string) => `${day}T00:00:00+09:00`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tomoshibi-panel-'))
  operations = await startTestOperations()
  workspace = operations.workspace('2026-06-15T00:00:00Z')
  const { facts } = workspace
  for (const id of ['a', 'b']) {
    const isLost = id === 'b'
    await facts.account(id, { name: id, plan: isLost ? '=1+1' : 'pro' }, tokyo('2026-01-01'))
    const to = isLost ? { to: tokyo('2026-04-20') } : {}
    await facts.line(id, `l${id}`, { from: tokyo('2026-01-01'), ...to })
    for (const month of ['01', '02', '03', '04', '05']) {
      if (isLost && month > '03') continue
      await facts.use(id, tokyo(`2026-${month}-20`), isLost ? ['u1'] : ['u1', 'u2'])
    }
  }
}, 120_000)
afterAll(async () => {
  await operations.stop()
  await rm(folder, { recursive: true, force: true })
})

type Query = Parameters<TestWorkspace['caller']['evidence']['panel']>[0]
async function rowsOf(query: Query): Promise<Record<string, string>[]> {
  const file = await workspace.caller.evidence.panel(query)
  const path = join(folder, file.name)
  await writeFile(path, new Uint8Array(await file.arrayBuffer()))
  const { names, cells, lines } = await readFileTable(path)
  return lines.map((_, row) =>
    Object.fromEntries(names.map((name) => [name, cells.get(name)?.[row] ?? ''])),
  )
}

const few = { metrics: ['active_users', 'mrr'], attributes: ['plan'], horizon: 30 }

describe('a panel as a file', () => {
  it('has a row for each account and month end, with what was known then and what followed', async () => {
    const rows = await rowsOf({ ...few, format: 'csv' })
    const told = rows.map(({ day, account_id, active_users, mrr, outcome, lost_on }) =>
      [day, account_id, active_users, mrr, outcome, lost_on].join(' '),
    )
    // The newest fact is of 20 May: what followed 30 April cannot be told in full.
    expect(told).toEqual([
      '2026-01-31 a 2 100000 0 ',
      '2026-01-31 b 1 100000 0 2026-04-20',
      '2026-02-28 a 2 100000 0 ',
      '2026-02-28 b 1 100000 0 2026-04-20',
      '2026-03-31 a 2 100000 0 ',
      '2026-03-31 b 1 100000 1 2026-04-20',
      '2026-04-30 a 2 100000  ',
    ])
    expect(rows[0]?.paying_since).toBe('2025-12-31')
  })

  it('is the same in Parquet and in CSV, but for the guard against formulas', async () => {
    const csv = await rowsOf({ ...few, format: 'csv' })
    const parquet = await rowsOf({ ...few, format: 'parquet' })
    expect(csv[1]?.plan).toBe("'=1+1")
    expect(parquet[1]?.plan).toBe('=1+1')
    const without = (rows: typeof csv) => rows.map((row) => ({ ...row, plan: '' }))
    expect(without(parquet)).toEqual(without(csv))
  })

  it('holds every metric of accounts unless told otherwise, in several queries', async () => {
    const rows = await rowsOf({ from: '2026-03-31', to: '2026-03-31' })
    const names = Object.keys(rows[0] ?? {})
    expect(names.length).toBeGreaterThan(40)
    expect(rows.map(({ active_users, mrr }) => [active_users, mrr])).toEqual([
      ['2', '100000'],
      ['1', '100000'],
    ])
  })

  it('takes the last days of weeks or quarters', async () => {
    const days = async (every: 'week' | 'quarter') => [
      ...new Set((await rowsOf({ ...few, every })).map(({ day }) => day)),
    ]
    expect(await days('quarter')).toEqual(['2026-03-31'])
    expect((await days('week')).slice(0, 2)).toEqual(['2026-01-25', '2026-02-01'])
  })

  it('has its columns and no rows where nothing was recorded', async () => {
    const file = await operations
      .workspace()
      .caller.evidence.panel({ ...few, attributes: [], format: 'csv' })
    expect(await file.text()).toBe('day,account_id,paying_since,lost_on,outcome,active_users,mrr\n')
  })

  it('refuses what is unknown, and what has no value for one account', async () => {
    const ask = (query: Query) => codeOf(workspace.caller.evidence.panel(query))
    expect(await ask({ metrics: ['active_user'] })).toBe('UNKNOWN_METRIC')
    expect(await ask({ metrics: ['ltv_survival'] })).toBe('METRIC_HAS_NO_ACCOUNT_VALUE')
    expect(await ask({ ...few, attributes: ['plam'] })).toBe('UNKNOWN_ATTRIBUTE')
    expect(await ask({ from: '2026-02-01', to: '2026-01-01' })).toBe('BAD_PERIOD')
  })

  it('writes negative figures as numbers, and no value as an empty cell', () => {
    const bytes = panelFile(
      {
        days: ['2026-01-31'],
        day: Uint32Array.of(0, 0),
        account: ['-a', 'b,"c"'],
        features: new Map([['change', Float64Array.of(-1.5, Number.NaN)]]),
        happened: Float64Array.of(Number.NaN, 1),
        lostOn: [null, '2026-02-02'],
        since: ['2025-01-01', '2025-01-01'],
        attributes: new Map(),
      },
      'csv',
      () => true,
    )
    expect(new TextDecoder().decode(bytes)).toBe(
      [
        'day,account_id,paying_since,lost_on,outcome,change',
        "2026-01-31,'-a,2025-01-01,,,-1.5",
        '2026-01-31,"b,""c""",2025-01-01,2026-02-02,1,',
        '',
      ].join('\n'),
    )
  })
})
