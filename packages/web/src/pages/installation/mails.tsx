import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Mail } from '@tomoshibi/contract/installation'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const kinds = ['invitation', 'forgotten_password', 'account_change'] as const

/** What became of the latest e-mails; one that failed can be tried again. */
export function LatestMails() {
  const { t } = useTranslation('installation')
  const format = useFormat()
  const queries = useQueryClient()
  const mails = useQuery({ ...api.installation.mails.queryOptions(), refetchInterval: 15_000 })
  const retry = useMutation({
    mutationFn: (id: string) => client.installation.retryMail({ id }),
    onSuccess: (next) => queries.setQueryData(api.installation.mails.queryKey(), next),
  })
  const nameOf = (kind: string) => {
    const known = kinds.find((one) => one === kind)
    return known === undefined ? kind : t(`mails.${known}`)
  }
  const stateOf = ({ state, nextAt }: Mail) =>
    nextAt === null ? t(`mails.${state}`) : t('mails.waiting', { at: format.instant(nextAt) })
  return (
    <section className="surface you-part" aria-label={t('mails.title')}>
      <h2>{t('mails.title')}</h2>
      {retry.isError && <TroublePanel error={retry.error} />}
      {mails.isLoadingError ? (
        <TroublePanel error={mails.error} onRetry={() => void mails.refetch()} />
      ) : mails.data === undefined ? (
        <Loading rows={3} height={34} />
      ) : mails.data.length === 0 ? (
        <p className="dim">{t('mails.none')}</p>
      ) : (
        <div className="scroll-x">
          <table className="data">
            <caption className="hidden">{t('mails.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('mails.to')}</th>
                <th scope="col">{t('mails.kind')}</th>
                <th scope="col">{t('mails.state')}</th>
                <th scope="col">{t('mails.when')}</th>
                <th scope="col">
                  <span className="hidden">{t('mails.retry')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {mails.data.map((mail) => (
                <tr key={mail.id}>
                  <th scope="row">{mail.to}</th>
                  <td>{nameOf(mail.kind)}</td>
                  <td>
                    {stateOf(mail)}
                    {mail.problem !== null && <div className="small dim">{mail.problem}</div>}
                  </td>
                  <td className="you-when">{format.instant(mail.doneAt ?? mail.createdAt)}</td>
                  <td>
                    {mail.state === 'failed' && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t('mails.retryOf', { to: mail.to })}
                        disabled={retry.isPending}
                        onClick={() => retry.mutate(mail.id)}
                      >
                        {t('mails.retry')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
