import { Button, Group, Modal, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Account } from '@tomoshibi/contract/accounts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { addDays } from '../../format/calendar.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Asks for a score, until when it counts, and why. All three are needed. */
export function OverrideDialog({
  account,
  onClose,
  onSet,
}: {
  account: Account | null
  onClose: () => void
  onSet: () => Promise<unknown>
}) {
  const { t } = useTranslation('health')
  return (
    <Modal
      opened={account !== null}
      onClose={onClose}
      title={account && t('override.title', { account: account.name })}
      closeButtonProps={{ 'aria-label': t('override.cancel') }}
      size="lg"
    >
      {account && <OverrideForm account={account} onClose={onClose} onSet={onSet} />}
    </Modal>
  )
}

function OverrideForm({
  account,
  onClose,
  onSet,
}: {
  account: Account
  onClose: () => void
  onSet: () => Promise<unknown>
}) {
  const { t } = useTranslation('health')
  const format = useFormat()
  const toasts = useToasts()
  const { today } = useWorkspace()
  const [score, setScore] = useState<number | string>('')
  const [until, setUntil] = useState(addDays(today, 30))
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const number = typeof score === 'number' ? score : Number.NaN
  const scoreError = number >= 0 && number <= 100 ? null : t('override.scoreError')
  const last = addDays(today, 366)
  const untilError = until >= today && until <= last ? null : t('override.untilError')
  const reasonError = reason.trim() === '' ? t('override.reasonError') : null
  const set = useMutation({
    mutationFn: () =>
      client.health.override({ account: account.id, score: number, until, reason: reason.trim() }),
    onSuccess: async (done) => {
      toasts.show({
        tone: 'done',
        text: t('override.done', {
          account: account.name,
          score: format.number(done.score, 2),
          day: format.day(done.endsOn),
        }),
      })
      onClose()
      await onSet()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (scoreError === null && untilError === null && reasonError === null) set.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <p className="dim">{t('override.says')}</p>
      <NumberInput
        label={t('override.score')}
        value={score}
        onChange={setScore}
        min={0}
        max={100}
        decimalScale={2}
        maw={160}
        required
        error={checked && scoreError}
        data-autofocus
      />
      <TextInput
        type="date"
        label={t('override.until')}
        maw={220}
        mt="xs"
        value={until}
        min={today}
        max={last}
        required
        onChange={(event) => setUntil(event.currentTarget.value)}
        error={checked && untilError}
      />
      <Textarea
        label={t('override.reason')}
        mt="xs"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={checked && reasonError}
        minRows={2}
        autosize
        required
        maxLength={2000}
      />
      {set.error !== null && <TroublePanel error={set.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('override.cancel')}
        </Button>
        <Button type="submit" loading={set.isPending}>
          {t('override.submit')}
        </Button>
      </Group>
    </form>
  )
}
