import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AccountTask, TaskComment } from '@tomoshibi/contract/tasks'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { DueField, OwnerField } from './fields.tsx'
import { type TaskActs, useRefreshTasks } from './use-task-acts.ts'

/** One task: its words, its day and owner to change, and its comments. */
export function TaskDialog({
  id,
  acts,
  onClose,
}: {
  id: string | null
  acts: TaskActs
  onClose: () => void
}) {
  const { t } = useTranslation('tasks')
  return (
    <Modal
      opened={id !== null}
      onClose={onClose}
      title={t('column.task')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('form.close') }}
    >
      {id !== null && <TaskDetails id={id} acts={acts} onClose={onClose} />}
    </Modal>
  )
}

function TaskDetails({ id, acts, onClose }: { id: string; acts: TaskActs; onClose: () => void }) {
  const found = useQuery(api.tasks.get.queryOptions({ input: { id } }))
  if (found.isLoadingError) {
    return <TroublePanel error={found.error} onRetry={() => void found.refetch()} />
  }
  if (found.data === undefined) return <Loading rows={3} height={40} />
  const { task, comments } = found.data
  return (
    <>
      <TaskWords task={task} acts={acts} onClose={onClose} />
      <Comments id={id} comments={comments} />
    </>
  )
}

function TaskWords({
  task,
  acts,
  onClose,
}: {
  task: AccountTask
  acts: TaskActs
  onClose: () => void
}) {
  const { t } = useTranslation('tasks')
  const text = useText()
  const mayAct = useMay('tasks:act')
  const isOpen = task.state === 'open' || task.state === 'started'
  return (
    <>
      <p>
        <Link to="/accounts/$accountId" params={{ accountId: task.account }} onClick={onClose}>
          {task.accountName}
        </Link>
      </p>
      {mayAct && isOpen ? (
        <ChangeForm task={task} acts={acts} onClose={onClose} />
      ) : (
        <>
          <h3>{text(task.title)}</h3>
          <p className="task-body">{text(task.body)}</p>
        </>
      )}
      {task.note !== null && (
        <p>
          <strong>{t('details.note')}</strong> <span className="task-body">{task.note}</span>
        </p>
      )}
    </>
  )
}

function ChangeForm({
  task,
  acts,
  onClose,
}: {
  task: AccountTask
  acts: TaskActs
  onClose: () => void
}) {
  const { t } = useTranslation('tasks')
  const text = useText()
  const toasts = useToasts()
  const refresh = useRefreshTasks()
  const isOfLamp = task.madeBy.kind === 'lamp'
  const [title, setTitle] = useState(text(task.title))
  const [body, setBody] = useState(text(task.body))
  const [dueOn, setDueOn] = useState(task.dueOn)
  const [owner, setOwner] = useState(task.assigned ? (task.owner ?? '') : '')
  const change = useMutation({
    mutationFn: () =>
      client.tasks.change({
        ...{ id: task.id, dueOn, owner: owner.trim() === '' ? null : owner },
        ...(isOfLamp ? {} : { title, body }),
      }),
    onSuccess: (changed) => {
      toasts.show({ tone: 'done', text: t('told.change', { task: text(changed.title) }) })
      onClose()
      return refresh()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form className="task-form" onSubmit={submit}>
      {isOfLamp ? (
        <div>
          <h3>{text(task.title)}</h3>
          <p className="task-body">{text(task.body)}</p>
          <p className="small dim">{t('details.lampWords')}</p>
        </div>
      ) : (
        <>
          <TextInput
            label={t('form.title')}
            value={title}
            required
            maxLength={200}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Textarea
            label={t('form.body')}
            value={body}
            maxLength={5000}
            autosize
            minRows={2}
            maxRows={10}
            onChange={(event) => setBody(event.currentTarget.value)}
          />
        </>
      )}
      <DueField value={dueOn} onChange={setDueOn} />
      <OwnerField value={owner} onChange={setOwner} />
      {change.isError && <TroublePanel error={change.error} />}
      <Group justify="space-between">
        {isOfLamp ? (
          <span />
        ) : (
          <Button
            variant="default"
            onClick={() => {
              acts.act(task, 'cancel')
              onClose()
            }}
          >
            {t('cancel')}
          </Button>
        )}
        <Button type="submit" loading={change.isPending}>
          {t('form.save')}
        </Button>
      </Group>
    </form>
  )
}

function Comments({ id, comments }: { id: string; comments: readonly TaskComment[] }) {
  const { t } = useTranslation('tasks')
  const format = useFormat()
  const queries = useQueryClient()
  const mayAct = useMay('tasks:act')
  const [written, setWritten] = useState('')
  const say = useMutation({
    mutationFn: () => client.tasks.comment({ id, text: written }),
    onSuccess: (found) => {
      setWritten('')
      queries.setQueryData(api.tasks.get.queryKey({ input: { id } }), found)
      return queries.invalidateQueries({ queryKey: api.tasks.list.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    say.mutate()
  }
  return (
    <section className="task-talk" aria-label={t('details.comments')}>
      <h3>{t('details.comments')}</h3>
      {comments.length === 0 ? (
        <p className="dim">{t('details.noComments')}</p>
      ) : (
        <ul className="task-comments">
          {comments.map(({ id: commentId, text, madeBy, madeAt }) => (
            <li key={commentId}>
              <div className="small dim">
                {t('details.by', {
                  name: madeBy ?? t('details.program'),
                  at: format.instant(madeAt),
                })}
              </div>
              <div className="task-body">{text}</div>
            </li>
          ))}
        </ul>
      )}
      {mayAct && (
        <form className="task-form" onSubmit={submit}>
          <Textarea
            label={t('details.comment')}
            value={written}
            required
            maxLength={2000}
            autosize
            minRows={2}
            maxRows={8}
            onChange={(event) => setWritten(event.currentTarget.value)}
          />
          {say.isError && <TroublePanel error={say.error} />}
          <div>
            <Button type="submit" variant="default" loading={say.isPending}>
              {t('details.say')}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}
