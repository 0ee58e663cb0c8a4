/**
 * A company small enough to know every figure by heart. April 2026 in Tokyo has one account of each
 * kind of movement; a second workspace holds the same ids with other amounts and must never show.
 */
import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { type Fact, fact } from './testing.ts'

export const TINY = 'tiny'
export const OTHER = 'other'

/** A local time in Tokyo. */
export const tokyo = (day: string, time = '00:00:00'): string => `${day}T${time}+09:00`

type Rows = Partial<Record<FactTableName, Fact[]>>

const line = (
  id: string,
  amount: string,
  from: string,
  to: string | null,
  more: Fact = {},
): Fact => ({
  account_id: id.slice(0, 1),
  record_id: id,
  amount,
  effective_from: tokyo(from),
  effective_to: to === null ? null : tokyo(to),
  term_months: 12,
  quantity: '10',
  ...more,
})

const contractLines: Fact[] = [
  // a: a larger plan in the middle of the month
  line('a1', '100000', '2025-04-01', '2026-04-15'),
  line('a2', '150000', '2026-04-15', null, { plan: 'enterprise' }),
  // b: a yearly contract that is not renewed
  line('b1', '1000000', '2025-06-01', '2026-04-20', { billing_unit: 'year', quantity: '20' }),
  // c: more seats
  line('c1', '50000', '2025-10-01', '2026-04-10', { quantity: '5' }),
  line('c2', '80000', '2026-04-10', null, { quantity: '8' }),
  // d: new
  line('d1', '30000', '2026-04-05', null, { quantity: '3' }),
  // e: came back
  line('e1', '40000', '2025-01-01', '2025-09-01', { term_months: null }),
  line('e2', '45000', '2026-04-12', null),
  // f: a discount ends, and a second product is dropped
  line('f1', '200000', '2025-05-01', null, {
    discount_percent: '25',
    discount_until: tokyo('2026-04-16'),
  }),
  line('f2', '20000', '2025-05-01', '2026-04-20', { product: 'addon', quantity: null }),
  // g: fewer seats
  line('g1', '60000', '2026-01-01', '2026-04-18', { quantity: '6' }),
  line('g2', '40000', '2026-04-18', null, { quantity: '4' }),
  // h: pays in dollars, which become dearer
  line('h1', '1000', '2026-01-01', null, { currency: 'USD' }),
  // j: new and lost within the month
  line('j1', '10000', '2026-04-03', '2026-04-25'),
  // k: only tries it
  line('k1', '0', '2026-04-01', null, { state: 'trial' }),
  // l: a higher price, and a further product
  line('l1', '70000', '2025-05-05', '2026-04-22'),
  line('l2', '77000', '2026-04-22', null),
  line('l3', '12000', '2026-04-10', null, { product: 'addon', quantity: null }),
]

const rates: Fact[] = [
  ['r1', '150', '2026-01-01'],
  ['r2', '160', '2026-04-15'],
].map(([id, rate, day]) => ({
  account_id: '',
  record_id: id,
  currency: 'USD',
  reporting_currency: 'JPY',
  rate,
  effective_at: tokyo(day ?? ''),
}))

const uses = (
  [
    ['a', 'u1', '2026-03-10', '12:00:00'],
    ['a', 'u3', '2026-03-20', '12:00:00'],
    ['a', 'u1', '2026-04-10', '12:00:00'],
    ['a', 'u2', '2026-04-25', '12:00:00'],
    ['a', 'u1', '2026-04-30', '12:00:00'],
    ['a', 'u4', '2026-05-01', '00:00:00'],
    ['b', 'u9', '2026-03-15', '12:00:00'],
    ['c', '', '2026-04-20', '12:00:00'],
    ['d', 'u5', '2026-04-30', '23:59:59'],
    ['f', 'u1', '2026-04-03', '00:00:00'],
    // z used it over the winter, in windows of 28 days before the last: 1, then 2, 3 and 2 users.
    ['z', 'u1', '2025-11-10', '12:00:00'],
    ['z', 'u1', '2025-11-14', '00:00:00'],
    ['z', 'u2', '2025-12-11', '12:00:00'],
    ['z', 'u1', '2025-12-20', '12:00:00'],
    ['z', 'u2', '2025-12-20', '12:00:00'],
    ['z', 'u3', '2026-01-08', '12:00:00'],
    ['z', 'u1', '2026-01-09', '12:00:00'],
    ['z', 'u2', '2026-02-05', '12:00:00'],
  ] as const
).map(([account_id, user_id, day, time], k) => ({
  account_id,
  record_id: `e${k}`,
  user_id,
  event: 'login',
  occurred_at: tokyo(day, time),
  quantity: 1,
}))

const contacts = (
  [
    ['a', 'u1', '2025-04-10', null],
    ['a', 'u2', null, null],
    ['a', 'u3', '2026-04-30', null],
    ['a', 'u4', '2026-05-01', null],
    ['a', 'u5', '2025-04-10', '2026-04-30'],
    ['a', '', null, null],
    ['c', '', '2026-01-10', null],
    ['d', 'u5', '2026-04-05', '2026-05-02'],
    ['d', '', '2026-04-05', null],
  ] as const
).map(([account_id, user_id, invited, left], k) => ({
  account_id,
  record_id: `k${k}`,
  user_id,
  invited_at: invited === null ? null : tokyo(invited),
  left_at: left === null ? null : tokyo(left),
}))

const answers = (
  [
    ['a', 'nps', 'p1', 9, '2026-02-10', '12:00:00'],
    ['a', 'nps', 'p1', 3, '2026-04-01', '12:00:00'],
    ['a', 'nps', 'p2', 10, '2026-04-02', '12:00:00'],
    ['a', 'nps', '', 8, '2026-04-03', '12:00:00'],
    ['a', 'nps', '', 9, '2026-04-04', '12:00:00'],
    ['b', 'nps', 'p1', 6, '2026-01-30', '23:59:59'],
    ['c', 'nps', 'p1', 0, '2026-04-30', '23:59:59'],
    ['d', 'nps', 'p1', 10, '2026-04-05', '12:00:00'],
    ['d', 'nps', 'p2', 11, '2026-04-05', '12:00:00'],
    ['a', 'csat', 'p1', 5, '2026-04-01', '12:00:00'],
    ['a', 'csat', 'p1', 4, '2026-04-02', '12:00:00'],
    ['a', 'csat', 'p2', 2, '2026-04-03', '12:00:00'],
    ['c', 'csat', 'p1', 1, '2026-04-03', '12:00:00'],
    ['c', 'csat', 'p2', 7, '2026-04-03', '12:00:00'],
    ['c', 'nps', 'p2', null, null, ''],
  ] as const
).map(([account_id, kind, respondent_id, score, day, time], k) => ({
  account_id,
  record_id: `s${k}`,
  kind,
  respondent_id,
  score,
  answered_at: day === null ? null : tokyo(day, time),
}))

const tickets: Fact[] = (
  [
    [
      'a',
      tokyo('2026-04-01', '10:00:00'),
      tokyo('2026-04-01', '10:30:00'),
      tokyo('2026-04-01', '12:00:00'),
    ],
    [
      'a',
      tokyo('2026-03-30', '10:00:00'),
      tokyo('2026-03-30', '11:00:00'),
      tokyo('2026-04-02', '10:00:00'),
    ],
    ['a', tokyo('2026-04-29', '10:00:00'), null, null],
    [
      'b',
      tokyo('2026-04-05', '10:00:00'),
      tokyo('2026-04-05', '12:00:00'),
      tokyo('2026-04-05', '20:00:00'),
    ],
    ['b', tokyo('2026-04-30', '10:00:00'), null, tokyo('2026-05-01')],
  ] as const
).map(([account_id, opened_at, first_response_at, resolved_at], k) => ({
  account_id,
  record_id: `t${k}`,
  opened_at,
  first_response_at,
  resolved_at,
}))

const invoices: Fact[] = (
  [
    ['a', '100000', '2026-03-01', '2026-04-01', null, '30000', {}],
    ['a', '100000', '2026-04-01', '2026-05-01', null, '0', {}],
    ['a', '100000', '2026-03-10', '2026-04-10', '2026-04-20', '0', {}],
    ['b', '50000', '2026-03-15', '2026-04-15', '2026-05-03', '0', { kind: 'one_off' }],
    ['d', '30000', '2026-04-05', '2026-04-20', '2026-04-19', '0', {}],
    ['d', '7000', '2026-04-06', '2026-04-20', '2026-04-19', '0', { kind: 'metered' }],
    ['h', '100', '2026-03-10', '2026-04-21', null, '0', { currency: 'USD' }],
    ['h', '100', '2026-05-02', '2026-06-01', null, '0', { currency: 'USD' }],
  ] as const
).map(([account_id, amount, issued, due, paid, paid_amount, more], k) => ({
  account_id,
  record_id: `i${k}`,
  kind: 'recurring',
  currency: 'JPY',
  amount,
  issued_at: tokyo(issued),
  due_at: tokyo(due),
  paid_at: paid === null ? null : tokyo(paid),
  paid_amount,
  ...more,
}))

const touchpoints: Fact[] = (
  [
    ['a', 'two_way', '2026-04-20'],
    ['a', 'outbound', '2026-04-25'],
    ['b', 'inbound', '2026-03-01'],
    ['e', 'two_way', '2026-04-01'],
  ] as const
).map(([account_id, direction, day], k) => ({
  account_id,
  record_id: `c${k}`,
  kind: 'meeting',
  direction,
  occurred_at: tokyo(day, '15:00:00'),
}))

const milestones: Fact[] = (
  [
    ['d', 'first', true, '2026-04-05', '2026-04-10'],
    ['d', 'second', true, '2026-04-05', null],
    ['e', 'first', true, '2026-04-12', '2026-04-20'],
    ['j', 'first', true, '2026-04-03', '2026-04-04'],
    ['j', 'nice', false, '2026-04-03', null],
    ['k', 'first', true, '2026-04-01', '2026-05-05'],
  ] as const
).map(([account_id, milestone, required, entered, met]) => ({
  account_id,
  record_id: `${account_id}-${milestone}`,
  programme: 'standard',
  milestone,
  required,
  entered_at: tokyo(entered),
  met_at: met === null ? null : tokyo(met),
}))

const attributes: Fact[] = (
  [
    ['a', 'segment', 'small', '1970-01-01'],
    ['a', 'segment', 'large', '2026-04-15'],
    ['b', 'segment', 'small', '1970-01-01'],
    ['c', 'segment', 'large', '1970-01-01'],
    ['d', 'segment', 'large', '1970-01-01'],
    ['f', 'segment', 'large', '1970-01-01'],
    ['f', 'region', 'kanto', '1970-01-01'],
    ['l', 'segment', 'small', '1970-01-01'],
    ['m', 'name', 'Only a name', '1970-01-01'],
  ] as const
).map(([account_id, attribute, value, day]) => ({
  account_id,
  record_id: `${account_id}-${attribute}-${day}`,
  attribute,
  value,
  value_number: null,
  value_kind: 'string',
  effective_at: `${day}T00:00:00Z`,
}))

const tables: Rows = {
  contract_lines: contractLines,
  exchange_rates: rates,
  usage_events: uses,
  contacts,
  survey_answers: answers,
  tickets,
  invoices,
  touchpoints,
  milestones,
  account_attributes: attributes,
}

/** What the same records say in the other workspace. */
const elsewhere: Partial<Record<FactTableName, (row: Fact, index: number) => Fact>> = {
  contract_lines: () => ({ amount: '7777', currency: 'JPY' }),
  exchange_rates: () => ({ rate: '999' }),
  usage_events: (_, k) => ({ user_id: `other${k}` }),
  survey_answers: () => ({ score: 1 }),
  invoices: () => ({ amount: '7777', paid_at: null }),
  account_attributes: () => ({ value: 'elsewhere' }),
}

/** Inserts the company, and its namesake in the other workspace. */
export const insertTinyCompany = async (store: FactStore): Promise<void> => {
  for (const [name, rows] of Object.entries(tables)) {
    const table = Object.keys(tables).find((key): key is FactTableName => key === name)
    if (table === undefined) continue
    const change = elsewhere[table] ?? (() => ({}))
    await store.insert(table, [
      ...rows.map((row) => fact(table, TINY, row)),
      ...rows.map((row, k) => fact(table, OTHER, { ...row, ...change(row, k) })),
    ])
  }
}
