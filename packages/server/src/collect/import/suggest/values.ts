import type { Reads } from '../targets/target.ts'
import { cellReader } from '../values/cells.ts'
import { datesInFormats, usualDates } from '../values/dates.ts'
import { readDecimal } from '../values/numbers.ts'
import { type Parsed, ValueProblem } from '../values/problem.ts'
import { readBoolean } from '../values/words.ts'
import { ZoneDays } from '../values/zone.ts'

/** What the values of a column look like. */
export interface ColumnLooks {
  readonly kind: 'empty' | 'boolean' | 'number' | 'date' | 'text'
  /** Every row has a value, and none twice. */
  readonly unique: boolean
  /** Needed to read the dates; several where the values leave it open. */
  readonly formats: readonly string[]
  readonly decimalComma: boolean
  /** A few of its values, for messages. */
  readonly examples: readonly string[]
  readonly values: readonly string[]
}

const zone = new ZoneDays('UTC')
const limits = { scale: 60, whole: 300 }
const days = ['dd/MM/yyyy', 'MM/dd/yyyy', 'dd-MM-yyyy', 'MM-dd-yyyy', 'dd.MM.yyyy']
const candidates = days.flatMap((day) => [day, `${day} HH:mm`, `${day} HH:mm:ss`])

/** Looks at the cells of a column. */
export function lookAt(cells: readonly string[]): ColumnLooks {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  const values = [...new Set(filled)]
  const common = {
    unique: filled.length > 1 && filled.length === cells.length && values.length === cells.length,
    formats: [],
    decimalComma: false,
    examples: values.slice(0, 3),
    values,
  }
  if (values.length === 0) return { ...common, kind: 'empty' }
  const words = values.some((value) => !/^[01]$/.test(value))
  if (words && values.length <= 4 && all(values, readBoolean)) return { ...common, kind: 'boolean' }
  const usual = usualDates(zone)
  const isDate = values.some((value) => /[-/.年T:]/.test(value)) && all(values, usual)
  if (isDate) return { ...common, kind: 'date' }
  if (all(values, (value) => readDecimal(value, limits))) return { ...common, kind: 'number' }
  const formats = candidates.filter((format) => all(values, datesInFormats([format], zone)))
  if (formats.length > 0) return { ...common, kind: 'date', formats }
  if (all(values, (value) => readDecimal(value, limits, 'comma'))) {
    return { ...common, kind: 'number', decimalComma: true }
  }
  return { ...common, kind: 'text' }
}

function all(values: readonly string[], read: (value: string) => Parsed<unknown>): boolean {
  return values.every((value) => !(read(value) instanceof ValueProblem))
}

/** Values of a column that a field cannot take as they are. */
export function strangers(looks: ColumnLooks, reads: Reads): string[] {
  if (reads.as !== 'word' && reads.as !== 'boolean' && reads.as !== 'currency') return []
  const read = cellReader(reads, { zone })
  return looks.values.filter((value) => read(value) instanceof ValueProblem)
}
