import { type CompiledMetrics, compileMetrics, type RefusedMetrics } from './compile.ts'
import { type MetricDefinition, measuresOf } from './definition.ts'
import { planInWords } from './plan/node.ts'
import { renderTables } from './plan/render.ts'
import type { BoundQuery } from './query.ts'
import type { MetricRequest } from './request.ts'
import { findMeasure } from './sources/registry.ts'
import type { Text } from './text.ts'

/** What a metric is made of, in words: name, meaning, formula, and each measure of its facts. */
export interface Description {
  readonly key: string
  readonly name: Text
  readonly says: Text
  readonly formula: Text
  readonly measures: readonly { readonly measure: string; readonly says: Text }[]
  /** Workspace settings that the value depends on. */
  readonly settings: readonly string[]
}

/** Describes a definition in both languages. */
export const describeMetric = (definition: MetricDefinition): Description => {
  const paths = [...measuresOf(definition.measure), ...(definition.n ? [definition.n] : [])]
  return {
    key: definition.key,
    name: definition.name,
    says: definition.says,
    formula: definition.formula,
    measures: [...new Set(paths)].flatMap((measure) => {
      const found = findMeasure(measure)
      return found === undefined ? [] : [{ measure, says: found.measure.says }]
    }),
    settings: definition.settings,
  }
}

export interface Explanation {
  /** What the query does, one step after the other. */
  readonly steps: readonly Text[]
  /** The query, whose comments are those steps in the language asked for. */
  readonly query: BoundQuery
}

/** What a compiled query does, in words and in SQL. */
export const explainCompiled = (
  { plan, query }: Pick<CompiledMetrics, 'plan' | 'query'>,
  language: 'en' | 'ja',
): Explanation => ({
  steps: planInWords(plan),
  query: {
    ...query,
    sql: query.sql.replace(renderTables(plan), () => renderTables(plan, language)),
  },
})

/** How the figures of a request are made, in words and in SQL. */
export const explainRequest = (
  request: MetricRequest,
  language: 'en' | 'ja' = 'en',
): Explanation | RefusedMetrics => {
  const compiled = compileMetrics(request)
  return compiled.ok ? explainCompiled(compiled, language) : compiled
}
