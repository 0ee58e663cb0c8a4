import { type MetricDefinition, metricDefinitionSchema } from '@tomoshibi/metrics/definition'
import type { StoredMetric } from './store.ts'

/** The newest version of each metric, unless it was retired. @param all newest version first */
export const holding = (all: readonly StoredMetric[]): StoredMetric[] =>
  all.filter((metric, i) => all[i - 1]?.key !== metric.key && !metric.retired)

/** The definition of a version. @throws ZodError when the state store was written by hand */
export const definitionOf = ({ definition }: StoredMetric): MetricDefinition =>
  metricDefinitionSchema.parse(definition)

/**
 * Text that tells two definitions apart, whatever the order of their keys: the state store keeps JSON
 * in an order of its own.
 */
export const contentOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
