import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Account } from '@tomoshibi/contract/accounts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useAttributeName } from '../../ui/attribute-name.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import './account.css'
import { Contacts } from './contacts.tsx'
import { ContractLines } from './contract-lines.tsx'
import { AccountFigures } from './figures.tsx'
import { AccountHealth } from './health.tsx'
import { AccountLamps } from './lamps.tsx'
import { AccountTasks } from './tasks.tsx'
import { Timeline } from './timeline.tsx'
import { Trends } from './trends.tsx'

const route = getRouteApi('/accounts/$accountId')

/** Everything about one account on one page. */
export function AccountPage() {
  const { t } = useTranslation('accounts')
  const { accountId } = route.useParams()
  const account = useQuery(api.accounts.get.queryOptions({ input: { accountId } }))
  return (
    <Page
      title={account.data?.name ?? accountId}
      lead={
        <>
          <Link to="/accounts">{t('account.all')}</Link>
          {account.data !== undefined && account.data.name !== accountId && (
            <>
              {' · '}
              {t('account.id')} {accountId}
            </>
          )}
        </>
      }
    >
      {account.isLoadingError ? (
        <TroublePanel error={account.error} onRetry={() => void account.refetch()} />
      ) : account.data === undefined ? (
        <Loading rows={6} height={110} />
      ) : (
        <AccountBody account={account.data} key={accountId} />
      )}
    </Page>
  )
}

function AccountBody({ account }: { account: Account }) {
  const { t } = useTranslation('accounts')
  return (
    <div className="account">
      <AccountFigures accountId={account.id} />
      <div className="account-main">
        <Section title={t('account.lamps')}>
          <AccountLamps account={account} />
        </Section>
        <Section title={t('account.tasks')}>
          <AccountTasks accountId={account.id} />
        </Section>
        <Section title={t('account.health')}>
          <AccountHealth account={account} />
        </Section>
        <Section title={t('account.trends')}>
          <Trends accountId={account.id} />
        </Section>
        <Section title={t('account.contracts')}>
          <ContractLines lines={account.contractLines} />
        </Section>
      </div>
      <div className="account-side">
        <Section title={t('account.attributes')}>
          <Attributes attributes={account.attributes} />
        </Section>
        <Section title={t('account.contacts')}>
          <Contacts contacts={account.contacts} />
        </Section>
      </div>
      {/* The longest comes last, where there is one column only. */}
      <div className="account-time">
        <Section title={t('account.timeline')}>
          <Timeline accountId={account.id} />
        </Section>
      </div>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="account-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Attributes({ attributes }: { attributes: Readonly<Record<string, string>> }) {
  const nameOf = useAttributeName()
  const shown = Object.entries(attributes).filter(([key, value]) => key !== 'name' && value !== '')
  return (
    <dl className="surface pairs">
      {shown.map(([key, value]) => (
        <div key={key}>
          <dt>{nameOf(key)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
