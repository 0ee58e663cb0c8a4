import type { Text } from '@tomoshibi/contract/text'
import { encodingNames } from '../formats/encoding.ts'
import { findTarget, targetNames } from '../targets/catalogue.ts'
import type { ImportTarget } from '../targets/target.ts'
import { ValueProblem } from '../values/problem.ts'
import { readCurrency } from '../values/words.ts'
import { isTimeZone, ZoneDays } from '../values/zone.ts'
import { checkDate, checkValue } from './check-values.ts'
import { matchesFile } from './files.ts'
import type { Path } from './places.ts'
import { didYouMean, type Fault, type MappingProblemCode, withSuggestions } from './problems.ts'

/** The columns of the files that are there. */
export type Headers = readonly {
  readonly file: string
  readonly columns: readonly string[]
  /** False where more columns may come up, as in JSON Lines. */
  readonly columnsKnown: boolean
}[]

/** What a check needs while it goes through the mapping of one file. */
export interface Checking {
  readonly target: ImportTarget | undefined
  readonly zone: ZoneDays
  add(code: MappingProblemCode, path: Path, text: Text, more?: Partial<Fault>): void
  /** Adds a problem where a name is none of the known ones. */
  known(
    code: MappingProblemCode,
    path: Path,
    name: string,
    names: readonly string[],
    what: Text,
  ): void
  /** Adds a problem where a file has no such column. */
  column(path: Path, name: unknown): void
  /** As `column`, of another file. */
  columnOf(source: Headers[number], path: Path, name: string): void
}

/**
 * Checks what the schema cannot: names and how they go together. It takes the mapping as it was
 * written, whatever its shape, so that mistakes of one kind do not hide those of another.
 */
export function checkMapping(mapping: unknown, headers?: Headers): Fault[] {
  const faults: Fault[] = []
  if (!isRecord(mapping)) return faults
  const zone = checkZone(mapping.timeZone, ['timeZone'], faults) ?? new ZoneDays('UTC')
  if (typeof mapping.currency === 'string') {
    if (readCurrency(mapping.currency) instanceof ValueProblem) {
      faults.push(fault('UNKNOWN_CURRENCY', ['currency'], notCurrency(mapping.currency)))
    }
  }
  const files = Array.isArray(mapping.files) ? mapping.files : []
  for (const [i, file] of files.entries()) {
    if (isRecord(file)) checkFile(file, ['files', i], mapping, zone, headers, faults)
  }
  return faults
}

function checkFile(
  file: Record<string, unknown>,
  path: Path,
  mapping: Record<string, unknown>,
  mappingZone: ZoneDays,
  headers: Headers | undefined,
  faults: Fault[],
): void {
  const target = typeof file.target === 'string' ? findTarget(file.target) : undefined
  const checking = checkingOf(file, target, headers, faults, () => {
    return checkZone(file.timeZone, [...path, 'timeZone'], faults) ?? mappingZone
  })
  if (typeof file.target === 'string') {
    checking.known('UNKNOWN_TARGET', [...path, 'target'], file.target, targetNames, {
      en: 'target',
      ja: '取り込み先',
    })
  }
  if (typeof file.encoding === 'string' && !encodingNames.includes(file.encoding.toLowerCase())) {
    checking.known('UNKNOWN_ENCODING', [...path, 'encoding'], file.encoding, encodingNames, {
      en: 'encoding',
      ja: '文字コード',
    })
  }
  for (const [name, at] of columnsOf(file)) checking.column([...path, ...at], name)
  checkAccount(file, path, checking, headers)
  if (file.knownAt !== 'import') checkDate(file.knownAt, [...path, 'knownAt'], checking)
  checkDate(file.effectiveAt, [...path, 'effectiveAt'], checking)
  checkFields(file, path, mapping, checking)
  const attributes = isRecord(file.attributes) ? file.attributes : {}
  for (const [name, value] of Object.entries(attributes)) {
    checkValue(value, [...path, 'attributes', name], checking, undefined)
  }
}

function checkingOf(
  file: Record<string, unknown>,
  target: ImportTarget | undefined,
  headers: Headers | undefined,
  faults: Fault[],
  zoneOf: () => ZoneDays,
): Checking {
  const pattern = typeof file.file === 'string' ? file.file : ''
  const sources = (headers ?? []).filter((source) => matchesFile(pattern, source.file))
  return {
    target,
    zone: zoneOf(),
    add: (code, path, text, more) => faults.push({ ...fault(code, path, text), ...more }),
    known(code, path, name, names, what) {
      if (names.includes(name)) return
      const suggestions = didYouMean(name, names)
      const text = {
        en: `there is no ${what.en} '${name}'`,
        ja: `「${name}」という${what.ja}はありません`,
      }
      const all = { en: `; there are ${names.join(', ')}`, ja: `（${names.join('、')}）` }
      const said =
        suggestions.length > 0 || names.length > 25
          ? withSuggestions(text, suggestions)
          : { en: text.en + all.en, ja: text.ja + all.ja }
      const part = code === 'UNKNOWN_FIELD' ? 'key' : 'value'
      faults.push({ code, path, text: said, part, suggestions })
    },
    column(path, name) {
      if (typeof name !== 'string') return
      for (const source of sources) columnFault(source, path, name, faults)
    },
    columnOf: (source, path, name) => columnFault(source, path, name, faults),
  }
}

function columnFault(source: Headers[number], path: Path, name: string, faults: Fault[]): void {
  if (!source.columnsKnown || source.columns.includes(name)) return
  const numbered = source.columns.filter((column) => column.startsWith(`${name}#`))
  const suggestions = numbered.length > 0 ? numbered : didYouMean(name, source.columns)
  const text =
    numbered.length > 0
      ? {
          en: `${source.file} has several columns '${name}'`,
          ja: `${source.file} には列「${name}」が複数あります`,
        }
      : {
          en: `${source.file} has no column '${name}'`,
          ja: `${source.file} に列「${name}」はありません`,
        }
  const part = path.at(-2) === 'where' ? 'key' : 'value'
  const said = withSuggestions(text, suggestions)
  faults.push({ code: 'UNKNOWN_COLUMN', path, text: said, part, suggestions })
}

/** Columns that the settings of a file name, but for those in values, dates and the lookup. */
function columnsOf(file: Record<string, unknown>): [unknown, Path][] {
  const found: [unknown, Path][] = []
  if (Array.isArray(file.id)) {
    for (const [i, name] of file.id.entries()) found.push([name, ['id', i]])
  } else found.push([file.id, ['id']])
  if (Array.isArray(file.skip)) {
    for (const [i, name] of file.skip.entries()) found.push([name, ['skip', i]])
  }
  if (isRecord(file.where)) {
    for (const name of Object.keys(file.where)) found.push([name, ['where', name]])
  }
  return found
}

function checkAccount(
  file: Record<string, unknown>,
  path: Path,
  checking: Checking,
  headers: Headers | undefined,
): void {
  const { target } = checking
  const { account } = file
  const at = [...path, 'account']
  if (account === undefined) {
    if (target?.hasAccount) {
      checking.add('ACCOUNT', path, {
        en: `'account' is missing: which column names the account of a row?`,
        ja: `「account」が必要です。顧客を示す列を指定してください`,
      })
    }
    return
  }
  if (target?.hasAccount === false) {
    checking.add('ACCOUNT', at, {
      en: `${target.name} belong to no account; leave 'account' out`,
      ja: `${target.name} は顧客に属しません。「account」を外してください`,
    })
  }
  if (typeof account === 'string') checking.column(at, account)
  if (!isRecord(account)) return
  checking.column([...at, 'column'], account.column)
  const ways = [account.column, account.value, account.lookup].filter((way) => way !== undefined)
  if (ways.length !== 1) {
    checking.add('VALUE_SOURCE', at, {
      en: "give one of 'column', 'value', 'lookup'",
      ja: '「column」「value」「lookup」のいずれか 1 つを指定してください',
    })
  }
  const { lookup } = account
  if (!isRecord(lookup)) return
  checking.column([...at, 'lookup', 'by'], lookup.by)
  if (headers === undefined || typeof lookup.file !== 'string') return
  const named = lookup.file
  const found = headers.filter((source) => matchesFile(named, source.file))
  if (found.length === 0) {
    const files = headers.map((source) => source.file)
    checking.known('LOOKUP_FILE', [...at, 'lookup', 'file'], named, files, {
      en: 'file',
      ja: 'ファイル',
    })
  }
  for (const source of found) {
    for (const key of ['key', 'column']) {
      const name = lookup[key]
      if (typeof name === 'string') checking.columnOf(source, [...at, 'lookup', key], name)
    }
  }
}

function checkFields(
  file: Record<string, unknown>,
  path: Path,
  mapping: Record<string, unknown>,
  checking: Checking,
): void {
  const { target } = checking
  const fields = isRecord(file.fields) ? file.fields : {}
  const at = [...path, 'fields']
  if (target === undefined) {
    for (const [name, value] of Object.entries(fields)) {
      checkValue(value, [...at, name], checking, undefined)
    }
    return
  }
  if (target.hasAttributes && Object.keys(fields).length > 0) {
    checking.add(
      'ATTRIBUTES',
      at,
      {
        en: `${target.name} have no fields; name what is known of them under 'attributes'`,
        ja: `${target.name} に「fields」はありません。「attributes」に属性を指定してください`,
      },
      { part: 'key' },
    )
  }
  const hasSome = isRecord(file.attributes) && Object.keys(file.attributes).length > 0
  if (target.hasAttributes !== hasSome) {
    const en = target.hasAttributes
      ? "'attributes' is missing: what is known of the accounts?"
      : `only accounts have attributes; ${target.name} have fields`
    const ja = target.hasAttributes
      ? '「attributes」が必要です。顧客の属性を指定してください'
      : `「attributes」は accounts だけの設定です。${target.name} には「fields」を使ってください`
    checking.add(
      'ATTRIBUTES',
      target.hasAttributes ? path : [...path, 'attributes'],
      { en, ja },
      { part: 'key' },
    )
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!target.hasAttributes) {
      checking.known('UNKNOWN_FIELD', [...at, name], name, Object.keys(target.fields), {
        en: `field of ${target.name}:`,
        ja: `${target.name} の項目`,
      })
    }
    checkValue(value, [...at, name], checking, target.fields[name])
    const other = target.fields[name]?.insteadOf
    if (other !== undefined && fields[other] !== undefined) {
      checking.add(
        'VALUE_OPTION',
        [...at, name],
        {
          en: `give '${name}' or '${other}', not both`,
          ja: `「${name}」と「${other}」はどちらか一方だけにしてください`,
        },
        { part: 'key' },
      )
    }
  }
  const names = Object.keys(target.fields)
  // A misspelt field is one mistake, not two.
  const misspelt = Object.keys(fields)
    .filter((name) => !names.includes(name))
    .map((name) => didYouMean(name, names)[0])
  for (const [name, field] of Object.entries(target.fields)) {
    if (!field.required || field.insteadOf !== undefined || fields[name] !== undefined) continue
    if (misspelt.includes(name)) continue
    const others = Object.entries(target.fields).filter(([, other]) => other.insteadOf === name)
    if (others.some(([other]) => fields[other] !== undefined)) continue
    if (field.reads.as === 'currency' && mapping.currency !== undefined) continue
    const wanted = [name, ...others.map(([other]) => other)].map((n) => `'${n}'`)
    const place = isRecord(file.fields) ? at : path
    checking.add(
      'FIELD_MISSING',
      place,
      {
        en: `${target.name} need ${wanted.join(' or ')} (${field.says.en})`,
        ja: `${target.name} には ${wanted.join('または')}（${field.says.ja}）が必要です`,
      },
      { part: 'key' },
    )
  }
}

function checkZone(name: unknown, path: Path, faults: Fault[]): ZoneDays | null {
  if (typeof name !== 'string') return null
  if (isTimeZone(name)) return new ZoneDays(name)
  const suggestions = didYouMean(name, Intl.supportedValuesOf('timeZone'))
  const text = {
    en: `there is no time zone '${name}'`,
    ja: `「${name}」というタイムゾーンはありません`,
  }
  faults.push({
    ...fault('UNKNOWN_TIME_ZONE', path, withSuggestions(text, suggestions)),
    suggestions,
  })
  return null
}

function notCurrency(name: string): Text {
  return {
    en: `'${name}' is not an ISO 4217 currency code, such as JPY`,
    ja: `「${name}」は ISO 4217 の通貨コード（JPY など）ではありません`,
  }
}

function fault(code: MappingProblemCode, path: Path, text: Text): Fault {
  return { code, path, text, part: 'value', suggestions: [] }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
