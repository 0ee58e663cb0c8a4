import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import { type FileKey, fileKeys, headerOf, type Sheets } from '../files.ts'
import { simulateCompany } from '../simulate.ts'
import type { AccountTruth } from '../truth.ts'
import type { SimulationOptions } from '../world.ts'

export type Row = Readonly<Record<string, string>>

const rowsSchema = z.array(z.record(z.string(), z.string()))

/** The rows of a file of one account, as text under the names of their columns. */
export function rowsOf(sheets: Sheets, file: FileKey): Row[] {
  const text = headerOf(file) + sheets.text(file)
  return rowsSchema.parse(parse(text, { columns: true }))
}

export interface ReadAccount {
  readonly accountId: string
  readonly truth: AccountTruth
  readonly rows: Readonly<Record<FileKey, readonly Row[]>>
}

/** A whole company in memory, read back from its CSV text. */
export function readCompany(options: SimulationOptions): ReadAccount[] {
  return [...simulateCompany(options)].map(({ accountId, sheets, truth }) => ({
    accountId,
    truth,
    rows: {
      accounts: rowsOf(sheets, 'accounts'),
      plan_changes: rowsOf(sheets, 'plan_changes'),
      owner_changes: rowsOf(sheets, 'owner_changes'),
      contacts: rowsOf(sheets, 'contacts'),
      contract_lines: rowsOf(sheets, 'contract_lines'),
      usage_events: rowsOf(sheets, 'usage_events'),
      survey_answers: rowsOf(sheets, 'survey_answers'),
      tickets: rowsOf(sheets, 'tickets'),
      invoices: rowsOf(sheets, 'invoices'),
      touchpoints: rowsOf(sheets, 'touchpoints'),
      milestones: rowsOf(sheets, 'milestones'),
    },
  }))
}

export function allRows(company: readonly ReadAccount[], file: FileKey): Row[] {
  return company.flatMap((account) => [...account.rows[file]])
}

/** All files of a company as one text, for comparing. */
export function bytesOf(options: SimulationOptions): string {
  return [...simulateCompany(options)]
    .map(
      ({ sheets, truth }) =>
        fileKeys.map((key) => sheets.text(key)).join('') + JSON.stringify(truth),
    )
    .join('')
}
