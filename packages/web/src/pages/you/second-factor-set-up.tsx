import { Button, CopyButton, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { encode } from 'uqr'
import { client } from '../../api/client.ts'
import { useHasPassword } from '../../api/session.ts'
import { PasswordField } from '../../entry/fields.tsx'
import { CodeField } from '../../entry/second-step.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import './you.css'

/** Sets codes of an app up: password, QR code, first code, recovery codes. */
export function SetUpSecondFactor({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('people')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const hasPassword = useHasPassword()
  const begin = useMutation({
    mutationFn: () => client.session.beginSecondFactor(hasPassword ? { password } : {}),
    onSuccess: () => setPassword(''),
  })
  const confirm = useMutation({ mutationFn: () => client.session.confirmSecondFactor({ code }) })
  const submit = (event: FormEvent, send: () => void) => {
    event.preventDefault()
    send()
  }
  if (confirm.isSuccess) {
    return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />
  }
  if (begin.data === undefined) {
    return (
      <form className="you-form" onSubmit={(event) => submit(event, begin.mutate)}>
        {hasPassword && <PasswordField which="current" value={password} onChange={setPassword} />}
        {begin.isError && <TroublePanel error={begin.error} />}
        <div>
          <Button type="submit" loading={begin.isPending}>
            {t('secondFactor.begin')}
          </Button>
        </div>
      </form>
    )
  }
  return (
    <form className="you-form" onSubmit={(event) => submit(event, confirm.mutate)}>
      <p>{t('secondFactor.scan')}</p>
      <QrCode text={begin.data.uri} label={t('secondFactor.qr')} />
      <p className="small dim">
        {t('secondFactor.type')} <code className="you-secret">{begin.data.secret}</code>
      </p>
      <CodeField value={code} onChange={setCode} focus />
      {confirm.isError && <TroublePanel error={confirm.error} />}
      <div>
        <Button type="submit" loading={confirm.isPending}>
          {t('secondFactor.confirm')}
        </Button>
      </div>
    </form>
  )
}

/** Recovery codes, shown this once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation('people')
  return (
    <div className="you-form">
      <p role="status">{t('secondFactor.keepCodes')}</p>
      <ul className="you-codes" aria-label={t('secondFactor.codes')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('link.copied') : t('link.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>{t('secondFactor.kept')}</Button>
      </Group>
    </div>
  )
}

/** Light around it, so that cameras find it in the dark theme as well. */
const margin = 3

/** A QR code, drawn here: what it says leaves the page nowhere. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data } = useMemo(() => encode(text, { border: 0 }), [text])
  const size = data.length + 2 * margin
  const path = data.flatMap((row, y) =>
    row.map((dark, x) => (dark ? `M${x + margin} ${y + margin}h1v1h-1z` : '')),
  )
  return (
    <svg className="you-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path.join('')} fill="#000" />
    </svg>
  )
}
