import { Button, Chip, Group } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { TimelineEntry } from '@tomoshibi/contract/accounts'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useLampDefinitions } from '../../api/lamp-names.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { type TimelineKind, timelineKinds } from './search.ts'
import { detailsOf, momentOf } from './timeline-line.ts'

const PAGE = 100
const route = getRouteApi('/accounts/$accountId')

/** What happened to the account, newest first, by kind. */
export function Timeline({ accountId }: { accountId: string }) {
  const { t } = useTranslation('accounts')
  const { kinds } = route.useSearch()
  const navigate = useNavigate({ from: '/accounts/$accountId' })
  const pages = useInfiniteQuery(
    api.accounts.timeline.infiniteOptions({
      input: (before: string | undefined) => ({
        accountId,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.at),
    }),
  )
  if (pages.isLoadingError) {
    return <TroublePanel error={pages.error} onRetry={() => void pages.refetch()} />
  }
  if (pages.data === undefined) return <Loading rows={6} height={28} />
  const entries = pages.data.pages.flat()
  if (entries.length === 0) return <p className="dim">{t('account.timelineNone')}</p>
  const shown = entries.filter((entry) => kinds === undefined || kinds.includes(entry.kind))
  const choose = (chosen: string[]) => {
    const next = timelineKinds.filter((kind) => chosen.includes(kind))
    void navigate({
      search: {
        kinds: next.length === 0 || next.length === timelineKinds.length ? undefined : next,
      },
      replace: true,
      resetScroll: false,
    })
  }
  return (
    <>
      <Chip.Group multiple value={kinds ?? []} onChange={choose}>
        <Group gap={6} role="group" aria-label={t('account.kinds')} mb="sm">
          {timelineKinds.map((kind) => (
            <Chip key={kind} value={kind} size="xs">
              {t(`kind.${kind}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {shown.length === 0 && <p className="dim">{t('account.timelineFiltered')}</p>}
      <Days entries={shown} />
      {pages.hasNextPage && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t('account.older')}
        </Button>
      )}
    </>
  )
}

function Days({ entries }: { entries: readonly TimelineEntry[] }) {
  const format = useFormat()
  const days = new Map<string, TimelineEntry[]>()
  for (const entry of entries) {
    const day = format.instant(entry.at, 'day')
    const sameDay = days.get(day)
    if (sameDay === undefined) days.set(day, [entry])
    else sameDay.push(entry)
  }
  return (
    <ol className="timeline">
      {[...days].map(([day, sameDay]) => (
        <li key={day} className="timeline-day">
          <h3 className="timeline-date num small">{day}</h3>
          <ul>
            {sameDay.map((entry) => (
              <Entry key={`${entry.kind} ${entry.what} ${entry.recordId}`} entry={entry} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation('accounts')
  const format = useFormat()
  const text = useText()
  const lamps = useLampDefinitions()
  const lampName = (key: string) => {
    const lamp = lamps.get(key)
    return lamp === undefined ? key : text(lamp.name)
  }
  const moment = momentOf(entry)
  return (
    <li className="timeline-entry" data-kind={entry.kind}>
      <span className="timeline-kind">{t(`kind.${entry.kind satisfies TimelineKind}`)}</span>
      <span>
        <strong>{moment === null ? entry.what : t(`moment.${moment}`)}</strong>
        {detailsOf(entry, format, lampName).map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of an entry never move
          <span key={i} className="timeline-part">
            {part}
          </span>
        ))}
      </span>
    </li>
  )
}
