import type {
  BandCounts,
  HealthAccount,
  HealthOverview,
  ScorecardSummary,
} from '@tomoshibi/contract/health'
import { checkAccountCondition } from '@tomoshibi/metrics/account-condition'
import { explainCondition } from '@tomoshibi/metrics/condition/explain'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { startOfDay } from '../../light/lamps/days.ts'
import { todayIn } from '../../platform/clock.ts'
import { workspaceMetrics } from '../custom/service.ts'
import { type Choices, choicesOf } from '../metrics/service.ts'
import { checkDays, groupNames } from './explain.ts'
import { type HealthRow, healthOf, readHealth, withParts } from './frame.ts'
import { inForce, lacks, versionsOf } from './health.ts'
import { countsAt, openedLeaves, overrideView, scoredOf } from './scored.ts'
import { allOverrides, allScorecards } from './store.ts'

export interface OverviewQuestion {
  readonly on?: string | undefined
  readonly band?: 'red' | 'yellow' | 'green' | 'none' | undefined
  readonly limit: number
  readonly offset: number
}

/** The health of all accounts at the end of a day as known then. @throws Failure BAD_PERIOD */
export async function healthOverview(
  ports: Ports,
  { on: asked, band, limit, offset }: OverviewQuestion,
): Promise<HealthOverview> {
  const choices = await choicesOf(ports)
  const { settings, catalogue } = choices
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const on = asked ?? today
  checkDays(on, on, today)
  const all = await healthOfAll(ports, choices, on)
  const wanted = all.filter((account) => band === undefined || (account.band ?? 'none') === band)
  return {
    on,
    version: healthOf(catalogue).version,
    bands: settings.healthBands,
    counts: countsOf(all),
    currency: settings.currency,
    total: wanted.length,
    accounts: wanted.slice(offset, offset + limit),
  }
}

export const countsOf = (accounts: readonly Pick<HealthAccount, 'band'>[]): BandCounts => {
  const counts = { red: 0, yellow: 0, green: 0, none: 0 }
  for (const { band } of accounts) counts[band ?? 'none'] += 1
  return counts
}

/** Name and owner of an account, and its revenue, beside its health. */
export const beside = {
  metrics: ['mrr'],
  attributes: [
    { key: 'name', type: 'string' },
    { key: 'owner', type: 'string' },
  ],
} as const

/** Every account that is there, the lowest scores first; those without a score come last. */
async function healthOfAll(
  ports: Ports,
  { settings, catalogue }: Choices,
  on: string,
): Promise<HealthAccount[]> {
  const [rows, overrides] = await Promise.all([
    readHealth(ports, { settings, catalogue, days: [on], knownAt: 'period-end', ...beside }),
    allOverrides(ports.state.db, ports.workspaceId),
  ])
  const end = Temporal.Instant.from(
    startOfDay(Temporal.PlainDate.from(on).add({ days: 1 }).toString(), settings.timeZone),
  )
  const counting = new Map(
    overrides.flatMap((each) => (countsAt(each, end) ? [[each.accountId, each] as const] : [])),
  )
  const now = ports.clock.now()
  return rows
    .map((row): HealthAccount => {
      const override = counting.get(row.accountId)
      return {
        account: row.accountId,
        ...namesIn(row),
        ...scoredOf(row, catalogue, settings.healthBands),
        override: override === undefined ? null : overrideView(override, settings.healthBands, now),
      }
    })
    .toSorted(
      (a, b) =>
        (a.score ?? Number.POSITIVE_INFINITY) - (b.score ?? Number.POSITIVE_INFINITY) ||
        Number(b.mrr ?? 0) - Number(a.mrr ?? 0) ||
        (a.account < b.account ? -1 : 1),
    )
}

export const namesIn = ({ accountId, attributes, values }: HealthRow) => {
  const mrr = values.get('mrr') ?? null
  return {
    name: attributes.get('name') ?? accountId,
    owner: attributes.get('owner') ?? null,
    mrr: mrr === null ? null : mrr.toFixed(8).replace(/\.?0+$/, ''),
  }
}

/** The scorecards in force, in the order in which they are tried. */
export async function listScorecards(ports: Ports): Promise<ScorecardSummary[]> {
  const { catalogue } = await workspaceMetrics(ports)
  const parts = withParts(catalogue)
  const versions = inForce(versionsOf(await allScorecards(ports.state.db, ports.workspaceId)))
  return versions.map(({ scorecard, createdAt }): ScorecardSummary => {
    const { key, version, name, order, when } = scorecard
    const { leaves, total } = openedLeaves(scorecard)
    const groups = groupNames(scorecard.measures)
    const checked = when === undefined ? null : checkAccountCondition(when, catalogue)
    return {
      ...{ key, version, name, order },
      when: when ?? null,
      says: checked?.ok
        ? explainCondition(checked.condition.condition)
        : when === undefined
          ? { en: 'all accounts', ja: 'すべての顧客' }
          : { en: when, ja: when },
      builtIn: createdAt === null,
      problems: lacks(scorecard, catalogue).map((text) => ({ ...text })),
      measures: leaves.map((leaf) => ({
        key: leaf.key,
        name: leaf.node.name ?? parts.get(leaf.metric)?.name ?? { en: leaf.key, ja: leaf.key },
        metric: leaf.metric,
        groups: leaf.groups.map((group) => groups.get(group) ?? { en: group, ja: group }),
        share: leaf.weight / total,
      })),
    }
  })
}
