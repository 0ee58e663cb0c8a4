import { resolve } from 'node:path'
import {
  type MetricExplanation,
  type MetricFacts,
  type MetricFactsQuery,
  type MetricQuery,
  type MetricValue,
  metricExplainInputSchema,
  metricFactsInputSchema,
  metricQuerySchema,
} from '@tomoshibi/contract/metrics'
import { settingOf } from '@tomoshibi/server/platform/setting-text'
import { Interrupted } from '../failure.ts'
import { importProgress } from '../output/progress.ts'
import type { Terminal } from '../output/terminal.ts'
import { readText } from '../text-file.ts'
import { tellNotes, tellRejects } from './import.ts'

/** Whoever answers questions for figures: the operations, or files. */
export interface Asked {
  query(question: MetricQuery): Promise<MetricValue[]>
  explain(question: MetricQuery & { language?: 'en' | 'ja' }): Promise<MetricExplanation>
  facts(question: MetricFactsQuery): Promise<MetricFacts>
}

export interface FilesOptions {
  readonly files: readonly string[]
  readonly mapping?: string | undefined
  readonly set: readonly string[]
}

/**
 * Answers from files without a data folder. What is told on the way goes to `err`. The first Ctrl+C ends
 * it and leaves nothing behind.
 *
 * @throws Interrupted
 */
export async function withFilesAsked(
  { files, mapping, set }: FilesOptions,
  terminal: Terminal,
  work: (asked: Asked) => Promise<void>,
): Promise<void> {
  const text = mapping === undefined ? undefined : await readText(mapping)
  const settings = Object.fromEntries(set.map(settingOf))
  // Loaded only here, as everything that an engine needs.
  const [{ withFiles }, { explainMetrics }, { metricFacts }, { queryMetrics }, { systemClock }] =
    await Promise.all([
      import('@tomoshibi/server/measure/metrics/from-files'),
      import('@tomoshibi/server/measure/metrics/explain'),
      import('@tomoshibi/server/measure/metrics/facts'),
      import('@tomoshibi/server/measure/metrics/service'),
      import('@tomoshibi/server/platform/clock'),
    ])
  const interrupt = new AbortController()
  const stop = () => interrupt.abort(new Interrupted())
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, stop)
  const progress = importProgress(terminal)
  try {
    await withFiles(
      {
        paths: files.map((file) => resolve(file)),
        mapping: text,
        mappingFile: mapping,
        settings,
        onProgress: ({ phase, file, bytesDone, bytesTotal, rows }) =>
          progress.show({ phase, file, done: bytesDone, total: bytesTotal, rows }),
        onNotes: (notes) => {
          progress.end()
          tellNotes(notes, terminal)
        },
      },
      systemClock,
      interrupt.signal,
      async ({ ports, choices, summary }) => {
        progress.end()
        tellRejects(summary, terminal)
        await work({
          query: (question) => queryMetrics(ports, metricQuerySchema.parse(question), choices),
          explain: (question) =>
            explainMetrics(ports, metricExplainInputSchema.parse(question), choices),
          facts: (question) => metricFacts(ports, metricFactsInputSchema.parse(question), choices),
        })
      },
    )
  } finally {
    progress.end()
    for (const signal of signals) process.removeListener(signal, stop)
  }
}
