import stringWidth from 'string-width'

export interface TableColumn {
  readonly title: string
  /** Figures stand to the right. */
  readonly right?: boolean
}

// Control characters could move the cursor or colour the terminal of whoever reads the list.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found
const control = /[\u0000-\u001f\u007f-\u009f]+/g

/** Text from outside, without what would act on the terminal. */
export const clean = (text: string): string => text.replace(control, ' ')

/**
 * Lines up text in columns, two spaces apart, counting wide (East Asian) characters as two.
 *
 * @param rows Each with as many cells as there are columns.
 * @returns The whole text, each line ended.
 */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]) {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(clean))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => stringWidth(row[i] ?? ''))))
  const lines = cells.map((row) =>
    columns
      .map((column, i) => {
        const text = row[i] ?? ''
        const padding = ' '.repeat((widths[i] ?? 0) - stringWidth(text))
        return column.right ? padding + text : text + padding
      })
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** How wide the widest line is on the screen. */
export function widthOf(text: string): number {
  return Math.max(0, ...text.split('\n').map((line) => stringWidth(line)))
}
