import { builtInMetrics, findMetric } from './catalogue.ts'
import {
  type CompiledMetrics,
  compileMetrics,
  type MetricRow,
  type RefusedMetrics,
} from './compile.ts'
import type { MetricDefinition } from './definition.ts'
import { figureSet } from './plan/figure-set.ts'
import type { MetricRequest } from './request.ts'
import type { MetricValue } from './value.ts'

export interface CompiledBatches {
  readonly ok: true
  /** Queries to be run one after the other, so that one at a time takes memory. */
  readonly batches: readonly CompiledMetrics[]
  /** Makes values of the rows of all batches, in the order asked for. */
  decode(rowsOfBatches: readonly (readonly MetricRow[])[]): MetricValue[]
}

/**
 * Metrics of the same sources go together, since these are read once. Those of different sources do not:
 * side by side they would only make one another's rows wider, and the engine's planning grows faster
 * than the number of columns. Sliced, a metric of a period and one of an instant look at attributes of
 * different instants and share no window; nor do two that are asked for one day and cover periods of
 * different lengths before it.
 */
const togetherWith = (
  definition: MetricDefinition,
  catalogue: ReadonlyMap<string, MetricDefinition>,
  { by, periods, settings, trailing }: MetricRequest,
): string => {
  const measures = figureSet([definition], catalogue, settings).all.flatMap(
    (figure) => figure.measures,
  )
  const sources = new Set(measures.map(({ source }) => source.name))
  const span =
    by.length > 0 || trailing !== undefined
      ? definition.time
      : periods.some(({ label }) => 'on' in label)
        ? (definition.headlinePeriod ?? '')
        : ''
  return [...[...sources].toSorted(), span].join()
}

const batchesOf = (request: MetricRequest): MetricRequest[] => {
  const catalogue = request.catalogue ?? builtInMetrics
  const together = new Map<string, string[]>()
  for (const key of request.metrics) {
    const found = findMetric(key, catalogue)
    // Whether a key breaks down within accounts depends on all metrics of the request.
    if ('code' in found || request.by.some((by) => by === found.breakdown?.by)) return [request]
    const batch = togetherWith(found, catalogue, request)
    const metrics = together.get(batch)
    if (metrics === undefined) together.set(batch, [key])
    else metrics.push(key)
  }
  return [...together.values()].map((metrics) => ({ ...request, metrics }))
}

const order = (a: MetricRow[string], b: MetricRow[string]): number => {
  if (a === b) return 0
  if (a === null || a === undefined) return 1
  return b === null || b === undefined || a < b ? -1 : 1
}

/** Whatever slice or account one batch has a row of, the others have one of it too, without values. */
const filled = (
  batches: readonly CompiledMetrics[],
  rowsOfBatches: readonly (readonly MetricRow[])[],
): (readonly MetricRow[])[] => {
  const spanOf = (batch: CompiledMetrics, window: number): string => {
    const { end, knownAt } = batch.windows[window] ?? {}
    return `${end} ${knownAt}`
  }
  /** What a row is of; all batches of a request keep the same columns. */
  const columns = batches[0]?.kept.slice(1) ?? []
  const [only, ...others] = columns
  const whatOf = (row: MetricRow): MetricRow[string] =>
    only !== undefined && others.length === 0
      ? (row[only] ?? null)
      : JSON.stringify(columns.map((column) => row[column] ?? null))
  const ownOf = batches.map((batch, b) => {
    const own = batch.windows.map(() => new Map<MetricRow[string], MetricRow>())
    for (const row of rowsOfBatches[b] ?? []) own[Number(row.i)]?.set(whatOf(row), row)
    return own
  })
  const spans = new Map<string, Map<MetricRow[string], MetricRow>>()
  for (const [b, batch] of batches.entries()) {
    for (const [window, own] of (ownOf[b] ?? []).entries()) {
      const span = spanOf(batch, window)
      const there = spans.get(span)
      if (there === undefined) spans.set(span, new Map(own))
      else for (const [what, row] of own) if (!there.has(what)) there.set(what, row)
    }
  }
  return batches.map((batch, b) => {
    const rows = rowsOfBatches[b] ?? []
    const missing = (ownOf[b] ?? []).flatMap((own, i) => {
      const there = spans.get(spanOf(batch, i))
      // What a batch has is among what all have.
      if (there === undefined || there.size === own.size) return []
      return [...there].flatMap(([what, row]): MetricRow[] =>
        own.has(what)
          ? []
          : [{ ...Object.fromEntries(columns.map((column) => [column, row[column] ?? null])), i }],
      )
    })
    if (missing.length === 0) return rows
    const compared = (x: MetricRow, y: MetricRow): number => {
      for (const column of columns) {
        const which = order(x[column] ?? null, y[column] ?? null)
        if (which !== 0) return which
      }
      return 0
    }
    return [...rows, ...missing].toSorted((x, y) => Number(x.i) - Number(y.i) || compared(x, y))
  })
}

/**
 * Compiles a request to several queries that together answer it, each of a bounded width. What they say
 * is the same as one query would.
 *
 * @returns the queries with a decoder of all their rows, or every problem of the request
 */
export const compileInBatches = (request: MetricRequest): CompiledBatches | RefusedMetrics => {
  const compiled = batchesOf(request).map(compileMetrics)
  const problems = compiled.flatMap((batch) => (batch.ok ? [] : batch.problems))
  if (problems.length > 0) return { ok: false, problems }
  const batches = compiled.flatMap((batch) => (batch.ok ? [batch] : []))
  return {
    ok: true,
    batches,
    decode: (rowsOfBatches) => {
      const rows = filled(batches, rowsOfBatches)
      const values = new Map<string, MetricValue[]>()
      for (const [b, batch] of batches.entries()) {
        for (const value of batch.decode(rows[b] ?? [])) {
          const known = values.get(value.metric)
          if (known === undefined) values.set(value.metric, [value])
          else known.push(value)
        }
      }
      return request.metrics.flatMap((key) => values.get(key) ?? [])
    },
  }
}
