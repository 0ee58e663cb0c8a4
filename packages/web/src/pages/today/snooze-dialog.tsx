import { Button, Group, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import type { LampState } from '@tomoshibi/contract/light'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../../api/workspace.ts'
import { addDays } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { type SnoozePreset, snoozeDay, snoozePresets } from './snooze.ts'
import type { PutOff } from './use-acts.ts'

type OnPutOff = (lamp: LampState, act: PutOff) => void

/** Asks until when a lamp is put off, or whether it is for good, and why. */
export function SnoozeDialog({
  lamp,
  onClose,
  onPutOff,
}: {
  lamp: LampState | null
  onClose: () => void
  /** Closes it when that worked; until then what was written stays. */
  onPutOff: OnPutOff
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
      {lamp && <SnoozeForm lamp={lamp} onClose={onClose} onPutOff={onPutOff} />}
    </Modal>
  )
}

const reasons = ['away', 'agreed', 'season'] as const
const ways = ['day', 'condition', 'silence'] as const
type Way = (typeof ways)[number]
/** A condition alone ends a snooze after so many days at the latest. */
const longestWaitDays = 90

function SnoozeForm({
  lamp,
  onClose,
  onPutOff,
}: {
  lamp: LampState
  onClose: () => void
  onPutOff: OnPutOff
}) {
  const { t } = useTranslation('today')
  const { today } = useWorkspace()
  const [way, setWay] = useState<Way>('day')
  const [until, setUntil] = useState(snoozeDay('nextMonday', today))
  const [latest, setLatest] = useState(addDays(today, longestWaitDays))
  const [end, setEnd] = useState('')
  const [condition, setCondition] = useState('')
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState(false)
  const later = (day: string) => (day > today ? null : t('snooze.dayError'))
  const reasonError = reason.trim() === '' ? t('snooze.reasonError') : null
  const conditionError = condition.trim() === '' ? t('snooze.conditionError') : null
  const wayError = {
    day: later(until),
    condition: conditionError ?? later(latest),
    silence: end === '' ? null : later(end),
  }[way]

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (wayError !== null || reasonError !== null) return
    const told = { reason: reason.trim() }
    if (way === 'silence') onPutOff(lamp, { kind: 'silence', until: end || null, ...told })
    else if (way === 'day') onPutOff(lamp, { kind: 'snooze', until, condition: null, ...told })
    else {
      onPutOff(lamp, { kind: 'snooze', until: latest, condition: condition.trim(), ...told })
    }
  }

  return (
    <form onSubmit={submit} noValidate>
      <SegmentedControl
        size="xs"
        mb="sm"
        fullWidth
        aria-label={t('snooze.way')}
        value={way}
        onChange={(value) => setWay(ways.find((one) => one === value) ?? 'day')}
        data={ways.map((value) => ({ value, label: t(`snooze.ways.${value}`) }))}
      />
      <p className="dim">{t(`snooze.says.${way}`)}</p>
      {way === 'day' && (
        <Days until={until} setUntil={setUntil} error={checked ? later(until) : null} />
      )}
      {way === 'condition' && (
        <>
          <TextInput
            label={t('snooze.condition')}
            description={t('snooze.conditionHelp')}
            placeholder="active_users > 10"
            value={condition}
            required
            maxLength={2000}
            spellCheck={false}
            onChange={(event) => setCondition(event.currentTarget.value)}
            error={checked && conditionError}
          />
          <TextInput
            type="date"
            label={t('snooze.latest')}
            mt="xs"
            maw={220}
            value={latest}
            min={addDays(today, 1)}
            required
            onChange={(event) => setLatest(event.currentTarget.value)}
            error={checked && later(latest)}
          />
        </>
      )}
      {way === 'silence' && (
        <TextInput
          type="date"
          label={t('snooze.end')}
          description={t('snooze.endHelp')}
          maw={320}
          value={end}
          min={addDays(today, 1)}
          onChange={(event) => setEnd(event.currentTarget.value)}
          error={checked && end !== '' && later(end)}
        />
      )}
      <Textarea
        label={t('snooze.reason')}
        placeholder={t('snooze.placeholder')}
        mt="xs"
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
        <Button type="submit">{t(way === 'silence' ? 'snooze.silence' : 'snooze.submit')}</Button>
      </Group>
    </form>
  )
}

/** A day to choose: the usual ones, or any. */
function Days({
  until,
  setUntil,
  error,
}: {
  until: string
  setUntil: (day: string) => void
  error: string | null
}) {
  const { t } = useTranslation('today')
  const format = useFormat()
  const { today } = useWorkspace()
  // Two names for one day, such as tomorrow and Monday, are offered as one.
  const offered = snoozePresets
    .map((preset) => ({ preset, day: snoozeDay(preset, today) }))
    .filter(({ day }, i, all) => all.findIndex((one) => one.day === day) === i)
  const presetLabel = (preset: SnoozePreset) => t(`snooze.preset.${preset}`)
  return (
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
        error={error}
        description={until > today ? format.day(until, 'long') : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    </fieldset>
  )
}
