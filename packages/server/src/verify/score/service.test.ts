import { seededRandom } from '@tomoshibi/evidence/numeric/random'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { type Fact, fact } from '../../measure/catalogue/testing.ts'

let operations: TestOperations
let workspace: TestWorkspace
const tokyo = (day: string) => `${day}T00:00:00+09:00`
const months = Array.from({ length: 20 }, (_, i) => {
  const month = String((i % 12) + 1).padStart(2, '0')
  return `${2025 + Math.floor(i / 12)}-${month}`
})

beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace('2026-09-15T00:00:00Z')
  const random = seededRandom(3)
  const rows: Record<'contract_lines' | 'usage_events' | 'survey_answers', Fact[]> = {
    contract_lines: [],
    usage_events: [],
    survey_answers: [],
  }
  const add = (table: keyof typeof rows, values: Fact) =>
    rows[table].push(fact(table, workspace.id, values))
  // Who uses little, or says so, is lost sooner; each by itself says half of it.
  for (let a = 0; a < 600; a++) {
    const account_id = `a${String(a).padStart(3, '0')}`
    const use = Math.ceil(4 * random.uniform())
    const mood = Math.round(10 * random.uniform())
    const risk = 0.25 / (1 + Math.exp(1.5 * use + 0.6 * mood - 4.5))
    const lost = months.findIndex(() => random.uniform() < risk + 0.003)
    const line = { account_id, record_id: `l${account_id}`, amount: '100000' }
    const began = tokyo('2024-12-01')
    add('contract_lines', { ...line, effective_from: began, known_at: began })
    if (lost !== -1) {
      const ended = tokyo(`${months[lost]}-25`)
      const more = { effective_from: began, effective_to: ended, known_at: ended, version: 2 }
      add('contract_lines', { ...line, ...more })
    }
    for (const month of months.filter((_, i) => lost === -1 || i <= lost)) {
      for (let user = 0; user < use; user++) {
        const user_id = `${account_id}u${user}`
        const at = tokyo(`${month}-12`)
        const own = { record_id: `${user_id}${month}`, user_id, event: 'open', quantity: 1 }
        add('usage_events', { account_id, ...own, occurred_at: at, known_at: at, properties: '{}' })
      }
      const at = tokyo(`${month}-13`)
      add('survey_answers', {
        account_id,
        record_id: `${account_id}${month}`,
        kind: 'nps',
        respondent_id: account_id,
        score: mood,
        comment: '',
        delivered_at: at,
        answered_at: at,
        known_at: at,
      })
    }
  }
  const { facts } = workspace.ports
  for (const table of ['contract_lines', 'usage_events', 'survey_answers'] as const) {
    await facts.insert(table, rows[table])
  }
}, 300_000)
afterAll(() => operations.stop())

it('scores every paying account by parts that add up, and only when it is worth it', async () => {
  const found = await workspace.caller.evidence.score({})
  expect(found.card.accountsWithOutcome).toBeGreaterThan(19)
  expect(found.verdict).toBe('offered')
  expect(found.card.rivals.every(({ isBeaten }) => isBeaten)).toBe(true)
  const metrics = found.parts.map(({ metric }) => metric)
  // What says the same thing twice, such as use and revenue by user at one price, is taken once.
  expect(metrics.filter((key) => key === 'active_users' || key === 'arpu')).toHaveLength(1)
  expect(metrics.filter((key) => key.startsWith('nps'))).toHaveLength(1)
  expect(found.accounts.length).toBeGreaterThan(50)
  for (const { logOdds, contributions, risk, health } of found.accounts) {
    const sum = contributions.reduce((total, part) => total + part.logOdds, found.base ?? 0)
    expect(sum).toBeCloseTo(logOdds, 9)
    expect(risk).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 9)
    expect(health).toBe(Math.round(100 * (1 - risk)))
  }
  const risks = found.accounts.map(({ risk }) => risk)
  expect(risks).toEqual([...risks].sort((a, b) => b - a))
}, 120_000)

it('says what is missing where nothing was recorded, and refuses an unknown rival', async () => {
  const empty = operations.workspace()
  const found = await empty.caller.evidence.score({})
  expect(found).toMatchObject({ verdict: 'cannot_tell', accounts: [], on: null })
  expect(found.says.ja).toContain('スコアは作成できません')
  expect(await codeOf(empty.caller.evidence.score({ against: 'by_hand' }))).toBe('UNKNOWN_METRIC')
})
