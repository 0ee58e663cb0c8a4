import type { Account } from '@tomoshibi/contract/accounts'
import type { LampState, LampTransition } from '@tomoshibi/contract/light'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLampDefinitions } from '../../api/lamp-names.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { LampShape } from '../../ui/lamp-mark.tsx'
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
  const lit = account.lamps.filter((lamp) => lamp.state === 'lit' || lamp.state === 'acting')
  const snoozed = account.lamps.filter((lamp) => lamp.state === 'snoozed')
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
      <History transitions={account.lampHistory} />
      <SnoozeDialog
        lamp={snoozing}
        onClose={() => setSnoozing(null)}
        onSnooze={(lamp, until, reason) => {
          setSnoozing(null)
          acts.act(lamp, { kind: 'snooze', until, reason })
        }}
      />
    </>
  )
}

function SnoozedLine({ lamp }: { lamp: LampState }) {
  const { t } = useTranslation('accounts')
  const text = useText()
  const format = useFormat()
  return (
    <p className="snoozed">
      <span className="lamp-mark" data-severity={lamp.severity}>
        <LampShape severity={lamp.severity} state="snoozed" />
        {text(lamp.name)}
      </span>{' '}
      <span className="dim">
        {t('account.snoozedUntil', {
          day: lamp.snoozedUntil === null ? '–' : format.day(lamp.snoozedUntil),
          reason: lamp.snoozeReason ?? '–',
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
                    <td>{one.reason ?? (one.why === null ? '' : text(one.why))}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
