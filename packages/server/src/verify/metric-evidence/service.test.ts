import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
let workspace: TestWorkspace
const tokyo = (day: string) => `${day}T00:00:00+09:00`
const months = [
  '2025-10',
  '2025-11',
  '2025-12',
  '2026-01',
  '2026-02',
  '2026-03',
  '2026-04',
  '2026-05',
]

beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace('2026-06-15T00:00:00Z')
  const { facts } = workspace
  // Twelve accounts of thirty leave in April or May, and use little before; the others use much.
  for (let a = 0; a < 30; a++) {
    const id = `a${String(a).padStart(2, '0')}`
    const isLost = a < 12
    const until = a % 2 === 0 ? '2026-04-20' : '2026-05-12'
    const to = isLost ? { to: tokyo(until), known: tokyo('2025-09-01') } : {}
    await facts.account(id, { name: id }, tokyo('2025-09-01'))
    await facts.line(id, `l${id}`, { from: tokyo('2025-09-01'), ...to })
    for (const month of months) {
      const day = `${month}-20`
      if (isLost && day >= until) continue
      const users = Array.from({ length: isLost ? 1 + (a % 3) : 3 + (a % 4) }, (_, u) => `u${u}`)
      await facts.use(id, tokyo(day), users)
    }
  }
}, 120_000)
afterAll(() => operations.stop())

it('tells what goes before churn, on the later month ends whose horizon has passed', async () => {
  const found = await workspace.caller.evidence.metric({ key: 'active_users', horizon: 60 })
  // The newest fact is of 20 May, so that the last judged day is 20 March at the latest.
  expect(found.days).toEqual(['2025-12-31', '2026-01-31', '2026-02-28'])
  expect(found).toMatchObject({
    metric: 'active_users',
    outcome: 'churn',
    horizonDays: 60,
    rows: 90,
    accounts: 30,
    // 28 February and 60 days: until 29 April.
    accountsWithOutcome: 6,
    verdict: 'cannot_tell',
  })
  expect(found.reasons.map(({ en }) => en)).toEqual([
    'Accounts with the outcome: 6; at least 10 are needed.',
  ])
  const longer = await workspace.caller.evidence.metric({ key: 'active_users', horizon: 80 })
  expect(longer.days.at(-1)).toBe('2026-02-28')
  expect(longer).toMatchObject({
    accountsWithOutcome: 12,
    direction: 'lower',
    verdict: 'separates',
  })
  expect(longer.directionFrom).toBe('definition')
  expect(longer.says.en).toContain('not shown to be a cause')
})

it('keeps to the days that were asked for', async () => {
  const { days } = await workspace.caller.evidence.metric({
    key: 'active_users',
    from: '2025-11-15',
    to: '2026-01-31',
    horizon: 30,
  })
  expect(days).toEqual(['2025-12-31', '2026-01-31'])
})

it('refuses what has no value for one account, is unknown, or ends before it begins', async () => {
  const ask = (key: string, more: { from?: string; to?: string } = {}) =>
    codeOf(workspace.caller.evidence.metric({ key, ...more }))
  expect(await ask('active_user')).toBe('UNKNOWN_METRIC')
  expect(await ask('ltv_survival')).toBe('METRIC_HAS_NO_ACCOUNT_VALUE')
  expect(await ask('mrr', { from: '2026-02-01', to: '2026-01-01' })).toBe('BAD_PERIOD')
})

it('cannot tell where nothing was recorded', async () => {
  const empty = operations.workspace()
  const found = await empty.caller.evidence.metric({ key: 'mrr' })
  expect(found).toMatchObject({ days: [], verdict: 'cannot_tell', auc: null })
})
