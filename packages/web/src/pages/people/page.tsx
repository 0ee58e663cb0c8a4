import { Button, Modal, Radio, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Invitation, Member, RoleView } from '@tomoshibi/contract/people'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { InviteForm } from './invite-form.tsx'
import { MemberDialog } from './member-dialog.tsx'
import { Roles } from './roles.tsx'
import '../you/you.css'

/** Who belongs to the workspace, who is invited, and what each role may do. */
export function PeoplePage() {
  const { t } = useTranslation('people')
  const mayManage = useMay('people:manage')
  const roles = useQuery(api.people.roles.queryOptions())
  return (
    <Page title={t('people.title')} lead={t('people.lead')}>
      {roles.isLoadingError ? (
        <TroublePanel error={roles.error} onRetry={() => void roles.refetch()} />
      ) : roles.data === undefined ? (
        <Loading rows={6} height={34} />
      ) : (
        <>
          {mayManage && <InviteForm roles={roles.data} />}
          <Members roles={roles.data} />
          <Invitations roles={roles.data} />
          <SeenByCsm />
          <RequiredSecondFactor />
          <Roles roles={roles.data} />
        </>
      )}
    </Page>
  )
}

const roleName = (
  roles: readonly RoleView[],
  key: string,
  text: (of: RoleView['name']) => string,
) => {
  const role = roles.find((one) => one.key === key)
  return role === undefined ? key : text(role.name)
}

function Members({ roles }: { roles: readonly RoleView[] }) {
  const { t } = useTranslation('people')
  const text = useText()
  const format = useFormat()
  const mayManage = useMay('people:manage')
  const members = useQuery(api.people.list.queryOptions())
  const [edited, setEdited] = useState<Member | null>(null)
  return (
    <section className="surface you-part" aria-label={t('members.title')}>
      <h2>{t('members.title')}</h2>
      {members.isLoadingError ? (
        <TroublePanel error={members.error} onRetry={() => void members.refetch()} />
      ) : members.data === undefined ? (
        <Loading rows={3} height={34} />
      ) : members.data.length === 0 ? (
        <p className="dim">{t('members.none')}</p>
      ) : (
        <div className="scroll-x">
          <table className="data">
            <caption className="hidden">{t('members.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('field.name')}</th>
                <th scope="col">{t('field.role')}</th>
                <th scope="col">{t('field.team')}</th>
                <th scope="col">{t('field.ownerName')}</th>
                <th scope="col">{t('members.secondFactor')}</th>
                <th scope="col">{t('members.lastSeen')}</th>
                <th scope="col">
                  <span className="hidden">{t('members.change')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.data.map((member) => (
                <tr key={member.userId}>
                  <th scope="row">
                    {member.name}
                    <div className="small dim">{member.email}</div>
                  </th>
                  <td>{roleName(roles, member.role, text)}</td>
                  <td>{member.team}</td>
                  <td>{member.ownerName}</td>
                  <td>{member.secondFactor ? '✓' : '–'}</td>
                  <td className="you-when">
                    {member.lastSeenAt === null
                      ? t('members.notSignedIn')
                      : format.instant(member.lastSeenAt)}
                  </td>
                  <td>
                    {mayManage && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t('members.changeOf', { name: member.name })}
                        onClick={() => setEdited(member)}
                      >
                        {t('members.change')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited === null ? '' : t('members.changeOf', { name: edited.name })}
        closeButtonProps={{ 'aria-label': t('cancel') }}
      >
        {edited !== null && (
          <MemberDialog member={edited} roles={roles} onClose={() => setEdited(null)} />
        )}
      </Modal>
    </section>
  )
}

function Invitations({ roles }: { roles: readonly RoleView[] }) {
  const { t } = useTranslation('people')
  const text = useText()
  const format = useFormat()
  const queries = useQueryClient()
  const mayManage = useMay('people:manage')
  const invitations = useQuery(api.invitations.list.queryOptions())
  const revoke = useMutation({
    mutationFn: (one: Invitation) => client.invitations.revoke({ id: one.id }),
    onSuccess: (left) => queries.setQueryData(api.invitations.list.queryKey(), left),
  })
  if (invitations.data === undefined || invitations.data.length === 0) {
    return invitations.isLoadingError ? <TroublePanel error={invitations.error} /> : null
  }
  return (
    <section className="surface you-part" aria-label={t('invitations.title')}>
      <h2>{t('invitations.title')}</h2>
      {revoke.isError && <TroublePanel error={revoke.error} />}
      <div className="scroll-x">
        <table className="data">
          <caption className="hidden">{t('invitations.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('field.email')}</th>
              <th scope="col">{t('field.role')}</th>
              <th scope="col">{t('invitations.by')}</th>
              <th scope="col">{t('invitations.until')}</th>
              <th scope="col">
                <span className="hidden">{t('invitations.revoke')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invitations.data.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.email}</th>
                <td>{roleName(roles, one.role, text)}</td>
                <td>{one.invitedBy ?? t('invitations.byMachine')}</td>
                <td className="you-when">
                  {one.expired ? t('invitations.expired') : format.instant(one.expiresAt)}
                </td>
                <td>
                  {mayManage && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('invitations.revokeOf', { email: one.email })}
                      disabled={revoke.isPending}
                      onClick={() => revoke.mutate(one)}
                    >
                      {t('invitations.revoke')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** The setting that says which accounts a CSM sees. */
function SeenByCsm() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const mayConfigure = useMay('workspace:configure')
  const { settings } = useWorkspace()
  const value = settings.find(({ key }) => key === 'csmSees')?.value
  const change = useMutation({
    mutationFn: (csmSees: string) => client.workspace.configure({ settings: { csmSees } }),
    onSuccess: (workspace) => queries.setQueryData(api.workspace.get.queryKey(), workspace),
  })
  if (!mayConfigure) return null
  return (
    <section className="surface you-part" aria-label={t('seen.title')}>
      <h2>{t('seen.title')}</h2>
      <p className="dim">{t('seen.says')}</p>
      <Radio.Group
        mt="sm"
        aria-label={t('seen.title')}
        value={value === 'own_and_team' ? 'own_and_team' : 'all'}
        onChange={(next) => change.mutate(next)}
      >
        <Stack gap="xs">
          <Radio value="all" label={t('seen.all')} disabled={change.isPending} />
          <Radio value="own_and_team" label={t('seen.own')} disabled={change.isPending} />
        </Stack>
      </Radio.Group>
      {change.isError && <TroublePanel error={change.error} />}
    </section>
  )
}

/** The setting that says who must sign in with codes of an app as well. */
function RequiredSecondFactor() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const mayConfigure = useMay('workspace:configure')
  const { settings } = useWorkspace()
  const value = settings.find(({ key }) => key === 'secondFactor')?.value
  const change = useMutation({
    mutationFn: (secondFactor: string) =>
      client.workspace.configure({ settings: { secondFactor } }),
    onSuccess: (workspace) => {
      queries.setQueryData(api.workspace.get.queryKey(), workspace)
      void queries.invalidateQueries({ queryKey: api.session.get.key() })
    },
  })
  if (!mayConfigure) return null
  return (
    <section className="surface you-part" aria-label={t('required.title')}>
      <h2>{t('required.title')}</h2>
      <p className="dim">{t('required.says')}</p>
      <Radio.Group
        mt="sm"
        aria-label={t('required.title')}
        value={typeof value === 'string' ? value : 'optional'}
        onChange={(next) => change.mutate(next)}
      >
        <Stack gap="xs">
          {(['optional', 'managers', 'everybody'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`required.${one}`)} disabled={change.isPending} />
          ))}
        </Stack>
      </Radio.Group>
      {change.isError && <TroublePanel error={change.error} />}
    </section>
  )
}
