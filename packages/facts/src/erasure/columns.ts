/**
 * What each column of the facts says of people, and so what becomes of it when one is erased. A test holds it
 * against the tables that there are.
 */
import type { FactTableName, sharedColumns } from '../tables.ts'

/**
 * nobody: says nothing of a person. user, contact: an id of one within the account. asker: an id that is of a
 * contact or of a user. own: theirs where the record is theirs, and otherwise text. text: may name people in
 * passing.
 */
export type SaysOf = 'nobody' | 'user' | 'contact' | 'asker' | 'own' | 'text'

/** What becomes of a record that is the person's own. */
export type OwnRecords = 'stay_without_them' | 'go'

export interface PersonalTable {
  /** Null where no record is one person's own. */
  readonly own: OwnRecords | null
  readonly columns: Readonly<Record<string, SaysOf>>
}

/** Columns that all fact tables share. An id of a record that names the person is changed in any case. */
const shared = {
  workspace_id: 'nobody',
  account_id: 'nobody',
  record_id: 'text',
  known_at: 'nobody',
  version: 'nobody',
  deleted: 'nobody',
  source_id: 'text',
  source: 'text',
} as const satisfies Record<keyof typeof sharedColumns, SaysOf>

const nobody = (...columns: readonly string[]): Readonly<Record<string, SaysOf>> =>
  Object.fromEntries(columns.map((column) => [column, 'nobody']))

/** Each column is named, so that a new one is not taken to say nothing. */
export const personalFacts: Readonly<Record<FactTableName, PersonalTable>> = {
  account_attributes: {
    own: null,
    columns: {
      ...shared,
      ...nobody('attribute', 'value_number', 'value_kind', 'effective_at'),
      value: 'text',
    },
  },
  contacts: {
    own: 'stay_without_them',
    columns: {
      ...shared,
      record_id: 'contact',
      source_id: 'contact',
      user_id: 'user',
      name: 'own',
      email: 'own',
      role: 'own',
      ...nobody('decision_maker', 'invited_at', 'left_at'),
    },
  },
  user_attributes: {
    own: 'go',
    columns: {
      ...shared,
      user_id: 'user',
      ...nobody('attribute', 'value_kind', 'effective_at'),
      value: 'own',
      value_number: 'own',
    },
  },
  contract_lines: {
    own: null,
    columns: {
      ...shared,
      ...nobody('product', 'plan', 'quantity', 'amount', 'discount_amount', 'discount_percent'),
      ...nobody('discount_until', 'currency', 'billing_unit', 'billing_count', 'effective_from'),
      ...nobody(
        'effective_to',
        'auto_renew',
        'notice_days',
        'term_months',
        'cancelled_at',
        'state',
      ),
    },
  },
  usage_events: {
    own: 'stay_without_them',
    columns: {
      ...shared,
      user_id: 'user',
      ...nobody('event', 'occurred_at', 'quantity'),
      properties: 'own',
    },
  },
  survey_answers: {
    own: 'stay_without_them',
    columns: {
      ...shared,
      respondent_id: 'asker',
      ...nobody('kind', 'score', 'delivered_at', 'answered_at', 'ces_direction'),
      comment: 'own',
    },
  },
  tickets: {
    own: 'stay_without_them',
    columns: {
      ...shared,
      contact_id: 'asker',
      ...nobody('kind', 'priority', 'opened_at', 'first_response_at', 'resolved_at'),
      subject: 'own',
    },
  },
  invoices: {
    own: null,
    columns: {
      ...shared,
      number: 'text',
      ...nobody('kind', 'amount', 'currency', 'issued_at', 'due_at', 'paid_at', 'paid_amount'),
    },
  },
  touchpoints: {
    own: 'stay_without_them',
    columns: {
      ...shared,
      contact_id: 'asker',
      ...nobody('kind', 'direction', 'occurred_at', 'decision_maker', 'planned', 'sentiment'),
      owner: 'text',
      subject: 'own',
    },
  },
  milestones: {
    own: null,
    columns: {
      ...shared,
      ...nobody('programme', 'milestone', 'required', 'first_value', 'entered_at', 'met_at'),
    },
  },
  exchange_rates: {
    own: null,
    columns: { ...shared, ...nobody('currency', 'reporting_currency', 'rate', 'effective_at') },
  },
}

/** The columns of a table that say such a thing. */
export const columnsThatSay = (name: FactTableName, ...says: readonly SaysOf[]): string[] =>
  Object.entries(personalFacts[name].columns).flatMap(([column, of]) =>
    says.includes(of) ? [column] : [],
  )
