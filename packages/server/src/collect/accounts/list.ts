import type { AccountRow, accountSortKeys } from '@tomoshibi/contract/accounts'
import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import { isBadPeriod, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import { lampStates } from '@tomoshibi/state/schema/lamps'
import { and, eq, inArray } from 'drizzle-orm'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { silencedNow } from '../../light/lamps/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { readRollups } from '../rollups/service.ts'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

type SortKey = (typeof accountSortKeys)[number]

export interface ListOptions {
  /** Words that must all occur in an account's id, name or attributes. */
  readonly search: string
  readonly sort: SortKey
  readonly descending: boolean
  readonly limit: number
  readonly offset: number
}

/** Metric key → column of the list. */
const metrics = {
  mrr: 'mrr',
  days_to_renewal: 'daysToRenewal',
  active_users: 'activeUsers',
  licence_utilisation: 'licenceUtilisation',
} as const

const listRow = z.object({
  id: z.string(),
  name: z.string(),
  attributes: z.record(z.string(), z.string()),
  mrr: z.string().nullable(),
  daysToRenewal: z.number().nullable(),
  activeUsers: z.number().nullable(),
  licenceUtilisation: z.number().nullable(),
  total: z.coerce.number(),
})

/** A page of the accounts, with metrics as at the end of today, and how many there are in all. */
export async function listAccounts(
  ports: Ports,
  options: ListOptions,
): Promise<{ total: number; rows: AccountRow[] }> {
  const lit = await litLamps(ports)
  const { settings } = await getWorkspace(ports)
  const rollups = await readRollups(ports)
  const found = await ports.facts.query(listQuery(ports, settings, options, lit, rollups), listRow)
  // A page past the end has no row to tell the total.
  const first = found[0]
  const isPastEnd = first === undefined && options.offset > 0
  const total = isPastEnd
    ? (await listAccounts(ports, { ...options, offset: 0, limit: 1 })).total
    : (first?.total ?? 0)
  const rows = found.map(({ total: _, ...row }) => ({ ...row, litLamps: lit.get(row.id) ?? [] }))
  return { total, rows }
}

/** Keys of the lamps that are lit or acted on and not silenced, by account. */
async function litLamps(ports: Ports): Promise<Map<string, string[]>> {
  const { state, workspaceId } = ports
  const isSilenced = await silencedNow(ports)
  const rows = await state.db
    .select({ accountId: lampStates.accountId, lamp: lampStates.lampKey })
    .from(lampStates)
    .where(
      and(eq(lampStates.workspaceId, workspaceId), inArray(lampStates.state, ['lit', 'acting'])),
    )
    .orderBy(lampStates.lampKey)
  const byAccount = new Map<string, string[]>()
  for (const { accountId, lamp } of rows) {
    if (isSilenced(accountId, lamp)) continue
    byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), lamp])
  }
  return byAccount
}

function listQuery(
  { workspaceId, clock, seen }: Ports,
  settings: MetricSettings,
  { search, sort, descending, limit, offset }: ListOptions,
  lit: ReadonlyMap<string, readonly string[]>,
  rollups: Rollups,
): BoundQuery {
  const frame = todaysFrame(workspaceId, clock.now().toString(), settings, {
    rollups,
    today: todayIn(clock, settings.timeZone).toString(),
    ...(seen === undefined ? {} : { accountIds: [...seen] }),
  })
  const columnOf = (key: string) => frame.columns.find((each) => each.key === key)?.column ?? 'NULL'
  const figures = Object.entries(metrics).map(([key, name]) =>
    key === 'mrr' ? `${columnOf(key)} AS mrr_now` : `toFloat64(${columnOf(key)}) AS ${name}`,
  )
  const sortColumns: Readonly<Record<SortKey, string>> = {
    name: 'name',
    mrr: 'mrr_now',
    daysToRenewal: 'daysToRenewal',
    activeUsers: 'activeUsers',
    licenceUtilisation: 'licenceUtilisation',
    litLamps: 'lit_count',
  }
  const by = sortColumns[sort]
  return {
    sql: `${frame.with},
attributes_now AS (
  SELECT account_id, attribute,
    argMaxIf(value, (effective_at, record_id), effective_at <= {at:DateTime64(3, 'UTC')}) AS text,
    argMaxIf(value_kind, (effective_at, record_id), effective_at <= {at:DateTime64(3, 'UTC')}) AS kind
  FROM (${latestVersions('account_attributes', { ofOneAccount: false })})
  GROUP BY account_id, attribute
),
listed AS (
  SELECT account_id,
    mapFromArrays(
      groupArrayIf(attribute, kind NOT IN ('', 'removed')),
      groupArrayIf(text, kind NOT IN ('', 'removed'))
    ) AS attributes,
    if(attributes['name'] = '', account_id, attributes['name']) AS name
  FROM (SELECT * FROM attributes_now ORDER BY account_id, attribute)
  GROUP BY account_id
)
SELECT listed.account_id AS id, name, attributes, ${figures.join(', ')},
  toString(mrr_now) AS mrr,
  transform(listed.account_id, {lit_accounts:Array(String)}, {lit_counts:Array(UInt32)}, 0) AS lit_count,
  count() OVER () AS total
FROM listed LEFT JOIN ${frame.from} AS frame ON frame.account_id = listed.account_id
WHERE arrayAll(
  word -> positionCaseInsensitiveUTF8(
    normalizeUTF8NFKC(arrayStringConcat(arrayConcat([id, name], mapValues(attributes)), '\\n')), word
  ) > 0,
  {words:Array(String)}
)
ORDER BY isNull(${by}), ${by} ${descending ? 'DESC' : 'ASC'}, name, id
LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
    params: {
      ...frame.params,
      workspace_id: workspaceId,
      at: engineInstant(clock.now()),
      // Full-width letters and digits are found by their plain forms and the other way round.
      words: search.normalize('NFKC').split(/\s+/).filter(Boolean),
      lit_accounts: [...lit.keys()],
      lit_counts: [...lit.values()].map((keys) => keys.length),
      limit,
      offset,
    },
  }
}

function todaysFrame(
  workspaceId: string,
  now: string,
  settings: MetricSettings,
  {
    today,
    ...about
  }: { readonly today: string; readonly rollups: Rollups; readonly accountIds?: string[] },
) {
  const periods = periodsOnDay(today, settings.timeZone)
  if (isBadPeriod(periods)) throw new Error(periods.says.en)
  const frame = compileAccountFrame({
    workspaceId,
    settings,
    metrics: Object.keys(metrics),
    attributes: [],
    periods,
    knownAt: 'now',
    now,
    ...about,
  })
  if (!frame.ok) throw new Error(`no account frame: ${JSON.stringify(frame.problems)}`)
  return frame
}
