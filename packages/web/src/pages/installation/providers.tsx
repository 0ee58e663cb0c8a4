import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { IdentityProvider } from '@tomoshibi/contract/identity-providers'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { ProviderDialog } from './provider-dialog.tsx'

/** With which identity providers people sign in. */
export function ProviderSettings({ publicUrl }: { publicUrl: string }) {
  const { t } = useTranslation('sso')
  const providers = useQuery(api.identityProviders.list.queryOptions())
  const [open, setOpen] = useState<IdentityProvider | 'new' | null>(null)
  return (
    <section className="surface you-part" aria-label={t('providers.title')}>
      <h2>{t('providers.title')}</h2>
      <p className="dim">{t('providers.says')}</p>
      {providers.isLoadingError ? (
        <TroublePanel error={providers.error} onRetry={() => void providers.refetch()} />
      ) : providers.data === undefined ? (
        <Loading rows={2} height={34} />
      ) : (
        <>
          {providers.data.length === 0 ? (
            <p>{t('providers.none')}</p>
          ) : (
            <Listed providers={providers.data} onChange={setOpen} />
          )}
          <Button mt="sm" variant="default" onClick={() => setOpen('new')}>
            {t('providers.new')}
          </Button>
        </>
      )}
      {open !== null && (
        <ProviderDialog
          provider={open === 'new' ? null : open}
          publicUrl={publicUrl}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  )
}

function Listed({
  providers,
  onChange,
}: {
  providers: readonly IdentityProvider[]
  onChange(provider: IdentityProvider): void
}) {
  const { t } = useTranslation('sso')
  const queries = useQueryClient()
  const toasts = useToasts()
  const test = useMutation({ mutationFn: (id: string) => client.identityProviders.try({ id }) })
  const end = useMutation({
    mutationFn: (id: string) => client.identityProviders.endSessions({ id }),
    onSuccess: ({ ended }) => {
      toasts.show({ text: t('providers.ended', { count: ended }), tone: 'done' })
      void queries.invalidateQueries({ queryKey: api.identityProviders.key() })
    },
  })
  const tried = providers.find(({ id }) => id === test.variables)
  return (
    <>
      <div className="scroll-x">
        <table className="data">
          <caption className="hidden">{t('providers.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('providers.name')}</th>
              <th scope="col">{t('providers.issuer')}</th>
              <th scope="col">{t('providers.state')}</th>
              <th scope="col">{t('providers.people')}</th>
              <th scope="col">{t('providers.sessions')}</th>
              <th scope="col">
                <span className="hidden">{t('providers.change')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {providers.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.name}</th>
                <td className="you-agent">{one.issuer}</td>
                <td>{one.enabled ? t('providers.on') : t('providers.off')}</td>
                <td className="num">{one.people}</td>
                <td className="num">{one.sessions}</td>
                <td>
                  <Group gap="xs" wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('providers.changeOf', { name: one.name })}
                      onClick={() => onChange(one)}
                    >
                      {t('providers.change')}
                    </Button>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('providers.tryOf', { name: one.name })}
                      loading={test.isPending && test.variables === one.id}
                      onClick={() => test.mutate(one.id)}
                    >
                      {t('providers.try')}
                    </Button>
                    {one.sessions > 0 && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t('providers.endSessionsOf', { name: one.name })}
                        loading={end.isPending && end.variables === one.id}
                        onClick={() => end.mutate(one.id)}
                      >
                        {t('providers.endSessions')}
                      </Button>
                    )}
                  </Group>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {test.isError && <TroublePanel error={test.error} />}
      {end.isError && <TroublePanel error={end.error} />}
      <output aria-live="polite">
        {test.data !== undefined &&
          tried !== undefined &&
          t('providers.tried', { name: tried.name, url: test.data.signInUrl })}
      </output>
    </>
  )
}
