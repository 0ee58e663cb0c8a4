import { Drawer, NativeSelect, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { MetricSummary } from '@tomoshibi/contract/metrics'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { useReason } from '../../i18n/use-reason.ts'
import { useAttributeName } from '../../ui/attribute-name.ts'
import { Loading } from '../../ui/loading.tsx'
import { MetricFigure } from '../../ui/metric-figure.tsx'
import { monthOfValue, trendPoints } from '../../ui/points.ts'
import { TrendChart } from '../../ui/trend-chart.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { N, rangeOf } from './board.tsx'
import { Definition } from './definition.tsx'
import { PartsTable } from './parts-table.tsx'
import { type KpiSearch, type KpiView, withoutDetail } from './search.ts'

/** One metric opened: its trend, the accounts that make it, its definition. */
export function Detail({ search, view }: { search: KpiSearch; view: KpiView }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const nameOf = useAttributeName()
  const navigate = useNavigate({ from: '/kpis' })
  const summary = useMetricSummaries().get(search.metric ?? '')
  const sliced = search.by !== undefined && search.slice !== undefined
  return (
    <Drawer
      opened={search.metric !== undefined && summary !== undefined}
      onClose={() => void navigate({ search: withoutDetail(search), resetScroll: false })}
      position="right"
      size="46rem"
      title={
        summary && (
          <span className="detail-title">
            {text(summary.name)}
            {sliced && (
              <span className="tag">
                {nameOf(search.by ?? '')}: {search.slice ?? t('slices.without')}
              </span>
            )}
          </span>
        )
      }
      closeButtonProps={{ 'aria-label': t('detail.close') }}
      transitionProps={{ duration: 120 }}
    >
      {summary && <DetailBody summary={summary} search={search} view={view} />}
    </Drawer>
  )
}

function DetailBody({
  summary,
  search,
  view,
}: {
  summary: MetricSummary
  search: KpiSearch
  view: KpiView
}) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const format = useFormat()
  const reason = useReason()
  const { currency } = useWorkspace()
  const navigate = useNavigate({ from: '/kpis' })
  const { by, slice } = search
  const sliced = by !== undefined && slice !== undefined
  const values = useQuery({
    ...api.metrics.query.queryOptions({
      input: { metrics: [summary.key], ...rangeOf(view), ...(sliced ? { by: [by] } : {}) },
    }),
    select: (all) => (sliced ? all.filter((one) => (one.slice[by] ?? null) === slice) : all),
  })
  const points = useMemo(
    () => trendPoints(values.data ?? [], format, reason),
    [values.data, format, reason],
  )
  const go = (change: KpiSearch) =>
    void navigate({ search: { ...search, ...change }, replace: true, resetScroll: false })
  const now = values.data?.find((value) => monthOfValue(value) === view.detailMonth)
  const at = points.findIndex((point) => point.month === view.detailMonth)
  const months = view.months.includes(view.detailMonth)
    ? view.months
    : [view.detailMonth, ...view.months]

  return (
    <div className="detail">
      <p>{text(summary.says)}</p>
      <div className="detail-now">
        <NativeSelect
          size="xs"
          aria-label={t('control.month')}
          value={view.detailMonth}
          data={months
            .toReversed()
            .map((month) => ({ value: month, label: format.month(month, 'long') }))}
          onChange={(event) => go({ month: event.currentTarget.value })}
        />
        <strong>{now !== undefined && <MetricFigure value={now} />}</strong>
        {now?.complete === false && <span className="tag">{t('unfinished')}</span>}
        {now?.n != null && <N n={now.n} />}
      </div>
      {values.isLoadingError ? (
        <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
      ) : values.data === undefined ? (
        <Loading rows={1} height={200} />
      ) : (
        <TrendChart
          name={t('detail.trend')}
          points={points}
          at={at < 0 ? undefined : at}
          axisValue={(value) => format.unit(value, summary.unit, currency, { compact: true })}
        />
      )}
      <Tabs
        value={search.tab ?? 'parts'}
        onChange={(tab) => go({ tab: tab === 'definition' ? 'definition' : undefined })}
        keepMounted={false}
        mt="md"
      >
        <Tabs.List>
          <Tabs.Tab value="parts">{t('detail.parts')}</Tabs.Tab>
          <Tabs.Tab value="definition">{t('detail.definition')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="parts" pt="sm">
          {summary.grains.includes('account') ? (
            <PartsTable
              summary={summary}
              month={view.detailMonth}
              by={sliced ? by : undefined}
              slice={slice ?? null}
            />
          ) : (
            <p className="dim">{t('parts.noAccounts')}</p>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="definition" pt="sm">
          <Definition metric={summary.key} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}
