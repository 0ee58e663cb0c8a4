/**
 * A company without rhyme or reason: facts of every kind with late versions, corrections, repeats and
 * deletions, overlaps and gaps. What must hold for any facts is tested on it. The same seed gives the
 * same facts.
 */
import type { FactTableName } from '@tomoshibi/facts/tables'
import { chance, pick, type Random, randomStream, whole } from '../../collect/simulate/random.ts'
import type { Fact } from './testing.ts'

/** One version of a fact: what `fact` needs beside the workspace. */
export interface RandomFact {
  readonly table: FactTableName
  readonly row: Fact & { readonly known_at: string }
}

export const RANDOM_ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f', "o'x", '顧客'] as const
const PEOPLE = ['p1', 'p2', 'p3', 'p4'] as const
const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2025, 4, 1)

/** An instant of the 440 days from May 2025 on, most of them at a time of day. */
const instant = (random: Random, from = 0, to = 440): string => {
  const day = FIRST_DAY + whole(random, from, to) * DAY_MS
  const midnightInTokyo = -9 * 3_600_000
  const time = chance(random, 0.3) ? midnightInTokyo : whole(random, 0, DAY_MS - 1)
  return new Date(day + time).toISOString()
}
const maybe = <T>(random: Random, probability: number, make: () => T): T | null =>
  chance(random, probability) ? make() : null
const money = (random: Random, most: number): string => (whole(random, 0, most) / 100).toFixed(2)

const later = (random: Random, from: string, mostDays: number): string =>
  new Date(Date.parse(from) + whole(random, 0, mostDays * 24) * 3_600_000).toISOString()

type Make = (random: Random) => Fact

const content: Readonly<Partial<Record<FactTableName, Make>>> = {
  contract_lines: (random) => {
    const from = instant(random, -300)
    return {
      product: pick(random, ['core', 'addon']),
      plan: pick(random, ['basic', 'pro']),
      quantity: maybe(random, 0.8, () => String(whole(random, 1, 20))),
      amount: money(random, 20_000_00),
      discount_amount: pick(random, ['0', '0', '10.5']),
      discount_percent: pick(random, ['0', '0', '10', '33.333333', '100']),
      discount_until: maybe(random, 0.3, () => instant(random)),
      currency: pick(random, ['JPY', 'JPY', 'USD']),
      billing_unit: pick(random, ['month', 'month', 'year', 'week', 'day']),
      billing_count: whole(random, 1, 4),
      effective_from: from,
      effective_to: maybe(random, 0.5, () => later(random, from, 400)),
      term_months: maybe(random, 0.6, () => whole(random, 1, 24)),
      cancelled_at: maybe(random, 0.2, () => instant(random)),
      state: pick(random, ['active', 'active', 'active', 'past_due', 'trial', 'paused', 'ended']),
    }
  },
  usage_events: (random) => ({
    user_id: pick(random, ['', ...PEOPLE, ...PEOPLE]),
    event: pick(random, ['login', 'report', 'export']),
    occurred_at: instant(random),
    quantity: whole(random, 1, 3),
    properties: '{}',
  }),
  survey_answers: (random) => {
    const kind = pick(random, ['nps', 'csat', 'ces'])
    const delivered = instant(random)
    const answered = maybe(random, 0.8, () => later(random, delivered, 20))
    const top = { nps: 10, csat: 5, ces: 7 }[kind]
    return {
      kind,
      respondent_id: pick(random, ['', ...PEOPLE]),
      score: answered === null ? null : whole(random, kind === 'nps' ? 0 : 1, top),
      delivered_at: delivered,
      answered_at: answered,
    }
  },
  tickets: (random) => {
    const opened = instant(random)
    const answered = maybe(random, 0.8, () => later(random, opened, 5))
    return {
      kind: pick(random, ['how_to', 'incident', 'request']),
      opened_at: opened,
      first_response_at: answered,
      resolved_at: answered === null ? null : maybe(random, 0.8, () => later(random, answered, 20)),
    }
  },
  invoices: (random) => {
    const issued = instant(random)
    const due = later(random, issued, 40)
    return {
      kind: pick(random, ['recurring', 'one_off', 'metered']),
      amount: money(random, 5_000_00),
      currency: pick(random, ['JPY', 'USD']),
      issued_at: issued,
      due_at: due,
      paid_at: maybe(random, 0.6, () => later(random, due, 60)),
      paid_amount: pick(random, ['0', '0', '12.34']),
    }
  },
  touchpoints: (random) => ({
    kind: pick(random, ['meeting', 'call', 'email', 'chat', 'community', 'event']),
    direction: pick(random, ['inbound', 'outbound', 'two_way']),
    occurred_at: instant(random),
    contact_id: pick(random, ['', 'contacts-0', 'contacts-1', 'contacts-2']),
    decision_maker: chance(random, 0.3),
    planned: chance(random, 0.5),
    sentiment: maybe(random, 0.4, () => whole(random, 1, 5)),
  }),
  milestones: (random) => {
    const entered = instant(random)
    return {
      programme: pick(random, ['standard', 'standard', 'large']),
      milestone: pick(random, ['first', 'second', 'third']),
      required: chance(random, 0.7),
      first_value: chance(random, 0.3),
      entered_at: entered,
      met_at: maybe(random, 0.6, () => later(random, entered, 150)),
    }
  },
  contacts: (random) => ({
    name: 'Somebody',
    decision_maker: chance(random, 0.4),
    user_id: pick(random, ['', ...PEOPLE]),
    invited_at: maybe(random, 0.7, () => instant(random)),
    left_at: maybe(random, 0.2, () => instant(random)),
  }),
  account_attributes: (random) => ({
    attribute: pick(random, ['segment', 'plan', 'region']),
    value: pick(random, ['small', 'large', '中堅']),
    value_number: null,
    value_kind: pick(random, ['string', 'string', 'string', 'removed']),
    effective_at: chance(random, 0.4) ? '1970-01-01T00:00:00.000Z' : instant(random),
  }),
}

/** How many facts there are of each kind; every one may have further versions. */
const counts: Readonly<Partial<Record<FactTableName, number>>> = {
  contract_lines: 30,
  usage_events: 160,
  survey_answers: 60,
  tickets: 40,
  invoices: 30,
  touchpoints: 40,
  milestones: 24,
  contacts: 12,
  account_attributes: 24,
}

/** All versions of all facts of a company, and a rate table that is known from the start. */
export const randomCompany = (seed: number): RandomFact[] => {
  const facts: RandomFact[] = []
  for (const [name, make] of Object.entries(content)) {
    const table = Object.keys(counts).find((key): key is FactTableName => key === name)
    if (table === undefined) continue
    const random = randomStream('company', seed, table)
    for (let k = 0; k < (counts[table] ?? 0); k += 1) {
      const account_id = pick(random, RANDOM_ACCOUNTS)
      const versions = pick(random, [1, 1, 1, 2, 3])
      let known = instant(random)
      let row = make(random)
      for (let version = 1; version <= versions; version += 1) {
        facts.push({
          table,
          row: {
            ...row,
            account_id,
            record_id: `${table}-${k}`,
            known_at: known,
            version,
            deleted: version > 1 && chance(random, 0.2),
          },
        })
        // A repeat says the same again; a correction says something else.
        if (!chance(random, 0.3)) row = make(random)
        if (!chance(random, 0.2)) known = later(random, known, 90)
      }
    }
  }
  const random = randomStream('company', seed, 'rates')
  for (let k = 0; k < 4; k += 1) {
    facts.push({
      table: 'exchange_rates',
      row: {
        account_id: '',
        record_id: `rate-${k}`,
        known_at: '2020-01-01T00:00:00.000Z',
        version: 1,
        deleted: false,
        currency: 'USD',
        reporting_currency: 'JPY',
        rate: (whole(random, 1_000_000, 2_000_000) / 10_000).toFixed(4),
        effective_at: k === 0 ? '2020-01-01T00:00:00.000Z' : instant(random),
      },
    })
  }
  return facts
}
