import { Button, SegmentedControl, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { NewTaskDialog } from './new-task-dialog.tsx'
import { type TasksSearch, tasksInput, tasksSearchSchema } from './search.ts'
import { TaskDialog } from './task-dialog.tsx'
import { TaskTable } from './task-table.tsx'
import { useTaskActs } from './use-task-acts.ts'

const AT_ONCE = 100
const route = getRouteApi('/tasks')

/** Every task that is seen: whose, until when, and what can be done to one or to several. */
export function TasksPage() {
  const { t } = useTranslation('tasks')
  const search = route.useSearch()
  const mayAct = useMay('tasks:act')
  const [isMaking, setMaking] = useState(false)
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <>
          <Filters search={search} />
          {mayAct && (
            <Button size="xs" onClick={() => setMaking(true)}>
              {t('new')}
            </Button>
          )}
        </>
      }
    >
      <TaskList key={JSON.stringify(search)} search={search} />
      <NewTaskDialog opened={isMaking} onClose={() => setMaking(false)} />
    </Page>
  )
}

function Filters({ search }: { search: TasksSearch }) {
  const { t } = useTranslation('tasks')
  const navigate = useNavigate({ from: '/tasks' })
  // What is the default is not in the address: the schema forgets what it does not know.
  const choose = (change: Readonly<Record<string, string | null>>) =>
    void navigate({ search: tasksSearchSchema.parse({ ...search, ...change }), replace: true })
  const { whose, state, due } = tasksInput(search)
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t('whose.label')}
        data={(['all', 'mine', 'team'] as const).map((value) => ({
          value,
          label: t(`whose.${value}`),
        }))}
        value={whose}
        onChange={(next) => choose({ whose: next })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('stateFilter.label')}
        data={(['open', 'closed', 'all'] as const).map((value) => ({
          value,
          label: t(`stateFilter.${value}`),
        }))}
        value={state}
        onChange={(next) => choose({ state: next })}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t('due.label')}
        data={(['any', 'overdue', 'today', 'week'] as const).map((value) => ({
          value,
          label: t(`due.${value}`),
        }))}
        value={due}
        allowDeselect={false}
        onChange={(next) => choose({ due: next })}
      />
    </>
  )
}

function TaskList({ search }: { search: TasksSearch }) {
  const { t } = useTranslation('tasks')
  const acts = useTaskActs()
  const mayAct = useMay('tasks:act')
  const [openId, setOpenId] = useState<string | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const list = useInfiniteQuery(
    api.tasks.list.infiniteOptions({
      input: (offset: number) => ({ ...tasksInput(search), limit: AT_ONCE, offset }),
      initialPageParam: 0,
      getNextPageParam: ({ total }, pages) => {
        const read = pages.reduce((sum, page) => sum + page.rows.length, 0)
        return read < total ? read : undefined
      },
    }),
  )
  if (list.isLoadingError) {
    return <TroublePanel error={list.error} onRetry={() => void list.refetch()} />
  }
  if (list.data === undefined) return <Loading rows={8} height={40} />
  const tasks = list.data.pages.flatMap(({ rows }) => rows)
  // What is no longer shown is not acted on.
  const ids = new Set(tasks.flatMap(({ id }) => (chosen.has(id) ? [id] : [])))
  const choice = { ids, change: setChosen }
  return (
    <>
      {tasks.length === 0 ? (
        <section className="surface empty">
          <h2>{t('none')}</h2>
          <p className="dim">{t('noneSays')}</p>
        </section>
      ) : (
        <>
          <p className="small dim">{t('count', { count: list.data.pages[0]?.total ?? 0 })}</p>
          <BulkBar choice={choice} tasks={tasks} />
          <TaskTable
            tasks={tasks}
            acts={acts}
            onOpen={({ id }) => setOpenId(id)}
            withAccount
            choice={mayAct ? choice : undefined}
          />
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
        </>
      )}
      <TaskDialog id={openId} acts={acts} onClose={() => setOpenId(null)} />
    </>
  )
}
