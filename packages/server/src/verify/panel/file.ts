import { parquetWriteBuffer } from 'hyparquet-writer'
import { csvCell } from '../../collect/import/rejects.ts'
import type { Panel } from './service.ts'

type Column =
  | { readonly name: string; readonly type: 'STRING'; readonly data: (string | null)[] }
  | { readonly name: string; readonly type: 'DOUBLE'; readonly data: (number | null)[] }

/**
 * The columns of a panel file: day, account_id, paying_since, lost_on, then outcome (1, 0, or none where
 * it cannot be told or its horizon has not passed), the metrics and the attributes.
 *
 * @param decided whether the horizon of a day (by its index) has passed.
 */
function columnsOf(panel: Panel, decided: (day: number) => boolean): Column[] {
  const words = (name: string, data: (string | null)[]): Column => ({ name, type: 'STRING', data })
  const figures = (name: string, data: ArrayLike<number>): Column => ({
    name,
    type: 'DOUBLE',
    data: Array.from(data, (value) => (Number.isNaN(value) ? null : value)),
  })
  const outcome = panel.happened.map((happened, row) =>
    decided(panel.day[row] ?? 0) ? happened : Number.NaN,
  )
  return [
    words(
      'day',
      Array.from(panel.day, (i) => panel.days[i] ?? ''),
    ),
    words('account_id', [...panel.account]),
    words('paying_since', [...panel.since]),
    words('lost_on', [...panel.lostOn]),
    figures('outcome', outcome),
    ...[...panel.features].map(([key, column]) => figures(key, column)),
    ...[...panel.attributes].map(([key, column]) =>
      words(
        panel.features.has(key) ? `attribute_${key}` : key,
        column.map((value) => (value === '' ? null : value)),
      ),
    ),
  ]
}

/** @returns the file's bytes. In CSV, no value is an empty cell, and no text is taken for a formula. */
export function panelFile(
  panel: Panel,
  format: 'parquet' | 'csv',
  decided: (day: number) => boolean,
): Uint8Array<ArrayBuffer> {
  const columns = columnsOf(panel, decided)
  if (format === 'parquet') {
    const columnData = columns.map((column) => ({ ...column, nullable: true }))
    return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'tomoshibi' }))
  }
  const lines = [columns.map(({ name }) => csvCell(name)).join(',')]
  for (let row = 0; row < panel.account.length; row++) {
    const cells = columns.map((column) =>
      column.type === 'DOUBLE' ? String(column.data[row] ?? '') : csvCell(column.data[row] ?? ''),
    )
    lines.push(cells.join(','))
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}
