import { Button, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MetricFactsQuery, MetricSummary, MetricValue } from '@tomoshibi/contract/metrics'
import { Fragment, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountNames } from '../../api/accounts.ts'
import { api } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { addMonths, monthStart } from '../../format/calendar.ts'
import { isDecimal } from '../../format/decimal.ts'
import type { Formatter } from '../../format/formatter.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { NoValue } from '../../ui/no-value.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { FactsPanel } from './facts-panel.tsx'
import { type Parts, partsOf } from './parts.ts'

const ROWS_AT_ONCE = 100

/** The accounts that make up one month's figure, with their sum. */
export function PartsTable({
  summary,
  month,
  by,
  slice,
}: {
  summary: MetricSummary
  month: string
  by: string | undefined
  slice: string | null
}) {
  const { t } = useTranslation('kpis')
  const values = useQuery(
    api.metrics.query.queryOptions({
      input: {
        metrics: [summary.key],
        from: monthStart(month),
        to: monthStart(addMonths(month, 1)),
        grain: 'month',
        drill: true,
        ...(by === undefined ? {} : { by: [by] }),
      },
    }),
  )
  const parts = useMemo(() => {
    const mine = (values.data ?? []).filter(
      (value) => by === undefined || (value.slice[by] ?? null) === slice,
    )
    const whole = mine.find((value) => value.account === null)
    if (whole === undefined) return null
    return partsOf(
      whole,
      mine.filter((value) => value.account !== null),
    )
  }, [values.data, by, slice])

  if (values.isLoadingError) {
    return <TroublePanel error={values.error} onRetry={() => void values.refetch()} />
  }
  if (values.data === undefined) return <Loading rows={8} height={28} />
  if (parts === null || parts.rows.length === 0) return <p className="dim">{t('parts.none')}</p>
  const { key } = summary
  const range = { from: monthStart(month), to: monthStart(addMonths(month, 1)) }
  return <PartsBody parts={parts} question={{ metric: key, ...range, grain: 'month' }} />
}

function PartsBody({
  parts,
  question,
}: {
  parts: Parts
  question: Omit<MetricFactsQuery, 'account'>
}) {
  const { t } = useTranslation('kpis')
  const format = useFormat()
  const names = useAccountNames()
  const { currency } = useWorkspace()
  const [limit, setLimit] = useState(ROWS_AT_ONCE)
  const [opened, setOpened] = useState<string | null>(null)
  const ratio = parts.makeup === 'ratio'
  const unit = parts.rows[0]?.unit ?? 'count'
  return (
    <>
      <p className="small dim kpi-note">
        {parts.makeup === 'other'
          ? t('parts.noSum')
          : parts.agrees === false
            ? t('parts.disagree')
            : t('parts.agree', { count: parts.rows.length })}
        {parts.withoutPart > 0 && ` ${t('parts.without', { count: parts.withoutPart })}`}
      </p>
      <div className="scroll-x">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('parts.account')}</th>
              {ratio && (
                <>
                  <th scope="col" className="num">
                    {t('parts.numerator')}
                  </th>
                  <th scope="col" className="num">
                    {t('parts.denominator')}
                  </th>
                </>
              )}
              <th scope="col" className="num">
                {t('parts.value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.makeup !== 'other' && (
              <tr className="total-first">
                <th scope="row">{t('parts.total', { count: parts.rows.length })}</th>
                {ratio && (
                  <>
                    <td className="num">{term(parts.total.numerator, currency, format)}</td>
                    <td className="num">{term(parts.total.denominator, currency, format)}</td>
                  </>
                )}
                <td className="num">
                  {parts.total.value === null ? (
                    <NoValue reason={parts.total.reason} />
                  ) : (
                    format.unit(parts.total.value, unit, currency, { exact: unit === 'money' })
                  )}
                </td>
              </tr>
            )}
            {parts.rows.slice(0, limit).map((row) => (
              <Fragment key={row.account}>
                <tr>
                  <th scope="row">
                    <UnstyledButton
                      className="facts-toggle"
                      aria-expanded={opened === row.account}
                      aria-label={t('facts.open', {
                        account: names.get(row.account ?? '') ?? row.account,
                      })}
                      onClick={() => setOpened(opened === row.account ? null : row.account)}
                    >
                      <span aria-hidden="true">{opened === row.account ? '▾' : '▸'}</span>
                    </UnstyledButton>{' '}
                    <Link to="/accounts/$accountId" params={{ accountId: row.account ?? '' }}>
                      {names.get(row.account ?? '') ?? row.account}
                    </Link>
                  </th>
                  {ratio && (
                    <>
                      <td className="num">{term(row.numerator, currency, format)}</td>
                      <td className="num">{term(row.denominator, currency, format)}</td>
                    </>
                  )}
                  <td className="num">
                    {row.value === null ? (
                      <NoValue reason={row.reason} />
                    ) : (
                      format.unit(row.value, row.unit, row.currency, {
                        exact: row.unit === 'money',
                      })
                    )}
                  </td>
                </tr>
                {opened === row.account && row.account !== null && (
                  <tr>
                    <td colSpan={ratio ? 4 : 2}>
                      <FactsPanel question={{ ...question, account: row.account }} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      {parts.rows.length > limit && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          onClick={() => setLimit(limit + 5 * ROWS_AT_ONCE)}
        >
          {t('parts.more', { count: parts.rows.length - limit })}
        </Button>
      )}
    </>
  )
}

/** A numerator or denominator: money comes as text, counts as numbers. */
function term(amount: MetricValue['value'], currency: string, format: Formatter): string {
  if (amount === null) return '–'
  return typeof amount === 'string' && isDecimal(amount)
    ? format.money(amount, currency, { exact: true })
    : format.number(amount, 2)
}
