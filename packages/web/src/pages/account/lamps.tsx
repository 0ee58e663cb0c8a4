import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Account } from '@tomoshibi/contract/accounts'
import type { LampState, LampTransition } from '@tomoshibi/contract/light'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useLampDefinitions } from '../../api/lamp-names.ts'
import { useMay } from '../../api/session.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { LampShape } from '../../ui/lamp-mark.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { LampCard } from '../today/lamp-card.tsx'
import { SnoozeDialog } from '../today/snooze-dialog.tsx'
import '../today/today.css'
import { lampId } from '../today/grouping.ts'
import { useActs } from '../today/use-acts.ts'

/** The account's lamps that are not off, to act on, and what all its lamps did before. */
export function AccountLamps({ account }: { account: Account }) {
  const { t } = useTranslation('accounts')
  const acts = useActs()
  const [snoozing, setSnoozing] = useState<LampState | null>(null)
  const [stepsOf, setStepsOf] = useState<ReadonlySet<string>>(new Set())
  const asking = account.lamps.filter((lamp) => lamp.silenced === null)
  const lit = asking.filter((lamp) => lamp.state === 'lit' || lamp.state === 'acting')
  const snoozed = asking.filter((lamp) => lamp.state === 'snoozed')
  const setSteps = (lamp: LampState, open: boolean) => {
    const next = new Set(stepsOf)
    if (open) next.add(lampId(lamp))
    else next.delete(lampId(lamp))
    if (next.size !== stepsOf.size) setStepsOf(next)
  }
  return (
    <>
      {lit.length === 0 ? (
        <p className="dim">{t('account.lampsNone')}</p>
      ) : (
        <div className="surface">
          {lit.map((lamp) => (
            <LampCard
              key={lamp.lamp}
              lamp={lamp}
              stepsOpen={stepsOf.has(lampId(lamp))}
              onSteps={(open) => setSteps(lamp, open)}
              onAct={acts.act}
              onSnooze={setSnoozing}
              busy={acts.isBusy(lamp)}
            />
          ))}
        </div>
      )}
      {snoozed.map((lamp) => (
        <SnoozedLine key={lamp.lamp} lamp={lamp} />
      ))}
      <Silences account={account.id} />
      <History transitions={account.lampHistory} />
      <SnoozeDialog
        lamp={snoozing}
        onClose={() => setSnoozing(null)}
        onPutOff={(lamp, act) => acts.act(lamp, act, () => setSnoozing(null))}
      />
    </>
  )
}

/** Lamps that ask nobody about this account, lit or not, with the way back. */
function Silences({ account }: { account: string }) {
  const { t } = useTranslation('accounts')
  const text = useText()
  const format = useFormat()
  const toasts = useToasts()
  const queries = useQueryClient()
  const mayAct = useMay('lamps:act')
  const silences = useQuery(api.lamps.silences.queryOptions({ input: { account } }))
  const takeBack = useMutation({
    mutationFn: (lamp: string) => client.lamps.unsilence({ account, lamp }),
    onSuccess: async (silence) => {
      toasts.show({ tone: 'done', text: t('account.unsilenced', { lamp: text(silence.name) }) })
      await Promise.all([
        queries.invalidateQueries({ queryKey: api.lamps.key() }),
        queries.invalidateQueries({ queryKey: api.accounts.key() }),
      ])
    },
  })
  if (silences.isLoadingError) return <TroublePanel error={silences.error} />
  return (
    <>
      {silences.data?.map((silence) => (
        <p key={silence.lamp} className="snoozed">
          <strong>{text(silence.name)}</strong>{' '}
          <span className="dim">
            {silence.until === null
              ? t('account.silenced', { reason: silence.reason })
              : t('account.silencedUntil', {
                  day: format.day(silence.until),
                  reason: silence.reason,
                })}
            {silence.silencedBy !== null && ` (${silence.silencedBy})`}
          </span>{' '}
          {mayAct && (
            <Button
              size="compact-xs"
              variant="default"
              loading={takeBack.isPending}
              onClick={() => takeBack.mutate(silence.lamp)}
              aria-label={t('account.unsilenceOf', { lamp: text(silence.name) })}
            >
              {t('account.unsilence')}
            </Button>
          )}
        </p>
      ))}
      {takeBack.error !== null && <TroublePanel error={takeBack.error} />}
    </>
  )
}

function SnoozedLine({ lamp }: { lamp: LampState }) {
  const { t } = useTranslation('accounts')
  const text = useText()
  const format = useFormat()
  const day = lamp.snoozedUntil === null ? '–' : format.day(lamp.snoozedUntil)
  const reason = lamp.snoozeReason ?? '–'
  return (
    <p className="snoozed">
      <span className="lamp-mark" data-severity={lamp.severity}>
        <LampShape severity={lamp.severity} state="snoozed" />
        {text(lamp.name)}
      </span>{' '}
      <span className="dim">
        {lamp.snoozeCondition === null
          ? t('account.snoozedUntil', { day, reason })
          : t('account.snoozedOr', {
              day,
              reason,
              condition: text(lamp.snoozeCondition.says),
            })}
      </span>
    </p>
  )
}

function History({ transitions }: { transitions: readonly LampTransition[] }) {
  const { t } = useTranslation(['accounts', 'common'])
  const text = useText()
  const format = useFormat()
  const definitions = useLampDefinitions()
  return (
    <details className="history">
      <summary>
        <h3>{t('account.history')}</h3> <span className="dim num">({transitions.length})</span>
      </summary>
      {transitions.length === 0 ? (
        <p className="dim">{t('account.historyNone')}</p>
      ) : (
        <div className="surface scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('account.when')}</th>
                <th scope="col">{t('account.lamp')}</th>
                <th scope="col">{t('account.became')}</th>
                <th scope="col">{t('account.cause')}</th>
                <th scope="col">{t('account.why')}</th>
              </tr>
            </thead>
            <tbody>
              {transitions
                .toSorted((a, b) => b.at.localeCompare(a.at))
                .map((one) => (
                  <tr key={`${one.lamp} ${one.at} ${one.to}`}>
                    <td className="num-start">{format.day(one.on)}</td>
                    <th scope="row">{text(one.name)}</th>
                    <td>
                      <span
                        className="lamp-mark"
                        data-severity={definitions.get(one.lamp)?.severity ?? 'info'}
                      >
                        <LampShape
                          severity={definitions.get(one.lamp)?.severity ?? 'info'}
                          state={one.to}
                          size={12}
                        />
                        {t(`common:lampState.${one.to}`)}
                      </span>
                    </td>
                    <td>{one.cause === 'data' ? t('account.byData') : t('account.byPerson')}</td>
                    <td>{text(one.says)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
