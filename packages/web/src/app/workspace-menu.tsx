import { Button, Group, Menu, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseWorkspace } from '../api/chosen-workspace.ts'
import { api, client } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useText } from '../i18n/hooks.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'

/** The workspace that is shown; for who belongs to several, or may make one, the way to the others. */
export function WorkspaceMenu({ name }: { name: string | undefined }) {
  const { t } = useTranslation('people')
  const text = useText()
  const mayRead = useMay('workspace:read')
  const mayMake = useMay('installation:configure')
  const all = useQuery({ ...api.workspaces.list.queryOptions(), enabled: mayRead })
  const [making, setMaking] = useState(false)
  const own = all.data ?? []
  // A workspace without a name of its own is called like the product, which stands beside it already.
  const shown = name === 'Tomoshibi' && own.length < 2 ? '' : name
  if (name === undefined || (own.length < 2 && !mayMake)) {
    return <span className="shell-workspace">{shown}</span>
  }
  return (
    <span className="shell-workspace">
      <Menu position="bottom-start" shadow="md" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            rightSection={<span aria-hidden="true">▾</span>}
          >
            {shown === '' ? t('workspaces.title') : shown}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('workspaces.title')}</Menu.Label>
          {own.map((one) => (
            <Menu.Item
              key={one.id}
              aria-current={one.current ? 'true' : undefined}
              disabled={one.current}
              onClick={() => chooseWorkspace(one.id)}
            >
              {one.name}
              {one.role !== null && <span className="small dim"> {text(one.role.name)}</span>}
            </Menu.Item>
          ))}
          {mayMake && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => setMaking(true)}>{t('workspaces.new')}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={t('workspaces.new')}
        closeButtonProps={{ 'aria-label': t('cancel') }}
      >
        <NewWorkspace onClose={() => setMaking(false)} />
      </Modal>
    </span>
  )
}

function NewWorkspace({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('people')
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: () => client.workspaces.create({ name }),
    onSuccess: ({ id }) => chooseWorkspace(id),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="you-form" onSubmit={submit}>
      <TextInput
        label={t('field.name')}
        description={t('workspaces.newSays')}
        required
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {make.isError && <TroublePanel error={make.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={make.isPending}>
          {t('workspaces.make')}
        </Button>
      </Group>
    </form>
  )
}
