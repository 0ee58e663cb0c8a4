import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { SessionState } from '@tomoshibi/contract/people'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { useLanguage } from '../i18n/hooks.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EmailField, PasswordField } from './fields.tsx'
import { ForgottenPassword } from './forgotten.tsx'
import { EntryFrame } from './frame.tsx'
import { PasskeySignIn } from './passkey.tsx'
import { SignInWith } from './single-sign-on.tsx'

/** Stands in place of any page until somebody is signed in; the address stays, and is shown then. */
export function SignIn({ ways }: { ways: SessionState['ways'] }) {
  const { t } = useTranslation('people')
  const language = useLanguage()
  const begin = useNewSession()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isForgotten, setForgotten] = useState(false)
  const signIn = useMutation({
    mutationFn: () => client.session.signIn({ email, password, language }),
    onSuccess: begin,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  if (isForgotten) return <ForgottenPassword email={email} onBack={() => setForgotten(false)} />
  return (
    <EntryFrame title={t('signIn.title')}>
      <form onSubmit={submit}>
        <EmailField value={email} onChange={setEmail} focus passkeys />
        <PasswordField which="current" value={password} onChange={setPassword} />
        {signIn.isError && <TroublePanel error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
        <PasskeySignIn at={ways.passkeysAt} />
        {ways.passwordByMail && (
          <div>
            <Button variant="default" size="compact-sm" onClick={() => setForgotten(true)}>
              {t('signIn.forgotten')}
            </Button>
          </div>
        )}
      </form>
      <SignInWith providers={ways.providers} />
    </EntryFrame>
  )
}

/** There is nobody yet who could sign in. */
export function NoOwner() {
  const { t } = useTranslation('people')
  return (
    <EntryFrame title={t('noOwner.title')}>
      <p>{t('noOwner.says')}</p>
      <p className="dim">{t('noOwner.restart')}</p>
    </EntryFrame>
  )
}
