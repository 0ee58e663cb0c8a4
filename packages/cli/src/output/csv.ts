export type CsvCell = string | number | boolean | null

/** A spreadsheet takes text that begins like this for a formula and would run it. */
const looksLikeFormula = /^[=+\-@\t\r]/
/** Exact money is text too; a plain figure is harmless and stays a figure. */
const plainFigure = /^-?\d+(\.\d+)?$/

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value !== 'string' || plainFigure.test(value)) return String(value)
  const safe = looksLikeFormula.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** CSV (RFC 4180 quoting, UTF-8) with a header line; text cells are made safe for spreadsheets. */
export function csv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return `${[header, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`
}
