import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { MailSettings } from './mail.tsx'
import { LatestMails } from './mails.tsx'
import { ProviderSettings } from './providers.tsx'
import { SessionSettings } from './sessions.tsx'
import '../you/you.css'

/** What is chosen for the whole installation. Only owners of its first workspace come here. */
export function InstallationPage() {
  const { t } = useTranslation('installation')
  const settings = useQuery(api.installation.get.queryOptions())
  return (
    <Page title={t('title')} lead={t('lead')}>
      {settings.isLoadingError ? (
        <TroublePanel error={settings.error} onRetry={() => void settings.refetch()} />
      ) : settings.data === undefined ? (
        <Loading rows={6} height={34} />
      ) : (
        <>
          <MailSettings settings={settings.data} />
          <LatestMails />
          <SessionSettings settings={settings.data} />
          <ProviderSettings publicUrl={settings.data.publicUrl} />
        </>
      )}
    </Page>
  )
}
