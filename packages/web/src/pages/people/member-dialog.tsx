import { Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Member, RoleView } from '@tomoshibi/contract/people'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { MadeLink } from './made-link.tsx'
import { type Standing, StandingFields } from './standing-fields.tsx'

/** Changes what a member is, makes them a link for a new password, or takes them out. */
export function MemberDialog({
  member,
  roles,
  onClose,
}: {
  member: Member
  roles: readonly RoleView[]
  onClose: () => void
}) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const { userId } = member
  const [standing, setStanding] = useState<Standing>(member)
  const [removing, setRemoving] = useState(false)
  const renewed = () => {
    void queries.invalidateQueries({ queryKey: api.people.list.key() })
    void queries.invalidateQueries({ queryKey: api.session.get.key() })
    onClose()
  }
  const { role, team, ownerName } = standing
  const change = useMutation({
    mutationFn: () => client.people.change({ userId, role, team, ownerName }),
    onSuccess: renewed,
  })
  const remove = useMutation({
    mutationFn: () => client.people.remove({ userId }),
    onSuccess: renewed,
  })
  const link = useMutation({ mutationFn: () => client.people.passwordLink({ userId }) })
  const resetFactor = useMutation({
    mutationFn: () => client.people.resetSecondFactor({ userId }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: api.people.list.key() }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  const error = change.error ?? remove.error ?? link.error ?? resetFactor.error
  return (
    <form className="you-form" onSubmit={submit}>
      <StandingFields roles={roles} value={standing} onChange={setStanding} />
      {link.data !== undefined && <MadeLink {...link.data} />}
      {resetFactor.isSuccess && <p role="status">{t('members.resetFactorDone')}</p>}
      {error !== null && <TroublePanel error={error} />}
      {removing ? (
        <Group justify="space-between">
          <span>{t('members.removeSure', { name: member.name })}</span>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('members.removeYes')}
          </Button>
        </Group>
      ) : (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            loading={link.isPending}
            onClick={() => link.mutate()}
          >
            {t('members.passwordLink')}
          </Button>
          {member.secondFactor && !resetFactor.isSuccess && (
            <Button
              size="xs"
              variant="default"
              loading={resetFactor.isPending}
              onClick={() => resetFactor.mutate()}
            >
              {t('members.resetFactor')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => setRemoving(true)}>
            {t('members.remove')}
          </Button>
        </Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={change.isPending}>
          {t('members.save')}
        </Button>
      </Group>
    </form>
  )
}
