import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core'
import type { LampState } from '@tomoshibi/contract/light'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../../api/workspace.ts'
import { addDays } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { type SnoozePreset, snoozeDay, snoozePresets } from './snooze.ts'

/** Asks until when a lamp stays silent, and why. Both are needed. */
export function SnoozeDialog({
  lamp,
  onClose,
  onSnooze,
}: {
  lamp: LampState | null
  onClose: () => void
  onSnooze: (lamp: LampState, until: string, reason: string) => void
}) {
  const { t } = useTranslation('today')
  const text = useText()
  return (
    <Modal
      opened={lamp !== null}
      onClose={onClose}
      title={lamp && t('snooze.title', { lamp: text(lamp.name), account: lamp.accountName })}
      closeButtonProps={{ 'aria-label': t('snooze.cancel') }}
      size="lg"
    >
      {lamp && <SnoozeForm lamp={lamp} onClose={onClose} onSnooze={onSnooze} />}
    </Modal>
  )
}

const reasons = ['away', 'agreed', 'season'] as const

function SnoozeForm({
  lamp,
  onClose,
  onSnooze,
}: {
  lamp: LampState
  onClose: () => void
  onSnooze: (lamp: LampState, until: string, reason: string) => void
}) {
  const { t } = useTranslation('today')
  const format = useFormat()
  const { today } = useWorkspace()
  const [until, setUntil] = useState(snoozeDay('nextMonday', today))
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const dayError = until > today ? null : t('snooze.dayError')
  const reasonError = reason.trim() === '' ? t('snooze.reasonError') : null

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (dayError === null && reasonError === null) onSnooze(lamp, until, reason.trim())
  }
  // Two names for one day, such as tomorrow and Monday, are offered as one.
  const offered = snoozePresets
    .map((preset) => ({ preset, day: snoozeDay(preset, today) }))
    .filter(({ day }, i, all) => all.findIndex((one) => one.day === day) === i)
  const presetLabel = (preset: SnoozePreset) => t(`snooze.preset.${preset}`)

  return (
    <form onSubmit={submit} noValidate>
      <p className="dim">{t('snooze.says')}</p>
      <fieldset className="choices">
        <legend>{t('snooze.until')}</legend>
        <Group gap="xs">
          {offered.map(({ preset, day }) => (
            <Button
              key={preset}
              size="xs"
              variant={day === until ? 'filled' : 'default'}
              aria-pressed={day === until}
              onClick={() => setUntil(day)}
            >
              {presetLabel(preset)}
            </Button>
          ))}
        </Group>
        <TextInput
          type="date"
          label={t('snooze.day')}
          mt="xs"
          maw={220}
          value={until}
          min={addDays(today, 1)}
          required
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={checked && dayError}
          description={until > today ? format.day(until, 'long') : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      </fieldset>
      <Textarea
        label={t('snooze.reason')}
        placeholder={t('snooze.placeholder')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={checked && reasonError}
        minRows={2}
        autosize
        required
        maxLength={2000}
        data-autofocus
      />
      <Group gap="xs" mt={6}>
        {reasons.map((one) => (
          <Button
            key={one}
            size="compact-xs"
            variant="default"
            onClick={() => setReason(t(`snooze.reasons.${one}`))}
          >
            {t(`snooze.reasons.${one}`)}
          </Button>
        ))}
      </Group>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('snooze.cancel')}
        </Button>
        <Button type="submit">{t('snooze.submit')}</Button>
      </Group>
    </form>
  )
}
