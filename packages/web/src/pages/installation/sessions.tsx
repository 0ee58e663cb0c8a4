import { Button, NumberInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { InstallationView } from '@tomoshibi/contract/installation'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** How long sessions hold, for everybody. */
export function SessionSettings({ settings }: { settings: InstallationView }) {
  const { t } = useTranslation('installation')
  const queries = useQueryClient()
  const toasts = useToasts()
  const [idleMinutes, setIdle] = useState(settings.sessions.idleMinutes)
  const [longestHours, setLongest] = useState(settings.sessions.longestHours)
  const save = useMutation({
    mutationFn: () => client.installation.setSessions({ idleMinutes, longestHours }),
    onSuccess: (next) => {
      queries.setQueryData(api.installation.get.queryKey(), next)
      toasts.show({ text: t('sessions.saved'), tone: 'done' })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <section className="surface you-part" aria-label={t('sessions.title')}>
      <h2>{t('sessions.title')}</h2>
      <p className="dim">{t('sessions.says')}</p>
      <form className="you-form" onSubmit={submit}>
        <NumberInput
          label={t('sessions.idle')}
          value={idleMinutes}
          required
          min={5}
          max={86_400}
          allowDecimal={false}
          onChange={(value) => typeof value === 'number' && setIdle(value)}
        />
        <NumberInput
          label={t('sessions.longest')}
          description={t('sessions.longestSays')}
          value={longestHours ?? ''}
          min={1}
          max={8_760}
          allowDecimal={false}
          onChange={(value) => setLongest(typeof value === 'number' ? value : null)}
        />
        {save.isError && <TroublePanel error={save.error} />}
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('mail.save')}
          </Button>
        </div>
      </form>
    </section>
  )
}
