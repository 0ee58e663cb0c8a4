import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { checkMetrics, type FileProblem } from '@tomoshibi/metrics/custom/check-all'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { readYaml } from './yaml.ts'

/** What a metric under test need not say. */
export const usual = {
  name: { en: 'Test', ja: 'テスト' },
  says: { en: 'A test.', ja: 'テストです。' },
  better: 'neither',
  time: 'instant',
} as const

const checked = (contents: readonly unknown[]) =>
  checkMetrics({
    files: contents.map((content, i) => ({ id: `${i + 1}.yaml`, name: `${i + 1}.yaml`, content })),
    builtIn: builtInMetrics,
    attributes: [],
    versioned: (definition) => ({ ...definition, version: 1 }),
  })

/** The built-in metrics and some more. @throws Error when one of them does not hold up */
export function catalogueWith(contents: readonly unknown[]): Map<string, MetricDefinition> {
  const outcome = checked(contents)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems, null, 1))
  return new Map([
    ...builtInMetrics,
    ...outcome.definitions.map((metric) => [metric.key, metric] as const),
  ])
}

/** What is wrong with some metrics. */
export function problemsWith(contents: readonly unknown[]): readonly FileProblem[] {
  const outcome = checked(contents)
  return outcome.ok ? [] : outcome.problems
}

/** What a YAML text holds. @throws Error when it can't be read */
export function contentOfYaml(yaml: string): unknown {
  const { content, problems } = readYaml(yaml)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return content
}
