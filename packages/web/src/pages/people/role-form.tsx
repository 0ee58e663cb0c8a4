import { Button, Checkbox, Group, Radio, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Permission } from '@tomoshibi/contract/operation'
import type { RoleView } from '@tomoshibi/contract/people'
import { grantable, permissionSays } from '@tomoshibi/contract/roles'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useSession } from '../../api/session.ts'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** A key that nobody has to think about: letters and digits of the name, or a number where it has none. */
export function keyOfRole(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 30)
  const base = plain === '' ? 'role' : plain
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}_${number}`
    if (!taken.includes(key)) return key
  }
}

/** Makes a role from permissions, or changes one; for everybody who has it, with their next request. */
export function RoleForm({
  role,
  roles,
  onClose,
}: {
  /** Null for a new one. */
  role: RoleView | null
  roles: readonly RoleView[]
  onClose: () => void
}) {
  const { t } = useTranslation('people')
  const text = useText()
  const queries = useQueryClient()
  const mine = useSession().permissions
  const [name, setName] = useState(role === null ? '' : text(role.name))
  const [chosen, setChosen] = useState<readonly Permission[]>(role?.permissions ?? [])
  const [accounts, setAccounts] = useState(role?.accounts ?? 'all')
  const [removing, setRemoving] = useState(false)
  const renewed = (all: RoleView[]) => {
    queries.setQueryData(api.people.roles.queryKey(), all)
    void queries.invalidateQueries({ queryKey: api.session.get.key() })
    onClose()
  }
  const keys = roles.map(({ key }) => key)
  const define = useMutation({
    mutationFn: () =>
      client.people.defineRole({
        key: role?.key ?? keyOfRole(name, keys),
        name,
        permissions: [...chosen],
        accounts,
      }),
    onSuccess: renewed,
  })
  const remove = useMutation({
    mutationFn: (key: string) => client.people.removeRole({ key }),
    onSuccess: renewed,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    define.mutate()
  }
  const error = define.error ?? remove.error
  return (
    <form className="you-form" onSubmit={submit}>
      <TextInput
        label={t('field.name')}
        required
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group
        label={t('roles.may')}
        value={[...chosen]}
        onChange={(names) => setChosen(grantable.filter((one) => names.includes(one)))}
      >
        <Stack gap={6} mt={6}>
          {grantable.map((permission) => (
            <Checkbox
              key={permission}
              value={permission}
              label={text(permissionSays[permission])}
              description={permission}
              // Nobody gives what they lack.
              disabled={!mine.includes(permission)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Radio.Group
        label={t('roles.sees')}
        value={accounts}
        onChange={(next) => setAccounts(next === 'by_setting' ? 'by_setting' : 'all')}
      >
        <Stack gap={6} mt={6}>
          <Radio value="all" label={t('seen.all')} />
          <Radio value="by_setting" label={t('roles.seesBySetting')} />
        </Stack>
      </Radio.Group>
      {error !== null && <TroublePanel error={error} />}
      {role !== null &&
        (removing ? (
          <Group justify="space-between">
            <span>{t('roles.removeSure', { name })}</span>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(role.key)}>
              {t('roles.removeYes')}
            </Button>
          </Group>
        ) : (
          <div>
            <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
              {t('roles.remove')}
            </Button>
          </div>
        ))}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={define.isPending} disabled={chosen.length === 0}>
          {t('members.save')}
        </Button>
      </Group>
    </form>
  )
}
