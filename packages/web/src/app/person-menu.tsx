import { Button, Menu } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Permission } from '@tomoshibi/contract/operation'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNewSession, useSession } from '../api/session.ts'
import { useText } from '../i18n/hooks.ts'

/** Who is signed in: their own page, and the way out. */
export function PersonMenu() {
  const { t } = useTranslation('people')
  const text = useText()
  const { person, role, permissions } = useSession()
  const may = (permission: Permission) => permissions.includes(permission)
  const begin = useNewSession()
  const signOut = useMutation({ mutationFn: () => client.session.signOut({}), onSuccess: begin })
  if (person === null) return null
  return (
    <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button size="xs" variant="default" aria-label={t('menu.label', { name: person.name })}>
          <span className="shell-person">{person.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.email}
          {role !== null && ` · ${text(role.name)}`}
        </Menu.Label>
        <Menu.Item renderRoot={(props) => <Link {...props} to="/you" />}>{t('menu.you')}</Menu.Item>
        {may('people:read') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/people" />}>
            {t('menu.people')}
          </Menu.Item>
        )}
        {may('keys:manage') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/keys" />}>
            {t('menu.keys')}
          </Menu.Item>
        )}
        {may('webhooks:manage') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/webhooks" />}>
            {t('menu.webhooks')}
          </Menu.Item>
        )}
        {may('audit:read') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/audit" />}>
            {t('menu.audit')}
          </Menu.Item>
        )}
        {may('installation:configure') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/installation" />}>
            {t('menu.installation')}
          </Menu.Item>
        )}
        {may('personal-data:manage') && (
          <Menu.Item renderRoot={(props) => <Link {...props} to="/personal-data" />}>
            {t('menu.personalData')}
          </Menu.Item>
        )}
        <Menu.Item onClick={() => signOut.mutate()}>{t('menu.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
