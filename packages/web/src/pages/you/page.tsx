import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Session } from '@tomoshibi/contract/people'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useHasPassword, useSession } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { PasswordField } from '../../entry/fields.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { Passkeys } from './passkeys.tsx'
import { SecondFactor } from './second-factor.tsx'
import { SingleSignOn } from './single-sign-on.tsx'
import './you.css'

/** The person's own page: who they are here, their password, and where they are signed in. */
export function YouPage() {
  const { t } = useTranslation('people')
  const text = useText()
  const { person, role, accounts } = useSession()
  return (
    <Page title={t('you.title')}>
      <section className="surface you-part">
        <dl className="you-facts">
          <dt>{t('field.name')}</dt>
          <dd>{person?.name}</dd>
          <dt>{t('field.email')}</dt>
          <dd>{person?.email}</dd>
          <dt>{t('field.role')}</dt>
          <dd>{role === null ? t('you.noRole') : text(role.name)}</dd>
          <dt>{t('you.accounts')}</dt>
          <dd>{accounts === 'all' ? t('you.accountsAll') : t('you.accountsOwn')}</dd>
        </dl>
      </section>
      <ChangePassword />
      <Passkeys />
      <SecondFactor />
      <SingleSignOn />
      <Sessions />
    </Page>
  )
}

function ChangePassword() {
  const { t } = useTranslation('people')
  const { person } = useSession()
  const hasPassword = useHasPassword()
  const queries = useQueryClient()
  const toasts = useToasts()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () =>
      client.session.changePassword({ password, ...(hasPassword ? { current } : {}) }),
    onSuccess: () => {
      setCurrent('')
      setPassword('')
      toasts.show({ text: t('you.passwordChanged'), tone: 'done' })
      void queries.invalidateQueries({ queryKey: api.session.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <section className="surface you-part">
      <h2>{t('you.changePassword')}</h2>
      <p className="dim">{t('you.changePasswordSays')}</p>
      <form onSubmit={submit} className="you-form">
        <input type="hidden" name="email" autoComplete="username" value={person?.email ?? ''} />
        {hasPassword && <PasswordField which="current" value={current} onChange={setCurrent} />}
        <PasswordField which="new" value={password} onChange={setPassword} />
        {change.isError && <TroublePanel error={change.error} />}
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('you.changePassword')}
          </Button>
        </div>
      </form>
    </section>
  )
}

function Sessions() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const sessions = useQuery(api.session.list.queryOptions())
  const revoke = useMutation({
    mutationFn: (id: string) => client.session.revoke({ id }),
    onSuccess: (left) => queries.setQueryData(api.session.list.queryKey(), left),
  })
  return (
    <section className="surface you-part">
      <h2>{t('sessions.title')}</h2>
      <p className="dim">{t('sessions.says')}</p>
      {revoke.isError && <TroublePanel error={revoke.error} />}
      {sessions.isLoadingError ? (
        <TroublePanel error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : sessions.data === undefined ? (
        <Loading rows={2} height={34} />
      ) : (
        <div className="scroll-x">
          <table className="data">
            <caption className="hidden">{t('sessions.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('sessions.browser')}</th>
                <th scope="col">{t('sessions.address')}</th>
                <th scope="col">{t('sessions.since')}</th>
                <th scope="col">{t('sessions.until')}</th>
                <th scope="col">
                  <span className="hidden">{t('sessions.act')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.data.map((one) => (
                <SessionRow
                  key={one.id}
                  session={one}
                  busy={revoke.isPending}
                  onEnd={() => revoke.mutate(one.id)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function SessionRow({
  session,
  busy,
  onEnd,
}: {
  session: Session
  busy: boolean
  onEnd: () => void
}) {
  const { t } = useTranslation('people')
  const format = useFormat()
  return (
    <tr>
      <td className="you-agent">{session.userAgent ?? t('sessions.unknown')}</td>
      <td className="you-when">{session.address ?? t('sessions.unknown')}</td>
      <td className="you-when">{format.instant(session.createdAt)}</td>
      <td className="you-when">{format.instant(session.expiresAt)}</td>
      <td>
        {session.current ? (
          t('sessions.current')
        ) : (
          <Button size="compact-xs" variant="default" disabled={busy} onClick={onEnd}>
            {t('sessions.end')}
          </Button>
        )}
      </td>
    </tr>
  )
}
