import { Link } from '@tanstack/react-router'
import type { MetricSummary } from '@tomoshibi/contract/metrics'
import { useTranslation } from 'react-i18next'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useText } from '../../i18n/hooks.ts'
import type { KpiSearch } from './search.ts'

/** All metrics by group, each to be opened. */
export function Catalogue({ search }: { search: KpiSearch }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const summaries = useMetricSummaries()
  const groups = new Map<MetricSummary['group'], MetricSummary[]>()
  for (const summary of summaries.values()) {
    const group = groups.get(summary.group)
    if (group === undefined) groups.set(summary.group, [summary])
    else group.push(summary)
  }
  if (groups.size === 0) return null
  return (
    <section className="kpi-section" aria-label={t('catalogue.title')}>
      <h2>{t('catalogue.title')}</h2>
      <div className="surface catalogue">
        {[...groups].map(([group, metrics]) => (
          <div key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <ul>
              {metrics.map((summary) => (
                <li key={summary.key}>
                  <Link
                    to="/kpis"
                    search={{
                      ...search,
                      metric: summary.key,
                      month: undefined,
                      slice: undefined,
                    }}
                    resetScroll={false}
                  >
                    {text(summary.name)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}
