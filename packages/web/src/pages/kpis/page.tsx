import { NativeSelect } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAccountSample } from '../../api/accounts.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { monthOf } from '../../format/calendar.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { useAttributeName } from '../../ui/attribute-name.ts'
import { Page } from '../../ui/page.tsx'
import { Board } from './board.tsx'
import { Catalogue } from './catalogue.tsx'
import { Detail } from './detail.tsx'
import './kpis.css'
import { Movements } from './movements-table.tsx'
import { choosableMonths, type KpiSearch, kpiView, spans, withoutDetail } from './search.ts'
import { SliceTable } from './slice-table.tsx'
import { sliceAttributes } from './slices.ts'
import { TrailingYear } from './trailing-year.tsx'

const route = getRouteApi('/kpis')

/** The board of KPIs: each with its trend and change, cut by an attribute, opened to its accounts. */
export function KpisPage() {
  const { t } = useTranslation('kpis')
  const search = route.useSearch()
  const { today } = useWorkspace()
  const view = kpiView(search, today)
  return (
    <Page title={t('title')} lead={t('lead')} actions={<Controls search={search} />}>
      <TrailingYear through={view.through} />
      <Board view={view} search={search} />
      {search.by !== undefined && <SliceTable by={search.by} view={view} search={search} />}
      <Movements view={view} search={search} />
      <Catalogue search={search} />
      <Detail search={search} view={view} />
    </Page>
  )
}

function Controls({ search }: { search: KpiSearch }) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  const nameOf = useAttributeName()
  const { today } = useWorkspace()
  const view = kpiView(search, today)
  const navigate = useNavigate({ from: '/kpis' })
  const attributes = sliceAttributes(useAccountSample())
  const offered =
    search.by !== undefined && !attributes.includes(search.by)
      ? [...attributes, search.by]
      : attributes
  const running = monthOf(today)
  const choosable = choosableMonths(today)
  const months = choosable.includes(view.through) ? choosable : [...choosable, view.through]
  const go = (change: KpiSearch) =>
    void navigate({ search: { ...withoutDetail(search), ...change }, replace: true })
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('control.month')}
        value={view.through}
        data={months.map((month) => ({
          value: month,
          label:
            month === running
              ? t('control.running', { month: format.month(month, 'long') })
              : format.month(month, 'long'),
        }))}
        onChange={(event) => go({ through: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t('control.span')}
        value={String(view.span)}
        data={spans.map((count) => ({
          value: String(count),
          label: t('control.months', { count }),
        }))}
        onChange={(event) => {
          const count = Number(event.currentTarget.value)
          go({ months: spans.find((one) => one === count) })
        }}
      />
      <NativeSelect
        size="xs"
        label={t('control.by')}
        value={search.by ?? ''}
        data={[
          { value: '', label: t('control.whole') },
          ...offered.map((key) => ({ value: key, label: nameOf(key) })),
        ]}
        onChange={(event) => go({ by: event.currentTarget.value || undefined })}
      />
    </>
  )
}
