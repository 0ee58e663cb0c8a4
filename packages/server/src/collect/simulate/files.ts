import { type Minute, stamp } from './calendar.ts'

/**
 * The files of a company and their columns. `known_at` is when the row became known. A column that
 * became known later than its row is named in `later`, with the column that says when.
 */
export const companyFiles = {
  accounts: {
    columns: [
      'account_id',
      'name',
      'plan',
      'segment',
      'industry',
      'region',
      'country',
      'size_band',
      'touch_model',
      'owner',
      'signed_up_on',
      'known_at',
    ],
    later: {},
  },
  plan_changes: { columns: ['account_id', 'plan', 'valid_from', 'known_at'], later: {} },
  owner_changes: { columns: ['account_id', 'owner', 'valid_from', 'known_at'], later: {} },
  contacts: {
    columns: [
      'contact_id',
      'account_id',
      'name',
      'email',
      'role',
      'decision_maker',
      'user_id',
      'invited_at',
      'left_on',
      'left_known_at',
      'known_at',
    ],
    later: { left_on: 'left_known_at', left_known_at: 'left_known_at' },
  },
  contract_lines: {
    columns: [
      'line_id',
      'account_id',
      'product',
      'plan',
      'quantity',
      'amount',
      'discount_percent',
      'discount_until',
      'currency',
      'billing_months',
      'effective_from',
      'effective_to',
      'end_known_at',
      'auto_renew',
      'notice_days',
      'term_months',
      'cancelled_at',
      'state',
      'known_at',
    ],
    later: {
      effective_to: 'end_known_at',
      end_known_at: 'end_known_at',
      cancelled_at: 'cancelled_at',
    },
  },
  usage_events: {
    columns: ['usage_id', 'account_id', 'user_id', 'event', 'occurred_at', 'quantity', 'known_at'],
    later: {},
  },
  survey_answers: {
    columns: [
      'answer_id',
      'account_id',
      'kind',
      'respondent_id',
      'delivered_at',
      'score',
      'comment',
      'answered_at',
      'known_at',
    ],
    later: { score: 'answered_at', comment: 'answered_at', answered_at: 'answered_at' },
  },
  tickets: {
    columns: [
      'ticket_id',
      'account_id',
      'contact_id',
      'kind',
      'priority',
      'subject',
      'opened_at',
      'first_response_at',
      'resolved_at',
      'known_at',
    ],
    later: { first_response_at: 'first_response_at', resolved_at: 'resolved_at' },
  },
  invoices: {
    columns: [
      'invoice_id',
      'account_id',
      'kind',
      'amount',
      'currency',
      'issued_at',
      'due_on',
      'paid_at',
      'known_at',
    ],
    later: { paid_at: 'paid_at' },
  },
  touchpoints: {
    columns: [
      'touchpoint_id',
      'account_id',
      'kind',
      'direction',
      'occurred_at',
      'contact_id',
      'decision_maker',
      'owner',
      'planned',
      'subject',
      'sentiment',
      'known_at',
    ],
    later: {},
  },
  milestones: {
    columns: [
      'milestone_id',
      'account_id',
      'programme',
      'milestone',
      'required',
      'first_value',
      'entered_at',
      'met_at',
      'known_at',
    ],
    later: { met_at: 'met_at' },
  },
} as const satisfies Record<
  string,
  { readonly columns: readonly string[]; readonly later: Readonly<Record<string, string>> }
>

export type FileKey = keyof typeof companyFiles
type ColumnOf<K extends FileKey> = (typeof companyFiles)[K]['columns'][number]

export const fileKeys: readonly FileKey[] = [
  'accounts',
  'plan_changes',
  'owner_changes',
  'contacts',
  'contract_lines',
  'usage_events',
  'survey_answers',
  'tickets',
  'invoices',
  'touchpoints',
  'milestones',
]

/** A value that became known only at some time after its row. */
export interface Later {
  readonly value: string | number
  readonly knownAt: Minute
}

export type Cell = string | number | boolean | null | Later

export function later(value: string | number, knownAt: Minute): Later {
  return { value, knownAt }
}

/** A time of its own happening: known when it happens. */
export function whenItHappens(minute: Minute): Later {
  return later(stamp(minute), minute)
}

/** Collects an account's rows as CSV text, as an export at `exportedAt` would have them. */
export class Sheets {
  readonly #exportedAt: Minute
  readonly #texts = new Map<FileKey, string[]>()

  constructor(exportedAt: Minute) {
    this.#exportedAt = exportedAt
  }

  /** Adds a row, unless it was not known yet; what was not known yet of it stays empty. */
  add<K extends FileKey>(
    file: K,
    knownAt: Minute,
    row: Readonly<Record<Exclude<ColumnOf<K>, 'known_at'>, Cell>>,
  ): void {
    if (knownAt > this.#exportedAt) return
    const cells: Readonly<Record<string, Cell>> = { ...row, known_at: stamp(knownAt) }
    const line = companyFiles[file].columns.map((name) => csvCell(this.#plain(cells[name] ?? null)))
    const lines = this.#texts.get(file) ?? []
    lines.push(`${line.join(',')}\n`)
    this.#texts.set(file, lines)
  }

  /** The account's lines of a file; empty when it has none. */
  text(file: FileKey): string {
    return (this.#texts.get(file) ?? []).join('')
  }

  rowCount(file: FileKey): number {
    return this.#texts.get(file)?.length ?? 0
  }

  #plain(cell: Cell): string | number | boolean | null {
    if (typeof cell !== 'object' || cell === null) return cell
    return cell.knownAt > this.#exportedAt ? null : cell.value
  }
}

export function headerOf(file: FileKey): string {
  return `${companyFiles[file].columns.join(',')}\n`
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  const text = String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
