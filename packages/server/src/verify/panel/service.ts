import type { FactStore } from '@tomoshibi/facts/store'
import * as z from 'zod'
import { compilePanel, type PanelQuestion } from './panel.ts'

/** A panel in memory, column by column: one row for each day and account that paid at its end. */
export interface Panel {
  readonly days: readonly string[]
  /** Index into the days. */
  readonly day: Uint32Array
  readonly account: readonly string[]
  /** By metric, as known at the end of the day; NaN where there is no value. */
  readonly features: ReadonlyMap<string, Float64Array>
  /** 1, 0, or NaN where it cannot be told. */
  readonly happened: Float64Array
  /** The day on which the account stopped paying, if it did. */
  readonly lostOn: readonly (string | null)[]
  /** The day from whose end on the account has paid without a gap. */
  readonly since: readonly string[]
  /** By attribute, as it was at the end of the day; empty where there is none. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

// Exact decimals come as text; for order and rates a float is enough.
const figure = z.union([z.number(), z.string().transform(Number)]).nullable()
const word = z.string().nullable()
const row = z
  .object({
    i: z.number(),
    account_id: z.string(),
    lost_on: z.string().nullable(),
    since: z.string(),
    happened: z.number().nullable(),
  })
  .loose()

/**
 * Reads the panel, as a stream from the engine.
 *
 * @throws FactsError
 */
export async function readPanel(facts: FactStore, question: PanelQuestion): Promise<Panel> {
  const { metrics, attributes, days } = question
  const { query } = compilePanel(question)
  const day: number[] = []
  const account: string[] = []
  const happened: number[] = []
  const lostOn: (string | null)[] = []
  const since: string[] = []
  const columns: number[][] = metrics.map(() => [])
  const words: string[][] = attributes.map(() => [])
  for await (const each of facts.stream(query, row)) {
    day.push(each.i)
    account.push(each.account_id)
    happened.push(each.happened ?? Number.NaN)
    lostOn.push(each.lost_on)
    since.push(each.since)
    for (const [n, column] of columns.entries()) {
      column.push(figure.parse(each[`feature_${n}`]) ?? Number.NaN)
    }
    for (const [n, column] of words.entries()) {
      column.push(word.parse(each[`feature_${metrics.length + n}`]) ?? '')
    }
  }
  return {
    days,
    day: Uint32Array.from(day),
    account,
    features: new Map(metrics.map((key, n) => [key, Float64Array.from(columns[n] ?? [])])),
    happened: Float64Array.from(happened),
    lostOn,
    since,
    attributes: new Map(attributes.map((key, n) => [key, words[n] ?? []])),
  }
}
