import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MetricUnit } from '@tomoshibi/contract/metrics'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { addMonths, monthStart } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { useAttributeName } from '../../ui/attribute-name.ts'
import { Loading } from '../../ui/loading.tsx'
import { MetricFigure } from '../../ui/metric-figure.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { N } from './board.tsx'
import { headlineMetrics } from './headline.ts'
import type { KpiSearch, KpiView } from './search.ts'
import { sliceValues } from './slices.ts'

/** Every headline metric of the month, for each value of an attribute. */
export function SliceTable({ by, view, search }: { by: string; view: KpiView; search: KpiSearch }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const format = useFormat()
  const nameOf = useAttributeName()
  const summaries = useMetricSummaries()
  const metrics = headlineMetrics.filter((key) => summaries.has(key))
  const values = useQuery({
    ...api.metrics.query.queryOptions({
      input: {
        metrics,
        from: monthStart(view.through),
        to: monthStart(addMonths(view.through, 1)),
        grain: 'month',
        by: [by],
      },
    }),
    enabled: metrics.length > 0,
  })
  const title = t('slices.title', {
    attribute: nameOf(by),
    month: format.month(view.through, 'long'),
  })
  const slices = values.data === undefined ? [] : sliceValues(values.data, by)
  return (
    <section className="kpi-section" aria-label={title}>
      <h2>{title}</h2>
      {values.isLoadingError ? (
        <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
      ) : values.data === undefined ? (
        <Loading rows={5} height={30} />
      ) : (
        <div className="surface scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('slices.metric')}</th>
                {slices.map((slice) => (
                  <th key={slice ?? ''} scope="col" className="num">
                    {slice ?? t('slices.without')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {metrics.map((key) => {
                const summary = summaries.get(key)
                return (
                  <tr key={key}>
                    <th scope="row">{summary === undefined ? key : text(summary.name)}</th>
                    {slices.map((slice) => {
                      const value = values.data.find(
                        (one) => one.metric === key && (one.slice[by] ?? null) === slice,
                      )
                      return (
                        <td key={slice ?? ''} className="num">
                          {value === undefined ? (
                            '–'
                          ) : (
                            <>
                              <Link
                                to="/kpis"
                                search={{ ...search, metric: key, slice, month: undefined }}
                                resetScroll={false}
                                className="figure-link"
                              >
                                <MetricFigure value={value} />
                              </Link>
                              {value.n !== null && isRate(value.unit) && (
                                <div>
                                  <N n={value.n} />
                                </div>
                              )}
                            </>
                          )}
                        </td>
                      )
                    })}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** Rates and scores say little without the number of cases behind them. */
function isRate(unit: MetricUnit): boolean {
  return unit === 'percent' || unit === 'ratio' || unit === 'score'
}
