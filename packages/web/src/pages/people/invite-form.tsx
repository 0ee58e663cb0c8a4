import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RoleView } from '@tomoshibi/contract/people'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useLanguage } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { MadeLink } from './made-link.tsx'
import { type Standing, StandingFields } from './standing-fields.tsx'

const first: Standing = { role: 'csm', team: '', ownerName: '' }

/** Invites somebody; the link to hand over stands below, once. */
export function InviteForm({ roles }: { roles: readonly RoleView[] }) {
  const { t } = useTranslation('people')
  const language = useLanguage()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [standing, setStanding] = useState(first)
  const invite = useMutation({
    mutationFn: () => client.invitations.create({ email, ...standing, language }),
    onSuccess: () => {
      setEmail('')
      setStanding(first)
      void queries.invalidateQueries({ queryKey: api.invitations.list.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate()
  }
  return (
    <section className="surface you-part" aria-label={t('invite.title')}>
      <h2>{t('invite.title')}</h2>
      <form className="you-form" onSubmit={submit}>
        <TextInput
          type="email"
          autoComplete="off"
          label={t('field.email')}
          value={email}
          required
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <StandingFields roles={roles} value={standing} onChange={setStanding} />
        {invite.isError && <TroublePanel error={invite.error} />}
        <div>
          <Button type="submit" loading={invite.isPending}>
            {t('invite.submit')}
          </Button>
        </div>
      </form>
      <output aria-live="polite">
        {invite.data !== undefined && (
          <>
            <p>
              {t(invite.data.mailed ? 'invite.mailed' : 'invite.done', {
                email: invite.data.email,
              })}
            </p>
            <MadeLink link={invite.data.link} expiresAt={invite.data.expiresAt} />
          </>
        )}
      </output>
    </section>
  )
}
