import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { NoValue } from '../../ui/no-value.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { rangeOf } from './board.tsx'
import { type MovementKey, movementKeys, movementsByMonth, takesAway } from './movements.ts'
import type { KpiSearch, KpiView } from './search.ts'

/** How recurring revenue went from each month's start to its end. */
export function Movements({ view, search }: { view: KpiView; search: KpiSearch }) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  const summaries = useMetricSummaries()
  const metrics = movementKeys.filter((key) => summaries.has(key))
  const values = useQuery({
    ...api.metrics.query.queryOptions({ input: { metrics, ...rangeOf(view) } }),
    enabled: metrics.length > 0,
  })
  const months = movementsByMonth(values.data ?? [])
  const moved = (key: MovementKey) =>
    months.some((one) => Number(one.values[key]?.value ?? 0) !== 0)
  // A company with one currency has no exchange rates to read about.
  const shown = metrics.filter((key) => key !== 'mrr_fx' || moved(key))
  return (
    <section className="kpi-section" aria-label={t('movements.title')}>
      <h2>{t('movements.title')}</h2>
      {values.isLoadingError ? (
        <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
      ) : values.data === undefined ? (
        <Loading rows={6} height={30} />
      ) : (
        <>
          <div className="surface scroll-x">
            <table className="data movements">
              <thead>
                <tr>
                  <th scope="col">{t('movements.month')}</th>
                  {shown.map((key) => (
                    <th key={key} scope="col" className="num">
                      {t(`movements.${key}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {months.map((one) => (
                  <tr key={one.month}>
                    <th scope="row" className="num-start">
                      {format.month(one.month, 'long')}
                      {!one.complete && <span className="tag">{t('unfinished')}</span>}
                    </th>
                    {shown.map((key) => {
                      const value = one.values[key]
                      return (
                        <td key={key} className="num" data-edge={key === 'mrr_end'}>
                          {value?.value == null ? (
                            <NoValue reason={value?.reason ?? null} />
                          ) : (
                            <Link
                              to="/kpis"
                              search={{
                                ...search,
                                metric: key,
                                month: one.month,
                                slice: undefined,
                              }}
                              resetScroll={false}
                              className={
                                Number(value.value) === 0 ? 'figure-link dim' : 'figure-link'
                              }
                            >
                              {Number(value.value) !== 0 && takesAway.has(key) && '−'}
                              {format.unit(value.value, 'money', value.currency)}
                            </Link>
                          )}
                        </td>
                      )
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {months.some((one) => one.agrees !== null) && (
            <p className="small dim kpi-note">
              {months.some((one) => one.agrees === false)
                ? t('movements.disagree')
                : t('movements.agree')}
            </p>
          )}
        </>
      )}
    </section>
  )
}
