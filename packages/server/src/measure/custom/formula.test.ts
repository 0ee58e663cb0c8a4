import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import type { MetricValue } from '@tomoshibi/metrics/value'
import Big from 'big.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, fact, onDay } from '../catalogue/testing.ts'
import { tokyo } from '../catalogue/tiny-company.ts'
import { catalogueWith, usual } from './testing.ts'

const W = 'formulas'
const MRR = '100000.00000003'
const UNPAID = '0.1'
let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  const line = (account_id: string, more: object) =>
    fact('contract_lines', W, {
      account_id,
      record_id: `l-${account_id}`,
      amount: MRR,
      effective_from: tokyo('2026-01-01'),
      ...more,
    })
  await facts.store.insert('contract_lines', [
    line('a', {}),
    line('free', { amount: '0' }),
    line('foreign', { amount: '5', currency: 'USD' }),
  ])
  await facts.store.insert(
    'invoices',
    ['a', 'free'].map((account_id) =>
      fact('invoices', W, {
        account_id,
        record_id: `i-${account_id}`,
        kind: 'recurring',
        amount: UNPAID,
        currency: 'JPY',
        issued_at: tokyo('2026-01-01'),
        due_at: tokyo('2026-02-01'),
        paid_amount: '0',
      }),
    ),
  )
})
afterAll(() => facts.stop())

async function values(
  formulas: readonly { readonly formula: string; readonly unit: string }[],
  accountId: string,
): Promise<MetricValue[]> {
  const catalogue = catalogueWith(formulas.map((each, k) => ({ ...usual, key: `f${k}`, ...each })))
  return ask(facts.store, {
    workspaceId: W,
    metrics: formulas.map((_, k) => `f${k}`),
    periods: onDay('2026-04-30'),
    grain: 'account',
    accountIds: [accountId],
    catalogue,
  })
}

describe('a formula', () => {
  test('calculates money as decimals, rounded half away from zero to 8 places', async () => {
    const [mrr, unpaid] = [new Big(MRR), new Big(UNPAID)]
    const cases: readonly (readonly [string, Big])[] = [
      ['mrr + 0.2', mrr.plus('0.2')],
      ['mrr - overdue', mrr.minus(unpaid)],
      ['mrr * 0.1', mrr.times('0.1').round(8, Big.roundHalfUp)],
      ['mrr / 3', mrr.div(3).round(8, Big.roundHalfUp)],
      ['mrr / 2', mrr.div(2).round(8, Big.roundHalfUp)],
      ['-mrr / 2', mrr.div(-2).round(8, Big.roundHalfUp)],
      ['1.5 * (mrr + overdue) / 7', mrr.plus(unpaid).times('1.5').div(7).round(8, Big.roundHalfUp)],
      ['mrr > 100000 ? mrr : 0', mrr],
      ['mrr > 100000.00000003 ? mrr : 0.5', new Big('0.5')],
      ['mrr * (overdue / overdue)', mrr],
      ['overdue * 1000000000000 / 3', unpaid.times('1e12').div(3).round(8, Big.roundHalfUp)],
    ]
    const found = await values(
      cases.map(([formula]) => ({ formula, unit: 'money' })),
      'a',
    )
    expect(found.map(({ value }) => value)).toEqual(cases.map(([, value]) => value.toFixed()))
  })

  test('sets amounts against amounts as numbers, and says what it divides', async () => {
    const [share, none] = await values(
      [
        { formula: 'overdue / mrr', unit: 'percent' },
        { formula: '(overdue + overdue) / overdue', unit: 'ratio' },
      ],
      'a',
    )
    expect(share).toMatchObject({ numerator: '0.1', denominator: MRR, unit: 'percent' })
    expect(share?.value).toBeCloseTo(0.1 / 100000, 12)
    expect(none).toMatchObject({ numerator: '0.2', denominator: '0.1', value: 2 })
  })

  test('has no value, with the reason, where one is missing or nothing divides', async () => {
    const asked = [
      { formula: 'overdue / mrr', unit: 'percent' },
      { formula: 'nps / 2', unit: 'score' },
      { formula: 'default(nps, 0) / 2 + 1', unit: 'score' },
      { formula: 'has(nps) ? nps : 7', unit: 'score' },
      { formula: 'mrr > 1 ? nps : 1', unit: 'score' },
    ]
    const of = async (account: string) =>
      (await values(asked, account)).map(({ value, reason }) => value ?? reason)
    const none = 'no_data'
    expect(await of('a')).toEqual([expect.any(Number), none, none, none, none])
    expect(await of('free')).toEqual(['zero_denominator', none, none, none, 1])
    expect(await of('nobody')).toEqual([none, none, none, none, none])
  })

  test('lets something stand in for what is missing beside what is there', async () => {
    const asked = [
      { formula: 'default(nps, 0) / 2 + mrr / mrr', unit: 'score' },
      { formula: 'has(nps) ? nps : overdue / overdue * 7', unit: 'score' },
    ]
    expect((await values(asked, 'a')).map(({ value }) => value)).toEqual([1, 7])
  })

  test('is the same whatever else is asked', async () => {
    const [only] = await values([{ formula: 'default(nps, 0) + 1', unit: 'score' }], 'a')
    const [beside] = await values(
      [
        { formula: 'default(nps, 0) + 1', unit: 'score' },
        { formula: 'mrr', unit: 'money' },
      ],
      'a',
    )
    expect(beside).toEqual(only)
  })

  test('has no value where an amount has no exchange rate, whatever stands in', async () => {
    const found = await values([{ formula: 'default(mrr, 0) + 1', unit: 'money' }], 'foreign')
    expect(found).toMatchObject([{ value: null, reason: 'missing_exchange_rate' }])
  })
})
