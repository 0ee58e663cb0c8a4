import { useQuery } from '@tanstack/react-query'
import type { MetricValue } from '@tomoshibi/contract/metrics'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { addMonths, monthOf, monthStart } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { useReason } from '../../i18n/use-reason.ts'
import { Loading } from '../../ui/loading.tsx'
import { trendPoints } from '../../ui/points.ts'
import { TrendChart } from '../../ui/trend-chart.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const shownMetrics = ['mrr', 'active_users', 'licence_utilisation', 'nps']
const MONTHS = 13

/** How the account's main figures went over the last year, the running month included. */
export function Trends({ accountId }: { accountId: string }) {
  const { today } = useWorkspace()
  const summaries = useMetricSummaries()
  const metrics = shownMetrics.filter((key) => summaries.get(key)?.grains.includes('account'))
  const last = monthOf(today)
  const values = useQuery({
    ...api.metrics.query.queryOptions({
      input: {
        metrics,
        from: monthStart(addMonths(last, 1 - MONTHS)),
        to: monthStart(addMonths(last, 1)),
        grain: 'month',
        accounts: [accountId],
        perAccount: true,
      },
    }),
    enabled: metrics.length > 0,
  })
  if (values.isLoadingError) {
    return <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
  }
  if (values.data === undefined) return <Loading rows={2} height={200} />
  const all = values.data
  return (
    <div className="trends">
      {metrics.map((key) => (
        <Trend key={key} metric={key} values={all} />
      ))}
    </div>
  )
}

function Trend({ metric, values }: { metric: string; values: readonly MetricValue[] }) {
  const text = useText()
  const format = useFormat()
  const reason = useReason()
  const { currency } = useWorkspace()
  const summary = useMetricSummaries().get(metric)
  const points = useMemo(
    () =>
      trendPoints(
        values.filter((value) => value.metric === metric),
        format,
        reason,
      ),
    [values, metric, format, reason],
  )
  if (summary === undefined) return null
  return (
    <div className="surface trend">
      <TrendChart
        name={text(summary.name)}
        points={points}
        height={150}
        axisValue={(value) => format.unit(value, summary.unit, currency, { compact: true })}
      />
    </div>
  )
}
