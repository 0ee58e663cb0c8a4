import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { HealthAccount, HealthOverview } from '@tomoshibi/contract/health'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { scoreShown } from '../../format/score-shown.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { ImportSteps } from '../../ui/import-steps.tsx'
import { Loading } from '../../ui/loading.tsx'
import { NoValue } from '../../ui/no-value.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { BandMark } from './band.tsx'
import { ScorecardEditor } from './editor.tsx'
import { Scorecards } from './scorecards.tsx'
import { bandChoices } from './search.ts'

const route = getRouteApi('/health')
const FIRST_ROWS = 50

/** All accounts by health, and the scorecards that score them. */
export function HealthPage() {
  const { t } = useTranslation('health')
  const { band, limit = FIRST_ROWS, edit } = route.useSearch()
  const overview = useQuery({
    ...api.health.overview.queryOptions({
      input: { limit, ...(band === undefined ? {} : { band }) },
    }),
    placeholderData: keepPreviousData,
  })
  return (
    <Page title={t('title')} lead={t('lead')}>
      {overview.isLoadingError ? (
        <TroublePanel error={overview.error} onRetry={() => void overview.refetch()} />
      ) : overview.data === undefined ? (
        <Loading rows={10} height={34} />
      ) : (
        <Overview overview={overview.data} stale={overview.isPlaceholderData} />
      )}
      <section className="health-section" aria-label={t('scorecards.title')}>
        <h2>{t('scorecards.title')}</h2>
        <p className="dim">{t('scorecards.lead')}</p>
        <Scorecards />
        {edit !== undefined && <ScorecardEditor key={edit} from={edit} />}
      </section>
    </Page>
  )
}

function Overview({ overview, stale }: { overview: HealthOverview; stale: boolean }) {
  const { t } = useTranslation('health')
  const format = useFormat()
  const search = route.useSearch()
  const { counts, accounts, total } = overview
  const all = counts.red + counts.yellow + counts.green + counts.none
  if (all === 0) {
    return (
      <section className="surface empty">
        <h2>{t('none')}</h2>
        <ImportSteps />
      </section>
    )
  }
  return (
    <>
      <nav className="health-bands" aria-label={t('bands')}>
        {[undefined, ...bandChoices].map((band) => (
          <Button
            key={band ?? 'all'}
            size="xs"
            variant={search.band === band ? 'filled' : 'default'}
            aria-current={search.band === band ? 'true' : undefined}
            renderRoot={(props) => (
              <Link {...props} to="/health" search={{ ...search, band, limit: undefined }} />
            )}
          >
            {band === undefined ? t('all') : t(`band.${band}`)}{' '}
            {format.number(band === undefined ? all : counts[band])}
          </Button>
        ))}
      </nav>
      {accounts.length === 0 ? (
        <p className="dim">{t('noneInBand')}</p>
      ) : (
        <div className="surface scroll-x" aria-busy={stale}>
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('column.account')}</th>
                <th scope="col" className="num">
                  {t('column.score')}
                </th>
                <th scope="col" className="num">
                  {t('column.computed')}
                </th>
                <th scope="col" className="num">
                  {t('column.coverage')}
                </th>
                <th scope="col">{t('column.scorecard')}</th>
                <th scope="col" className="num">
                  {t('column.mrr')}
                </th>
                <th scope="col">{t('column.byHand')}</th>
              </tr>
            </thead>
            <tbody>
              {accounts.map((account) => (
                <AccountRow key={account.account} account={account} currency={overview.currency} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {accounts.length < total && (
        <p className="health-more">
          <span className="num">
            {t('shown', { shown: format.number(accounts.length), total: format.number(total) })}
          </span>
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/health"
                search={{ ...search, limit: Math.min(10_000, accounts.length * 4) }}
                resetScroll={false}
              />
            )}
          >
            {t('more')}
          </Button>
        </p>
      )}
    </>
  )
}

function AccountRow({ account, currency }: { account: HealthAccount; currency: string }) {
  const { t } = useTranslation('health')
  const format = useFormat()
  const { computed, coverage, override, mrr } = account
  return (
    <tr>
      <th scope="row">
        <Link to="/accounts/$accountId" params={{ accountId: account.account }}>
          {account.name}
        </Link>
      </th>
      <td className="num">
        <BandMark score={account.score} band={account.band} />
      </td>
      <td className="num">
        {computed === null ? <NoValue /> : format.number(scoreShown(computed))}
      </td>
      <td className="num">{coverage === null ? <NoValue /> : format.percent(coverage, 0)}</td>
      <td>{account.scorecard ?? '–'}</td>
      <td className="num">{mrr === null ? <NoValue /> : format.money(mrr, currency)}</td>
      <td>
        {override !== null && (
          <span title={override.reason}>{t('until', { day: format.day(override.endsOn) })}</span>
        )}
      </td>
    </tr>
  )
}
