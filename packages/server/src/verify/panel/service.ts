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

/** A panel without rows, as where nothing was recorded. */
export function emptyPanel(metrics: readonly string[], attributes: readonly string[]): Panel {
  return {
    days: [],
    day: new Uint32Array(),
    account: [],
    features: new Map(metrics.map((key) => [key, new Float64Array()])),
    happened: new Float64Array(),
    lostOn: [],
    since: [],
    attributes: new Map(attributes.map((key) => [key, []])),
  }
}

/** The engine refuses a query of all metrics at once; each of these is one scan of every source. */
const metricsAtOnce = 20

/**
 * Reads the panel, as a stream from the engine: one query for up to twenty metrics.
 *
 * @throws FactsError
 */
export async function readPanel(facts: FactStore, question: PanelQuestion): Promise<Panel> {
  const { metrics } = question
  const first = await readPart(facts, { ...question, metrics: metrics.slice(0, metricsAtOnce) })
  const features = new Map(first.features)
  for (let from = metricsAtOnce; from < metrics.length; from += metricsAtOnce) {
    const more = await readPart(facts, {
      ...question,
      metrics: metrics.slice(from, from + metricsAtOnce),
      attributes: [],
    })
    const at = placesIn(more)
    for (const [key, column] of more.features) {
      // Facts may have come in between: rows are matched and not counted on.
      features.set(
        key,
        Float64Array.from(first.account, (account, row) => {
          const place = at.get(placeKey(first.day[row] ?? 0, account))
          return (place === undefined ? undefined : column[place]) ?? Number.NaN
        }),
      )
    }
  }
  return { ...first, features }
}

const placeKey = (day: number, account: string) => `${day}:${account}`
const placesIn = ({ account, day }: Panel) =>
  new Map(account.map((id, row) => [placeKey(day[row] ?? 0, id), row]))

async function readPart(facts: FactStore, question: PanelQuestion): Promise<Panel> {
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
