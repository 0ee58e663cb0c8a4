import { Button, CopyButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useText } from '../../i18n/hooks.ts'
import { EvidenceBadge } from '../../ui/badge.tsx'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** What a metric means, how it is computed, and on request the SQL that does it. */
export function Definition({ metric }: { metric: string }) {
  const { t } = useTranslation('kpis')
  const text = useText()
  const [withSql, setWithSql] = useState(false)
  const described = useQuery({
    ...api.metrics.describe.queryOptions({ input: { key: metric, sql: withSql } }),
    placeholderData: (before) => before,
    staleTime: 10 * 60_000,
  })
  if (described.isError) return <TroublePanel error={described.error} />
  if (described.data === undefined) return <Loading rows={3} height={40} />
  const { formula, plan, sql, params, settings, version } = described.data
  return (
    <div className="definition">
      <h3>{t('definition.formula')}</h3>
      <p>{text(formula)}</p>
      <EvidenceBadge subject="metric" of={metric} />
      {plan.length > 0 && (
        <>
          <h3>{t('definition.steps')}</h3>
          <ol>
            {plan.map((step, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a plan never move
              <li key={i}>{text(step)}</li>
            ))}
          </ol>
        </>
      )}
      <p className="small dim">
        {t('definition.version', { key: metric, version })}
        {settings.length > 0 && ` ${t('definition.settings', { settings: settings.join(', ') })}`}
      </p>
      {sql === null ? (
        <Button
          size="xs"
          variant="default"
          mt="xs"
          loading={described.isFetching}
          onClick={() => setWithSql(true)}
        >
          {t('definition.showSql')}
        </Button>
      ) : (
        <>
          <div className="sql-head">
            <h3>SQL</h3>
            <CopyButton value={sql}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {copied ? t('definition.copied') : t('definition.copy')}
                </Button>
              )}
            </CopyButton>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="sql" tabIndex={0} aria-label="SQL">
            <pre>
              <code>{sql}</code>
            </pre>
          </section>
          {params !== null && Object.keys(params).length > 0 && (
            <dl className="params">
              {Object.entries(params).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
          )}
        </>
      )}
    </div>
  )
}
