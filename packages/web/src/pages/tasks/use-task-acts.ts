import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { AccountTask } from '@tomoshibi/contract/tasks'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { troubleOf } from '../../api/problem.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'

export type TaskAct = 'finish' | 'reopen' | 'cancel'

export interface TaskActs {
  /** Acts on a task, tells of it, and offers to take it back. */
  act(task: AccountTask, act: TaskAct): void
  readonly busyId: string | null
}

/** Asks anew for whatever shows tasks: a lamp's task is on the lamp as well. */
export function useRefreshTasks(): () => Promise<unknown> {
  const queries = useQueryClient()
  return () =>
    Promise.all(
      [api.tasks, api.lamps, api.accounts].map((of) =>
        queries.invalidateQueries({ queryKey: of.key() }),
      ),
    )
}

/** Finish, cancel and open tasks again, with undo. */
export function useTaskActs(): TaskActs {
  const { t } = useTranslation('tasks')
  const text = useText()
  const toasts = useToasts()
  const refresh = useRefreshTasks()
  const mutation = useMutation({
    mutationFn: ({ task, act }: { task: AccountTask; act: TaskAct; isUndo?: boolean }) =>
      client.tasks[act]({ id: task.id }),
    onSuccess: (_, { task, act, isUndo }) => {
      const undo = () => mutation.mutate({ task, act: 'reopen', isUndo: true })
      toasts.show({
        tone: 'done',
        text: t(`told.${act}`, { task: text(task.title) }),
        // A note and who closed it first are gone once it is opened again.
        ...(isUndo || act === 'reopen' ? {} : { undo }),
      })
    },
    onError: (error) => {
      const trouble = troubleOf(error)
      toasts.show({ tone: 'trouble', text: `${text(trouble.what)} ${text(trouble.mend)}` })
    },
    onSettled: refresh,
  })
  return {
    act: (task, act) => {
      if (!mutation.isPending) mutation.mutate({ task, act })
    },
    busyId: mutation.isPending ? mutation.variables.task.id : null,
  }
}
