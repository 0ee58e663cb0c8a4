import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { WebhookMessage } from '@tomoshibi/contract/webhooks'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** What was sent lately, what became of it, and what it said to the letter. */
export function Messages({ webhook }: { webhook: string }) {
  const { t } = useTranslation('webhooks')
  const queries = useQueryClient()
  const options = api.webhooks.messages.queryOptions({ input: { id: webhook } })
  const all = useQuery({ ...options, refetchInterval: 5_000 })
  const retry = useMutation({
    mutationFn: (message: string) => client.webhooks.retry({ id: webhook, message }),
    onSuccess: (messages) => queries.setQueryData(options.queryKey, messages),
  })
  if (all.isLoadingError) return <TroublePanel error={all.error} />
  if (all.data === undefined) return <Loading rows={2} height={34} />
  if (all.data.length === 0) return <p className="dim">{t('noMessages')}</p>
  return (
    <div className="scroll-x">
      {retry.isError && <TroublePanel error={retry.error} />}
      <table className="data">
        <caption className="hidden">{t('messages')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('at')}</th>
            <th scope="col">{t('what')}</th>
            <th scope="col">
              <span className="hidden">{t('retry')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {all.data.map((message) => (
            <MessageRow
              key={message.id}
              message={message}
              onRetry={() => retry.mutate(message.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function MessageRow({ message, onRetry }: { message: WebhookMessage; onRetry: () => void }) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const text = useText()
  const { type, state, attempts, problem, createdAt, nextAt, body } = message
  const when = format.instant(createdAt)
  return (
    <tr>
      <th scope="row" className="you-when">
        {when}
      </th>
      <td>
        <code>{type}</code> {t(`state.${state}`)}
        {attempts > 1 && ` · ${t('attempts', { count: attempts })}`}
        {problem !== null && ` · ${text(problem)}`}
        {nextAt !== null && ` · ${t('next', { when: format.instant(nextAt) })}`}
        <details>
          <summary className="small dim">{t('body')}</summary>
          <pre className="webhook-body">{body}</pre>
        </details>
      </td>
      <td>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('retryOf', { when })}
          onClick={onRetry}
        >
          {t('retry')}
        </Button>
      </td>
    </tr>
  )
}
