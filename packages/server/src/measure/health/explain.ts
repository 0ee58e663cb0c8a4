import type { Contribution, HealthExplanation, Moved } from '@tomoshibi/contract/health'
import type { Text } from '@tomoshibi/contract/text'
import { formatNumber } from '@tomoshibi/metrics/condition/format-value'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { bandOf, scoreOf as scored } from '@tomoshibi/metrics/health/score'
import { isGroup, type Scorecard, type WrittenNode } from '@tomoshibi/metrics/health/scorecard'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { startOfDay } from '../../light/lamps/days.ts'
import { todayIn } from '../../platform/clock.ts'
import { type RecordsBehind, recordsBehind } from '../metrics/facts.ts'
import { type Choices, choicesOf } from '../metrics/service.ts'
import { type HealthRow, healthOf, readHealth, withParts } from './frame.ts'
import { pointsText } from './points.ts'
import { type SaidScore, sayHealth } from './say.ts'
import { cardsOf, countsAt, openedLeaves, overrideView, scoredOf } from './scored.ts'
import { allOverrides, type StoredOverride } from './store.ts'

/** The facts of so many of the measures that moved most are looked at, and so many records of each. */
const measuresWithFacts = 3
const mostRecords = 5_000
const shownRecords = 5

/** What the score of an account is made of at the end of one day, in whole hundredths. */
interface Parts {
  readonly on: string
  readonly row: HealthRow | undefined
  readonly card: Scorecard | null
  readonly override: StoredOverride | null
  readonly computed: number | null
  /** In force; the parts add up to it. */
  readonly hundredths: number | null
  readonly parts: readonly Part[]
}

interface Part {
  readonly key: string
  readonly metric: string | null
  readonly name: Text
  readonly groups: readonly Text[]
  readonly share: number
  readonly value: number | null
  readonly unit: MetricDefinition['unit'] | null
  readonly shown: Text
  readonly points: number | null
  readonly adds: number | null
}

/** The key of what a person set by hand among the contributions. */
const byHandKey = 'set_by_hand'

/**
 * The health score of an account at the end of a day as known then, what makes it, and what moved it
 * since another day: the measures, and the facts behind them.
 *
 * @throws Failure UNKNOWN_ACCOUNT, BAD_PERIOD; FactsError
 */
export async function explainHealth(
  ports: Ports,
  asked: {
    readonly account: string
    readonly on?: string | undefined
    readonly since?: string | undefined
  },
): Promise<HealthExplanation> {
  const { account } = asked
  const choices = await choicesOf(ports)
  const { settings } = choices
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const on = asked.on ?? today
  const since = asked.since ?? Temporal.PlainDate.from(on).subtract({ days: 7 }).toString()
  checkDays(since, on, today)
  if ((await unknownAccounts(ports.facts, ports.workspaceId, [account])).length > 0) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  }
  const [then, now] = await partsOn(ports, choices, account, [since, on])
  if (then === undefined || now === undefined) throw new Error('two days were asked')
  const bands = settings.healthBands
  const score = (parts: Parts): SaidScore => ({
    on: parts.on,
    hundredths: parts.hundredths,
    band: parts.hundredths === null ? null : bandOf(parts.hundredths / 100, bands),
    coverage: parts.row?.coverage ?? null,
    scorecard: parts.card?.name ?? null,
    isOverridden: parts.override !== null,
  })
  const moves = movesBetween(then, now)
  const moved = await Promise.all(
    moves.map(async (move, k): Promise<Moved> => {
      const { metric, key, name } = move
      const looks = k < measuresWithFacts && metric !== null && move.moved !== 0
      return {
        key,
        name,
        moved: pointsText(move.moved),
        from: move.from,
        to: move.to,
        facts: looks ? await factsBetween(ports, choices, account, metric, [since, on]) : [],
      }
    }),
  )
  const shown = (parts: Parts) => (parts.hundredths === null ? null : pointsText(parts.hundredths))
  return {
    ...scoredOf(now.row, choices.catalogue, bands),
    account,
    name: now.row?.attributes.get('name') ?? account,
    on,
    version: healthOf(choices.catalogue).version,
    bands,
    scorecardName: now.card?.name ?? null,
    scorecardVersion: now.card?.version ?? null,
    shown: shown(now),
    override: now.override && overrideView(now.override, bands, ports.clock.now()),
    contributions: now.parts.map(
      ({
        key,
        metric,
        name,
        groups,
        share,
        value,
        unit,
        shown: words,
        points,
        adds,
      }): Contribution => ({
        ...{ key, metric, name, groups: [...groups], share, value, unit, shown: words },
        points: points === null ? null : pointsText(points),
        adds: adds === null ? null : pointsText(adds),
      }),
    ),
    since: {
      on: since,
      score: then.row?.score ?? null,
      shown: shown(then),
      band: score(then).band,
      scorecard: then.card?.key ?? null,
      moved,
    },
    says: sayHealth(score(now), score(then), moves, now.computed),
  }
}

/** @throws Failure BAD_PERIOD */
export function checkDays(first: string, last: string, today: string): void {
  if (last > today) {
    throw new Failure('BAD_PERIOD', {
      problem: `${last} is in the future; today is ${today}.`,
      problemJa: `${last} は未来の日付です(今日は ${today})。`,
    })
  }
  if (first > last) {
    throw new Failure('BAD_PERIOD', {
      problem: `${first} is after ${last}.`,
      problemJa: `${first} は ${last} より後です。`,
    })
  }
}

async function partsOn(
  ports: Ports,
  { settings, catalogue }: Choices,
  account: string,
  days: readonly string[],
): Promise<Parts[]> {
  const cards = cardsOf(catalogue)
  const all = withParts(catalogue)
  const metrics = [
    ...new Set(cards.flatMap((card) => openedLeaves(card).leaves.map(({ metric }) => metric))),
  ]
  const [rows, overrides] = await Promise.all([
    readHealth(ports, {
      settings,
      catalogue,
      days: [...new Set(days)],
      knownAt: 'period-end',
      metrics,
      attributes: [{ key: 'name', type: 'string' }],
      accountIds: [account],
    }),
    allOverrides(ports.state.db, ports.workspaceId),
  ])
  return days.map((on): Parts => {
    const row = rows.find(({ day }) => [...new Set(days)][day] === on)
    const card = row?.card === undefined || row.card === null ? null : (cards[row.card] ?? null)
    const end = Temporal.Instant.from(startOfDay(dayAfter(on), settings.timeZone))
    const override =
      row === undefined
        ? null
        : (overrides.find((each) => each.accountId === account && countsAt(each, end)) ?? null)
    const leaves = card === null ? null : openedLeaves(card)
    const result = leaves && scored(leaves, Object.fromEntries(row?.values ?? []))
    if ((result?.score ?? null) !== (row?.computed ?? null)) {
      throw new Error(`the score of ${account} on ${on} is not what its measures make`)
    }
    const names = card === null ? new Map<string, Text>() : groupNames(card.measures)
    const parts = (result?.leaves ?? []).map((leaf, k): Part => {
      const node = leaves?.leaves[k]?.node
      const definition = all.get(leaf.metric)
      const unit = definition?.unit ?? null
      return {
        key: leaf.key,
        metric: leaf.metric,
        name: node?.name ?? definition?.name ?? { en: leaf.key, ja: leaf.key },
        groups: leaf.groups.map((group) => names.get(group) ?? { en: group, ja: group }),
        share: leaf.weight / (result?.total ?? 1),
        value: leaf.value,
        unit,
        shown: valueText(leaf.value, unit, settings.currency),
        points: leaf.points,
        adds: leaf.adds,
      }
    })
    const computed = result?.hundredths ?? null
    if (override === null) {
      return { on, row, card, override, computed, hundredths: computed, parts }
    }
    const set = override.scoreHundredths
    const byHand: Part = {
      key: byHandKey,
      metric: null,
      name: { en: 'Set by hand', ja: '手動の設定' },
      groups: [],
      share: 0,
      value: set / 100,
      unit: 'score',
      shown: valueText(set / 100, 'score', settings.currency),
      points: null,
      adds: set - (computed ?? 0),
    }
    return { on, row, card, override, computed, hundredths: set, parts: [...parts, byHand] }
  })
}

const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString()

/** The names of all groups of a scorecard, by key. */
export function groupNames(nodes: readonly WrittenNode[]): Map<string, Text> {
  return new Map(
    nodes.flatMap((node) =>
      isGroup(node) ? [[node.key, node.name] as const, ...groupNames(node.measures)] : [],
    ),
  )
}

/** A value for people; no value is a dash. */
function valueText(
  value: number | null,
  unit: MetricDefinition['unit'] | null,
  currency: string,
): Text {
  if (value === null) return { en: '—', ja: '—' }
  return formatNumber(value, unit === null ? {} : { unit, currency })
}

interface Move {
  readonly key: string
  readonly metric: string | null
  readonly name: Text
  readonly moved: number
  readonly from: Text
  readonly to: Text
  readonly byHand: boolean
}

/** What each part adds now less what it added then, the greatest first; with either score missing, none. */
function movesBetween(then: Parts, now: Parts): Move[] {
  if (then.hundredths === null || now.hundredths === null) return []
  const keys = [...new Set([...now.parts, ...then.parts].map(({ key }) => key))]
  const none = { en: '—', ja: '—' }
  return keys
    .flatMap((key): Move[] => {
      const [before, after] = [then, now].map(({ parts }) => parts.find((part) => part.key === key))
      const known = after ?? before
      if (known === undefined) return []
      return [
        {
          key,
          metric: known.metric,
          name: known.name,
          moved: (after?.adds ?? 0) - (before?.adds ?? 0),
          from: before?.shown ?? none,
          to: after?.shown ?? none,
          byHand: known.metric === null,
        },
      ]
    })
    .toSorted((a, b) => Math.abs(b.moved) - Math.abs(a.moved))
}

/** The records that came and went between two days among those that a metric is made of. */
async function factsBetween(
  ports: Ports,
  choices: Choices,
  account: string,
  metric: string,
  [then, now]: readonly [string, string],
): Promise<Moved['facts']> {
  const catalogue = withParts(choices.catalogue)
  const keys = madeOf(metric, catalogue)
  const at = async (on: string) =>
    byTable(
      (
        await Promise.all(
          keys.map((key) =>
            recordsBehind(
              ports,
              { metric: key, account, on },
              { ...choices, catalogue },
              mostRecords,
            ),
          ),
        )
      ).flat(),
    )
  const [before, after] = await Promise.all([at(then), at(now)])
  const tables = [...new Set([...after.keys(), ...before.keys()])]
  return tables.flatMap((table): Moved['facts'] => {
    const [was, is] = [before.get(table), after.get(table)]
    const label = is?.label ?? was?.label
    if (label === undefined) return []
    // A record that was corrected is another version of the same one: it went as it was and came anew.
    const id = (row: RecordsBehind['rows'][number]) => `${row.record} ${row.knownAt}`
    const [old, fresh] = [new Set((was?.rows ?? []).map(id)), new Set((is?.rows ?? []).map(id))]
    const came = (is?.rows ?? []).filter((row) => !old.has(id(row)))
    const went = (was?.rows ?? []).filter((row) => !fresh.has(id(row)))
    if (came.length === 0 && went.length === 0) return []
    const shown = (rows: typeof came, change: 'came' | 'went') =>
      rows.slice(-shownRecords).map((row) => ({ ...row, values: { ...row.values }, change }))
    return [
      {
        table,
        label,
        came: came.length,
        went: went.length,
        more: was?.more === true || is?.more === true,
        rows: [...shown(came, 'came'), ...shown(went, 'went')],
      },
    ]
  })
}

/** The metrics whose facts a metric is made of: itself, or those that its formula names. */
function madeOf(metric: string, catalogue: ReadonlyMap<string, MetricDefinition>): string[] {
  const measure = catalogue.get(metric)?.measure
  return measure?.kind === 'formula'
    ? [...new Set(measure.uses.flatMap((used) => madeOf(used.metric, catalogue)))]
    : [metric]
}

function byTable(all: readonly RecordsBehind[]): Map<string, RecordsBehind> {
  const found = new Map<string, RecordsBehind>()
  for (const each of all) {
    const known = found.get(each.table)
    const seen = new Set((known?.rows ?? []).map(({ record }) => record))
    found.set(each.table, {
      ...each,
      rows: [...(known?.rows ?? []), ...each.rows.filter(({ record }) => !seen.has(record))],
      more: each.more || known?.more === true,
    })
  }
  return found
}
