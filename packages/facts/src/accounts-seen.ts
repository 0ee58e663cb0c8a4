/**
 * A fact store through which only some accounts are seen. Every scan of a table that has accounts gets the
 * bound condition `account_id IN …` beside that of its workspace, whatever query it stands in: no query
 * has to think of it, and none that is added later can forget it.
 */
import { z } from 'zod'
import type { BoundQuery } from './bound-query.ts'
import type { FactStore } from './store.ts'
import { factTables } from './tables.ts'

/** Facts of the whole workspace, and what keeps account of work: nothing in them is an account's. */
const withoutAccounts = [
  'exchange_rates',
  // Of a person who is being erased, by whoever sees all accounts.
  'erasure_ids',
  'erasure_patterns',
  'erasure_records',
  'rollup_builds',
  'event_ids',
  'fact_cuts',
  'held_events',
  'load_outcomes',
  'migrations',
] as const

const rollupTables = [
  'event_use_by_month',
  'use_by_month',
  'user_numbers',
  'use_touched',
  'use_corrected',
] as const
/** Lists of records that are being deleted, or kept meanwhile. */
const retentionTables = ['cut_records', 'kept_records'] as const

/** Tables of which only the rows of accounts that are seen are read. */
export const tablesOfAccounts: readonly string[] = [
  ...Object.keys(factTables).filter((name) => !withoutAccounts.some((one) => one === name)),
  ...rollupTables,
  ...retentionTables,
]
/** Tables that are read whole. */
export const tablesReadWhole: readonly string[] = withoutAccounts

/** As it stands at every scan. */
const OF_WORKSPACE = 'workspace_id = {workspace_id:String}'
const SEEN = ' AND account_id IN {seen_accounts:Array(String)}'

/** A scan of all accounts that the figures of some of them need, to compare or to tell 0 from no value. */
const OF_WHOLE_WORKSPACE = '{whole_workspace_id:String}'

/**
 * The query with every scan of a table of accounts held to those that are bound as `seen_accounts`. Scans
 * of the whole workspace stay, but only in a query that is about accounts that it names, of which those
 * that are not seen are taken out.
 *
 * @throws Error where a scan does not have its workspace in the form of all others, or the whole is
 *   scanned for no accounts in particular: it is not run then
 */
export function withSeenAccounts(bound: BoundQuery, accountIds: readonly string[]): BoundQuery {
  // What a metric is called stands in comments, and may well have the words of a scan.
  const sql = bound.sql.replace(/^\s*--.*$/gm, '')
  const seen = new Set(accountIds)
  const asked = boundAccounts.safeParse(bound.params)
  if (sql.includes(OF_WHOLE_WORKSPACE) && !asked.success) {
    throw new Error('the whole workspace is scanned for no accounts in particular')
  }
  const parts: string[] = []
  let from = 0
  for (const match of sql.matchAll(/\b(?:FROM|JOIN)\s+(?:\w+\.)?(\w+)/gi)) {
    if (!tablesOfAccounts.includes(match[1] ?? '')) continue
    const start = match.index + match[0].length
    const next = sql.slice(start).search(/\b(?:FROM|SELECT)\b/i)
    const own = next < 0 ? sql.slice(start) : sql.slice(start, start + next)
    if (own.includes(OF_WHOLE_WORKSPACE)) continue
    const at = own.indexOf(OF_WORKSPACE)
    if (at < 0 || /--|\/\*/.test(own.slice(0, at))) {
      throw new Error(`a scan of ${match[1]} does not name its workspace as all others do`)
    }
    const end = start + at + OF_WORKSPACE.length
    parts.push(sql.slice(from, end), SEEN)
    from = end
  }
  parts.push(sql.slice(from))
  const narrowed = asked.success
    ? { account_ids: asked.data.account_ids.filter((id) => isSeen(id, asked.data, seen)) }
    : {}
  const params = { ...bound.params, ...narrowed, seen_accounts: [...accountIds] }
  return { sql: parts.join(''), params }
}

const boundAccounts = z.looseObject({
  account_ids: z.array(z.string()),
  turn_account: z.string().optional(),
})

/** A record after the other, an account is asked for under names of its own that begin with its id. */
const isSeen = (
  id: string,
  { turn_account: inTurn }: z.infer<typeof boundAccounts>,
  seen: ReadonlySet<string>,
): boolean =>
  seen.has(id) || (inTurn !== undefined && seen.has(inTurn) && id.startsWith(`${inTurn}\x1f`))

/**
 * The store as somebody sees it who sees these accounts only. It reads; what would write, or read raw
 * bytes, is refused, since nobody with such a view has anything to do there.
 */
export function seeingAccounts(store: FactStore, accountIds: readonly string[]): FactStore {
  const seen = (bound: BoundQuery) => withSeenAccounts(bound, accountIds)
  const refuse = async (): Promise<never> => {
    throw new Error('a fact store that shows some accounts only does not write')
  }
  return {
    layout: store.layout,
    query: (bound, row, options) => store.query(seen(bound), row, options),
    queryWithStats: (bound, row, options) => store.queryWithStats(seen(bound), row, options),
    stream: (bound, row, options) => store.stream(seen(bound), row, options),
    insert: refuse,
    insertLines: refuse,
    insertBinary: refuse,
    readBytes: refuse,
    writeBytes: refuse,
    command: refuse,
    everywhere: refuse,
    ping: () => store.ping(),
    close: refuse,
  }
}
