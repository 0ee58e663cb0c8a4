import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { MakeForm } from './make-form.tsx'
import { ShownSecret } from './shown-secret.tsx'
import { WebhookPart } from './webhook-part.tsx'
import './webhooks.css'

/** Addresses of other programs that are told of what happens. */
export function WebhooksPage() {
  const { t } = useTranslation('webhooks')
  const all = useQuery({ ...api.webhooks.list.queryOptions(), refetchInterval: 15_000 })
  const [secret, setSecret] = useState<string | null>(null)
  return (
    <Page title={t('title')} lead={t('lead')}>
      {all.isLoadingError && <TroublePanel error={all.error} onRetry={() => void all.refetch()} />}
      {all.isLoading && <Loading rows={2} height={72} />}
      {all.data?.length === 0 && <p className="dim">{t('none')}</p>}
      {all.data?.map((webhook) => (
        <WebhookPart key={webhook.id} webhook={webhook} />
      ))}
      <section className="surface you-part" aria-label={t('make.title')}>
        <h2>{t('make.title')}</h2>
        <MakeForm onMade={setSecret} />
        {secret !== null && <ShownSecret value={secret} />}
      </section>
    </Page>
  )
}
