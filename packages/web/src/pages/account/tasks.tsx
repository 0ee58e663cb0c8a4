import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { NewTaskDialog } from '../tasks/new-task-dialog.tsx'
import { TaskDialog } from '../tasks/task-dialog.tsx'
import { TaskTable } from '../tasks/task-table.tsx'
import { useTaskActs } from '../tasks/use-task-acts.ts'

/** The account's open tasks, and a way to make one. */
export function AccountTasks({ accountId }: { accountId: string }) {
  const { t } = useTranslation('tasks')
  const acts = useTaskActs()
  const mayRead = useMay('tasks:read')
  const mayAct = useMay('tasks:act')
  const [openId, setOpenId] = useState<string | null>(null)
  const [isMaking, setMaking] = useState(false)
  const list = useQuery({
    ...api.tasks.list.queryOptions({ input: { account: accountId, limit: 100 } }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  if (list.isLoadingError) {
    return <TroublePanel error={list.error} onRetry={() => void list.refetch()} />
  }
  if (list.data === undefined) return <Loading rows={2} height={40} />
  return (
    <>
      {list.data.rows.length === 0 ? (
        <p className="dim">{t('noneOfAccount')}</p>
      ) : (
        <TaskTable
          tasks={list.data.rows}
          acts={acts}
          onOpen={({ id }) => setOpenId(id)}
          withAccount={false}
        />
      )}
      <Group gap="sm" mt="xs">
        {mayAct && (
          <Button size="compact-sm" variant="default" onClick={() => setMaking(true)}>
            {t('new')}
          </Button>
        )}
        <Link to="/tasks">{t('all')}</Link>
      </Group>
      <TaskDialog id={openId} acts={acts} onClose={() => setOpenId(null)} />
      <NewTaskDialog account={accountId} opened={isMaking} onClose={() => setMaking(false)} />
    </>
  )
}
