import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { useLanguage } from '../i18n/hooks.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EmailField, NameField, PasswordField } from './fields.tsx'
import { EntryFrame } from './frame.tsx'
import { useLinkSecret } from './link-secret.ts'

/** Makes the first owner, with the link that the server printed. */
export function SetUpPage() {
  const { t } = useTranslation('people')
  const language = useLanguage()
  const begin = useNewSession()
  const navigate = useNavigate()
  const link = useLinkSecret()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const setUp = useMutation({
    mutationFn: () => client.session.setUp({ link, name, email, password, language }),
    onSuccess: (state) => {
      begin(state)
      void navigate({ to: '/', replace: true })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setUp.mutate()
  }
  return (
    <EntryFrame title={t('setUp.title')}>
      <p className="dim">{t('setUp.says')}</p>
      <form onSubmit={submit}>
        <NameField value={name} onChange={setName} focus />
        <EmailField value={email} onChange={setEmail} />
        <PasswordField which="new" value={password} onChange={setPassword} />
        {setUp.isError && <TroublePanel error={setUp.error} />}
        <Button type="submit" loading={setUp.isPending}>
          {t('setUp.submit')}
        </Button>
      </form>
    </EntryFrame>
  )
}
