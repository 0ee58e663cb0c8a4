import { Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Webhook } from '@tomoshibi/contract/webhooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { Messages } from './messages.tsx'
import { ShownSecret } from './shown-secret.tsx'

/** One webhook: how it stands, and what can be done with it. */
export function WebhookPart({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const text = useText()
  const queries = useQueryClient()
  const { id, name, url, events, on, lastSentAt, waiting, problem } = webhook
  const [isOpen, setOpen] = useState(false)
  const [isLeaving, setLeaving] = useState(false)
  const again = () => queries.invalidateQueries({ queryKey: api.webhooks.list.key() })
  const turn = useMutation({
    mutationFn: () => client.webhooks.change({ id, on: !on }),
    onSuccess: again,
  })
  const test = useMutation({ mutationFn: () => client.webhooks.test({ id }) })
  const renew = useMutation({ mutationFn: () => client.webhooks.renewSecret({ id }) })
  const remove = useMutation({
    mutationFn: () => client.webhooks.remove({ id }),
    onSuccess: (all) => queries.setQueryData(api.webhooks.list.queryKey(), all),
  })
  const failed = [turn, test, renew, remove].find(({ isError }) => isError)
  return (
    <section className="surface you-part" aria-label={name}>
      <h2>
        {name} {!on && <span className="dim small">{t('off')}</span>}
      </h2>
      <p className="webhook-url">
        <code>{url}</code>
      </p>
      <p className="dim small">
        {events.map((one) => t(`event.${one}`)).join(' · ')} · {t('last')}:{' '}
        {lastSentAt === null ? t('never') : format.instant(lastSentAt)}
        {waiting > 0 && ` · ${t('waiting', { count: waiting })}`}
      </p>
      {problem !== null && (
        <p className="webhook-problem">{t('problem', { problem: text(problem) })}</p>
      )}
      <Group gap="xs" mt="xs">
        <Button
          size="compact-sm"
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t('test')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
        >
          {isOpen ? t('hide') : t('messages')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {on ? t('turnOff') : t('turnOn')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          title={t('renewSays')}
          loading={renew.isPending}
          onClick={() => renew.mutate()}
        >
          {t('renew')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setLeaving(true)}>
          {t('remove')}
        </Button>
      </Group>
      {test.data !== undefined && <p role="status">{t('tested', { status: test.data.status })}</p>}
      {renew.data !== undefined && <ShownSecret value={renew.data.secret} />}
      {failed !== undefined && (
        <div className="webhook-trouble">
          <TroublePanel error={failed.error} />
        </div>
      )}
      {isLeaving && (
        <Group gap="xs" mt="xs" role="alert">
          <span>{t('removeSays', { name })}</span>
          <Button
            size="compact-sm"
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t('removeYes')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setLeaving(false)}>
            {t('keep')}
          </Button>
        </Group>
      )}
      {isOpen && <Messages webhook={id} />}
    </section>
  )
}
