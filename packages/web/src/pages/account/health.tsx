import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Account } from '@tomoshibi/contract/accounts'
import type { HealthExplanation } from '@tomoshibi/contract/health'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { troubleOf } from '../../api/problem.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { addDays } from '../../format/calendar.ts'
import { scoreShown } from '../../format/score-shown.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { BandMark } from '../health/band.tsx'
import { OverrideDialog } from './override-dialog.tsx'

/** The account's health score: what makes it, what moved it, and how it went. */
export function AccountHealth({ account }: { account: Account }) {
  const { today } = useWorkspace()
  const [since, setSince] = useState(addDays(today, -7))
  const explained = useQuery({
    ...api.health.explain.queryOptions({ input: { account: account.id, since } }),
    placeholderData: keepPreviousData,
  })
  if (explained.isLoadingError) {
    return <TroublePanel error={explained.error} onRetry={() => void explained.refetch()} />
  }
  if (explained.data === undefined) return <Loading rows={3} height={60} />
  return (
    <div className="surface">
      <Head account={account} explained={explained.data} />
      <div className="health-body">
        <Contributions explained={explained.data} />
        <Moved explained={explained.data} since={since} onSince={setSince} />
        <History accountId={account.id} />
      </div>
    </div>
  )
}

function Head({ account, explained }: { account: Account; explained: HealthExplanation }) {
  const { t } = useTranslation('health')
  const text = useText()
  const format = useFormat()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [setting, setSetting] = useState(false)
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: api.health.key() }),
      queries.invalidateQueries({ queryKey: api.metrics.key() }),
    ])
  const withdraw = useMutation({
    mutationFn: () => client.health.withdraw({ account: account.id }),
    onSuccess: () => {
      toasts.show({ tone: 'done', text: t('override.withdrawn', { account: account.name }) })
      return refresh()
    },
    onError: (error) => {
      const trouble = troubleOf(error)
      toasts.show({ tone: 'trouble', text: `${text(trouble.what)} ${text(trouble.mend)}` })
      void refresh()
    },
  })
  const { override, computed, coverage, scorecardName } = explained
  return (
    <>
      <div className="health-head">
        <BandMark score={explained.score} band={explained.band} />
        <span className="dim small">
          {override !== null && computed !== null && (
            <>
              {t('account.computed', { score: format.number(scoreShown(computed)) })}
              {' · '}
            </>
          )}
          {coverage !== null && t('account.coverage', { share: format.percent(coverage, 0) })}
          {scorecardName !== null && (
            <>
              {' · '}
              {t('account.scorecard', {
                name: text(scorecardName),
                version: explained.scorecardVersion ?? '',
              })}
            </>
          )}
        </span>
        <Button size="compact-xs" variant="default" onClick={() => setSetting(true)}>
          {t('account.set')}
        </Button>
        {override !== null && (
          <Button
            size="compact-xs"
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            {t('account.withdraw')}
          </Button>
        )}
      </div>
      <p className="health-body">
        {text(explained.says)}
        {override !== null && (
          <>
            <br />
            {t('account.byHand', {
              score: format.number(override.score, 2),
              day: format.day(override.endsOn),
              reason: override.reason,
            })}
            {override.setBy !== null && ` (${override.setBy})`}
          </>
        )}
      </p>
      <OverrideDialog
        account={setting ? account : null}
        onClose={() => setSetting(false)}
        onSet={refresh}
      />
    </>
  )
}

function Contributions({ explained }: { explained: HealthExplanation }) {
  const { t } = useTranslation('health')
  const text = useText()
  const format = useFormat()
  if (explained.contributions.length === 0) return null
  return (
    <details>
      <summary>
        <h3>{t('account.contributions')}</h3>
      </summary>
      <div className="scroll-x">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('account.measure')}</th>
              <th scope="col" className="num">
                {t('account.value')}
              </th>
              <th scope="col" className="num">
                {t('account.points')}
              </th>
              <th scope="col" className="num">
                {t('account.weight')}
              </th>
              <th scope="col" className="num">
                {t('account.adds')}
              </th>
            </tr>
          </thead>
          <tbody>
            {explained.contributions.map((each) => (
              <tr key={each.key}>
                <th scope="row">{[...each.groups, each.name].map(text).join(' › ')}</th>
                <td className="num">{text(each.shown)}</td>
                <td className="num">{each.points ?? '–'}</td>
                <td className="num">{each.metric === null ? '' : format.percent(each.share, 0)}</td>
                <td className="num">{each.adds ?? '–'}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('account.sum')}</th>
              <td />
              <td />
              <td />
              <td className="num">{explained.shown ?? '–'}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </details>
  )
}

function Moved({
  explained,
  since,
  onSince,
}: {
  explained: HealthExplanation
  since: string
  onSince: (day: string) => void
}) {
  const { t } = useTranslation('health')
  const text = useText()
  const { today } = useWorkspace()
  const moved = explained.since.moved.filter((each) => Number(each.moved) !== 0)
  return (
    <>
      <TextInput
        type="date"
        size="xs"
        maw={180}
        label={t('account.since')}
        value={since}
        max={today}
        onChange={(event) => {
          const day = event.currentTarget.value
          if (day !== '' && day <= today) onSince(day)
        }}
      />
      {moved.length === 0 ? (
        <p className="dim">{t('account.nothingMoved')}</p>
      ) : (
        <div className="scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('account.moved')}
                </th>
                <th scope="col">{t('account.measure')}</th>
                <th scope="col" className="num">
                  {t('account.from')}
                </th>
                <th scope="col" className="num">
                  {t('account.to')}
                </th>
                <th scope="col">{t('account.facts')}</th>
              </tr>
            </thead>
            <tbody>
              {moved.map((each) => (
                <tr key={each.key}>
                  <td className="num">{each.moved}</td>
                  <th scope="row">{text(each.name)}</th>
                  <td className="num">{text(each.from)}</td>
                  <td className="num">{text(each.to)}</td>
                  <td>
                    {each.facts.map((facts) => (
                      <div key={facts.table}>
                        {t('account.factsOf', {
                          label: text(facts.label),
                          came: facts.came,
                          went: facts.went,
                        })}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function History({ accountId }: { accountId: string }) {
  const { t } = useTranslation('health')
  const text = useText()
  const format = useFormat()
  const [under, setUnder] = useState<'then' | 'now'>('then')
  const [open, setOpen] = useState(false)
  const history = useQuery({
    ...api.health.history.queryOptions({ input: { account: accountId, every: 'week', under } }),
    enabled: open,
  })
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{t('account.history')}</h3>
      </summary>
      <SegmentedControl
        size="xs"
        aria-label={t('account.under')}
        value={under}
        onChange={(value) => setUnder(value === 'now' ? 'now' : 'then')}
        data={[
          { value: 'then', label: t('account.then') },
          { value: 'now', label: t('account.now') },
        ]}
      />
      {history.isLoadingError ? (
        <TroublePanel error={history.error} onRetry={() => void history.refetch()} />
      ) : history.data === undefined ? (
        // Nothing is asked for before it is opened.
        open && <Loading rows={1} height={72} />
      ) : (
        <>
          <p className="dim small">{text(history.data.says)}</p>
          <div className="health-history" aria-hidden="true">
            {history.data.points.map(({ on, score, band }) => (
              <span
                key={on}
                data-band={band ?? 'none'}
                style={{ height: `${Math.max(3, score ?? 3)}%` }}
                title={`${format.day(on)}: ${score === null ? '–' : format.number(scoreShown(score))}`}
              />
            ))}
          </div>
          <div className="hidden">
            <table>
              <tbody>
                {history.data.points.map(({ on, score }) => (
                  <tr key={on}>
                    <th scope="row">{format.day(on)}</th>
                    <td>{score === null ? '–' : format.number(scoreShown(score))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </details>
  )
}
