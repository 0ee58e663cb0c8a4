import type { FactTableName } from '@tomoshibi/facts/tables'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { lastInstantOf } from '@tomoshibi/metrics/periods'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type RandomFact, randomCompany } from '../../measure/catalogue/random-company.ts'
import { type Fact, fact, onDay, settingsOf } from '../../measure/catalogue/testing.ts'
import { tokyo } from '../../measure/catalogue/tiny-company.ts'
import { compilePanel, type PanelQuestion } from './panel.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const row = z.looseObject({
  i: z.number(),
  account_id: z.string(),
  lost_on: z.string().nullable(),
  happened: z.number().nullable(),
})

const build = async (question: Partial<PanelQuestion> & { workspaceId: string }) =>
  await facts.store.query(
    compilePanel({
      settings: settingsOf(),
      catalogue: builtInMetrics,
      metrics: [],
      attributes: [],
      days: ['2026-03-31', '2026-04-30'],
      outcome: 'churn',
      horizonDays: 60,
      now: '2026-11-21T00:00:00Z',
      ...question,
    }).query,
    row,
  )

const insert = async (
  workspaceId: string,
  rows: readonly { table: FactTableName; row: Fact }[],
): Promise<void> => {
  for (const table of new Set(rows.map((each) => each.table))) {
    const mine = rows.filter((each) => each.table === table)
    await facts.store.insert(
      table,
      mine.map((each) => fact(table, workspaceId, each.row)),
    )
  }
}

describe('a panel', () => {
  const line = (id: string, amount: string, from: string, to: string | null, more: Fact = {}) => ({
    table: 'contract_lines' as const,
    row: {
      account_id: id.slice(0, 1),
      record_id: id,
      amount,
      quantity: '10',
      effective_from: tokyo(from),
      effective_to: to === null ? null : tokyo(to),
      ...more,
    },
  })

  beforeAll(async () => {
    await insert('small', [
      // a stops paying on 20 May, b shrinks in May, c grows in June, d begins in April.
      line('a1', '100', '2025-01-01', '2026-05-20', { term_months: 12 }),
      line('b1', '100', '2025-01-01', '2026-05-05'),
      line('b2', '60', '2026-05-05', null),
      line('c1', '100', '2025-01-01', '2026-06-10'),
      line('c2', '150', '2026-06-10', null),
      line('d1', '70', '2026-04-10', null),
      // What b pays was learnt only in June to have been less.
      line('b1', '90', '2025-01-01', '2026-05-05', { known_at: tokyo('2026-06-15'), version: 2 }),
    ])
  })
  const told = (rows: Awaited<ReturnType<typeof build>>) =>
    rows.map(({ i, account_id, happened }) => [i, account_id, happened])

  it('has a row for each account that pays at the end of a day, with what followed within the horizon', async () => {
    const rows = await build({ workspaceId: 'small' })
    expect(told(rows)).toEqual([
      [0, 'a', 1],
      [0, 'b', 0],
      [0, 'c', 0],
      [1, 'a', 1],
      [1, 'b', 0],
      [1, 'c', 0],
      [1, 'd', 0],
    ])
    expect(rows.map(({ lost_on }) => lost_on)).toEqual([
      '2026-05-20',
      null,
      null,
      '2026-05-20',
      null,
      null,
      null,
    ])
    // 50 days from 31 March; one day less is too short.
    const near = await build({ workspaceId: 'small', horizonDays: 49, days: ['2026-03-31'] })
    expect(told(near)[0]).toEqual([0, 'a', 0])
    const just = await build({ workspaceId: 'small', horizonDays: 50, days: ['2026-03-31'] })
    expect(told(just)[0]).toEqual([0, 'a', 1])
  })

  it('tells downgrade, expansion and non-renewal from the movements and terms after the day', async () => {
    const days = ['2026-04-30']
    const of = async (outcome: PanelQuestion['outcome']) =>
      Object.fromEntries(
        told(await build({ workspaceId: 'small', outcome, days })).map(([, id, h]) => [id, h]),
      )
    expect(await of('downgrade')).toEqual({ a: 0, b: 1, c: 0, d: 0 })
    expect(await of('expansion')).toEqual({ a: 0, b: 0, c: 1, d: 0 })
    expect(await of('non_renewal')).toMatchObject({ a: 1, c: 0 })
  })

  it('holds metrics as known at the end of the day, those of a period over the one that ends with it', async () => {
    const rows = await build({
      workspaceId: 'small',
      metrics: ['mrr', 'mrr_new', 'nrr'],
      days: ['2026-04-30', '2026-06-30'],
    })
    const of = (i: number, account: string) => {
      const found = rows.find((each) => each.i === i && each.account_id === account)
      return [found?.feature_0, found?.feature_1, found?.feature_2]
    }
    expect(of(0, 'b')).toEqual(['100', '0', 1])
    expect(of(0, 'd')).toEqual(['70', '70', null])
    // By the end of June the correction was known: 60 of 90.
    expect(of(1, 'b')).toEqual(['60', '0', 60 / 90])
  })
})

/** The leak guard: a feature of a day must not know what was recorded after it. */
describe('nothing recorded after a day changes a feature of it', () => {
  const account = [...builtInMetrics.values()].filter(({ grains }) => grains.includes('account'))
  const keys = account.map(({ key }) => key)
  const third = Math.ceil(keys.length / 3)
  const thirds = [0, 1, 2].map((k) => keys.slice(k * third, (k + 1) * third))

  it.each([
    [11, '2025-11-30'],
    [12, '2026-02-14'],
  ])('for every metric and attribute, company %i on %s', async (seed, day) => {
    const company = randomCompany(seed)
    const whole = `whole${seed}`
    await insert(whole, company)
    let compared = 0
    for (const metrics of thirds) {
      const question = { metrics, attributes: ['segment', 'plan'] }
      const [period] = onDay(day)
      const end = lastInstantOf(period?.end ?? '')
      const known = ({ row: { known_at } }: RandomFact) => Date.parse(known_at) <= Date.parse(end)
      const workspaceId = `cut${seed}${metrics[0]}`
      await insert(workspaceId, company.filter(known))
      const full = await build({ ...question, workspaceId: whole, days: [day] })
      const cut = await build({ ...question, workspaceId, days: [day] })
      for (const one of full) {
        const other = cut.find(({ account_id }) => account_id === one.account_id)
        if (other === undefined) continue
        const features = (each: typeof one) => metrics.map((key, n) => [key, each[`feature_${n}`]])
        expect(features(one), `${day} ${one.account_id}`).toEqual(features(other))
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(6)
  })
})
