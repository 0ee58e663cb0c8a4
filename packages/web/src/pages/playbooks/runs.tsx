import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type Playbook, type PlaybookRun, playbookRunStates } from '@tomoshibi/contract/playbooks'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { type PlaybooksSearch, playbooksSearchSchema } from './search.ts'

const AT_ONCE = 100

/** Runs, the newest first, of all playbooks or one. */
export function Runs({
  search,
  playbooks,
}: {
  search: PlaybooksSearch
  playbooks: readonly Playbook[]
}) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const navigate = useNavigate({ from: '/playbooks' })
  const { playbook, state } = search
  const list = useInfiniteQuery({
    ...api.playbooks.runs.infiniteOptions({
      input: (offset: number) => ({
        ...(playbook === undefined ? {} : { playbook }),
        ...(state === undefined ? {} : { state }),
        limit: AT_ONCE,
        offset,
      }),
      initialPageParam: 0,
      getNextPageParam: ({ total }, pages) => {
        const read = pages.reduce((sum, page) => sum + page.rows.length, 0)
        return read < total ? read : undefined
      },
    }),
    refetchInterval: 15_000,
  })
  // Nothing chosen is an empty text, which the schema of the address forgets for a state.
  const choose = (change: Readonly<Record<string, string | undefined>>) =>
    void navigate({
      search: playbooksSearchSchema.parse({ ...search, ...change }),
      replace: true,
      resetScroll: false,
    })
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <section className="playbook-runs" aria-label={t('runs')}>
      <h2>{t('runs')}</h2>
      <div className="playbook-filters">
        <NativeSelect
          size="xs"
          aria-label={t('playbook')}
          value={playbook ?? ''}
          data={[
            { value: '', label: t('allPlaybooks') },
            ...playbooks.map(({ key, name }) => ({ value: key, label: text(name) })),
          ]}
          onChange={(event) => choose({ playbook: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          size="xs"
          aria-label={t('stateLabel')}
          value={state ?? ''}
          data={[
            { value: '', label: t('allStates') },
            ...playbookRunStates.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
          onChange={(event) => choose({ state: event.currentTarget.value || undefined })}
        />
      </div>
      {list.isLoadingError ? (
        <TroublePanel error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data === undefined ? (
        <Loading rows={4} height={36} />
      ) : rows.length === 0 ? (
        <p className="dim">
          {t(playbook === undefined && state === undefined ? 'noRunYet' : 'noRuns')}
        </p>
      ) : (
        <RunTable runs={rows} search={search} playbooks={playbooks} />
      )}
      {list.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </section>
  )
}

function RunTable({
  runs,
  search,
  playbooks,
}: {
  runs: readonly PlaybookRun[]
  search: PlaybooksSearch
  playbooks: readonly Playbook[]
}) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const format = useFormat()
  return (
    <div className="surface scroll-x">
      <table className="data">
        <caption className="hidden">{t('runs')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('account')}</th>
            <th scope="col">{t('playbook')}</th>
            <th scope="col">{t('column.begun')}</th>
            <th scope="col">{t('stateLabel')}</th>
            <th scope="col">{t('column.next')}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">
                <Link to="/playbooks" search={{ ...search, run: run.id }} resetScroll={false}>
                  {run.accountName}
                </Link>
              </th>
              <td>
                {text(run.name)}{' '}
                <span className="small dim num-start">
                  {t('version', { version: run.version })}
                </span>
              </td>
              <td>
                <span className="num-start">{format.instant(run.begunAt)}</span>
                <div className="small dim">
                  {run.byLamp ? t('byLamp') : (run.begunBy ?? t('byHand'))}
                </div>
              </td>
              <td>
                {text(run.says)}
                {run.problem !== null && <div className="small">{text(run.problem)}</div>}
              </td>
              <td>
                <NextStep run={run} playbooks={playbooks} />
                {run.nextAt !== null && (
                  <div className="small dim num-start">
                    {t('lookedAt', { at: format.instant(run.nextAt) })}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The step that is next, in words where the run is on the version in force, and else by its id. */
function NextStep({ run, playbooks }: { run: PlaybookRun; playbooks: readonly Playbook[] }) {
  const text = useText()
  if (run.step === null) return '–'
  const inForce = playbooks.find(({ key }) => key === run.playbook)
  const step =
    inForce?.version === run.version ? inForce.steps.find(({ id }) => id === run.step) : undefined
  return step === undefined ? <code className="small">{run.step}</code> : text(step.says)
}
