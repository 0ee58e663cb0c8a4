import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { SessionState } from '@tomoshibi/contract/people'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { passkeyPlace } from '../api/passkeys.ts'
import { useNewSession } from '../api/session.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EntryFrame } from './frame.tsx'
import { PasskeySecondStep, PasskeysNotHere } from './passkey.tsx'

/** A code of an app, or a recovery code where the app is lost. */
export function CodeField({
  value,
  onChange,
  recovery = false,
  focus = false,
}: {
  value: string
  onChange(value: string): void
  recovery?: boolean
  focus?: boolean
}) {
  const { t } = useTranslation('people')
  return (
    <TextInput
      name="code"
      autoComplete="one-time-code"
      inputMode={recovery ? 'text' : 'numeric'}
      label={recovery ? t('secondStep.recoveryCode') : t('secondStep.code')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      minLength={6}
      maxLength={40}
      autoFocus={focus}
      spellCheck={false}
    />
  )
}

/** Between the right password and the session. */
export function SecondStep({ secondStep, ways }: Pick<SessionState, 'secondStep' | 'ways'>) {
  const { t } = useTranslation('people')
  const begin = useNewSession()
  const leave = useMutation({ mutationFn: () => client.session.signOut({}), onSuccess: begin })
  const { code, passkey } = secondStep ?? { code: false, passkey: false }
  const isHere = passkeyPlace(ways.passkeysAt) === 'here'
  return (
    <EntryFrame title={t('secondStep.title')}>
      {passkey && (
        <section className="entry-step">
          <p className="dim">{t('passkeys.stepSays')}</p>
          {isHere ? <PasskeySecondStep /> : <PasskeysNotHere at={ways.passkeysAt} />}
        </section>
      )}
      {code && <CodeStep focus={!passkey} />}
      {!code && !passkey && <p role="alert">{t('passkeys.stepLost')}</p>}
      <div className="entry-ways">
        <Button variant="default" size="compact-sm" onClick={() => leave.mutate()}>
          {t('forgotten.back')}
        </Button>
      </div>
    </EntryFrame>
  )
}

/** With a code of the app, or a recovery code. */
function CodeStep({ focus }: { focus: boolean }) {
  const { t } = useTranslation('people')
  const begin = useNewSession()
  const [code, setCode] = useState('')
  const [isLost, setLost] = useState(false)
  const send = useMutation({
    mutationFn: () => client.session.secondStep({ code }),
    onSuccess: begin,
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <p className="dim">{isLost ? t('secondStep.recoverySays') : t('secondStep.says')}</p>
      <CodeField
        key={String(isLost)}
        value={code}
        onChange={setCode}
        recovery={isLost}
        focus={focus || isLost}
      />
      {send.isError && <TroublePanel error={send.error} />}
      <Button type="submit" loading={send.isPending}>
        {t('signIn.submit')}
      </Button>
      <div>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => {
            setCode('')
            setLost(!isLost)
          }}
        >
          {isLost ? t('secondStep.useApp') : t('secondStep.lost')}
        </Button>
      </div>
    </form>
  )
}
