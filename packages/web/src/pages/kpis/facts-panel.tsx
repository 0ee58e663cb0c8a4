import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { MetricFacts, MetricFactsQuery } from '@tomoshibi/contract/metrics'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMetricSummaries } from '../../api/metric-names.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const ROWS_AT_ONCE = 50

/** The facts behind the figure of one account, table by table, with what each adds. */
export function FactsPanel({ question }: { question: MetricFactsQuery }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const summaries = useMetricSummaries()
  const [offset, setOffset] = useState(0)
  const facts = useQuery(
    api.metrics.facts.queryOptions({ input: { ...question, limit: ROWS_AT_ONCE, offset } }),
  )
  if (facts.isLoadingError) {
    return <TroublePanel error={facts.error} onRetry={() => void facts.refetch()} />
  }
  if (facts.data === undefined) return <Loading rows={3} height={24} />
  const { adds, madeOf, tables } = facts.data
  const names = madeOf.map((key) => {
    const summary = summaries.get(key)
    return summary === undefined ? key : text(summary.name)
  })
  const shown = tables.filter(({ rows }) => rows.length > 0)
  return (
    <div className="facts">
      {madeOf.length > 0 ? (
        <p className="small dim">{t('facts.madeOf', { metrics: names.join(', ') })}</p>
      ) : (
        !adds &&
        tables.every(({ deletedBefore }) => deletedBefore === null) && (
          <p className="small dim">{t('facts.noSum')}</p>
        )
      )}
      {tables.map(
        ({ table, label, deletedBefore }) =>
          deletedBefore !== null && (
            <p key={table} className="small dim">
              {t('facts.deleted', { label: text(label), before: deletedBefore })}
            </p>
          ),
      )}
      {shown.length === 0 && <p className="small dim">{t('facts.none')}</p>}
      {shown.map((table) => (
        <FactsTable key={table.table} facts={facts.data} table={table} />
      ))}
      {tables.some(({ total }) => total > offset + ROWS_AT_ONCE) && (
        <Button
          mt="xs"
          size="compact-xs"
          variant="default"
          onClick={() => setOffset(offset + ROWS_AT_ONCE)}
        >
          {t('facts.more')}
        </Button>
      )}
    </div>
  )
}

function FactsTable({
  facts,
  table,
}: {
  facts: MetricFacts
  table: MetricFacts['tables'][number]
}) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const format = useFormat()
  const { currency } = facts.value
  const amount = (given: string | number | null | undefined): string => {
    if (given === undefined || given === null) return '–'
    return typeof given === 'string' && currency !== null
      ? format.money(given, currency, { exact: true })
      : format.number(Number(given), 2)
  }
  const below = facts.adds && (table.added?.denominator ?? null) !== null
  return (
    <div className="scroll-x">
      <p className="small">
        {t('facts.shown', {
          label: text(table.label),
          shown: table.rows.length,
          count: table.total,
        })}
      </p>
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{t('facts.record')}</th>
            {facts.adds && (
              <th scope="col" className="num">
                {t('facts.adds')}
              </th>
            )}
            {below && (
              <th scope="col" className="num">
                {t('facts.base')}
              </th>
            )}
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            <th scope="col">{t('facts.source')}</th>
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.record}>
              <th scope="row">{row.sourceId === '' ? row.record : row.sourceId}</th>
              {facts.adds && <td className="num">{amount(row.adds?.numerator)}</td>}
              {below && <td className="num">{amount(row.adds?.denominator)}</td>}
              {table.columns.map((column) => (
                <td key={column}>{cell(row.values[column])}</td>
              ))}
              <td>{row.source}</td>
            </tr>
          ))}
          {facts.adds && (
            <tr>
              <th scope="row">{t('facts.total')}</th>
              <td className="num">{amount(table.added?.numerator)}</td>
              {below && <td className="num">{amount(table.added?.denominator)}</td>}
              <td colSpan={table.columns.length + 1} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
