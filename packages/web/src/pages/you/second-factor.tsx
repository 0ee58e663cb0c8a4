import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useHasPassword } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { PasswordField } from '../../entry/fields.tsx'
import { useFormat } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { RecoveryCodes, SetUpSecondFactor } from './second-factor-set-up.tsx'

/** Codes of an app as a second step of signing in: on, off, and the codes for who lost the app. */
export function SecondFactor() {
  const { t } = useTranslation('people')
  const format = useFormat()
  const queries = useQueryClient()
  const factor = useQuery(api.session.secondFactor.queryOptions())
  const [doing, setDoing] = useState<'nothing' | 'set_up' | 'remove' | 'renew'>('nothing')
  const done = () => {
    setDoing('nothing')
    void queries.invalidateQueries({ queryKey: api.session.secondFactor.key() })
    void queries.invalidateQueries({ queryKey: api.session.list.key() })
    void queries.invalidateQueries({ queryKey: api.session.get.key() })
  }
  const { data } = factor
  return (
    <section className="surface you-part" aria-label={t('secondFactor.title')}>
      <h2>{t('secondFactor.title')}</h2>
      <p className="dim">{t('secondFactor.says')}</p>
      {factor.isLoadingError ? (
        <TroublePanel error={factor.error} onRetry={() => void factor.refetch()} />
      ) : data === undefined ? (
        <Loading rows={1} height={34} />
      ) : doing === 'set_up' ? (
        <SetUpSecondFactor onDone={done} />
      ) : doing === 'remove' ? (
        <Remove onDone={done} />
      ) : doing === 'renew' ? (
        <Renew onDone={done} />
      ) : data.since === null ? (
        <>
          <p>{t('secondFactor.off')}</p>
          <Button onClick={() => setDoing('set_up')}>{t('secondFactor.setUp')}</Button>
        </>
      ) : (
        <>
          <p>
            {t('secondFactor.on', { since: format.instant(data.since) })}{' '}
            {t('secondFactor.left', { count: data.recoveryCodesLeft })}
          </p>
          <Group gap="xs">
            <Button variant="default" onClick={() => setDoing('renew')}>
              {t('secondFactor.renew')}
            </Button>
            <Button variant="default" onClick={() => setDoing('remove')}>
              {t('secondFactor.remove')}
            </Button>
          </Group>
        </>
      )}
    </section>
  )
}

function Remove({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('people')
  const toasts = useToasts()
  const hasPassword = useHasPassword()
  const [password, setPassword] = useState('')
  const remove = useMutation({
    mutationFn: () => client.session.removeSecondFactor(hasPassword ? { password } : {}),
    onSuccess: () => {
      toasts.show({ text: t('secondFactor.removed'), tone: 'done' })
      onDone()
    },
  })
  return (
    <Confirming
      password={password}
      onPassword={setPassword}
      act={t('secondFactor.remove')}
      pending={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onCancel={onDone}
    />
  )
}

function Renew({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('people')
  const hasPassword = useHasPassword()
  const [password, setPassword] = useState('')
  const renew = useMutation({
    mutationFn: () => client.session.renewRecoveryCodes(hasPassword ? { password } : {}),
  })
  if (renew.isSuccess) return <RecoveryCodes codes={renew.data.recoveryCodes} onDone={onDone} />
  return (
    <Confirming
      password={password}
      onPassword={setPassword}
      act={t('secondFactor.renew')}
      pending={renew.isPending}
      error={renew.error}
      onSubmit={() => renew.mutate()}
      onCancel={onDone}
    />
  )
}

/** Asks for the password before it is done; who has none is asked in another way by the server. */
function Confirming(props: {
  password: string
  onPassword(value: string): void
  act: string
  pending: boolean
  error: unknown
  onSubmit(): void
  onCancel(): void
}) {
  const { t } = useTranslation('people')
  const hasPassword = useHasPassword()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    props.onSubmit()
  }
  return (
    <form className="you-form" onSubmit={submit}>
      {hasPassword && (
        <PasswordField which="current" value={props.password} onChange={props.onPassword} focus />
      )}
      {props.error !== null && <TroublePanel error={props.error} />}
      <Group gap="xs">
        <Button type="submit" loading={props.pending}>
          {props.act}
        </Button>
        <Button variant="default" onClick={props.onCancel}>
          {t('cancel')}
        </Button>
      </Group>
    </form>
  )
}
