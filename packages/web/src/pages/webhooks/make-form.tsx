import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type WebhookEvent, webhookEvents } from '@tomoshibi/contract/webhooks'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

export function MakeForm({ onMade }: { onMade: (secret: string) => void }) {
  const { t } = useTranslation('webhooks')
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhookEvents)
  const make = useMutation({
    mutationFn: () => client.webhooks.create({ name, url, events: [...events] }),
    onSuccess: ({ secret }) => {
      setName('')
      setUrl('')
      onMade(secret)
      return queries.invalidateQueries({ queryKey: api.webhooks.list.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="you-form" onSubmit={submit}>
      <TextInput
        label={t('make.name')}
        value={name}
        required
        maxLength={200}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        type="url"
        label={t('make.url')}
        description={t('make.urlSays')}
        placeholder="https://"
        value={url}
        required
        maxLength={2_000}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Checkbox.Group
        label={t('make.events')}
        value={[...events]}
        onChange={(chosen) => setEvents(webhookEvents.filter((one) => chosen.includes(one)))}
      >
        <Group mt={4}>
          {webhookEvents.map((one) => (
            <Checkbox key={one} value={one} label={t(`event.${one}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      {make.isError && <TroublePanel error={make.error} />}
      <div>
        <Button type="submit" loading={make.isPending} disabled={events.length === 0}>
          {t('make.submit')}
        </Button>
      </div>
    </form>
  )
}
