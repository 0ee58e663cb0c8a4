import { Button } from '@mantine/core'
import type { LampState } from '@tomoshibi/contract/light'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { daysBetween } from '../../format/calendar.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { EvidenceBadge } from '../../ui/badge.tsx'
import { SeverityMark } from '../../ui/lamp-mark.tsx'
import { awaitsData, lampId } from './grouping.ts'
import type { Act } from './use-acts.ts'

/** One lit lamp: what it is, why, what to do about it, and the buttons to do it. */
export function LampCard({
  lamp,
  stepsOpen,
  onSteps,
  onAct,
  onSnooze,
  busy,
}: {
  lamp: LampState
  stepsOpen: boolean
  onSteps: (open: boolean) => void
  onAct: (lamp: LampState, act: Act) => void
  onSnooze: (lamp: LampState) => void
  busy: boolean
}) {
  const { t } = useTranslation('today')
  const text = useText()
  const name = text(lamp.name)
  const mayAct = useMay('lamps:act')
  const waiting = awaitsData(lamp)
  const started = lamp.state === 'acting'
  return (
    <article
      className="lamp"
      data-severity={lamp.severity}
      data-lamp={lampId(lamp)}
      tabIndex={-1}
      aria-label={`${lamp.accountName}: ${name}`}
      aria-busy={busy}
    >
      <div className="lamp-what">
        <div className="lamp-title">
          <SeverityMark severity={lamp.severity} state={lamp.state} />
          <h3>{name}</h3>
          <span className="lamp-state">{t(`state.${waiting ? 'waiting' : lamp.state}`)}</span>
        </div>
        {lamp.why !== null && <p className="lamp-why">{text(lamp.why)}</p>}
        {lamp.task !== null && (
          <details
            className="lamp-task"
            open={stepsOpen}
            onToggle={(event) => onSteps(event.currentTarget.open)}
          >
            <summary>
              <strong>{text(lamp.task.title)}</strong>
            </summary>
            <p className="lamp-steps">{text(lamp.task.body)}</p>
          </details>
        )}
        <LampTimes lamp={lamp} />
        {lamp.escalated !== null && <Escalated {...lamp.escalated} />}
        <Urgency urgency={lamp.urgency} />
        <EvidenceBadge subject="lamp" of={lamp.lamp} />
      </div>
      {mayAct && (
        <div className="lamp-acts">
          {!started && (
            <Button
              size="xs"
              loading={busy}
              onClick={() => onAct(lamp, { kind: 'start' })}
              aria-label={t('act.startOf', { lamp: name })}
            >
              {t('act.start')}
            </Button>
          )}
          {!waiting && (
            <Button
              size="xs"
              variant={started ? 'filled' : 'default'}
              disabled={busy}
              onClick={() => onAct(lamp, { kind: 'done' })}
              aria-label={t('act.doneOf', { lamp: name })}
            >
              {t('act.done')}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            disabled={busy}
            onClick={() => onSnooze(lamp)}
            aria-label={t('act.snoozeOf', { lamp: name })}
          >
            {t('act.snooze')}
          </Button>
        </div>
      )}
    </article>
  )
}

/** How urgent it is, and what that is made of. */
function Urgency({ urgency }: { urgency: LampState['urgency'] }) {
  const { t } = useTranslation('today')
  const format = useFormat()
  const { points, severity, revenue, renewal, daysToRenewal } = urgency
  const part = (value: number | null) => (value === null ? t('urgency.unknown') : `${value}`)
  return (
    <p className="lamp-urgency">
      <strong>{t('urgency.points', { points })}</strong>{' '}
      <span className="dim">
        {t('urgency.parts', { severity, revenue: part(revenue), renewal: part(renewal) })}
        {daysToRenewal !== null &&
          ` · ${t('urgency.days', { count: Math.round(daysToRenewal), days: format.number(Math.round(daysToRenewal)) })}`}
      </span>
    </p>
  )
}

/** That it was brought before others, since nobody acted. */
function Escalated({ on, businessDays, to }: NonNullable<LampState['escalated']>) {
  const { t } = useTranslation('today')
  const format = useFormat()
  return (
    <p className="lamp-escalated">
      {t('escalated', { to: to.join(t('and')), day: format.day(on), count: businessDays })}
    </p>
  )
}

function LampTimes({ lamp }: { lamp: LampState }) {
  const { t } = useTranslation('today')
  const format = useFormat()
  const { today } = useWorkspace()
  const litOn = lamp.litOn ?? lamp.since
  const dueOn = lamp.task?.dueOn
  const daysLeft = dueOn === undefined ? 0 : daysBetween(today, dueOn)
  return (
    <ul className="lamp-times">
      <li>{t('since', { day: format.day(litOn), count: daysBetween(litOn, today) })}</li>
      {dueOn !== undefined && lamp.task?.state !== 'done' && (
        <li data-late={daysLeft < 0}>
          {daysLeft < 0
            ? t('due.late', { day: format.day(dueOn), count: -daysLeft })
            : daysLeft === 0
              ? t('due.today')
              : t('due.on', { day: format.day(dueOn), count: daysLeft })}
        </li>
      )}
      {lamp.task?.owner && <li>{t('owner', { owner: lamp.task.owner })}</li>}
    </ul>
  )
}
