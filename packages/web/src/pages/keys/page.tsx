import { Button, MultiSelect, NumberInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Permission } from '@tomoshibi/contract/operation'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useSession } from '../../api/session.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import '../you/you.css'

/** Keys of programs: those that call operations, and those that send events. */
export function KeysPage() {
  const { t } = useTranslation('people')
  return (
    <Page title={t('keys.title')} lead={t('keys.lead')}>
      <ApiKeys />
      <WriteKeys />
    </Page>
  )
}

interface KeyLine {
  readonly id: string
  readonly name: string
  readonly hint: string
  readonly permissions?: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}

function ApiKeys() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const mine = useSession().permissions
  const keys = useQuery(api.apiKeys.list.queryOptions())
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Permission[]>([])
  const [days, setDays] = useState<number | null>(90)
  const make = useMutation({
    mutationFn: () =>
      client.apiKeys.create({ name, permissions: [...chosen], expiresInDays: days }),
    onSuccess: () => {
      setName('')
      void queries.invalidateQueries({ queryKey: api.apiKeys.list.key() })
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => client.apiKeys.revoke({ id }),
    onSuccess: (all) => queries.setQueryData(api.apiKeys.list.queryKey(), all),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <section className="surface you-part" aria-label={t('keys.api')}>
      <h2>{t('keys.api')}</h2>
      <p className="dim">{t('keys.apiSays')}</p>
      <form className="you-form" onSubmit={submit}>
        <TextInput
          label={t('keys.name')}
          value={name}
          required
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label={t('keys.permissions')}
          data={[...mine]}
          value={[...chosen]}
          searchable
          onChange={(names) => setChosen(mine.filter((one) => names.includes(one)))}
        />
        <Days days={days} onChange={setDays} />
        {make.isError && <TroublePanel error={make.error} />}
        <div>
          <Button type="submit" loading={make.isPending} disabled={chosen.length === 0}>
            {t('keys.make')}
          </Button>
        </div>
      </form>
      {make.data !== undefined && <ShownOnce value={make.data.key} />}
      {revoke.isError && <TroublePanel error={revoke.error} />}
      <KeyTable
        title={t('keys.api')}
        keys={keys.data}
        error={keys.isLoadingError ? keys.error : null}
        onRevoke={(id) => revoke.mutate(id)}
      />
    </section>
  )
}

function WriteKeys() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const keys = useQuery(api.writeKeys.list.queryOptions())
  const [name, setName] = useState('')
  const [days, setDays] = useState<number | null>(null)
  const renewed = () => queries.invalidateQueries({ queryKey: api.writeKeys.list.key() })
  const make = useMutation({
    mutationFn: () => client.writeKeys.create({ name, expiresInDays: days }),
    onSuccess: () => {
      setName('')
      void renewed()
    },
  })
  const revoke = useMutation({
    mutationFn: (id: string) => client.writeKeys.revoke({ id }),
    onSuccess: renewed,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <section className="surface you-part" aria-label={t('keys.write')}>
      <h2>{t('keys.write')}</h2>
      <p className="dim">{t('keys.writeSays')}</p>
      <form className="you-form" onSubmit={submit}>
        <TextInput
          label={t('keys.name')}
          value={name}
          required
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Days days={days} onChange={setDays} />
        {make.isError && <TroublePanel error={make.error} />}
        <div>
          <Button type="submit" loading={make.isPending}>
            {t('keys.make')}
          </Button>
        </div>
      </form>
      {make.data !== undefined && <ShownOnce value={make.data.key} />}
      {revoke.isError && <TroublePanel error={revoke.error} />}
      <KeyTable
        title={t('keys.write')}
        keys={keys.data}
        error={keys.isLoadingError ? keys.error : null}
        onRevoke={(id) => revoke.mutate(id)}
      />
    </section>
  )
}

function Days({
  days,
  onChange,
}: {
  days: number | null
  onChange: (days: number | null) => void
}) {
  const { t } = useTranslation('people')
  return (
    <NumberInput
      label={t('keys.days')}
      description={t('keys.daysSays')}
      min={1}
      max={3650}
      allowDecimal={false}
      value={days ?? ''}
      onChange={(value) => onChange(typeof value === 'number' ? value : null)}
    />
  )
}

function ShownOnce({ value }: { value: string }) {
  const { t } = useTranslation('people')
  return (
    <TextInput
      mt="sm"
      label={t('keys.made')}
      description={t('keys.madeSays')}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}

function KeyTable({
  title,
  keys,
  error,
  onRevoke,
}: {
  title: string
  keys: readonly KeyLine[] | undefined
  error: unknown
  onRevoke: (id: string) => void
}) {
  const { t } = useTranslation('people')
  const format = useFormat()
  if (error !== null) return <TroublePanel error={error} />
  if (keys === undefined) return <Loading rows={2} height={34} />
  if (keys.length === 0) return <p className="dim">{t('keys.none')}</p>
  const at = (instant: string | null, none: string) =>
    instant === null ? none : format.instant(instant)
  return (
    <div className="scroll-x">
      <table className="data">
        <caption className="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t('keys.name')}</th>
            <th scope="col">{t('keys.ends')}</th>
            <th scope="col">{t('keys.used')}</th>
            <th scope="col">
              <span className="hidden">{t('keys.revoke')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row">
                {key.name} <code className="small dim">{key.hint}…</code>
                {key.permissions !== undefined && (
                  <div className="small dim">{key.permissions.join(', ')}</div>
                )}
              </th>
              <td className="you-when">{at(key.expiresAt, t('keys.never'))}</td>
              <td className="you-when">{at(key.lastUsedAt, t('keys.unused'))}</td>
              <td>
                {key.revokedAt === null ? (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t('keys.revokeOf', { name: key.name })}
                    onClick={() => onRevoke(key.id)}
                  >
                    {t('keys.revoke')}
                  </Button>
                ) : (
                  t('keys.revoked')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
