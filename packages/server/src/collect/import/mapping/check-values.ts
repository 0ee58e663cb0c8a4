import type { TargetField } from '../targets/target.ts'
import { cellReader, dateReader } from '../values/cells.ts'
import { formatFault, formatTokens } from '../values/dates.ts'
import { ValueProblem } from '../values/problem.ts'
import { isTimeZone, ZoneDays } from '../values/zone.ts'
import { type Checking, isRecord } from './check.ts'
import type { Path } from './places.ts'
import { readsOfAttribute } from './reads.ts'

const sources = ['column', 'columns', 'value'] as const
const dateOptions = ['format', 'timeZone', 'plusDays', 'after', 'openEnd'] as const
const numbers: readonly string[] = ['number', 'decimal']

/**
 * Checks where a field or attribute gets its value from: one source, options that apply to it,
 * formats, and constants that can be read.
 *
 * @param field undefined for attributes and for fields that are not known
 */
export function checkValue(
  given: unknown,
  path: Path,
  checking: Checking,
  field: TargetField | undefined,
): void {
  if (typeof given === 'string') {
    checking.column(path, given)
    return
  }
  if (!isRecord(given)) return
  const isAttribute = path.at(-2) === 'attributes'
  const reads = isAttribute ? readsOfAttribute(given.type) : field?.reads
  const option = (name: string, en: string, ja: string) =>
    checking.add(
      'VALUE_OPTION',
      [...path, name],
      { en: `'${name}' ${en}`, ja: `「${name}」${ja}` },
      { part: 'key' },
    )

  checking.column([...path, 'column'], given.column)
  checking.column([...path, 'after'], given.after)
  if (Array.isArray(given.columns)) {
    for (const [i, name] of given.columns.entries()) checking.column([...path, 'columns', i], name)
  }
  const used = sources.filter((name) => given[name] !== undefined)
  if (used.length !== 1) {
    checking.add('VALUE_SOURCE', path, {
      en: "give one of 'column', 'columns', 'value'",
      ja: '「column」「columns」「value」のいずれか 1 つを指定してください',
    })
  }
  if (reads !== undefined) {
    if (given.columns !== undefined && reads.as !== 'json') {
      option('columns', 'is for fields that hold JSON only', 'は JSON の項目だけに使えます')
    }
    for (const name of dateOptions) {
      if (given[name] !== undefined && reads.as !== 'instant') {
        option(name, 'is for dates only', 'は日付だけに使えます')
      }
    }
    if (given.decimal !== undefined && !numbers.includes(reads.as)) {
      option('decimal', 'is for numbers only', 'は数値だけに使えます')
    }
  }
  if ((given.after === undefined) !== (given.unit === undefined)) {
    const name = given.after === undefined ? 'unit' : 'after'
    option(name, "needs 'after' and 'unit' together", 'は after と unit の両方が必要です')
  }
  if (given.effectiveAt !== undefined && !isAttribute) {
    option('effectiveAt', 'is for attributes only', 'は attributes だけに使えます')
  }
  if (given.knownAt !== undefined && field?.required) {
    option(
      'knownAt',
      'cannot be set for a required field; set it for the file',
      'は必須項目には使えません。ファイルの knownAt を使ってください',
    )
  }
  if (given.knownAt !== 'import') checkDate(given.knownAt, [...path, 'knownAt'], checking)
  checkDate(given.effectiveAt, [...path, 'effectiveAt'], checking)
  const formats = checkFormats(given.format, [...path, 'format'], checking)
  const zone = zoneOf(given.timeZone, [...path, 'timeZone'], checking)
  if (reads === undefined || formats === null || given.after !== undefined) return

  const read = cellReader(reads, {
    zone,
    formats,
    decimal: given.decimal === 'comma' ? 'comma' : undefined,
  })
  const constant = (value: unknown, at: Path) => {
    if (!['string', 'number', 'boolean'].includes(typeof value) || value === '') return
    const problem = read(String(value).trim())
    if (!(problem instanceof ValueProblem)) return
    checking.add('CONSTANT', at, {
      en: `'${value}': ${problem.says.en}`,
      ja: `「${value}」: ${problem.says.ja}`,
    })
  }
  constant(given.value, [...path, 'value'])
  constant(given.default, [...path, 'default'])
  // What dates and numbers are translated to is for the format to judge, row by row.
  if (isRecord(given.translate) && (reads.as === 'word' || reads.as === 'boolean')) {
    for (const [from, to] of Object.entries(given.translate)) {
      constant(to, [...path, 'translate', from])
    }
  }
}

/** Checks a date that is said for a whole file or record: `knownAt`, `effectiveAt`. */
export function checkDate(given: unknown, path: Path, checking: Checking): void {
  if (typeof given === 'string') checking.column(path, given)
  if (!isRecord(given)) return
  checking.column([...path, 'column'], given.column)
  if ((given.column === undefined) === (given.value === undefined)) {
    checking.add('VALUE_SOURCE', path, {
      en: "give one of 'column', 'value'",
      ja: '「column」か「value」のどちらか 1 つを指定してください',
    })
  }
  const formats = checkFormats(given.format, [...path, 'format'], checking)
  const zone = zoneOf(given.timeZone, [...path, 'timeZone'], checking)
  if (given.value === undefined || formats === null) return
  const problem = dateReader({ zone, formats })(String(given.value))
  if (problem instanceof ValueProblem) {
    checking.add('CONSTANT', [...path, 'value'], {
      en: `'${given.value}': ${problem.says.en}`,
      ja: `「${given.value}」: ${problem.says.ja}`,
    })
  }
}

/** The formats, undefined when none is given, null when one is wrong. */
function checkFormats(given: unknown, path: Path, checking: Checking): string[] | undefined | null {
  if (given === undefined) return undefined
  const formats = (Array.isArray(given) ? given : [given]).filter((f) => typeof f === 'string')
  let wrong = false
  for (const [i, format] of formats.entries()) {
    const fault = formatFault(format)
    if (fault === null) continue
    wrong = true
    const at = Array.isArray(given) ? [...path, i] : path
    const why = {
      NO_DATE: {
        en: 'it must name yyyy, MM (month) and dd; mm is minutes',
        ja: 'yyyy、MM（月）、dd が必要です（mm は分です）',
      },
      REPEATED: { en: 'a part stands twice', ja: '同じ要素が 2 回あります' },
      LETTERS: { en: 'it has letters without a meaning', ja: '意味のない文字が含まれています' },
    }[fault]
    checking.add('DATE_FORMAT', at, {
      en: `date format '${format}': ${why.en} (${formatTokens})`,
      ja: `日付の形式「${format}」: ${why.ja}（${formatTokens}）`,
    })
  }
  return wrong ? null : formats
}

function zoneOf(name: unknown, path: Path, checking: Checking): ZoneDays {
  if (typeof name !== 'string') return checking.zone
  if (isTimeZone(name)) return new ZoneDays(name)
  checking.add('UNKNOWN_TIME_ZONE', path, {
    en: `there is no time zone '${name}'`,
    ja: `「${name}」というタイムゾーンはありません`,
  })
  return checking.zone
}
