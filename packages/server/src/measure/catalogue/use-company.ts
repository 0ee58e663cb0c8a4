/**
 * Use of the product in May 2026 in Tokyo, small enough to count on one's fingers. The last day is
 * Sunday the 31st, its 28 days begin with Monday the 4th. 4, 5 and 6 May are holidays; 17 days work.
 */
import type { FactStore } from '@tomoshibi/facts/store'
import { type Fact, fact } from './testing.ts'
import { tokyo } from './tiny-company.ts'

const lines: Fact[] = (
  [
    ['alpha', 'pro', '10', '2025-01-01', null, 'active'],
    // Pays and has never used it.
    ['beta', 'basic', '4', '2025-01-01', null, 'active'],
    // Left on 20 May without having used it.
    ['delta', 'basic', '5', '2025-01-01', '2026-05-20', 'active'],
    // Only tries it.
    ['epsilon', 'pro', '3', '2026-05-01', null, 'trial'],
    // Used by nobody that is named.
    ['eta', 'pro', '8', '2026-01-01', null, 'active'],
  ] as const
).map(([account_id, plan, quantity, from, to, state]) => ({
  account_id,
  record_id: `line of ${account_id}`,
  amount: '10000',
  plan,
  quantity,
  effective_from: tokyo(from),
  effective_to: to === null ? null : tokyo(to),
  term_months: 12,
  state,
}))

const events: Fact[] = (
  [
    ['alpha', 'u4', 'login', '2026-05-03', 1],
    ['alpha', 'u2', 'login', '2026-05-06', 1],
    ['alpha', 'u1', 'login', '2026-05-11', 5],
    ['alpha', 'u1', 'login', '2026-05-12', 1],
    ['alpha', 'u1', 'export', '2026-05-12', 2],
    ['alpha', 'u1', 'login', '2026-05-16', 1],
    ['alpha', 'u3', 'export', '2026-05-18', 1],
    ['alpha', '', 'report', '2026-05-20', 7],
    // Was a customer before the data begins.
    ['gamma', 'u1', 'login', '2026-01-10', 1],
    ['eta', '', 'export', '2026-05-30', 1],
  ] as const
).map(([account_id, user_id, event, day, quantity], k) => ({
  account_id,
  record_id: `event ${k}`,
  user_id,
  event,
  occurred_at: tokyo(day, '09:00:00'),
  quantity,
}))

const contacts: Fact[] = (
  [
    ['alpha', 'u1', '2025-01-10', null],
    ['alpha', 'u2', null, null],
    ['alpha', 'u3', '2026-05-31', null],
    // Invited the next day; left; never invited.
    ['alpha', 'u5', '2026-06-01', null],
    ['alpha', 'u6', '2025-01-10', '2026-05-31'],
    ['alpha', '', null, null],
    ['alpha', '', '2026-02-01', null],
    ['beta', '', '2025-02-01', null],
    ['eta', '', null, null],
  ] as const
).map(([account_id, user_id, invited, left], k) => ({
  account_id,
  record_id: `contact ${k}`,
  name: `Contact ${k}`,
  user_id,
  invited_at: invited === null ? null : tokyo(invited, '09:00:00'),
  left_at: left === null ? null : tokyo(left, '18:00:00'),
}))

const attributes: Fact[] = ['alpha', 'beta', 'zeta'].map((account_id) => ({
  account_id,
  record_id: `segment of ${account_id}`,
  attribute: 'segment',
  value: 'large',
  value_number: null,
  value_kind: 'string',
  effective_at: '1970-01-01T00:00:00Z',
}))

/** Inserts the company into a workspace of its own. */
export const insertUseCompany = async (store: FactStore, workspaceId: string): Promise<void> => {
  const rows = (table: Parameters<typeof fact>[0], of: readonly Fact[]) =>
    store.insert(
      table,
      of.map((row) => fact(table, workspaceId, row)),
    )
  await rows('contract_lines', lines)
  await rows('usage_events', events)
  await rows('contacts', contacts)
  await rows('account_attributes', attributes)
}
