import { Button, SegmentedControl, Select } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { LampState } from '@tomoshibi/contract/light'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Money } from '../../ui/money.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import { NothingLit } from './empty.tsx'
import {
  type AccountGroup,
  awaitsData,
  groupByAccount,
  groupByCause,
  lampId,
  needsSomeone,
  ownersOf,
  revenueAtRisk,
} from './grouping.ts'
import { HelpDialog } from './help-dialog.tsx'
import { LampCard } from './lamp-card.tsx'
import { SnoozeDialog } from './snooze-dialog.tsx'
import './today.css'
import { type Acts, useActs } from './use-acts.ts'

const GROUPS_AT_ONCE = 50
const route = getRouteApi('/')

/** Which customers need someone today, why, and what to do: one list, one key to act. */
export function TodayPage() {
  const { t } = useTranslation('today')
  const format = useFormat()
  const { today, currency } = useWorkspace()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/' })
  const lamps = useQuery({ ...api.lamps.today.queryOptions(), refetchInterval: 60_000 })
  const [helpOpen, setHelpOpen] = useState(false)
  const [keysOn, setKeysOn] = useLocalStorage({ key: 'tomoshibi.keys', defaultValue: true })

  const mine = (lamps.data ?? []).filter(
    (lamp) => search.owner === undefined || lamp.task?.owner === search.owner,
  )
  const shown = mine.filter(
    (lamp) => needsSomeone(lamp) && (search.show === undefined || lamp.state === search.show),
  )
  const groups = groupByAccount(shown)
  const waiting = groupByAccount(mine.filter(awaitsData))
  const atRisk = revenueAtRisk(groups)

  return (
    <Page
      title={t('title')}
      lead={
        <>
          {format.day(today, 'long')}
          {lamps.data !== undefined && (
            <>
              {' · '}
              {t('count', { count: groups.length })}
              {atRisk !== null && (
                <>
                  {' · '}
                  {t('atRisk')} <Money amount={atRisk} currency={currency} />
                </>
              )}
            </>
          )}
        </>
      }
      actions={
        <>
          <Select
            size="xs"
            aria-label={t('filter.owner')}
            placeholder={t('filter.everyone')}
            data={ownersOf(lamps.data ?? [])}
            value={search.owner ?? null}
            clearable
            searchable
            onChange={(owner) =>
              void navigate({ search: { ...search, owner: owner ?? undefined }, replace: true })
            }
          />
          <SegmentedControl
            size="xs"
            aria-label={t('filter.state')}
            data={[
              { value: 'all', label: t('filter.all') },
              { value: 'lit', label: t('filter.lit') },
              { value: 'acting', label: t('filter.acting') },
            ]}
            value={search.show ?? 'all'}
            onChange={(show) =>
              void navigate({
                search: {
                  ...search,
                  show: show === 'lit' || show === 'acting' ? show : undefined,
                },
                replace: true,
              })
            }
          />
          <Button
            size="xs"
            variant="default"
            className="today-keys"
            onClick={() => setHelpOpen(true)}
          >
            {t('keys.open')}
          </Button>
        </>
      }
    >
      {lamps.isLoadingError ? (
        <TroublePanel error={lamps.error} onRetry={() => void lamps.refetch()} />
      ) : lamps.data === undefined ? (
        <Loading rows={4} height={132} />
      ) : (
        <LampList
          groups={groups}
          waiting={waiting}
          filtered={mine.length < lamps.data.length || search.show !== undefined}
          keysOn={keysOn && !helpOpen}
          onHelp={() => setHelpOpen(true)}
        />
      )}
      <HelpDialog
        opened={helpOpen}
        onClose={() => setHelpOpen(false)}
        enabled={keysOn}
        onEnable={setKeysOn}
      />
    </Page>
  )
}

function LampList({
  groups,
  waiting,
  filtered,
  keysOn,
  onHelp,
}: {
  groups: readonly AccountGroup[]
  waiting: readonly AccountGroup[]
  filtered: boolean
  keysOn: boolean
  onHelp: () => void
}) {
  const { t } = useTranslation('today')
  const navigate = useNavigate()
  const toasts = useToasts()
  const acts = useActs()
  const list = useRef<HTMLDivElement>(null)
  const [limit, setLimit] = useState(GROUPS_AT_ONCE)
  const [snoozing, setSnoozing] = useState<LampState | null>(null)
  const [steps, setSteps] = useState<ReadonlySet<string>>(new Set())
  const focusedIndex = useRef(-1)

  const cards = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-lamp]') ?? [])]
  const focusCard = (index: number) => {
    const all = cards()
    const card = all[Math.max(0, Math.min(index, all.length - 1))]
    card?.focus()
    card?.scrollIntoView({ block: 'nearest' })
  }
  const focusedCard = () => document.activeElement?.closest<HTMLElement>('[data-lamp]') ?? null
  const focusedLamp = () => {
    const id = focusedCard()?.dataset.lamp
    return [...groups, ...waiting].flatMap((group) => group.lamps).find((l) => lampId(l) === id)
  }
  const move = (by: number) => {
    const card = focusedCard()
    focusCard(card === null ? 0 : cards().indexOf(card) + by)
  }
  const withLamp = (act: (lamp: LampState) => void) => () => {
    const lamp = focusedLamp()
    if (lamp !== undefined && !acts.isBusy(lamp)) act(lamp)
  }
  const toggleSteps = (id: string, open: boolean) => {
    if (steps.has(id) === open) return
    const next = new Set(steps)
    if (open) next.add(id)
    else next.delete(id)
    setSteps(next)
  }

  useShortcuts(
    [
      ['j', () => move(1)],
      ['k', () => move(-1)],
      ['s', withLamp((lamp) => lamp.state === 'lit' && acts.act(lamp, { kind: 'start' }))],
      ['d', withLamp((lamp) => !awaitsData(lamp) && acts.act(lamp, { kind: 'done' }))],
      ['z', withLamp(setSnoozing)],
      ['o', withLamp((lamp) => toggleSteps(lampId(lamp), !steps.has(lampId(lamp))))],
      [
        'Enter',
        withLamp((lamp) => {
          void navigate({ to: '/accounts/$accountId', params: { accountId: lamp.account } })
        }),
      ],
      ['u', () => void toasts.undoLast()],
      ['?', onHelp],
    ],
    keysOn,
  )

  // A lamp that leaves the list takes the focus with it; the one that moved up gets it instead.
  useEffect(() => {
    const all = cards()
    if (document.activeElement === document.body && focusedIndex.current >= 0) {
      focusCard(focusedIndex.current)
    }
    const onFocus = () => {
      const card = focusedCard()
      focusedIndex.current = card === null ? -1 : cards().indexOf(card)
    }
    const first = all[0]
    for (const card of all) card.tabIndex = card === (focusedCard() ?? first) ? 0 : -1
    const box = list.current
    box?.addEventListener('focusin', onFocus)
    return () => box?.removeEventListener('focusin', onFocus)
  })

  const draw = (some: readonly AccountGroup[]) =>
    some.map((group) => (
      <Group
        key={group.account}
        group={group}
        acts={acts}
        steps={steps}
        onSteps={toggleSteps}
        onSnooze={setSnoozing}
      />
    ))

  return (
    <div ref={list}>
      {groups.length === 0 && <NothingLit filtered={filtered} />}
      {draw(groups.slice(0, limit))}
      {groups.length > limit && (
        <Button variant="default" onClick={() => setLimit(limit + GROUPS_AT_ONCE)}>
          {t('more', { count: groups.length - limit })}
        </Button>
      )}
      {waiting.length > 0 && (
        <details className="today-waiting">
          <summary>
            <h2>{t('waiting.title', { count: waiting.length })}</h2>
          </summary>
          <p className="dim">{t('waiting.says')}</p>
          {draw(waiting)}
        </details>
      )}
      <SnoozeDialog
        lamp={snoozing}
        onClose={() => setSnoozing(null)}
        onPutOff={(lamp, act) => acts.act(lamp, act, () => setSnoozing(null))}
      />
    </div>
  )
}

function Group({
  group,
  acts,
  steps,
  onSteps,
  onSnooze,
}: {
  group: AccountGroup
  acts: Acts
  steps: ReadonlySet<string>
  onSteps: (id: string, open: boolean) => void
  onSnooze: (lamp: LampState) => void
}) {
  const { t } = useTranslation('today')
  const text = useText()
  return (
    <section className="surface today-group" aria-label={group.accountName}>
      <div className="today-account">
        <h2>
          <Link to="/accounts/$accountId" params={{ accountId: group.account }}>
            {group.accountName}
          </Link>
        </h2>
        <span className="today-mrr">
          <span className="small dim">{t('mrrAtRisk')}</span>{' '}
          <strong>
            <Money amount={group.mrr} currency={group.currency} />
          </strong>
        </span>
      </div>
      {groupByCause(group.lamps).map(({ cause, lamps }) => {
        const cards = lamps.map((lamp) => (
          <LampCard
            key={lamp.lamp}
            lamp={lamp}
            stepsOpen={steps.has(lampId(lamp))}
            onSteps={(open) => onSteps(lampId(lamp), open)}
            onAct={acts.act}
            onSnooze={onSnooze}
            busy={acts.isBusy(lamp)}
          />
        ))
        if (cause === null) return cards
        const title = t('cause', { cause: text(cause.name), count: lamps.length })
        return (
          <section key={cause.key} className="today-cause" aria-label={title}>
            <h3 className="today-cause-title">{title}</h3>
            {cards}
          </section>
        )
      })}
    </section>
  )
}
