import type { OpenSource } from '../formats/open.ts'
import { usualAttributes } from '../targets/accounts.ts'
import { importTargets } from '../targets/catalogue.ts'
import type { ImportTarget } from '../targets/target.ts'
import { accountColumn, columnNamed, plainName } from './names.ts'
import { type ColumnLooks, lookAt } from './values.ts'

/** A file as it was looked at. */
export interface Sample {
  readonly source: OpenSource
  readonly rows: number
  readonly looks: ReadonlyMap<string, ColumnLooks>
}

/** What a file seems to hold. */
export interface Guess {
  readonly sample: Sample
  readonly target: ImportTarget
  readonly account: string | undefined
  readonly id: string | undefined
  /** Target field → column. */
  readonly fields: ReadonlyMap<string, string>
}

const sampledRows = 2000

/** Reads the first rows of a file. */
export async function sampleOf(source: OpenSource): Promise<Sample> {
  const cells = source.columns.map((): string[] => [])
  let rows = 0
  for await (const batch of source.rows()) {
    for (const row of batch) {
      if ('fault' in row || rows >= sampledRows) continue
      rows += 1
      for (const [i, list] of cells.entries()) list.push(row.cells[i] ?? '')
    }
    if (rows >= sampledRows) break
  }
  const looks = new Map(source.columns.map((name, i) => [name, lookAt(cells[i] ?? [])]))
  return { source, rows, looks }
}

/** The target that most of a file's headers and its name speak for; undefined when none do. */
export function guessOf(sample: Sample): Guess | undefined {
  let best: { guess: Guess; score: number } | undefined
  for (const target of Object.values(importTargets)) {
    const guess = tryTarget(sample, target)
    const score = scoreOf(guess)
    if (score > (best?.score ?? 3)) best = { guess, score }
  }
  return best?.guess
}

function tryTarget(sample: Sample, target: ImportTarget): Guess {
  const { columns } = sample.source
  const account = target.hasAccount ? accountColumn(columns) : undefined
  const free = new Set(columns)
  if (account !== undefined) free.delete(account)
  const id = target.hasAttributes ? undefined : columnNamed([...free], target.idNames)
  const fields = new Map<string, string>()
  // Required fields choose first.
  const byNeed = Object.entries(target.fields).sort(([, a], [, b]) => {
    return Number(b.required) - Number(a.required)
  })
  for (const [name, field] of byNeed) {
    const other = Object.entries(target.fields).find(([, f]) => f.insteadOf === name)
    if (field.insteadOf !== undefined && fields.has(field.insteadOf)) continue
    if (other !== undefined && fields.has(other[0])) continue
    const column = columnNamed([...free], field.synonyms)
    if (column === undefined || !fits(field.reads.as, sample.looks.get(column))) continue
    fields.set(name, column)
    free.delete(column)
  }
  return { sample, target, account, id, fields }
}

function fits(as: string, looks: ColumnLooks | undefined): boolean {
  if (looks === undefined || looks.kind === 'empty') return true
  if (as === 'instant') return looks.kind === 'date'
  if (as === 'decimal' || as === 'number') return looks.kind === 'number'
  return true
}

function scoreOf({ sample, target, account, id, fields }: Guess): number {
  const { columns, file } = sample.source
  const name = plainName(file)
  let score = target.fileNames.some((hint) => name.includes(plainName(hint))) ? 6 : 0
  if (target.hasAccount && account !== undefined) score += 1
  if (id !== undefined && plainName(id) !== 'id') score += 2
  for (const [field] of fields) score += target.fields[field]?.required ? 3 : 1
  const required = Object.entries(target.fields).filter(
    ([name, f]) =>
      f.required &&
      f.insteadOf === undefined &&
      f.reads.as !== 'currency' &&
      !hasOther(target, name, fields),
  )
  score -= required.filter(([field]) => !fields.has(field)).length * 2
  if (target.hasAttributes) {
    const known = Object.values(usualAttributes).filter((names) => columnNamed(columns, names))
    score += known.length
    // A file of accounts has each of them once.
    if (account !== undefined && sample.looks.get(account)?.unique) score += 4
    else score -= 4
  }
  return score
}

function hasOther(
  target: ImportTarget,
  name: string,
  fields: ReadonlyMap<string, string>,
): boolean {
  return Object.entries(target.fields).some(
    ([other, f]) => f.insteadOf === name && fields.has(other),
  )
}
