import type { LampStateName, Severity } from '@tomoshibi/contract/light'
import { useTranslation } from 'react-i18next'

/** Each severity has a shape of its own, so that it never hangs on colour. */
const outlines: Readonly<Record<Severity, string>> = {
  critical: 'M8 .9 15.1 8 8 15.1.9 8Z',
  warning: 'M8 1.5 15.3 14.3H.7Z',
  info: 'M8 1.3a6.7 6.7 0 1 1 0 13.4A6.7 6.7 0 0 1 8 1.3Z',
}

/** A lamp's shape: full while lit, half while someone acts, an outline while snoozed or off. */
export function LampShape({
  severity,
  state = 'lit',
  size = 15,
}: {
  severity: Severity
  state?: LampStateName
  size?: number
}) {
  const outline = outlines[severity]
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      {state === 'lit' && <path d={outline} fill="currentColor" />}
      {state === 'acting' && (
        <path d={outline} fill="currentColor" style={{ clipPath: 'inset(0 50% 0 0)' }} />
      )}
      <path
        d={outline}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
      />
    </svg>
  )
}

/** Shape and word of a lamp's severity. */
export function SeverityMark({ severity, state }: { severity: Severity; state?: LampStateName }) {
  const { t } = useTranslation()
  return (
    <span className="lamp-mark" data-severity={severity}>
      <LampShape severity={severity} state={state ?? 'lit'} />
      {t(`severity.${severity}`)}
    </span>
  )
}
