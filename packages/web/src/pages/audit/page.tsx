import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { AuditEntry } from '@tomoshibi/contract/audit'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import '../you/you.css'

const AT_ONCE = 100
const route = getRouteApi('/audit')

/** Who did what, newest first; searched by the server. */
export function AuditPage() {
  const { t } = useTranslation('people')
  const { q = '', outcome } = route.useSearch()
  const navigate = useNavigate({ from: '/audit' })
  const [typed, setTyped] = useState(q)
  const sought = { search: q, ...(outcome === undefined ? {} : { outcome }) }
  const log = useInfiniteQuery(
    api.audit.list.infiniteOptions({
      input: (before: number | undefined) => ({
        ...sought,
        limit: AT_ONCE,
        ...(before === undefined ? {} : { before }),
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => (page.length < AT_ONCE ? undefined : page.at(-1)?.seq),
    }),
  )
  const apply = useDebouncedCallback((text: string) => {
    void navigate({
      search: (now) => ({ ...now, q: text === '' ? undefined : text }),
      replace: true,
    })
  }, 250)
  const download = useMutation({
    mutationFn: () => client.audit.export(sought),
    onSuccess: (file) => saveFile(file, 'audit.jsonl'),
  })
  const entries = log.data?.pages.flat() ?? []
  return (
    <Page
      title={t('audit.title')}
      lead={t('audit.lead')}
      actions={
        <>
          <TextInput
            type="search"
            size="xs"
            aria-label={t('audit.search')}
            placeholder={t('audit.search')}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value)
              apply(event.currentTarget.value)
            }}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('audit.outcome')}
            data={[
              { value: 'all', label: t('audit.all') },
              { value: 'done', label: t('audit.done') },
              { value: 'refused', label: t('audit.refused') },
            ]}
            value={outcome ?? 'all'}
            onChange={(next) =>
              void navigate({
                search: (now) => ({
                  ...now,
                  outcome: next === 'done' || next === 'refused' ? next : undefined,
                }),
                replace: true,
              })
            }
          />
          <Button
            size="xs"
            variant="default"
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            {t('audit.export')}
          </Button>
        </>
      }
    >
      {download.isError && <TroublePanel error={download.error} />}
      {log.isLoadingError ? (
        <TroublePanel error={log.error} onRetry={() => void log.refetch()} />
      ) : log.data === undefined ? (
        <Loading rows={8} height={34} />
      ) : entries.length === 0 ? (
        <section className="surface empty">
          <p className="dim">{t('audit.none')}</p>
        </section>
      ) : (
        <>
          <EntryTable entries={entries} />
          {log.hasNextPage && (
            <Button
              mt="sm"
              variant="default"
              loading={log.isFetchingNextPage}
              onClick={() => void log.fetchNextPage()}
            >
              {t('audit.more')}
            </Button>
          )}
        </>
      )}
    </Page>
  )
}

function EntryTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  return (
    <div className="surface scroll-x">
      <table className="data">
        <caption className="hidden">{t('audit.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('audit.at')}</th>
            <th scope="col">{t('audit.who')}</th>
            <th scope="col">{t('audit.what')}</th>
            <th scope="col">{t('audit.from')}</th>
            <th scope="col">{t('audit.details')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq}>
              <td className="you-when">{format.instant(entry.at)}</td>
              <td>{who(entry, t('audit.nobody'), t('audit.machine'))}</td>
              <td>
                {entry.action}
                {entry.outcome === 'refused' && (
                  <div className="small">
                    {t('audit.refused')}: {entry.code}
                  </div>
                )}
              </td>
              <td className="you-when">{entry.address ?? '–'}</td>
              <td>
                <details>
                  <summary>{t('audit.show')}</summary>
                  <pre className="you-details">
                    {JSON.stringify(
                      { input: entry.input, before: entry.before, after: entry.after },
                      null,
                      1,
                    )}
                  </pre>
                </details>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function who({ actor }: AuditEntry, nobody: string, machine: string): string {
  if (actor.kind === 'program') return machine
  return actor.name === '' ? nobody : actor.name
}
