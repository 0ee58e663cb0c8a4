import { compileCondition } from '@tomoshibi/metrics/condition/compile'
import { explainCondition, explainWithValues } from '@tomoshibi/metrics/condition/explain'
import { formatValue } from '@tomoshibi/metrics/condition/format-value'
import type { NameEntry, NameScope, NameValue } from '@tomoshibi/metrics/condition/scope'
import type { BoundQuery } from '@tomoshibi/metrics/query'
import * as z from 'zod'
import { fillPlaceholders, type Lamp } from './definition.ts'
import type { LampFrame } from './frame.ts'
import type { Why } from './lamps.ts'
import type { Seen } from './ledger.ts'

/** What the conditions of all lamps are for one account on one day, as the query gives it. */
export interface ObservationRow {
  readonly i: number
  readonly account_id: string
  /** For each lamp: 1 it holds, 0 it does not, null unknown. */
  readonly holds: readonly (number | null)[]
  readonly clears: readonly (number | null)[]
  /** Values of the names, as text; empty where nothing holds and so nobody asks why. */
  readonly name_values: readonly (string | null)[]
}

/** Checked by hand: of sixty lamps and ten thousand accounts there are more than a million answers. */
const observationSchema = z.custom<ObservationRow>((row) => {
  if (typeof row !== 'object' || row === null) return false
  if (!('i' in row && 'account_id' in row && 'holds' in row && 'clears' in row)) return false
  return (
    Number.isInteger(row.i) &&
    typeof row.account_id === 'string' &&
    isListOf(row.holds, isAnswer) &&
    isListOf(row.clears, isAnswer) &&
    'name_values' in row &&
    isListOf(row.name_values, isText)
  )
})

const isListOf = (list: unknown, isOne: (one: unknown) => boolean): boolean =>
  Array.isArray(list) && list.every(isOne)
const isAnswer = (x: unknown): boolean => x === 0 || x === 1 || x === null
const isText = (x: unknown): boolean => x === null || typeof x === 'string'

export interface ObservationQuery {
  readonly query: BoundQuery
  readonly rowSchema: typeof observationSchema
  /** The names whose values come with a row, in their order. */
  readonly names: readonly string[]
}

/**
 * One query for all lamps, over every account and every day of the frame. It gives the rows of the
 * accounts for which any condition holds on any of the days, and of those in `accountIds`.
 */
export function compileObservations(
  frame: LampFrame,
  lamps: readonly Lamp[],
  scope: NameScope,
  accountIds: readonly string[],
): ObservationQuery {
  const names = [...new Set(lamps.flatMap((lamp) => lamp.names))]
  const conditions = lamps.map(({ condition }, k) => compileCondition(condition, `lit${k}`))
  const offs = lamps.map(({ off }, k) => (off === null ? null : compileCondition(off, `off${k}`)))
  const values = names.map((name) => `toString(${scope.names.get(name)?.column ?? 'NULL'})`)
  const array = (type: string, parts: readonly string[]) =>
    `CAST([${parts.join(',\n    ')}] AS Array(Nullable(${type})))`
  const sql = `${frame.with},
-- What every lamp says of every account on every day: 1 it holds, 0 it does not, NULL unknown.
lamp_answers AS (
  SELECT
    i,
    account_id,
    ${array(
      'UInt8',
      conditions.map((c) => c.sql),
    )} AS holds,
    ${array(
      'UInt8',
      offs.map((c) => c?.sql ?? 'NULL'),
    )} AS clears,
    has(holds, 1) AS any_holds,
    if(any_holds, ${array('String', values)}, []) AS name_values
  FROM ${frame.from}
)
-- Only accounts with something to say on one of the days, and those whose lamps are being followed.
SELECT i, account_id, holds, clears, name_values
FROM lamp_answers
QUALIFY
  max(any_holds) OVER (PARTITION BY account_id) = 1
  OR account_id IN ({followed_accounts:Array(String)})`
  const params = Object.assign(
    {},
    frame.params,
    ...conditions.map((c) => c.params),
    ...offs.map((c) => c?.params ?? {}),
    { followed_accounts: [...accountIds] },
  )
  return { query: { sql, params }, rowSchema: observationSchema, names }
}

/**
 * The values of the names that a lamp uses, each of its own type.
 *
 * @param names those whose values the row has, in their order
 */
export function valuesOf(
  row: ObservationRow,
  lamp: Lamp,
  names: readonly string[],
  scope: NameScope,
): Record<string, NameValue> {
  const values: Record<string, NameValue> = {}
  for (const name of lamp.names) {
    const entry = scope.names.get(name)
    values[name] = entry ? typedValue(row.name_values[names.indexOf(name)] ?? null, entry) : null
  }
  return values
}

/** A value as the engine writes it, of its own type. */
export function typedValue(text: string | null, entry: NameEntry): NameValue {
  if (text === null) return null
  if (entry.type === 'bool') return text === 'true' || text === '1'
  if (entry.type !== 'number') return text
  const number = Number(text)
  if (!Number.isFinite(number)) return null
  return entry.exact ? text : number
}

/** What a row says of the lamp at place `k`. */
export function seenIn(
  row: ObservationRow,
  lamp: Lamp,
  k: number,
  names: readonly string[],
  scope: NameScope,
): Seen {
  const answer = (x: number | null | undefined) => (x === null || x === undefined ? null : x === 1)
  const holds = answer(row.holds[k])
  const clears = lamp.off === null ? (holds === null ? null : !holds) : answer(row.clears[k])
  return {
    holds,
    clears,
    why: () => whyOf(lamp, valuesOf(row, lamp, names, scope), scope),
    out: () => outOf(lamp),
  }
}

/** What has become true when a lamp goes out. */
function outOf({ condition, off }: Lamp): Why['text'] {
  if (off !== null) return explainCondition(off)
  const { en, ja } = explainCondition(condition)
  return { en: `it is no longer so that ${en}`, ja: `次の状態ではなくなりました: ${ja}` }
}

/**
 * Why a lamp lit, in one sentence with the numbers of the case.
 *
 * @param own the values of the names that it uses
 */
export function whyOf(lamp: Lamp, own: Readonly<Record<string, NameValue>>, scope: NameScope): Why {
  const { why } = lamp.definition
  const words = (name: string, language: 'en' | 'ja') => {
    const entry = scope.names.get(name)
    return entry ? formatValue(own[name], entry)[language] : ''
  }
  const complete = why !== null && namesWithoutValue(why, own).length === 0
  const text = complete
    ? {
        en: fillPlaceholders(why.en, (name) => words(name, 'en')),
        ja: fillPlaceholders(why.ja, (name) => words(name, 'ja')),
      }
    : explainWithValues(lamp.condition, own)
  return { text, values: own }
}

function namesWithoutValue(
  why: { en: string; ja: string },
  values: Readonly<Record<string, NameValue>>,
): string[] {
  const missing: string[] = []
  fillPlaceholders(`${why.en} ${why.ja}`, (name) => {
    if ((values[name] ?? null) === null) missing.push(name)
    return ''
  })
  return missing
}
