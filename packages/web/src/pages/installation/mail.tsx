import { Button, Group, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { InstallationView, MailServer } from '@tomoshibi/contract/installation'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useSession } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useLanguage } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const first: MailServer = {
  host: '',
  port: 465,
  security: 'tls',
  user: '',
  from: '',
  fromName: 'Tomoshibi',
}

/** The server that sends e-mails, and a test of it. */
export function MailSettings({ settings }: { settings: InstallationView }) {
  const { t } = useTranslation('installation')
  const queries = useQueryClient()
  const toasts = useToasts()
  const { mail, publicUrl } = settings
  const [server, setServer] = useState<MailServer>(mail ?? first)
  const [password, setPassword] = useState('')
  const shown = (next: InstallationView) => {
    setPassword('')
    queries.setQueryData(api.installation.get.queryKey(), next)
    void queries.invalidateQueries({ queryKey: api.session.get.key() })
  }
  const save = useMutation({
    mutationFn: () =>
      client.installation.setMail({ ...server, ...(password === '' ? {} : { password }) }),
    onSuccess: (next) => {
      shown(next)
      toasts.show({ text: t('mail.saved'), tone: 'done' })
    },
  })
  const remove = useMutation({
    mutationFn: () => client.installation.removeMail(),
    onSuccess: (next) => {
      setServer(first)
      shown(next)
      toasts.show({ text: t('mail.removed'), tone: 'done' })
    },
  })
  const change = (more: Partial<MailServer>) => setServer({ ...server, ...more })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <section className="surface you-part" aria-label={t('mail.title')}>
      <h2>{t('mail.title')}</h2>
      <p className="dim">{t('mail.says')}</p>
      <p className="dim">{t('mail.links', { url: publicUrl })}</p>
      {mail === null && <p>{t('mail.none')}</p>}
      <form className="you-form" onSubmit={submit}>
        <TextInput
          label={t('mail.host')}
          value={server.host}
          required
          maxLength={253}
          onChange={(event) => change({ host: event.currentTarget.value })}
        />
        <Select
          label={t('mail.security')}
          allowDeselect={false}
          value={server.security}
          data={[
            { value: 'tls', label: t('mail.tls') },
            { value: 'starttls', label: t('mail.starttls') },
            { value: 'none', label: t('mail.plain') },
          ]}
          onChange={(value) => value !== null && change(bySecurity(value, server))}
        />
        <NumberInput
          label={t('mail.port')}
          value={server.port}
          required
          min={1}
          max={65_535}
          allowDecimal={false}
          hideControls
          onChange={(port) => typeof port === 'number' && change({ port })}
        />
        <TextInput
          label={t('mail.user')}
          description={t('mail.userSays')}
          autoComplete="off"
          value={server.user}
          maxLength={320}
          onChange={(event) => change({ user: event.currentTarget.value })}
        />
        <PasswordInput
          label={t('mail.password')}
          description={mail?.hasPassword === true ? t('mail.passwordKept') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{
            'aria-label': t('field.show', { ns: 'people' }),
            tabIndex: 0,
          }}
          value={password}
          maxLength={1000}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput
          type="email"
          label={t('mail.from')}
          autoComplete="off"
          value={server.from}
          required
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t('mail.fromName')}
          value={server.fromName}
          maxLength={100}
          onChange={(event) => change({ fromName: event.currentTarget.value })}
        />
        {save.isError && <TroublePanel error={save.error} />}
        {remove.isError && <TroublePanel error={remove.error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.isPending}>
            {t('mail.save')}
          </Button>
          {mail !== null && (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('mail.remove')}
            </Button>
          )}
        </Group>
      </form>
      {mail !== null && <TestMail />}
    </section>
  )
}

/** The usual port goes along with the kind of TLS, where none was chosen by hand. */
function bySecurity(value: string, { port }: MailServer): Partial<MailServer> {
  const security = value === 'starttls' || value === 'none' ? value : 'tls'
  const usual = { tls: 465, starttls: 587, none: 25 }
  return { security, port: Object.values(usual).includes(port) ? usual[security] : port }
}

function TestMail() {
  const { t } = useTranslation('installation')
  const language = useLanguage()
  const queries = useQueryClient()
  const { person } = useSession()
  const [to, setTo] = useState(person?.email ?? '')
  const test = useMutation({
    mutationFn: () => client.installation.testMail({ to, language }),
    onSettled: () => queries.invalidateQueries({ queryKey: api.installation.mails.key() }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    test.mutate()
  }
  return (
    <form className="you-form" onSubmit={submit}>
      <TextInput
        type="email"
        label={t('mail.testTo')}
        autoComplete="off"
        value={to}
        required
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      {test.isError && <TroublePanel error={test.error} />}
      <div>
        <Button type="submit" variant="default" loading={test.isPending}>
          {t('mail.test')}
        </Button>
      </div>
      <output aria-live="polite">
        {test.data !== undefined && t('mail.tested', { answer: test.data.answer })}
      </output>
    </form>
  )
}
