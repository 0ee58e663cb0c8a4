import { Button, Checkbox, Group, Modal, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { IdentityProvider } from '@tomoshibi/contract/identity-providers'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { RedirectAddress } from './redirect-address.tsx'

interface Chosen {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly secret: string
  /** As it is typed. */
  readonly domains: string
  readonly joins: IdentityProvider['joins']
  readonly trustsSecondFactor: boolean
  readonly enabled: boolean
}

const chosenOf = (provider: IdentityProvider | null): Chosen => ({
  id: provider?.id ?? '',
  name: provider?.name ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  secret: '',
  domains: provider?.domains.join(', ') ?? '',
  joins: provider?.joins ?? null,
  trustsSecondFactor: provider?.trustsSecondFactor ?? false,
  enabled: provider?.enabled ?? true,
})

/** Adds an identity provider, or changes one. */
export function ProviderDialog({
  provider,
  publicUrl,
  onClose,
}: {
  provider: IdentityProvider | null
  publicUrl: string
  onClose(): void
}) {
  const { t } = useTranslation('sso')
  const queries = useQueryClient()
  const toasts = useToasts()
  const [chosen, setChosen] = useState(() => chosenOf(provider))
  const change = (more: Partial<Chosen>) => setChosen({ ...chosen, ...more })
  const shown = (next: IdentityProvider[], text: string) => {
    queries.setQueryData(api.identityProviders.list.queryKey(), next)
    void queries.invalidateQueries({ queryKey: api.session.get.key() })
    toasts.show({ text, tone: 'done' })
    onClose()
  }
  const save = useMutation({
    mutationFn: () => {
      const { secret, domains, ...rest } = chosen
      return client.identityProviders.set({
        ...rest,
        domains: domains.split(/[,\s、]+/).filter((one) => one !== ''),
        ...(secret === '' ? {} : { secret }),
      })
    },
    onSuccess: (next) => shown(next, t('providers.saved')),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={provider?.name ?? t('providers.new')}
      closeButtonProps={{ 'aria-label': t('providers.cancel') }}
    >
      <form className="you-form" onSubmit={submit}>
        <TextInput
          label={t('providers.name')}
          description={t('providers.nameSays')}
          value={chosen.name}
          required
          maxLength={60}
          data-autofocus
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('providers.id')}
          description={t('providers.idSays')}
          value={chosen.id}
          required
          disabled={provider !== null}
          pattern="[a-z][a-z0-9\-]{0,39}"
          onChange={(event) => change({ id: event.currentTarget.value })}
        />
        {chosen.id !== '' && <RedirectAddress publicUrl={publicUrl} id={chosen.id} />}
        <TextInput
          type="url"
          label={t('providers.issuer')}
          description={t('providers.issuerSays')}
          value={chosen.issuer}
          required
          disabled={provider !== null}
          maxLength={500}
          onChange={(event) => change({ issuer: event.currentTarget.value })}
        />
        <TextInput
          label={t('providers.clientId')}
          autoComplete="off"
          value={chosen.clientId}
          required
          maxLength={500}
          onChange={(event) => change({ clientId: event.currentTarget.value })}
        />
        <PasswordInput
          label={t('providers.secret')}
          description={provider === null ? undefined : t('providers.secretKept')}
          autoComplete="new-password"
          required={provider === null}
          visibilityToggleButtonProps={{
            'aria-label': t('field.show', { ns: 'people' }),
            tabIndex: 0,
          }}
          value={chosen.secret}
          maxLength={2000}
          onChange={(event) => change({ secret: event.currentTarget.value })}
        />
        <TextInput
          label={t('providers.domains')}
          description={t('providers.domainsSays')}
          value={chosen.domains}
          onChange={(event) => change({ domains: event.currentTarget.value })}
        />
        <Joins value={chosen.joins} onChange={(joins) => change({ joins })} />
        <Checkbox
          label={t('providers.trusts')}
          description={t('providers.trustsSays')}
          checked={chosen.trustsSecondFactor}
          onChange={(event) => change({ trustsSecondFactor: event.currentTarget.checked })}
        />
        <Checkbox
          label={t('providers.enabled')}
          checked={chosen.enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        {save.isError && <TroublePanel error={save.error} />}
        <Group justify="flex-end">
          {provider !== null && (
            <Remove provider={provider} onRemoved={(next) => shown(next, t('providers.removed'))} />
          )}
          <Button variant="default" onClick={onClose}>
            {t('providers.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('providers.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

const nowhere = ''

/** Whether people whom nobody knows become members, of this workspace. One that was chosen elsewhere stays to choose. */
function Joins({
  value,
  onChange,
}: {
  value: IdentityProvider['joins']
  onChange(joins: IdentityProvider['joins']): void
}) {
  const { t } = useTranslation('sso')
  const text = useText()
  const session = useQuery(api.session.get.queryOptions())
  const roles = useQuery(api.people.roles.queryOptions())
  const here = session.data?.workspace?.id
  const options = (roles.data ?? [])
    .filter(({ key }) => key !== 'owner' && here !== undefined)
    .map(({ key, name }) => ({
      joins: { workspaceId: here ?? '', role: key },
      label: t('providers.joinsRole', { role: text(name) }),
    }))
  const isElsewhere = value !== null && value.workspaceId !== here
  const all = isElsewhere
    ? [
        ...options,
        {
          joins: value,
          label: t('providers.joinsOther', { workspace: value.workspaceId, role: value.role }),
        },
      ]
    : options
  const keyOf = (joins: NonNullable<IdentityProvider['joins']>) => JSON.stringify(joins)
  return (
    <Select
      label={t('providers.joins')}
      allowDeselect={false}
      value={value === null ? nowhere : keyOf(value)}
      data={[
        { value: nowhere, label: t('providers.joinsNobody') },
        ...all.map(({ joins, label }) => ({ value: keyOf(joins), label })),
      ]}
      onChange={(next) => onChange(all.find(({ joins }) => keyOf(joins) === next)?.joins ?? null)}
    />
  )
}

function Remove({
  provider: { id, people },
  onRemoved,
}: {
  provider: IdentityProvider
  onRemoved(next: IdentityProvider[]): void
}) {
  const { t } = useTranslation('sso')
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => client.identityProviders.remove({ id }),
    onSuccess: onRemoved,
  })
  if (!isAsking) {
    return (
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('providers.remove')}
      </Button>
    )
  }
  return (
    <div>
      <p role="alert">{t('providers.removeSays', { count: people })}</p>
      {remove.isError && <TroublePanel error={remove.error} />}
      <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
        {t('providers.removeYes')}
      </Button>
    </div>
  )
}
