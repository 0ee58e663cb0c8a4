import { useQuery } from '@tanstack/react-query'
import type { MetricSummary } from '@tomoshibi/contract/metrics'
import { api } from './client.ts'

/** All metrics by key; empty until they are loaded. */
export function useMetricSummaries(): ReadonlyMap<string, MetricSummary> {
  const metrics = useQuery({
    ...api.metrics.list.queryOptions(),
    staleTime: 10 * 60_000,
    select: byKey,
  })
  return metrics.data ?? none
}

const none: ReadonlyMap<string, MetricSummary> = new Map()
const byKey = (all: readonly MetricSummary[]) => new Map(all.map((one) => [one.key, one]))
