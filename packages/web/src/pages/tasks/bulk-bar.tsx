import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { AccountTask, BulkResult } from '@tomoshibi/contract/tasks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import type { Choice } from './task-table.tsx'
import { useRefreshTasks } from './use-task-acts.ts'

type Act = Parameters<typeof client.tasks.bulk>[0]['act']

/** Does the same to all chosen tasks, and tells which were refused and why. */
export function BulkBar({ choice, tasks }: { choice: Choice; tasks: readonly AccountTask[] }) {
  const { t } = useTranslation('tasks')
  const toasts = useToasts()
  const refresh = useRefreshTasks()
  const { today } = useWorkspace()
  const [dueOn, setDueOn] = useState(today)
  const run = useMutation({
    mutationFn: (act: Act) =>
      client.tasks.bulk({
        ids: tasks.flatMap(({ id }) => (choice.ids.has(id) ? [id] : [])),
        act,
        ...(act === 'change' ? { dueOn } : {}),
      }),
    onSuccess: (results) => {
      const done = results.filter((each) => each.done).length
      toasts.show({
        tone: done === results.length ? 'done' : 'trouble',
        text: t('told.bulk', { done, count: results.length }),
      })
      choice.change(new Set(results.flatMap((each) => (each.done ? [] : [each.id]))))
      return refresh()
    },
  })
  const refused = (run.data ?? []).filter(({ done }) => !done)
  if (choice.ids.size === 0) return null
  return (
    <>
      <section className="surface task-bulk" aria-label={t('bulk.label')}>
        <strong aria-live="polite">{t('bulk.chosen', { count: choice.ids.size })}</strong>
        {(['finish', 'reopen', 'cancel'] as const).map((act) => (
          <Button
            key={act}
            size="xs"
            variant="default"
            loading={run.isPending && run.variables === act}
            onClick={() => run.mutate(act)}
          >
            {t(`bulk.${act}`)}
          </Button>
        ))}
        <TextInput
          type="date"
          size="xs"
          label={t('bulk.due')}
          value={dueOn}
          onChange={(event) => setDueOn(event.currentTarget.value)}
        />
        <Button
          size="xs"
          variant="default"
          disabled={dueOn === ''}
          loading={run.isPending && run.variables === 'change'}
          onClick={() => run.mutate('change')}
        >
          {t('bulk.move')}
        </Button>
        <Button size="xs" variant="subtle" onClick={() => choice.change(new Set())}>
          {t('bulk.clear')}
        </Button>
      </section>
      {run.isError && <TroublePanel error={run.error} />}
      {refused.length > 0 && <Refused results={refused} tasks={tasks} />}
    </>
  )
}

function Refused({
  results,
  tasks,
}: {
  results: readonly BulkResult[]
  tasks: readonly AccountTask[]
}) {
  const { t } = useTranslation('tasks')
  const text = useText()
  const titles = new Map(tasks.map(({ id, title }) => [id, text(title)]))
  return (
    <div role="alert" className="surface trouble">
      <strong>{t('bulk.refused')}</strong>
      <ul>
        {results.map(({ id, says }) => (
          <li key={id}>
            {titles.get(id) ?? id}: {says === null ? '' : text(says)}
          </li>
        ))}
      </ul>
    </div>
  )
}
