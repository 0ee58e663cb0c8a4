import { useQuery } from '@tanstack/react-query'
import type { Badge } from '@tomoshibi/contract/verification'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useFormat, useText } from '../i18n/hooks.ts'
import './badge.css'

/** A mark for each state, so that colour is not alone. */
const marks: Readonly<Record<Badge['state'], string>> = {
  holds: '✓',
  faded: '↓',
  turned_round: '⇄',
  no_relation_seen: '–',
  cannot_tell: '?',
  never_verified: '?',
}

/** Whether a lamp or a metric was verified on this workspace's data; opens to what was found. */
export function EvidenceBadge({ subject, of }: { subject: Badge['subject']; of: string }) {
  const { t } = useTranslation()
  const text = useText()
  const format = useFormat()
  const badges = useQuery({ ...api.evidence.badges.queryOptions(), staleTime: 5 * 60_000 })
  const badge = badges.data?.find((each) => each.subject === subject && each.key === of)
  if (badge === undefined) return null
  const { state, checkedAt, isOld, says } = badge
  const word = t(`badge.${state}`)
  const when =
    checkedAt === null ? '' : ` ${t('badge.on', { day: format.instant(checkedAt, 'day') })}`
  const label = (
    <>
      <span aria-hidden="true">{marks[state]} </span>
      <span className="badge-word">{word}</span>
      {when}
      {isOld && ` ${t('badge.old')}`}
    </>
  )
  if (says === null) {
    return (
      <p className="badge" data-state={state}>
        {label}
        <span className="badge-hint"> {t('badge.never_hint')}</span>
      </p>
    )
  }
  return (
    <details className="badge" data-state={state}>
      <summary>{label}</summary>
      <p>{text(says)}</p>
    </details>
  )
}
