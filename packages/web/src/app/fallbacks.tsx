import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../ui/page.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'

/** An address that no page has. */
export function PageMissing() {
  const { t } = useTranslation()
  return (
    <Page title={t('missing.title')}>
      <p>
        {t('missing.body')} <Link to="/">{t('missing.back')}</Link>
      </p>
    </Page>
  )
}

/** A page that failed while it was drawn or loaded. */
export function PageTrouble({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryErrorResetBoundary()
  const again = () => {
    queries.reset()
    reset()
  }
  return (
    <Page title={t('trouble.title')}>
      <TroublePanel error={error} onRetry={again} />
    </Page>
  )
}
