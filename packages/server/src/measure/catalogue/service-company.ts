/**
 * A second company small enough to know every figure by heart, for what the tiny one has not: surveys
 * of every kind, touchpoints with decision makers. Its figures are those of April 2026 in Tokyo.
 */
import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { type Fact, fact } from './testing.ts'
import { tokyo } from './tiny-company.ts'

export const SERVICE = 'service'

const contractLines: Fact[] = (
  [
    ['p', '100000', '2026-01-01', '2'],
    ['q', '50000', '2026-01-01', '1'],
    ['r', '25000', '2026-01-01', '1'],
    // Those that start in April: v after a trial.
    ['t', '10000', '2026-04-01', '2'],
    ['u', '10000', '2026-04-10', '1'],
    ['v', '0', '2026-04-10', '1', 'trial'],
    ['v', '10000', '2026-04-20', '1'],
    ['w', '10000', '2026-04-25', '1'],
  ] as const
).map(([account_id, amount, from, quantity, state = 'active']) => ({
  account_id,
  record_id: `${account_id}-${state}`,
  state,
  amount,
  quantity,
  effective_from: tokyo(from),
  term_months: 12,
}))

/** Account, kind, who, score, delivered on, answered on, direction of a CES scale. */
const answers: Fact[] = (
  [
    ['p', 'nps', 'x1', 0, null, '2026-03-01', ''],
    ['p', 'nps', 'x1', 10, '2026-04-01', '2026-04-02', ''],
    ['p', 'nps', 'x2', 6, '2026-04-01', '2026-04-03', ''],
    ['p', 'nps', 'x9', null, '2026-04-03', null, ''],
    ['q', 'nps', 'y1', 9, '2026-01-30', '2026-02-01', ''],
    // Answered when April was over: delivered in it, and not answered yet.
    ['q', 'nps', 'y9', 0, '2026-04-10', '2026-05-02', ''],
    ['r', 'nps', 'z1', 3, null, '2026-04-04', ''],
    // Answered with words only.
    ['r', 'nps', 'z2', null, '2026-04-20', '2026-04-21', ''],
    ['s', 'nps', 'w1', 9, null, '2026-04-05', ''],
    ['p', 'ces', 'x1', 6, null, '2026-04-02', 'higher_is_easier'],
    ['p', 'ces', 'x1', 2, null, '2026-04-03', 'lower_is_easier'],
    ['q', 'ces', 'y1', 4, null, '2026-04-02', ''],
    ['q', 'ces', 'y1', 5, null, '2026-04-03', 'lower_is_easier'],
    ['r', 'ces', 'z1', 1, null, '2026-04-02', ''],
    ['r', 'ces', 'z1', 8, null, '2026-04-02', ''],
    ['r', 'ces', 'z1', 7, null, '2026-01-30', ''],
  ] as const
).map(([account_id, kind, respondent_id, score, delivered, answered, ces_direction], k) => ({
  account_id,
  record_id: `s${k}`,
  kind,
  respondent_id,
  score,
  delivered_at: delivered === null ? null : tokyo(delivered, '09:00:00'),
  answered_at: answered === null ? null : tokyo(answered, '12:00:00'),
  ces_direction,
}))

/** Account, id, decides, user id; a third of the known users of q are active, all of p, t and v. */
const contacts: Fact[] = (
  [
    ['p', 'k1', true, ''],
    ['p', 'k2', false, ''],
    ['r', 'k1', true, ''],
    ['p', 'k3', false, 'u1'],
    ['p', 'k4', false, 'u2'],
    ['q', 'k1', false, 'u1'],
    ['q', 'k2', false, 'u2'],
    ['q', 'k3', false, 'u3'],
    ['t', 'k1', false, 'u1'],
    ['v', 'k1', false, 'u1'],
  ] as const
).map(([account_id, source_id, decision_maker, user_id]) => ({
  account_id,
  record_id: `crm:${account_id}:${source_id}`,
  source_id,
  decision_maker,
  user_id,
}))

/** Account, kind, with whom, a decision maker took part, planned, pulse, when. */
const touchpoints: Fact[] = (
  [
    ['p', 'meeting', 'k2', false, true, 2, '2026-03-01', '10:00:00'],
    ['p', 'meeting', 'k1', false, true, 4, '2026-04-10', '10:00:00'],
    ['p', 'call', '', true, false, null, '2026-04-20', '10:00:00'],
    ['p', 'meeting', 'k1', false, false, 1, '2026-05-01', '00:00:00'],
    ['q', 'meeting', 'k1', true, true, 5, '2026-01-30', '23:59:59'],
    ['r', 'call', 'k1', false, true, 2, '2026-01-31', '00:00:00'],
    ['r', 'email', 'k1', false, false, null, '2026-04-01', '10:00:00'],
    ['r', 'event', 'k1', false, false, null, '2026-04-02', '10:00:00'],
  ] as const
).map(
  ([account_id, kind, contact_id, decision_maker, planned, sentiment, day, time], k): Fact => ({
    account_id,
    record_id: `c${k}`,
    kind,
    direction: 'two_way',
    contact_id,
    decision_maker,
    planned,
    sentiment,
    occurred_at: tokyo(day, time),
  }),
)

/** Account, kind, opened, first answered, resolved; Wednesday the 29th is a holiday. */
const tickets: Fact[] = (
  [
    ['p', 'how_to', '2026-04-28T17:00', '2026-04-30T09:30', '2026-04-30T12:00'],
    ['p', 'incident', '2026-04-03T18:30', '2026-04-04T10:00', '2026-04-06T11:00'],
    ['q', '使い方', '2026-04-01T10:00', '2026-04-01T10:15', '2026-04-01T16:00'],
    ['q', 'request', '2026-04-02T10:00', '2026-04-02T12:00', '2026-05-01T10:00'],
    ['q', 'how_to', '2026-03-01T23:59', null, null],
    ['r', 'how_to', '2026-03-02T00:00', null, null],
    ['r', 'incident', '2026-04-02T23:59', null, '2026-04-03T09:00'],
    ['r', 'incident', '2026-04-03T00:00', null, '2026-04-10T09:00'],
  ] as const
).map(([account_id, kind, opened, answered, resolved], k) => ({
  account_id,
  record_id: `t${k}`,
  kind,
  opened_at: `${opened}:00+09:00`,
  first_response_at: answered === null ? null : `${answered}:00+09:00`,
  resolved_at: resolved === null ? null : `${resolved}:00+09:00`,
}))

/** Users: of r, t, v and w also for the first use; w uses it only when April is over. */
const uses: Fact[] = (
  [
    ['p', 'u1', '2026-04-03T00:00'],
    ['p', 'u2', '2026-04-30T23:59'],
    ['q', 'u1', '2026-04-10T12:00'],
    ['r', 'u1', '2026-04-02T23:59'],
    ['t', 'u1', '2026-04-05T12:00'],
    ['t', 'u1', '2026-04-06T12:00'],
    ['v', 'u1', '2026-04-15T12:00'],
    ['w', 'u1', '2026-05-01T00:00'],
  ] as const
).map(([account_id, user_id, at], k) => ({
  account_id,
  record_id: `e${k}`,
  user_id,
  event: 'login',
  occurred_at: `${at}:00+09:00`,
  quantity: 1,
}))

/** Account, milestone, required, first value, entered, met. The target is 90 days. */
const milestones: Fact[] = (
  [
    // 20 days, all within April.
    ['t', 'first', true, true, '2026-04-01', '2026-04-11'],
    ['t', 'second', true, false, '2026-04-01', '2026-04-21'],
    ['t', 'nice', false, false, '2026-04-01', null],
    // Runs, and has time.
    ['u', 'first', true, true, '2026-04-10', '2026-05-05'],
    // Its 90 days were over on 10 April.
    ['p', 'first', true, false, '2026-01-10', null],
    // Over on 20 April, and complete five days later.
    ['q', 'first', true, false, '2026-01-20', '2026-04-25'],
    // Over on 1 March; complete in April all the same.
    ['r', 'first', true, false, '2025-12-01', '2026-04-05'],
    ['w', 'first', true, false, '2026-03-31', '2026-04-01'],
    // Nothing is required, so there is nothing to complete.
    ['v', 'nice', false, false, '2026-04-20', '2026-04-21'],
  ] as const
).map(([account_id, milestone, required, first_value, entered, met]) => ({
  account_id,
  record_id: `${account_id}-${milestone}`,
  programme: 'standard',
  milestone,
  required,
  first_value,
  entered_at: tokyo(entered),
  met_at: met === null ? null : tokyo(met),
}))

/** Inserts the company into its workspace. */
export const insertServiceCompany = async (store: FactStore): Promise<void> => {
  const tables: readonly [FactTableName, readonly Fact[]][] = [
    ['contract_lines', contractLines],
    ['survey_answers', answers],
    ['contacts', contacts],
    ['touchpoints', touchpoints],
    ['tickets', tickets],
    ['usage_events', uses],
    ['milestones', milestones],
  ]
  for (const [table, rows] of tables) {
    await store.insert(
      table,
      rows.map((row) => fact(table, SERVICE, row)),
    )
  }
}
