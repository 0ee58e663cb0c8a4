import { useQuery } from '@tanstack/react-query'
import type { Freshness as Fresh } from '@tomoshibi/contract/workspace'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useWorkspace } from '../api/workspace.ts'
import { useFormat, useText } from '../i18n/hooks.ts'
import { Loading } from '../ui/loading.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'

/** How far facts and lamps reach, and who can see this page. */
export function Freshness() {
  const { t } = useTranslation()
  const workspace = useWorkspace()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="shell-fresh" aria-label={t('fresh.label')}>
      <dl>
        <dt>{t('fresh.facts')}</dt>
        <dd className="num">
          {workspace.factsKnownThrough === null
            ? t('fresh.noFacts')
            : format.instant(workspace.factsKnownThrough)}
        </dd>
        <dt>{t('fresh.lamps')}</dt>
        <dd className="num">
          {workspace.lampsEvaluatedThrough === null
            ? t('fresh.noLamps')
            : format.day(workspace.lampsEvaluatedThrough)}
        </dd>
        <dt>{t('fresh.zone')}</dt>
        <dd>{workspace.timeZone}</dd>
      </dl>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('fresh.each')}</summary>
        {isOpen && <EachKind />}
      </details>
      {isOwnMachine() && <p>{t('fresh.loopback')}</p>}
    </section>
  )
}

/** Whether the page was reached under a name that only this machine has. */
const isOwnMachine = (): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(window.location.hostname)

/** Each kind of data with its newest fact, and what is on its way; looked at again while it is open. */
function EachKind() {
  const fresh = useQuery({ ...api.workspace.freshness.queryOptions(), refetchInterval: 5_000 })
  if (fresh.data !== undefined) return <Kinds fresh={fresh.data} />
  if (!fresh.isLoadingError) return <Loading rows={4} height={24} />
  return <TroublePanel error={fresh.error} onRetry={() => void fresh.refetch()} />
}

function Kinds({ fresh }: { fresh: Fresh }) {
  const { t } = useTranslation()
  const text = useText()
  const format = useFormat()
  const { eventsWaitingSince, lampsWaitingSince } = fresh
  return (
    <>
      <dl className="shell-kinds">
        {fresh.kinds.map(({ kind, name, newestKnownAt }) => (
          <div key={kind}>
            <dt>{text(name)}</dt>
            <dd className="num">
              {newestKnownAt === null ? t('fresh.noFacts') : format.instant(newestKnownAt)}
            </dd>
          </div>
        ))}
      </dl>
      <p role="status">
        {eventsWaitingSince === null && lampsWaitingSince === null && t('fresh.upToDate')}
        {eventsWaitingSince !== null &&
          t('fresh.eventsWaiting', { since: format.instant(eventsWaitingSince) })}{' '}
        {lampsWaitingSince !== null &&
          t('fresh.lampsWaiting', { since: format.instant(lampsWaitingSince) })}
      </p>
    </>
  )
}
