import { Button, Group, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionState } from '@tomoshibi/contract/people'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { onConfirmationNeeded } from '../../api/confirmation.ts'
import { passkeyPlace } from '../../api/passkeys.ts'
import { PasswordField } from '../../entry/fields.tsx'
import { PasskeyConfirming } from '../../entry/passkey.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { ByProvider } from './by-provider.tsx'
import './confirm.css'

type Answer = (confirmed: boolean) => void

/** Asks who is signed in to show again that it is them, whenever the server wants it before it goes on. */
export function ConfirmDialog({ by, at }: { by: SessionState['confirmBy']; at: string | null }) {
  const { t } = useTranslation('people')
  const [answer, setAnswer] = useState<{ readonly give: Answer } | null>(null)
  useEffect(() => onConfirmationNeeded(() => new Promise((give) => setAnswer({ give }))), [])
  const queries = useQueryClient()
  const isByPasskey = by.includes('passkey') && passkeyPlace(at) === 'here'
  const end = (confirmed: boolean) => {
    answer?.give(confirmed)
    setAnswer(null)
  }
  return (
    <Modal
      opened={answer !== null}
      onClose={() => end(false)}
      title={t('confirm.title')}
      closeButtonProps={{ 'aria-label': t('confirm.cancel') }}
    >
      {(isByPasskey || by.includes('password')) && <p className="dim">{t('confirm.says')}</p>}
      {isByPasskey && (
        <PasskeyConfirming
          onDone={(state) => {
            queries.setQueryData(api.session.get.queryKey(), state)
            end(true)
          }}
        />
      )}
      {by.includes('password') && (
        <ByPassword onDone={() => end(true)} onCancel={() => end(false)} focus={!isByPasskey} />
      )}
      {by.includes('provider') && <ByProvider />}
    </Modal>
  )
}

function ByPassword({
  onDone,
  onCancel,
  focus,
}: {
  onDone: () => void
  onCancel: () => void
  focus: boolean
}) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const send = useMutation({
    mutationFn: () => client.session.confirm({ password }),
    onSuccess: (state) => {
      queries.setQueryData(api.session.get.queryKey(), state)
      onDone()
    },
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // It may stand over a form of the page, which must not be sent with it.
    event.stopPropagation()
    send.mutate()
  }
  return (
    <form className="confirm-form" onSubmit={submit}>
      <PasswordField which="current" value={password} onChange={setPassword} focus={focus} />
      {send.isError && <TroublePanel error={send.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('confirm.cancel')}
        </Button>
        <Button type="submit" loading={send.isPending}>
          {t('confirm.submit')}
        </Button>
      </Group>
    </form>
  )
}
