import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { OwnProvider } from '@tomoshibi/contract/identity-providers'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useLeave } from '../../entry/single-sign-on.tsx'
import { useFormat } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** The identity providers with which the person can sign in; nothing where there are none. */
export function SingleSignOn() {
  const { t } = useTranslation('sso')
  const own = useQuery(api.singleSignOn.own.queryOptions())
  if (own.isLoadingError) {
    return <TroublePanel error={own.error} onRetry={() => void own.refetch()} />
  }
  if (own.data === undefined || own.data.length === 0) return null
  return (
    <section className="surface you-part" aria-label={t('own.title')}>
      <h2>{t('own.title')}</h2>
      <p className="dim">{t('own.says')}</p>
      <dl className="you-facts">
        {own.data.map((one) => (
          <Provider key={one.provider} provider={one} />
        ))}
      </dl>
    </section>
  )
}

function Provider({ provider: { provider, name, linked } }: { provider: OwnProvider }) {
  const { t } = useTranslation('sso')
  const format = useFormat()
  const toasts = useToasts()
  const queries = useQueryClient()
  const link = useLeave((to) => client.singleSignOn.beginLink(to))
  const unlink = useMutation({
    mutationFn: () => client.singleSignOn.unlink({ provider }),
    onSuccess: (next) => {
      queries.setQueryData(api.singleSignOn.own.queryKey(), next)
      void queries.invalidateQueries({ queryKey: api.session.key() })
      toasts.show({ text: t('own.unlinked'), tone: 'done' })
    },
  })
  const when = linked && {
    since: format.instant(linked.linkedAt),
    used: format.instant(linked.lastUsedAt),
  }
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {linked === null || when === null
          ? t('own.open')
          : linked.email === null
            ? t('own.linkedPlain', when)
            : t('own.linked', { email: linked.email, ...when })}{' '}
        {linked === null ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('own.linkOf', { name })}
            loading={link.isPending}
            onClick={() => link.mutate(provider)}
          >
            {t('own.link')}
          </Button>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('own.unlinkOf', { name })}
            loading={unlink.isPending}
            onClick={() => unlink.mutate()}
          >
            {t('own.unlink')}
          </Button>
        )}
        {link.isError && <TroublePanel error={link.error} />}
        {unlink.isError && <TroublePanel error={unlink.error} />}
      </dd>
    </>
  )
}
