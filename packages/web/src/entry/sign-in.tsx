import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EmailField, PasswordField } from './fields.tsx'
import { EntryFrame } from './frame.tsx'

/** Stands in place of any page until somebody is signed in; the address stays, and is shown then. */
export function SignIn() {
  const { t } = useTranslation('people')
  const begin = useNewSession()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => client.session.signIn({ email, password }),
    onSuccess: begin,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <EntryFrame title={t('signIn.title')}>
      <form onSubmit={submit}>
        <EmailField value={email} onChange={setEmail} focus />
        <PasswordField which="current" value={password} onChange={setPassword} />
        {signIn.isError && <TroublePanel error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </form>
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
