import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Passkey } from '@tomoshibi/contract/passkeys'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { makePasskey, passkeyPlace } from '../../api/passkeys.ts'
import { useSession } from '../../api/session.ts'
import { PasskeysNotHere, PasskeyTrouble } from '../../entry/passkey.tsx'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** What depends on which passkeys the person has. */
function useRenew(): () => void {
  const queries = useQueryClient()
  return () => {
    for (const { key } of [api.passkeys.list, api.session.list, api.session.get]) {
      void queries.invalidateQueries({ queryKey: key() })
    }
  }
}

/** The person's passkeys: to add, rename and remove. */
export function Passkeys() {
  const { t } = useTranslation('people')
  const { ways } = useSession()
  const renew = useRenew()
  const passkeys = useQuery(api.passkeys.list.queryOptions())
  return (
    <section className="surface you-part" aria-label={t('passkeys.title')}>
      <h2>{t('passkeys.title')}</h2>
      <p className="dim">{t('passkeys.says')}</p>
      {passkeys.isLoadingError ? (
        <TroublePanel error={passkeys.error} onRetry={() => void passkeys.refetch()} />
      ) : passkeys.data === undefined ? (
        <Loading rows={1} height={34} />
      ) : passkeys.data.length === 0 ? (
        <p>{t('passkeys.none')}</p>
      ) : (
        <PasskeyTable passkeys={passkeys.data} onChange={renew} />
      )}
      {passkeyPlace(ways.passkeysAt) === 'here' ? (
        <AddPasskey onDone={renew} />
      ) : (
        <PasskeysNotHere at={ways.passkeysAt} />
      )}
    </section>
  )
}

/** Has the browser make a passkey, which is called by where it is until its person says otherwise. */
export function AddPasskey({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('people')
  const add = useMutation({
    mutationFn: async () => {
      const credential = await makePasskey(await client.passkeys.beginAdding())
      return await client.passkeys.add({ credential })
    },
    onSuccess: onDone,
  })
  return (
    <div className="you-form">
      {add.isSuccess && <p role="status">{t('passkeys.added', { name: add.data.name })}</p>}
      {add.isError && <PasskeyTrouble error={add.error} />}
      <div>
        <Button loading={add.isPending} onClick={() => add.mutate()}>
          {t('passkeys.add')}
        </Button>
      </div>
    </div>
  )
}

function PasskeyTable({
  passkeys,
  onChange,
}: {
  passkeys: readonly Passkey[]
  onChange: () => void
}) {
  const { t } = useTranslation('people')
  return (
    <div className="scroll-x">
      <table className="data">
        <caption className="hidden">{t('passkeys.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('field.name')}</th>
            <th scope="col">{t('passkeys.made')}</th>
            <th scope="col">{t('passkeys.used')}</th>
            <th scope="col">
              <span className="hidden">{t('passkeys.act')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {passkeys.map((one) => (
            <PasskeyRow key={one.id} passkey={one} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function PasskeyRow({ passkey, onChange }: { passkey: Passkey; onChange: () => void }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const { id, name, createdAt, lastUsedAt, backedUp, usable } = passkey
  const [doing, setDoing] = useState<'nothing' | 'rename' | 'remove'>('nothing')
  const done = () => {
    setDoing('nothing')
    onChange()
  }
  const remove = useMutation({ mutationFn: () => client.passkeys.remove({ id }), onSuccess: done })
  if (doing === 'rename') {
    return (
      <tr>
        <td colSpan={4}>
          <Rename passkey={passkey} onDone={done} onCancel={() => setDoing('nothing')} />
        </td>
      </tr>
    )
  }
  if (doing === 'remove') {
    return (
      <tr>
        <td colSpan={4}>
          {remove.isError && <TroublePanel error={remove.error} />}
          <Group justify="space-between">
            <span>{t('passkeys.removeSure', { name })}</span>
            <Group gap="xs">
              <Button
                size="compact-sm"
                color="red"
                loading={remove.isPending}
                onClick={() => remove.mutate()}
              >
                {t('passkeys.remove')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => setDoing('nothing')}>
                {t('cancel')}
              </Button>
            </Group>
          </Group>
        </td>
      </tr>
    )
  }
  return (
    <tr>
      <td className="you-agent">
        {name}
        {backedUp && <div className="small dim">{t('passkeys.backedUp')}</div>}
        {!usable && <div className="small dim">{t('passkeys.unusable')}</div>}
      </td>
      <td className="you-when">{format.instant(createdAt)}</td>
      <td className="you-when">
        {lastUsedAt === null ? t('passkeys.unused') : format.instant(lastUsedAt)}
      </td>
      <td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('passkeys.renameOf', { name })}
            onClick={() => setDoing('rename')}
          >
            {t('passkeys.rename')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('passkeys.removeOf', { name })}
            onClick={() => setDoing('remove')}
          >
            {t('passkeys.remove')}
          </Button>
        </Group>
      </td>
    </tr>
  )
}

function Rename(props: { passkey: Passkey; onDone: () => void; onCancel: () => void }) {
  const { t } = useTranslation('people')
  const { id } = props.passkey
  const [name, setName] = useState(props.passkey.name)
  const rename = useMutation({
    mutationFn: () => client.passkeys.rename({ id, name }),
    onSuccess: props.onDone,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <form onSubmit={submit}>
      {rename.isError && <TroublePanel error={rename.error} />}
      <Group gap="xs" align="flex-end">
        <TextInput
          name="passkey-name"
          label={t('field.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={100}
          autoFocus
        />
        <Button type="submit" loading={rename.isPending}>
          {t('passkeys.rename')}
        </Button>
        <Button variant="default" onClick={props.onCancel}>
          {t('cancel')}
        </Button>
      </Group>
    </form>
  )
}
