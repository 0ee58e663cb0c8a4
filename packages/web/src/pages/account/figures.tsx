import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { MetricFigure } from '../../ui/metric-figure.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const headline = [
  'mrr',
  'health_score',
  'days_to_renewal',
  'active_users',
  'login_trend',
  'licence_utilisation',
  'nps',
  'silent_days',
  'overdue',
]

/** The account's figures as at the end of today. */
export function AccountFigures({ accountId }: { accountId: string }) {
  const { t } = useTranslation('accounts')
  const text = useText()
  const { today } = useWorkspace()
  const summaries = useMetricSummaries()
  const metrics = headline.filter((key) => summaries.get(key)?.grains.includes('account'))
  const values = useQuery({
    ...api.metrics.query.queryOptions({
      input: { metrics, on: today, accounts: [accountId], perAccount: true },
    }),
    enabled: metrics.length > 0,
  })
  if (values.isLoadingError) {
    return <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
  }
  if (values.data === undefined) return <Loading rows={1} height={64} />
  const byKey = new Map(values.data.map((value) => [value.metric, value]))
  return (
    <dl className="surface account-figures" aria-label={t('account.figures')}>
      {metrics.map((key) => {
        const value = byKey.get(key)
        const summary = summaries.get(key)
        return (
          value !== undefined &&
          summary !== undefined && (
            <div key={key}>
              <dt>{text(summary.name)}</dt>
              <dd>
                <MetricFigure value={value} />
              </dd>
            </div>
          )
        )
      })}
    </dl>
  )
}
