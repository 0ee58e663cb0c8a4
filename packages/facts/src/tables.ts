/**
 * Every fact table, described once. The DDL for one server and for a cluster, the staging twins that
 * loads go through, the loader's column list and the content hash are all derived from this.
 *
 * A fact is never changed in place. A row is one *version* of one fact: the same `record_id` with a
 * later `known_at` is a correction. Readers take the version with the greatest (`known_at`, `version`)
 * among those known at the instant asked for, and drop it when it is `deleted`.
 */

/** A ClickHouse column type as it stands in the DDL. */
export type ColumnType = string

export interface Column {
  readonly type: ColumnType
  /** What it means, with its unit. Becomes the column's comment in the DDL. */
  readonly says: string
}

export interface FactTable {
  readonly name: FactTableName
  readonly says: string
  /** When the fact happened or applies from (the effective clock). */
  readonly effectiveColumn: string
  /** Content columns in DDL order: everything but the columns that all fact tables share. */
  readonly columns: Readonly<Record<string, Column>>
  /** Columns of the sorting key between `account_id` and `record_id`, where reads gain by them. */
  readonly sortedBy: readonly string[]
  /** Comes before `account_id` in the sorting key, where a stretch of time is read of all accounts. */
  readonly clusteredBy?: string
}

export type FactTableName =
  | 'account_attributes'
  | 'contacts'
  | 'user_attributes'
  | 'contract_lines'
  | 'usage_events'
  | 'survey_answers'
  | 'tickets'
  | 'invoices'
  | 'touchpoints'
  | 'milestones'
  | 'exchange_rates'

const text = (says: string): Column => ({ type: 'String', says })
const word = (says: string): Column => ({ type: 'LowCardinality(String)', says })
const instant = (says: string): Column => ({ type: "DateTime64(3, 'UTC')", says })
const maybeInstant = (says: string): Column => ({ type: "Nullable(DateTime64(3, 'UTC'))", says })
const flag = (says: string): Column => ({ type: 'Bool', says })
const maybeFlag = (says: string): Column => ({ type: 'Nullable(Bool)', says })
/** Exact money in major units of the row's currency. */
const money = (says: string): Column => ({ type: 'Decimal(38, 8)', says })

/** Columns that every fact table has, before the content columns. */
export const sharedColumns: Readonly<Record<string, Column>> = {
  workspace_id: word('The workspace that the fact belongs to; bound at every scan.'),
  account_id: text('The customer account; empty only for facts of the whole workspace.'),
  record_id: text('Identity within the workspace; versions of one fact share it.'),
  known_at: instant('When this version became known (the second clock).'),
  version: {
    type: 'UInt64',
    says: 'Breaks ties of known_at: the greater replaces the smaller.',
  },
  deleted: flag('This version says that the fact is void.'),
  source_id: text('The id as the source wrote it; differs from record_id where ids repeat.'),
  source: word('Where the version came from, such as a file name.'),
}

/**
 * Derived by the engine from the content columns, so that an unchanged repeat is recognised.
 * 64 bits suffice: it is only ever compared between versions of one record.
 */
export const contentHashColumn = 'content_hash'

export const factTables: Readonly<Record<FactTableName, FactTable>> = {
  account_attributes: {
    name: 'account_attributes',
    says: 'What is known of an account, one row for each attribute and change of it.',
    effectiveColumn: 'effective_at',
    sortedBy: ['attribute'],
    columns: {
      attribute: word('Attribute key, such as name, plan, segment, owner.'),
      value: text('Value as text; empty when the attribute was removed.'),
      value_number: { type: 'Nullable(Float64)', says: 'The value where it is a number.' },
      value_kind: word("'string', 'number', 'bool', 'date' or 'removed'."),
      effective_at: instant('From when the value applies; 1970-01-01 = always did.'),
    },
  },
  contacts: {
    name: 'contacts',
    says: "A person at the customer's.",
    effectiveColumn: 'invited_at',
    sortedBy: [],
    columns: {
      name: text('Full name.'),
      email: text('E-mail address.'),
      role: text('Job title or role.'),
      decision_maker: flag('Decides on the renewal.'),
      user_id: text('The user id that usage events carry; empty when not a user.'),
      invited_at: maybeInstant('When invited as a user; null = not invited or not known.'),
      left_at: maybeInstant('When the person left; null = still there.'),
    },
  },
  user_attributes: {
    name: 'user_attributes',
    says: 'What is known of a user of the product, one row for each attribute and change of it.',
    effectiveColumn: 'effective_at',
    sortedBy: ['user_id', 'attribute'],
    columns: {
      user_id: text('The user id that usage events carry.'),
      attribute: word('Attribute key, as the product names it.'),
      value: text('Value as text; empty when the attribute was removed.'),
      value_number: { type: 'Nullable(Float64)', says: 'The value where it is a number.' },
      value_kind: word("'string', 'number', 'bool', 'date' or 'removed'."),
      effective_at: instant('From when the value applies.'),
    },
  },
  contract_lines: {
    name: 'contract_lines',
    says: 'One priced product of one contract over a stretch of time.',
    effectiveColumn: 'effective_from',
    sortedBy: [],
    columns: {
      product: word('What is sold.'),
      plan: word('The plan or edition of it.'),
      quantity: { type: 'Nullable(Decimal(18, 4))', says: 'Seats; null = not sold by seat.' },
      amount: money('Gross recurring amount for one billing period, without tax.'),
      discount_amount: money('Discount for one billing period, taken off the amount.'),
      discount_percent: {
        type: 'Decimal(9, 6)',
        says: 'Discount in percent, taken off after discount_amount; 0 to 100.',
      },
      discount_until: maybeInstant('The discount ends here; null = with the line.'),
      currency: word('ISO 4217 code.'),
      billing_unit: word("'day', 'week', 'month' or 'year'."),
      billing_count: { type: 'UInt16', says: 'Units in one billing period; a quarter is 3 month.' },
      effective_from: instant('First instant at which the line applies.'),
      effective_to: maybeInstant('First instant at which it no longer applies; null = open.'),
      auto_renew: maybeFlag('Renews by itself at the end of the term.'),
      notice_days: { type: 'Nullable(UInt16)', says: 'Days of notice before the term ends.' },
      term_months: {
        type: 'Nullable(UInt16)',
        says: 'Length of a contract term; null = one billing period, at least a month.',
      },
      cancelled_at: maybeInstant('When notice of cancellation was given.'),
      state: word("'trial', 'active', 'past_due', 'paused' or 'ended'."),
    },
  },
  usage_events: {
    name: 'usage_events',
    says: 'Something that a user did in the product.',
    effectiveColumn: 'occurred_at',
    clusteredBy: 'toYYYYMM(occurred_at)',
    sortedBy: ['occurred_at'],
    columns: {
      user_id: text('Who, within the account; empty when the source names nobody.'),
      event: word('Name of the event or feature.'),
      occurred_at: instant('When.'),
      quantity: { type: 'UInt32', says: 'How many times this row stands for.' },
      properties: text('JSON object with everything else.'),
    },
  },
  survey_answers: {
    name: 'survey_answers',
    says: 'A survey delivered to a person, with the answer once there is one.',
    effectiveColumn: 'answered_at',
    sortedBy: [],
    columns: {
      kind: word("'nps', 'csat' or 'ces'."),
      respondent_id: text('Who; empty = anonymous, then every answer is its own person.'),
      score: { type: 'Nullable(Float64)', says: 'NPS 0–10, CSAT 1–5, CES 1–7; null = no answer.' },
      comment: text('What was written.'),
      delivered_at: maybeInstant('When the survey reached the person.'),
      answered_at: maybeInstant('When it was answered; null = not answered.'),
      ces_direction: word(
        "'higher_is_easier' or 'lower_is_easier', for CES; empty = not said: higher is easier.",
      ),
    },
  },
  tickets: {
    name: 'tickets',
    says: 'A support request.',
    effectiveColumn: 'opened_at',
    sortedBy: [],
    columns: {
      contact_id: text('Who asked; empty = not known.'),
      kind: word('Kind, such as how_to, incident, request.'),
      priority: word('Priority as the source names it.'),
      subject: text('Subject.'),
      opened_at: instant('When it was opened.'),
      first_response_at: maybeInstant('When it was first answered.'),
      resolved_at: maybeInstant('When it was resolved; null = open.'),
    },
  },
  invoices: {
    name: 'invoices',
    says: 'An amount asked for.',
    effectiveColumn: 'issued_at',
    sortedBy: [],
    columns: {
      number: text('Invoice number.'),
      kind: word("'recurring', 'one_off' or 'metered'."),
      amount: money('Amount without tax.'),
      currency: word('ISO 4217 code.'),
      issued_at: instant('When issued.'),
      due_at: instant('First instant at which it is overdue (the day after the due day, 00:00).'),
      paid_at: maybeInstant('When it was paid in full; null = not yet.'),
      paid_amount: money('Paid so far while not paid in full.'),
    },
  },
  touchpoints: {
    name: 'touchpoints',
    says: 'A contact between the company and the customer.',
    effectiveColumn: 'occurred_at',
    sortedBy: [],
    columns: {
      kind: word("'meeting', 'call', 'email', 'chat', 'community' or 'event'."),
      direction: word("'inbound', 'outbound' or 'two_way'."),
      occurred_at: instant('When.'),
      contact_id: text('With whom; empty = not known.'),
      decision_maker: flag('Someone who decides took part.'),
      owner: word('Who of the company.'),
      planned: flag('Part of a plan, not a reaction.'),
      subject: text('What about.'),
      sentiment: { type: 'Nullable(Int8)', says: 'CSM pulse 1 to 5.' },
    },
  },
  milestones: {
    name: 'milestones',
    says: "A step of an account's onboarding programme.",
    effectiveColumn: 'entered_at',
    sortedBy: [],
    columns: {
      programme: word('Programme key.'),
      milestone: word('Milestone key within the programme.'),
      required: flag('The programme is complete when all required ones are met.'),
      first_value: flag('Meeting it is the first value for the customer.'),
      entered_at: instant('When the account entered the programme.'),
      met_at: maybeInstant('When it was met; null = not yet.'),
    },
  },
  exchange_rates: {
    name: 'exchange_rates',
    says: "The workspace's rate table: what one unit of a currency is in the reporting currency.",
    effectiveColumn: 'effective_at',
    sortedBy: [],
    columns: {
      currency: word('ISO 4217 code of the currency converted from.'),
      reporting_currency: word('ISO 4217 code of the currency converted to.'),
      rate: { type: 'Decimal(38, 12)', says: 'Units of the reporting currency for one unit.' },
      effective_at: instant('From when the rate applies.'),
    },
  },
}
