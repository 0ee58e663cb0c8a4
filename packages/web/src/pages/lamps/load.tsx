import { Button, Group, Modal, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { LoadTable } from './preview-panel.tsx'

/** What lamps do to each CSM's week, those to do without where it is too full, and those that are retired. */
export function LampLoad() {
  const { t } = useTranslation('lamps')
  const text = useText()
  const format = useFormat()
  const may = useMay('lamps:define')
  const week = useQuery(api.lamps.load.queryOptions())
  const [retiring, setRetiring] = useState<Retiring | null>(null)
  return (
    <section className="goals-section" aria-label={t('week.title')}>
      <h2>{t('week.title')}</h2>
      {week.isLoadingError ? (
        <TroublePanel error={week.error} onRetry={() => void week.refetch()} />
      ) : week.data === undefined ? (
        <Loading rows={3} height={40} />
      ) : (
        <>
          <p className="dim">
            {t('week.says', {
              from: format.day(week.data.from),
              through: format.day(week.data.through),
            })}
          </p>
          {week.data.load.length === 0 ? (
            <p>{t('week.none')}</p>
          ) : (
            <div className="surface scroll-x">
              <LoadTable load={week.data.load} withAdded={false} />
            </div>
          )}
          {week.data.retire.length > 0 && (
            <>
              <p>{t('retire')}</p>
              <ul className="retire-list">
                {week.data.retire.map(({ key, name, says }) => (
                  <li key={key}>
                    <strong>{text(name)}</strong> {text(says)}{' '}
                    {may && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        onClick={() => setRetiring({ key, name: text(name), why: text(says) })}
                        aria-label={t('week.retireOf', { lamp: text(name) })}
                      >
                        {t('week.retire')}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      <Retired may={may} />
      <RetireDialog retiring={retiring} onClose={() => setRetiring(null)} />
    </section>
  )
}

interface Retiring {
  readonly key: string
  readonly name: string
  /** The reason that is offered. */
  readonly why: string
}

/** Asks why a lamp is evaluated no more. */
function RetireDialog({ retiring, onClose }: { retiring: Retiring | null; onClose: () => void }) {
  const { t } = useTranslation('lamps')
  return (
    <Modal
      opened={retiring !== null}
      onClose={onClose}
      title={retiring && t('week.retireTitle', { lamp: retiring.name })}
      closeButtonProps={{ 'aria-label': t('week.cancel') }}
    >
      {retiring && <RetireForm retiring={retiring} onClose={onClose} />}
    </Modal>
  )
}

function RetireForm({ retiring, onClose }: { retiring: Retiring; onClose: () => void }) {
  const { t } = useTranslation('lamps')
  const toasts = useToasts()
  const refresh = useRefresh()
  const [reason, setReason] = useState(retiring.why)
  const [checked, setChecked] = useState(false)
  const error = reason.trim() === '' ? t('week.reasonError') : null
  const restore = useRestore()
  const retire = useMutation({
    mutationFn: () => client.lamps.retire({ lamp: retiring.key, reason: reason.trim() }),
    onSuccess: async () => {
      toasts.show({
        tone: 'done',
        text: t('week.retired', { lamp: retiring.name }),
        undo: () => restore.mutate(retiring.key),
      })
      onClose()
      await refresh()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (error === null) retire.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <p className="dim">{t('week.retireSays')}</p>
      <Textarea
        label={t('week.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={checked && error}
        required
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
      />
      {retire.error !== null && <TroublePanel error={retire.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('week.cancel')}
        </Button>
        <Button type="submit" loading={retire.isPending}>
          {t('week.retire')}
        </Button>
      </Group>
    </form>
  )
}

function Retired({ may }: { may: boolean }) {
  const { t } = useTranslation('lamps')
  const text = useText()
  const format = useFormat()
  const retired = useQuery(api.lamps.retired.queryOptions())
  const restore = useRestore()
  if (retired.isLoadingError) return <TroublePanel error={retired.error} />
  if (retired.data === undefined || retired.data.length === 0) return null
  return (
    <>
      <h3>{t('week.retiredTitle')}</h3>
      <ul className="retire-list">
        {retired.data.map((each) => (
          <li key={each.lamp}>
            <strong>{text(each.name)}</strong>{' '}
            <span className="dim">
              {format.instant(each.retiredAt)}
              {each.retiredBy !== null && ` · ${each.retiredBy}`}: {each.reason}
            </span>{' '}
            {may && (
              <Button
                size="compact-xs"
                variant="default"
                loading={restore.isPending && restore.variables === each.lamp}
                onClick={() => restore.mutate(each.lamp)}
                aria-label={t('week.restoreOf', { lamp: text(each.name) })}
              >
                {t('week.restore')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {restore.error !== null && <TroublePanel error={restore.error} />}
    </>
  )
}

function useRefresh() {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: api.lamps.key() }),
      queries.invalidateQueries({ queryKey: api.evidence.key() }),
      queries.invalidateQueries({ queryKey: api.accounts.key() }),
    ])
}

function useRestore() {
  const { t } = useTranslation('lamps')
  const text = useText()
  const toasts = useToasts()
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (lamp: string) => client.lamps.restore({ lamp }),
    onSuccess: async ({ name }) => {
      toasts.show({ tone: 'done', text: t('week.restored', { lamp: text(name) }) })
      await refresh()
    },
  })
}
