import type { QualityFinding } from '@tomoshibi/contract/collect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Files, type ImportWorld, startImportWorld } from '../import/testing/world.ts'
import { qualityChecks } from './checks.ts'
import { qualityReport } from './service.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await startImportWorld()
})
afterAll(() => world.stop())

const mapping = `version: 1
currency: JPY
files:
  - file: accounts.csv
    target: accounts
    account: id
    knownAt: since
    attributes: { name: name, signed_up_on: { column: since, type: date }, churn_flag: { column: left, type: boolean } }
  - file: churns.csv
    target: accounts
    account: account
    id: id
    knownAt: on
    effectiveAt: on
    attributes: { churn_date: { column: on, type: date } }
  - file: lines.csv
    target: contract_lines
    id: id
    account: account
    knownAt: start
    fields:
      product: product
      amount: amount
      state: state
      billingUnit: { value: month }
      effectiveFrom: start
      effectiveTo: end
  - file: usage.csv
    target: usage_events
    id: id
    repeatedId: keep
    account: account
    knownAt: at
    fields: { event: event, occurredAt: at, properties: { columns: [subscription_id] } }
  - file: tickets.csv
    target: tickets
    id: id
    account: account
    knownAt: opened
    fields: { openedAt: opened, firstResponseAt: answered, resolvedAt: resolved }
  - file: answers.csv
    target: survey_answers
    id: id
    account: account
    knownAt: sent
    fields: { kind: { value: nps }, score: score, deliveredAt: sent, answeredAt: answered }
  - file: contacts.csv
    target: contacts
    id: id
    account: account
    knownAt: { value: 2024-01-01 }
    fields: { email: email }
  - file: invoices.csv
    target: invoices
    id: id
    account: account
    knownAt: issued
    fields: { amount: amount, issuedAt: issued, dueOn: due }
  - file: milestones.csv
    target: milestones
    id: id
    account: account
    knownAt: entered
    fields: { milestone: { value: first_report }, enteredAt: entered, metAt: met }
`
const accounts = 'id,name,since,left\nA,あかり商事,2024-01-01,no\n'
const linesHeader = 'id,account,product,amount,state,start,end\n'
const line = 'L1,A,core,100,active,2024-01-01,\n'
const sound: Files = { 'accounts.csv': accounts, 'lines.csv': linesHeader + line }

let workspaces = 0
/** The findings about a sound company with these files instead of its own. */
async function findings(files: Files, on = '2026-01-01'): Promise<Map<string, QualityFinding>> {
  workspaces += 1
  const id = `w${workspaces}`
  await world.run(id, { ...sound, ...files }, mapping)
  const found = await qualityReport(world.facts, { id, timeZone: 'Asia/Tokyo' }, on)
  return new Map(found.map((finding) => [finding.check, finding]))
}

const lines = (...rows: string[]): Files => ({ 'lines.csv': linesHeader + rows.join('\n') })

describe('the data-quality report', () => {
  it('of sound facts is empty', async () => {
    const found = await findings({
      'usage.csv': 'id,account,event,at,subscription_id\nU1,A,login,2024-01-01 00:00,L1\n',
      'tickets.csv': 'id,account,opened,answered,resolved\nT1,A,2024-01-01,2024-01-01,2024-01-02\n',
      'answers.csv': 'id,account,score,sent,answered\nN1,A,10,2024-02-01,2024-02-01\n',
      'contacts.csv': 'id,account,email\nC1,A,a@example.com\nC2,A,b@example.com\nC3,A,\nC4,A,\n',
      'invoices.csv': 'id,account,amount,issued,due\nI1,A,1,2024-01-31,2024-01-31\n',
      'milestones.csv': 'id,account,entered,met\nM1,A,2024-01-01,2024-01-01\n',
    })
    expect([...found.keys()]).toEqual([])
  })

  it.each<
    [
      string,
      Files,
      {
        count?: number
        account?: string | null
        records?: string[]
        values?: Record<string, string>
      },
    ]
  >([
    [
      'accounts_without_contract',
      { 'accounts.csv': `${accounts}B,びわ工業,2024-01-01,no\n` },
      { account: 'B', values: { name: 'びわ工業' } },
    ],
    [
      'unknown_accounts',
      lines(line, 'L2,Z,core,1,active,2024-01-01,', 'L3,Z,more,1,active,2024-01-01,'),
      { account: 'Z', records: ['L2', 'L3'], values: { facts: '2', in: 'contract_lines' } },
    ],
    [
      'contract_ends_before_start',
      lines(line, 'L2,A,more,1,active,2024-03-01,2024-02-01'),
      {
        records: ['L2'],
        values: { effective_from: '2024-03-01 00:00', effective_to: '2024-02-01 00:00' },
      },
    ],
    [
      'contract_without_length',
      lines(line, 'L2,A,more,1,active,2024-03-01,2024-03-01'),
      { records: ['L2'] },
    ],
    [
      'contracts_overlap',
      lines(
        'L1,A,core,1,active,2024-01-01,2024-04-01',
        'L2,A,core,1,active,2024-03-01,',
        'L3,A,more,1,active,2024-03-01,',
      ),
      {
        records: ['L1', 'L2'],
        values: {
          product: 'core',
          effective_from: '2024-03-01 00:00',
          other_effective_to: '2024-04-01 00:00',
        },
      },
    ],
    [
      'churn_flag_while_paying',
      { 'accounts.csv': 'id,name,since,left\nA,x,2024-01-01,yes\n' },
      { records: ['L1'], values: { churn_flag: 'true', paid_lines: '1' } },
    ],
    [
      'churn_flag_missing',
      lines('L1,A,core,100,active,2024-01-01,2024-06-01'),
      { account: 'A', values: { churn_flag: 'false', paid_lines: '0' } },
    ],
    [
      'churn_event_while_paying',
      { 'churns.csv': 'id,account,on\nX1,A,2024-05-01\n' },
      { records: ['X1~churn_date', 'L1'], values: { churn_date: '2024-05-01', paid_lines: '1' } },
    ],
    [
      'usage_before_contract',
      { 'usage.csv': 'id,account,event,at,subscription_id\nU1,A,login,2023-12-31 23:59,\n' },
      {
        values: {
          event: 'login',
          occurred_at: '2023-12-31 23:59',
          contract_starts: '2024-01-01 00:00',
          contract_line: '',
        },
      },
    ],
    [
      'usage_after_contract',
      {
        ...lines(line, 'L2,A,more,1,active,2024-02-01,2024-03-01'),
        'usage.csv':
          'id,account,event,at,subscription_id\nU1,A,login,2024-03-01,L2\nU2,A,login,2024-03-01,L1\n',
      },
      {
        values: {
          event: 'login',
          occurred_at: '2024-03-01 00:00',
          contract_ended: '2024-03-01 00:00',
          contract_line: 'L2',
        },
      },
    ],
    [
      'tickets_before_signup',
      { 'tickets.csv': 'id,account,opened,answered,resolved\nT1,A,2023-12-31,,\n' },
      { records: ['T1'], values: { opened_at: '2023-12-31 00:00', signed_up_on: '2024-01-01' } },
    ],
    [
      'ticket_resolved_before_opened',
      { 'tickets.csv': 'id,account,opened,answered,resolved\nT1,A,2024-02-01,,2024-01-31\n' },
      { records: ['T1'] },
    ],
    [
      'ticket_answered_before_opened',
      { 'tickets.csv': 'id,account,opened,answered,resolved\nT1,A,2024-02-01,2024-01-31,\n' },
      { records: ['T1'] },
    ],
    [
      'answer_before_delivery',
      { 'answers.csv': 'id,account,score,sent,answered\nN1,A,9,2024-02-02,2024-02-01\n' },
      { records: ['N1'] },
    ],
    [
      'milestone_met_before_entry',
      { 'milestones.csv': 'id,account,entered,met\nM1,A,2024-02-02,2024-02-01\n' },
      { records: ['M1'] },
    ],
    [
      'invoice_due_before_issue',
      { 'invoices.csv': 'id,account,amount,issued,due\nI1,A,1,2024-02-02,2024-01-31\n' },
      { records: ['I1'] },
    ],
    [
      'repeated_ids',
      {
        'usage.csv':
          'id,account,event,at,subscription_id\nU1,A,login,2024-02-01,\nU1,A,logout,2024-02-01,\n',
      },
      { values: { kind: 'usage_events', id: 'U1', times: '2' } },
    ],
    [
      'repeated_emails',
      { 'contacts.csv': 'id,account,email\nC1,A,Mail@Example.com\nC2,A,mail@example.com\n' },
      {
        records: ['C1', 'C2'],
        values: { email: 'mail@example.com', contacts: '2', accounts: '1' },
      },
    ],
  ])('names %s and nothing else', async (check, files, example) => {
    const found = await findings(files)
    expect([...found.keys()]).toEqual([check])
    expect(found.get(check)).toMatchObject({ count: 1, examples: [example] })
  })

  it('names answers out of range that came in by another way than a file', async () => {
    await world.run('range', sound, mapping)
    await world.facts.insert('survey_answers', [
      {
        workspace_id: 'range',
        account_id: 'A',
        record_id: 'N1',
        known_at: '2024-02-01',
        version: 1,
        kind: 'nps',
        score: 11,
      },
    ])
    const found = await qualityReport(
      world.facts,
      { id: 'range', timeZone: 'Asia/Tokyo' },
      '2026-01-01',
    )
    expect(found).toMatchObject([{ check: 'answers_out_of_range', count: 1 }])
  })

  it('tells a contradiction only from the day on which it was known', async () => {
    const files = lines(line, 'L2,A,core,1,active,2024-03-01,')
    expect((await findings(files, '2024-02-29')).has('contracts_overlap')).toBe(false)
    expect((await findings(files, '2024-03-01')).has('contracts_overlap')).toBe(true)
  })

  it('shows ten examples and counts all', async () => {
    const many = Array.from({ length: 25 }, (_, i) => `T${i + 10},A,2023-01-01,,`).join('\n')
    const found = await findings({
      'tickets.csv': `id,account,opened,answered,resolved\n${many}\n`,
    })
    const finding = found.get('tickets_before_signup')
    expect(finding?.count).toBe(25)
    expect(finding?.examples.map((example) => example.records[0])).toEqual(
      Array.from({ length: 10 }, (_, i) => `T${i + 10}`),
    )
  })

  it('sees no other workspace', async () => {
    await world.run('theirs', { ...sound, ...lines('L9,Z,core,1,active,2024-01-01,') }, mapping)
    await world.run('ours', sound, mapping)
    expect(
      await qualityReport(world.facts, { id: 'ours', timeZone: 'Asia/Tokyo' }, '2026-01-01'),
    ).toEqual([])
  })

  it('has a text in both languages for every check, under a key of its own', () => {
    expect(new Set(qualityChecks.map((check) => check.key)).size).toBe(qualityChecks.length)
    for (const { name, says } of qualityChecks) {
      for (const text of [name.en, name.ja, says.en, says.ja]) expect(text).not.toBe('')
    }
  })
})
