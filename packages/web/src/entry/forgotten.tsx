import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useLanguage } from '../i18n/hooks.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EmailField } from './fields.tsx'
import { EntryFrame } from './frame.tsx'

/** Has a link for a new password sent. What it says does not depend on whether anybody has the address. */
export function ForgottenPassword({ email, onBack }: { email: string; onBack: () => void }) {
  const { t } = useTranslation('people')
  const language = useLanguage()
  const [address, setAddress] = useState(email)
  const send = useMutation({
    mutationFn: () => client.session.forgotPassword({ email: address, language }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send.mutate()
  }
  const back = (
    <Button variant="default" size="compact-sm" onClick={onBack}>
      {t('forgotten.back')}
    </Button>
  )
  return (
    <EntryFrame title={t('forgotten.title')}>
      {send.isSuccess ? (
        <>
          <p role="status">{t('forgotten.done', { hours: send.data.holdsHours })}</p>
          {back}
        </>
      ) : (
        <>
          <p className="dim">{t('forgotten.says')}</p>
          <form onSubmit={submit}>
            <EmailField value={address} onChange={setAddress} focus />
            {send.isError && <TroublePanel error={send.error} />}
            <Button type="submit" loading={send.isPending}>
              {t('forgotten.submit')}
            </Button>
            <div>{back}</div>
          </form>
        </>
      )}
    </EntryFrame>
  )
}
