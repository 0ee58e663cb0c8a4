import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { compileCohorts } from '@tomoshibi/metrics/cohorts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { between, fact, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  const line = (account_id: string, amount: string, from: string, to: string | null) => ({
    account_id,
    record_id: `${account_id}-${from}`,
    amount,
    effective_from: tokyo(from),
    effective_to: to === null ? null : tokyo(to),
  })
  await facts.store.insert(
    'contract_lines',
    [
      line('old', '900', '2025-06-01', null),
      // January: one stays and grows, one leaves in March and comes back, one leaves at once.
      line('stays', '100', '2026-01-10', '2026-03-05'),
      line('stays', '150', '2026-03-05', null),
      line('returns', '100', '2026-01-20', '2026-03-02'),
      line('returns', '60', '2026-04-10', null),
      line('flees', '100', '2026-01-05', '2026-01-25'),
      // February
      line('later', '40', '2026-02-15', null),
    ].map((row) => fact('contract_lines', 'w', row)),
  )
})
afterAll(() => facts.stop())

it('cohorts keep accounts and revenue, month by month from that of the first payment', async () => {
  const compiled = compileCohorts({
    workspaceId: 'w',
    settings: settingsOf(),
    months: between('2026-01-01', '2026-05-01', 'month'),
    knownAt: 'now',
    now: '2026-04-15T00:00:00Z',
  })
  const values = compiled.decode(await facts.store.query(compiled.query, compiled.rowSchema))
  const table = values.map((value) => [
    value.cohort,
    value.month,
    value.accounts,
    value.accountsRetained,
    value.mrrRetained,
    value.revenueRetention,
  ])
  expect(table).toEqual([
    ['2026-01-01', 0, 3, 2, '200', 1],
    ['2026-01-01', 1, 3, 2, '200', 1],
    ['2026-01-01', 2, 3, 1, '150', 0.75],
    ['2026-01-01', 3, 3, 2, '210', 1.05],
    ['2026-02-01', 0, 1, 1, '40', 1],
    ['2026-02-01', 1, 1, 1, '40', 1],
    ['2026-02-01', 2, 1, 1, '40', 1],
  ])
  expect(values.map(({ complete }) => complete)).toEqual([
    true,
    true,
    true,
    false,
    true,
    true,
    false,
  ])
})
