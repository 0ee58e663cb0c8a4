import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { useLanguage, useText } from '../i18n/hooks.ts'
import { Loading } from '../ui/loading.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { NameField, PasswordField } from './fields.tsx'
import { EntryFrame } from './frame.tsx'
import { useLinkSecret } from './link-secret.ts'
import { SignInWith } from './single-sign-on.tsx'

/** What a link is for; asked once. */
function useLink(link: string) {
  return useQuery({
    ...api.invitations.look.queryOptions({ input: { link } }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}

/** Accepts an invitation. Whoever signs in here already shows it with their password. */
export function JoinPage() {
  const { t } = useTranslation('people')
  const text = useText()
  const language = useLanguage()
  const begin = useNewSession()
  const navigate = useNavigate()
  const link = useLinkSecret()
  const invited = useLink(link)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const accept = useMutation({
    mutationFn: () => client.invitations.accept({ link, name, password, language }),
    onSuccess: (state) => {
      begin(state)
      void navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    accept.mutate()
  }
  return (
    <EntryFrame title={t('join.title')}>
      {invited.isError ? (
        <TroublePanel error={invited.error} />
      ) : invited.data === undefined ? (
        <Loading rows={3} height={40} />
      ) : (
        <>
          <p>
            {t('join.says', {
              workspace: invited.data.workspace,
              role: text(invited.data.role),
              email: invited.data.email,
            })}
          </p>
          <form onSubmit={submit}>
            {/* So that password managers know whose password it is. */}
            <input type="hidden" name="email" autoComplete="username" value={invited.data.email} />
            {!invited.data.known && <NameField value={name} onChange={setName} focus />}
            <PasswordField
              which={invited.data.known ? 'current' : 'new'}
              value={password}
              onChange={setPassword}
            />
            {accept.isError && <TroublePanel error={accept.error} />}
            <Button type="submit" loading={accept.isPending}>
              {t('join.submit')}
            </Button>
          </form>
          <JoinWith />
        </>
      )}
    </EntryFrame>
  )
}

/** An invitation is accepted by signing in with a provider that vouches for its address. */
function JoinWith() {
  const { t } = useTranslation('sso')
  const session = useQuery(api.session.get.queryOptions())
  const providers = session.data?.ways.providers ?? []
  if (providers.length === 0) return null
  return (
    <>
      <p className="entry-or">{t('joinWith')}</p>
      <SignInWith providers={providers} returnTo="/" />
    </>
  )
}

/** Chooses a new password with a link. */
export function NewPasswordPage() {
  const { t } = useTranslation('people')
  const begin = useNewSession()
  const navigate = useNavigate()
  const link = useLinkSecret()
  const whose = useLink(link)
  const [password, setPassword] = useState('')
  const reset = useMutation({
    mutationFn: () => client.session.resetPassword({ link, password }),
    onSuccess: (state) => {
      begin(state)
      void navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reset.mutate()
  }
  return (
    <EntryFrame title={t('newPassword.title')}>
      {whose.isError ? (
        <TroublePanel error={whose.error} />
      ) : whose.data === undefined ? (
        <Loading rows={2} height={40} />
      ) : (
        <>
          <p>{t('newPassword.says', { email: whose.data.email })}</p>
          <form onSubmit={submit}>
            <input type="hidden" name="email" autoComplete="username" value={whose.data.email} />
            <PasswordField which="new" value={password} onChange={setPassword} focus />
            {reset.isError && <TroublePanel error={reset.error} />}
            <Button type="submit" loading={reset.isPending}>
              {t('newPassword.submit')}
            </Button>
          </form>
        </>
      )}
    </EntryFrame>
  )
}
