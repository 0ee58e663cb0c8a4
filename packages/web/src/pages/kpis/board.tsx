import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Compared, Comparison, MetricSummary, MetricValue } from '@tomoshibi/contract/metrics'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { addMonths, monthStart } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { useReason } from '../../i18n/use-reason.ts'
import { Loading } from '../../ui/loading.tsx'
import { MetricFigure } from '../../ui/metric-figure.tsx'
import { monthOfValue } from '../../ui/points.ts'
import { Sparkline } from '../../ui/sparkline.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { deltaOf, deltaText } from './delta.ts'
import { headlineMetrics } from './headline.ts'
import type { KpiSearch, KpiView } from './search.ts'

/** From the first of the view's months to the end of its last. */
export function rangeOf(view: KpiView): { from: string; to: string; grain: 'month' } {
  const first = view.months[0] ?? view.through
  const last = view.months.at(-1) ?? view.through
  return { from: monthStart(first), to: monthStart(addMonths(last, 1)), grain: 'month' }
}

/** One tile for each headline metric; a press opens what it is made of. */
export function Board({ view, search }: { view: KpiView; search: KpiSearch }) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  const summaries = useMetricSummaries()
  const metrics = headlineMetrics.filter((key) => summaries.has(key))
  const values = useQuery({
    ...api.metrics.query.queryOptions({ input: { metrics, ...rangeOf(view) } }),
    enabled: metrics.length > 0,
  })
  // Only the month shown is compared: a running one with what was known at the same point before.
  const compared = useQuery({
    ...api.metrics.query.queryOptions({
      input: {
        metrics,
        from: monthStart(view.through),
        to: monthStart(addMonths(view.through, 1)),
        grain: 'month',
        compare: ['previous', 'year_before'],
      },
    }),
    enabled: metrics.length > 0,
  })
  return (
    <section aria-label={t('board.title')} className="kpi-section">
      <h2>{t('board.month', { month: format.month(view.through, 'long') })}</h2>
      {values.isLoadingError ? (
        <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
      ) : values.data === undefined ? (
        <Loading rows={3} height={110} />
      ) : (
        <ul className="tiles">
          {metrics.map((key) => {
            const summary = summaries.get(key)
            return (
              summary !== undefined && (
                <Tile
                  key={key}
                  summary={summary}
                  values={values.data.filter((value) => value.metric === key)}
                  compared={compared.data?.find((value) => value.metric === key)?.compared}
                  view={view}
                  search={search}
                />
              )
            )
          })}
        </ul>
      )}
    </section>
  )
}

function Tile({
  summary,
  values,
  compared,
  view,
  search,
}: {
  summary: MetricSummary
  values: readonly MetricValue[]
  compared: MetricValue['compared']
  view: KpiView
  search: KpiSearch
}) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const reason = useReason()
  const byMonth = new Map(values.map((value) => [monthOfValue(value), value]))
  const now = byMonth.get(view.through)
  return (
    <li className="surface tile">
      <h3>
        <Link
          to="/kpis"
          search={{ ...search, metric: summary.key, month: undefined, slice: undefined }}
          resetScroll={false}
          className="tile-link"
        >
          {text(summary.name)}
        </Link>
      </h3>
      <p className="tile-value">
        {now === undefined ? '–' : <MetricFigure value={now} />}
        {now?.complete === false && <span className="tag">{t('unfinished')}</span>}
      </p>
      {now?.value === null ? (
        <p className="tile-delta dim">{reason(now.reason)}</p>
      ) : (
        comparisons.map((name) => (
          <DeltaLine key={name} name={name} now={now} before={compared?.[name]} summary={summary} />
        ))
      )}
      <div className="tile-foot">
        <Sparkline
          points={view.months.map((month) => {
            const value = byMonth.get(month)
            return {
              value: value?.value == null ? null : Number(value.value),
              complete: value?.complete ?? true,
            }
          })}
        />
        {now?.n != null && <N n={now.n} />}
      </div>
    </li>
  )
}

/** On how many cases a figure rests. */
export function N({ n }: { n: number }) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  return <span className="small dim num">{t('n', { n: format.number(n, 0) })}</span>
}

const comparisons = ['previous', 'year_before'] as const
const comparisonTexts = { previous: 'delta.previous', year_before: 'delta.yearBefore' } as const

function DeltaLine({
  name,
  now,
  before,
  summary,
}: {
  name: Comparison
  now: MetricValue | undefined
  before: Compared | undefined
  summary: MetricSummary
}) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  const delta = deltaOf(now, before, summary.better)
  // A line that comes later must not move the page.
  if (now === undefined || before === undefined) return <p className="tile-delta">&nbsp;</p>
  const label = `${t(comparisonTexts[name])}${before.samePoint ? ` (${t('delta.samePoint')})` : ''}`
  if (delta === null) {
    return (
      <p className="tile-delta dim">
        {label}: {t('delta.none')}
      </p>
    )
  }
  const tone = delta.good === null ? 'neutral' : delta.good ? 'good' : 'bad'
  return (
    <p className="tile-delta" data-tone={tone}>
      <span className="dim">{label}</span>{' '}
      <span aria-hidden="true">
        {delta.direction === 'up' ? '▲' : delta.direction === 'down' ? '▼' : '='}{' '}
      </span>
      <span className="num">
        {deltaText(delta, now, format, (shown) => t('delta.points', { shown }))}
      </span>{' '}
      <span>{t(`delta.${tone}`)}</span>
    </p>
  )
}
