import { Button, Group, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountNames } from '../../api/accounts.ts'
import { client } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { addDays } from '../../format/calendar.ts'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { DueField, OwnerField } from './fields.tsx'
import { useRefreshTasks } from './use-task-acts.ts'

/** Makes a task for an account: the one given, or one to choose. */
export function NewTaskDialog({
  account,
  opened,
  onClose,
}: {
  account?: string
  opened: boolean
  onClose: () => void
}) {
  const { t } = useTranslation('tasks')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('new')}
      closeButtonProps={{ 'aria-label': t('form.close') }}
    >
      <NewTaskForm onClose={onClose} {...(account === undefined ? {} : { account })} />
    </Modal>
  )
}

const weekDays = 7

function NewTaskForm({ account, onClose }: { account?: string; onClose: () => void }) {
  const { t } = useTranslation('tasks')
  const text = useText()
  const toasts = useToasts()
  const refresh = useRefreshTasks()
  const { today } = useWorkspace()
  const names = useAccountNames()
  const [chosen, setChosen] = useState<string | null>(account ?? null)
  const [title, setTitle] = useState('')
  const [body, setBody] = useState('')
  const [dueOn, setDueOn] = useState(addDays(today, weekDays))
  const [owner, setOwner] = useState('')
  const [lacksAccount, setLacksAccount] = useState(false)
  const make = useMutation({
    mutationFn: (of: string) =>
      client.tasks.create({
        ...{ account: of, title, body, dueOn },
        owner: owner.trim() === '' ? null : owner,
      }),
    onSuccess: (task) => {
      toasts.show({ tone: 'done', text: t('told.create', { task: text(task.title) }) })
      onClose()
      return refresh()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLacksAccount(chosen === null)
    if (chosen !== null) make.mutate(chosen)
  }
  return (
    <form className="task-form" onSubmit={submit}>
      {account === undefined && (
        <Select
          label={t('form.account')}
          description={t('form.accountSays')}
          data={[...names].map(([value, label]) => ({ value, label }))}
          value={chosen}
          searchable
          required
          limit={50}
          error={lacksAccount && t('form.noAccount')}
          onChange={setChosen}
          data-autofocus
        />
      )}
      <TextInput
        label={t('form.title')}
        value={title}
        required
        maxLength={200}
        onChange={(event) => setTitle(event.currentTarget.value)}
        {...(account === undefined ? {} : { 'data-autofocus': true })}
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
      <DueField value={dueOn} onChange={setDueOn} />
      <OwnerField value={owner} onChange={setOwner} />
      {make.isError && <TroublePanel error={make.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('form.close')}
        </Button>
        <Button type="submit" loading={make.isPending}>
          {t('form.make')}
        </Button>
      </Group>
    </form>
  )
}
