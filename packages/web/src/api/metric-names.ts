import { useQuery } from '@tanstack/react-query'
import type { MetricSummary } from '@tomoshibi/contract/metrics'
import { api } from './client.ts'

/** All metrics by key; empty until they are loaded. Throws to the page when they cannot be. */
export function useMetricSummaries(): ReadonlyMap<string, MetricSummary> {
  const metrics = useQuery({
    ...api.metrics.list.queryOptions(),
    staleTime: 10 * 60_000,
    select: byKey,
    // Without the list no figure can be asked for: the page says so instead of waiting for ever.
    throwOnError: (_, query) => query.state.data === undefined,
  })
  return metrics.data ?? none
}

const none: ReadonlyMap<string, MetricSummary> = new Map()
const byKey = (all: readonly MetricSummary[]) => new Map(all.map((one) => [one.key, one]))
