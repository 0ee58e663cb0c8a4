import { Button, Modal } from '@mantine/core'
import type { RoleView } from '@tomoshibi/contract/people'
import { permissionSays } from '@tomoshibi/contract/roles'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.ts'
import { useText } from '../../i18n/hooks.ts'
import { RoleForm } from './role-form.tsx'

/** What each role may do; those of the workspace's own can be made, changed and removed. */
export function Roles({ roles }: { roles: readonly RoleView[] }) {
  const { t } = useTranslation('people')
  const text = useText()
  const mayManage = useMay('people:manage')
  const [edited, setEdited] = useState<RoleView | 'new' | null>(null)
  const title =
    edited === null || edited === 'new'
      ? t('roles.new')
      : t('roles.changeOf', { name: text(edited.name) })
  return (
    <section className="surface you-part" aria-label={t('roles.title')}>
      <h2>{t('roles.title')}</h2>
      <dl className="you-facts">
        {roles.map((role) => (
          <div key={role.key} className="you-role">
            <dt>{text(role.name)}</dt>
            <dd>
              {role.builtIn
                ? text(role.says)
                : t(role.accounts === 'all' ? 'roles.ownAll' : 'roles.ownBySetting')}
              <details>
                <summary>{t('roles.permissions', { count: role.permissions.length })}</summary>
                <ul className="small dim">
                  {role.permissions.map((one) => (
                    <li key={one}>{text(permissionSays[one])}</li>
                  ))}
                </ul>
              </details>
              {mayManage && !role.builtIn && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('roles.changeOf', { name: text(role.name) })}
                  onClick={() => setEdited(role)}
                >
                  {t('members.change')}
                </Button>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {mayManage && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setEdited('new')}>
          {t('roles.new')}
        </Button>
      )}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={title}
        closeButtonProps={{ 'aria-label': t('cancel') }}
      >
        {edited !== null && (
          <RoleForm
            role={edited === 'new' ? null : edited}
            roles={roles}
            onClose={() => setEdited(null)}
          />
        )}
      </Modal>
    </section>
  )
}
