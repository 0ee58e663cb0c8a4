import { usualAttributes } from '../targets/accounts.ts'
import type { TargetField } from '../targets/target.ts'
import type { Guess } from './guess.ts'
import { attributeKey, columnNamed, knownColumn } from './names.ts'
import { type ColumnLooks, strangers } from './values.ts'

/** Fields that are learned later than the record, at the time that they themselves hold. */
const learnedLater = new Set([
  'effectiveTo',
  'cancelledAt',
  'leftAt',
  'firstResponseAt',
  'resolvedAt',
  'paidAt',
  'metAt',
  'answeredAt',
])

/** What stands for a required field that no column was found for. */
const stopGaps: Readonly<Record<string, string>> = {
  billingUnit: '{ value: month }',
  currency: '{ value: JPY }',
}

const check = '# please check'

/** Where the rows of a file without an account column find it. */
export interface AccountLookup {
  readonly file: string
  readonly key: string
  readonly column: string
  readonly by: string
}

/** Writes the part of a mapping that a guess stands for, with comments where it is unsure. */
export function fileLines(guess: Guess, lookup: AccountLookup | undefined): string[] {
  const { sample, target, account, id } = guess
  const { source } = sample
  const lines = [`  - file: ${scalar(source.file)}`, `    target: ${target.name}`]
  if (source.encoding !== null && source.encoding !== 'utf-8') {
    lines.push(`    encoding: ${source.encoding}`)
  }
  if (id !== undefined) {
    lines.push(`    id: ${scalar(id)}`)
    if (sample.looks.get(id)?.unique === false) {
      lines.push(`    repeatedId: keep ${check}: some ids stand on several rows`)
    }
  } else if (!target.hasAttributes) {
    lines.push('    # no column was found that identifies a record: all of the row does')
  }
  if (account !== undefined) lines.push(`    account: ${scalar(account)}`)
  else if (lookup !== undefined) {
    const { file, key, column, by } = lookup
    lines.push('    account:', '      lookup:')
    lines.push(`        file: ${scalar(file)}`, `        key: ${scalar(key)}`)
    lines.push(`        column: ${scalar(column)}`, `        by: ${scalar(by)}`)
  } else if (target.hasAccount)
    lines.push(`    # account: … ${check}: which column names the account?`)
  lines.push(...(target.hasAttributes ? attributeLines(guess) : fieldLines(guess)))
  return lines
}

function fieldLines(guess: Guess): string[] {
  const { sample, target, fields, id, account } = guess
  const { columns } = sample.source
  const used = new Set([id, account, ...fields.values()].filter((c) => c !== undefined))
  const lines: string[] = []
  const known = knownColumn(columns.filter((column) => !used.has(column)))
  if (known !== undefined) {
    used.add(known)
    lines.push(`    knownAt: ${scalar(known)}`)
  } else {
    const [first] = Object.entries(target.fields).filter(
      ([name, field]) => field.required && field.reads.as === 'instant' && fields.has(name),
    )
    const column = first === undefined ? undefined : fields.get(first[0])
    const looks = column === undefined ? undefined : sample.looks.get(column)
    if (column !== undefined) {
      const formats = looks?.formats ?? []
      const at =
        formats.length > 0
          ? `{ column: ${scalar(column)}, format: ${scalar(formats[0] ?? '')} }`
          : scalar(column)
      lines.push(`    knownAt: ${at} ${check}: when did this become known?`)
    }
  }
  lines.push('    fields:')
  for (const [name, field] of Object.entries(target.fields)) {
    const column = fields.get(name)
    if (name === 'billingUnit' && isMonthly(fields.get('amount'))) {
      lines.push('      billingUnit: { value: month }')
    } else if (column !== undefined)
      lines.push(fieldLine(name, field, column, sample.looks.get(column)))
    else if (field.required && field.insteadOf === undefined && !replaced(guess, name)) {
      const gap = stopGaps[name]
      lines.push(
        gap === undefined
          ? `      # ${name}: … ${check}: ${field.says.en}; no column was found for it`
          : `      ${name}: ${gap} ${check}: no column was found for it`,
      )
    }
  }
  const left = columns.filter((column) => !used.has(column))
  if (left.length === 0) return lines
  const list = `[${left.map(scalar).join(', ')}]`
  const asProperties = target.fields.properties !== undefined && !fields.has('properties')
  if (asProperties) lines.push('      properties:', `        columns: ${list}`)
  else lines.push(`    skip: ${list}`)
  return lines
}

/** A header that says the amount is one of a month, whatever the billing. */
function isMonthly(column: string | undefined): boolean {
  return column !== undefined && /mrr|monthly|月額/i.test(column)
}

function replaced({ target, fields }: Guess, name: string): boolean {
  return Object.entries(target.fields).some(
    ([other, f]) => f.insteadOf === name && fields.has(other),
  )
}

function fieldLine(
  name: string,
  field: TargetField,
  column: string,
  looks: ColumnLooks | undefined,
): string {
  const settings = [`column: ${scalar(column)}`]
  let comment = ''
  if (field.reads.as === 'instant' && looks !== undefined && looks.formats.length > 0) {
    const { formats } = looks
    settings.push(`format: ${scalar(formats[0] ?? '')}`)
    if (formats.length > 1) comment = ` ${check}: or ${formats.slice(1).join(', ')}`
  }
  if (looks?.decimalComma) settings.push('decimal: comma')
  if (learnedLater.has(name)) {
    const format = settings[1]
    settings.push(
      format === undefined
        ? `knownAt: ${scalar(column)}`
        : `knownAt: { ${settings[0]}, ${format} }`,
    )
  }
  const strange = looks === undefined ? [] : strangers(looks, field.reads)
  if (strange.length > 0) {
    const shown = strange.slice(0, 5).map(scalar).join(', ')
    comment = ` ${check}: translate ${shown}`
  }
  const value = settings.length === 1 ? scalar(column) : `{ ${settings.join(', ')} }`
  return `      ${name}: ${value}${comment.replaceAll('\n', ' ')}`
}

function attributeLines({ sample, account }: Guess): string[] {
  const { columns } = sample.source
  const lines: string[] = []
  const keys = new Map<string, string>()
  for (const [key, names] of Object.entries(usualAttributes)) {
    const column = columnNamed(
      columns.filter((c) => c !== account && !keys.has(c)),
      names,
    )
    if (column !== undefined) keys.set(column, key)
  }
  const known = knownColumn(columns.filter((column) => !keys.has(column)))
  const signedUp = [...keys].find(([, key]) => key === 'signed_up_on')?.[0]
  if (known !== undefined) lines.push(`    knownAt: ${scalar(known)}`)
  else if (signedUp !== undefined) {
    lines.push(`    knownAt: ${scalar(signedUp)} ${check}: were all of these known then?`)
  }
  lines.push('    attributes:')
  const taken = new Set(keys.values())
  for (const column of columns) {
    if (column === account || column === known) continue
    let key = keys.get(column)
    if (key === undefined) {
      const base = attributeKey(column)
      key = base
      for (let n = 2; taken.has(key); n++) key = `${base}_${n}`
      taken.add(key)
    }
    lines.push(`      ${scalar(key)}: ${attributeValue(column, sample.looks.get(column))}`)
  }
  return lines
}

function attributeValue(column: string, looks: ColumnLooks | undefined): string {
  if (looks === undefined || looks.kind === 'text' || looks.kind === 'empty') return scalar(column)
  const settings = [`column: ${scalar(column)}`, `type: ${looks.kind}`]
  if (looks.formats[0] !== undefined) settings.push(`format: ${scalar(looks.formats[0])}`)
  if (looks.decimalComma) settings.push('decimal: comma')
  // Codes that look like numbers: leading zeros would be lost.
  if (looks.kind === 'number' && looks.values.some((value) => /^0\d/.test(value))) {
    return scalar(column)
  }
  return `{ ${settings.join(', ')} }`
}

const wordLike = /^[\p{L}_][\p{L}\p{N}_./ -]*$/u
const yamlWords = /^(true|false|null|yes|no|on|off|~)$/i

/** A text as YAML, quoted where it would mean something else. */
export function scalar(text: string): string {
  if (wordLike.test(text) && !yamlWords.test(text) && text === text.trim()) return text
  return JSON.stringify(text)
}
