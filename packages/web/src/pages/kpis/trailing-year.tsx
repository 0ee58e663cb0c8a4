import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { addDays, addMonths, earlier, monthStart } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { MetricFigure } from '../../ui/metric-figure.tsx'
import { N } from './board.tsx'
import { trailingMetrics } from './headline.ts'

/** Retention over the year that ends with the month: what a board asks for first. */
export function TrailingYear({ through }: { through: string }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const format = useFormat()
  const { today } = useWorkspace()
  const summaries = useMetricSummaries()
  const on = earlier(addDays(monthStart(addMonths(through, 1)), -1), today)
  const metrics = trailingMetrics.filter((key) => summaries.has(key))
  const values = useQuery({
    ...api.metrics.query.queryOptions({ input: { metrics, on } }),
    enabled: metrics.length > 0,
  })
  // Its room is kept while it loads, so that the tiles below stay where they are.
  if (values.isPending) return <Loading rows={1} height={46} />
  // The tiles below say what goes wrong when the server does.
  const year = values.data?.filter((value) => isYear(value.start, value.end))
  if (year === undefined || year.every((value) => value.value === null)) return null
  return (
    <section className="surface year" aria-label={t('year.title')}>
      <h2 className="small">{t('year.through', { day: format.day(on) })}</h2>
      <dl>
        {year.map((value) => {
          const summary = summaries.get(value.metric)
          return (
            summary !== undefined && (
              <div key={value.metric}>
                <dt>{text(summary.name)}</dt>
                <dd>
                  <MetricFigure value={value} /> {value.n !== null && <N n={value.n} />}
                </dd>
              </div>
            )
          )
        })}
      </dl>
    </section>
  )
}

/** Whether a period is a whole year; a metric may have another headline period. */
function isYear(start: string | undefined, end: string | undefined): boolean {
  if (start === undefined || end === undefined) return false
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000
  return days >= 364 && days <= 367
}
