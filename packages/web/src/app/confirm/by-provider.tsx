import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useLeave } from '../../entry/single-sign-on.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Signs in anew at a provider: the page is left, and what was asked for is repeated after coming back. */
export function ByProvider() {
  const { t } = useTranslation('sso')
  const own = useQuery(api.singleSignOn.own.queryOptions())
  const leave = useLeave((to) => client.singleSignOn.beginConfirm(to))
  const linked = (own.data ?? []).filter((one) => one.linked !== null)
  return (
    <div className="confirm-form">
      <p className="dim">{t('confirm.says')}</p>
      {linked.map(({ provider, name }) => (
        <Button
          key={provider}
          variant="default"
          loading={leave.isPending}
          onClick={() => leave.mutate(provider)}
        >
          {t('confirm.with', { name })}
        </Button>
      ))}
      {own.isLoadingError && <TroublePanel error={own.error} />}
      {leave.isError && <TroublePanel error={leave.error} />}
    </div>
  )
}
