import type { MetricExplanation } from '@tomoshibi/contract/metrics'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { MetricRow } from '@tomoshibi/metrics/compile'
import { usedMetrics } from '@tomoshibi/metrics/custom/recipes'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { describeMetric, explainCompiled } from '@tomoshibi/metrics/explain'
import { tablesRead } from '@tomoshibi/metrics/plan/node'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import { describeSettings } from '../../platform/workspace-settings.ts'
import { drillDown } from './drill.ts'
import { withIntervals } from './intervals.ts'
import { type Choices, type FactPorts, inBatches, type Question, requestsFor } from './service.ts'

/**
 * Answers a question for figures and says how they were made: definitions, settings, filters, what was
 * read and the query itself.
 *
 * @throws Failure as `queryMetrics`
 */
export async function explainMetrics(
  ports: FactPorts,
  question: Question & { readonly language: 'en' | 'ja' },
  choices: Choices,
): Promise<MetricExplanation> {
  const requests = await requestsFor(ports, question, choices)
  const [request] = requests
  const answers = await Promise.all(
    requests.map((each) => answered(ports, each, question.language)),
  )
  const [figures = [], parts] = answers.map(({ values }) => values)
  const used = definitionsUsed(request)
  const names = new Set(used.flatMap(({ settings }) => settings))
  return {
    values: parts === undefined ? figures : drillDown(figures, parts),
    definitions: used.map((definition) => {
      const { key, name, formula, measures } = describeMetric(definition)
      return { key, version: definition.version, name, formula, measures: [...measures] }
    }),
    settings: describeSettings(choices.settings, choices.chosen)
      .filter(({ key }) => names.has(key))
      .map(({ key, value, says, chosen }) => ({ key, value, says, chosen })),
    filters: {
      workspace: request.workspaceId,
      accounts: request.accountIds === undefined ? null : [...request.accountIds],
      by: [...request.by],
    },
    periods: request.periods.map(({ start, end, label }) => ({
      ...('on' in label ? { on: label.on } : {}),
      start,
      end,
    })),
    knownAt: request.knownAt === 'now' ? request.now : request.knownAt,
    askedAt: request.now,
    queries: answers.flatMap(({ queries }) => queries),
  }
}

async function answered({ facts }: FactPorts, request: MetricRequest, language: 'en' | 'ja') {
  const { batches, decode } = inBatches(request)
  const rows: MetricRow[][] = []
  const queries: MetricExplanation['queries'] = []
  for (const batch of batches) {
    const { query, steps } = explainCompiled(batch, language)
    const answer = await facts.queryWithStats(query, batch.rowSchema)
    rows.push(answer.rows)
    const { rowsRead, bytesRead, elapsedMs } = answer.stats
    queries.push({
      steps: [...steps],
      sql: query.sql,
      params: { ...query.params },
      tables: tablesRead(batch.plan),
      rowsRead,
      bytesRead,
      elapsedMs,
    })
  }
  return { values: await withIntervals(decode(rows)), queries }
}

/** The definitions asked for and those that they are made of, each once. */
function definitionsUsed(request: MetricRequest): MetricDefinition[] {
  const catalogue = request.catalogue ?? builtInMetrics
  const found = new Map<string, MetricDefinition>()
  const visit = (key: string) => {
    const definition = catalogue.get(key)
    if (definition === undefined || found.has(key)) return
    found.set(key, definition)
    for (const { metric } of usedMetrics(definition.measure)) visit(metric)
  }
  for (const key of request.metrics) visit(key)
  return [...found.values()]
}
