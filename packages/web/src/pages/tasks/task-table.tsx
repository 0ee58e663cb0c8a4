import { Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AccountTask } from '@tomoshibi/contract/tasks'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import type { TaskActs } from './use-task-acts.ts'
import './tasks.css'

/** Which tasks are chosen, where they can be. */
export interface Choice {
  readonly ids: ReadonlySet<string>
  change(ids: ReadonlySet<string>): void
}

/** Tasks with what can be done to each. */
export function TaskTable({
  tasks,
  acts,
  onOpen,
  withAccount,
  choice,
}: {
  tasks: readonly AccountTask[]
  acts: TaskActs
  onOpen: (task: AccountTask) => void
  withAccount: boolean
  choice?: Choice | undefined
}) {
  const { t } = useTranslation('tasks')
  const areAll = choice !== undefined && tasks.every(({ id }) => choice.ids.has(id))
  return (
    <div className="surface scroll-x">
      <table className="data">
        <caption className="hidden">{t('title')}</caption>
        <thead>
          <tr>
            {choice !== undefined && (
              <th scope="col">
                <Checkbox
                  size="xs"
                  aria-label={t('chooseAll')}
                  checked={areAll}
                  indeterminate={!areAll && choice.ids.size > 0}
                  onChange={() =>
                    choice.change(areAll ? new Set() : new Set(tasks.map(({ id }) => id)))
                  }
                />
              </th>
            )}
            <th scope="col">{t('column.task')}</th>
            {withAccount && <th scope="col">{t('column.account')}</th>}
            <th scope="col">{t('column.owner')}</th>
            <th scope="col">{t('column.due')}</th>
            <th scope="col">{t('column.state')}</th>
            <th scope="col">
              <span className="hidden">{t('column.acts')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <TaskRow
              key={task.id}
              task={task}
              acts={acts}
              onOpen={onOpen}
              withAccount={withAccount}
              choice={choice}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TaskRow({
  task,
  acts,
  onOpen,
  withAccount,
  choice,
}: {
  task: AccountTask
  acts: TaskActs
  onOpen: (task: AccountTask) => void
  withAccount: boolean
  choice?: Choice | undefined
}) {
  const { t } = useTranslation('tasks')
  const text = useText()
  const format = useFormat()
  const title = text(task.title)
  const choose = ({ ids, change }: Choice) => {
    const next = new Set(ids)
    if (!next.delete(task.id)) next.add(task.id)
    change(next)
  }
  return (
    <tr>
      {choice !== undefined && (
        <td>
          <Checkbox
            size="xs"
            aria-label={t('chooseOf', { task: title })}
            checked={choice.ids.has(task.id)}
            onChange={() => choose(choice)}
          />
        </td>
      )}
      <th scope="row">
        <button type="button" className="task-title" onClick={() => onOpen(task)}>
          {title}
        </button>
        <div className="small dim">
          <Maker task={task} />
          {task.comments > 0 && ` · ${t('details.comments')}: ${task.comments}`}
        </div>
      </th>
      {withAccount && (
        <td>
          <Link to="/accounts/$accountId" params={{ accountId: task.account }}>
            {task.accountName}
          </Link>
        </td>
      )}
      <td>
        {task.owner ?? <span className="dim">{t('noOwner')}</span>}
        {!task.assigned && task.owner !== null && <div className="small dim">{t('ofAccount')}</div>}
      </td>
      <td className="num-start">
        {format.day(task.dueOn)}
        {task.overdue && <div className="small task-overdue">{t('overdue')}</div>}
      </td>
      <td className="num-start">
        {t(`state.${task.state}`)}
        {task.closedAt !== null && (
          <div className="small dim">
            {task.closedBy === null
              ? t('closedOn', { day: format.instant(task.closedAt, 'day') })
              : t('closedBy', {
                  day: format.instant(task.closedAt, 'day'),
                  name: task.closedBy,
                })}
          </div>
        )}
      </td>
      <td>
        <RowAct task={task} acts={acts} title={title} />
      </td>
    </tr>
  )
}

function Maker({ task: { madeBy } }: { task: AccountTask }) {
  const { t } = useTranslation('tasks')
  const text = useText()
  if (madeBy.kind === 'lamp') return <>{t('byLamp', { name: text(madeBy.name) })}</>
  if (madeBy.kind === 'playbook') return <>{t('byPlaybook', { name: text(madeBy.name) })}</>
  if (madeBy.name === null) return <>{t('byProgram')}</>
  return <>{t('byPerson', { name: madeBy.name })}</>
}

/** What is most likely to be done to it next. */
function RowAct({ task, acts, title }: { task: AccountTask; acts: TaskActs; title: string }) {
  const { t } = useTranslation('tasks')
  const mayAct = useMay('tasks:act')
  const mayActOnLamps = useMay('lamps:act')
  if (!mayAct || (task.madeBy.kind === 'lamp' && !mayActOnLamps)) return null
  // What its lamp cancelled, only its lamp opens again.
  if (task.state === 'cancelled' && task.madeBy.kind === 'lamp') return null
  const isOpen = task.state === 'open' || task.state === 'started'
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={acts.busyId === task.id}
      aria-label={t(isOpen ? 'doneOf' : 'reopenOf', { task: title })}
      onClick={() => acts.act(task, isOpen ? 'finish' : 'reopen')}
    >
      {t(isOpen ? 'done' : 'reopen')}
    </Button>
  )
}
