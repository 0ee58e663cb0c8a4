import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import type { Workspace } from '../../platform/workspace.ts'
import { later } from './days.ts'
import { compileAccountFacts, compilePortfolio } from './frame.ts'
import type { Portfolio } from './urgency.ts'

/** What is known now of an account, as far as lamps need it. */
export interface AccountFacts {
  readonly name: string
  readonly owner: string | null
  /** Recurring revenue in the reporting currency, exact; null where there is none to tell. */
  readonly mrr: string | null
  /** Days to the next end of a term; null where there is none. */
  readonly daysToRenewal: number | null
}

const accountRow = z.object({
  account_id: z.string(),
  name: z.string().nullable(),
  owner: z.string().nullable(),
  mrr: z.string().nullable(),
  days_to_renewal: z.number().nullable(),
})

/** The given accounts as known now, at the end of today; those that are not there are not in it. */
export async function readAccounts(
  ports: Ports,
  workspace: Workspace,
  accountIds: readonly string[],
): Promise<Map<string, AccountFacts>> {
  if (accountIds.length === 0) return new Map()
  const query = compileAccountFacts({
    workspaceId: workspace.id,
    settings: workspace.settings,
    accountIds: [...new Set(accountIds)],
    on: todayIn(ports.clock, workspace.settings.timeZone).toString(),
    now: ports.clock.now().toString(),
  })
  const rows = await ports.facts.query(query, accountRow)
  return new Map(
    rows.map(({ account_id: id, name, owner, mrr, days_to_renewal: daysToRenewal }) => [
      id,
      { name: name ?? id, owner, mrr, daysToRenewal },
    ]),
  )
}

const portfolioRow = z.object({ mrr: z.string().nullable(), customers: z.coerce.number() })

/** The paying customers that are seen, as known now, at the end of today. */
export async function readPortfolio(ports: Ports, workspace: Workspace): Promise<Portfolio> {
  const query = compilePortfolio({
    workspaceId: workspace.id,
    settings: workspace.settings,
    on: todayIn(ports.clock, workspace.settings.timeZone).toString(),
    now: ports.clock.now().toString(),
  })
  const [row] = await ports.facts.query(query, portfolioRow)
  return { mrr: row?.mrr ?? '0', customers: row?.customers ?? 0 }
}

/** How far back the facts of a workspace go. Days are ISO dates in its zone. */
export interface History {
  /** The first day on which any contract line was known. */
  readonly firstDay: string
  /**
   * The first day on which anything else was known that accounts do: before it no lamp can have seen
   * a sign of them. Not before `firstDay`; that day where there is nothing else.
   */
  readonly firstSignDay: string
  readonly accounts: number
}

const signTables = [
  'usage_events',
  'survey_answers',
  'tickets',
  'invoices',
  'touchpoints',
  'milestones',
] as const

const historyRow = z.object({
  first_day: z.string().nullable(),
  first_sign_day: z.string().nullable(),
  accounts: z.coerce.number(),
})

/** History further back than this is not gone through: a date of 1970 is a mistake, not a fact. */
const longestHistoryYears = 10

/** How far back the facts go; null where there is no contract line yet. */
export async function historyOf(ports: Ports, workspace: Workspace): Promise<History | null> {
  const { timeZone } = workspace.settings
  const ofWorkspace = 'WHERE workspace_id = {workspace_id:String}'
  const signs = signTables.map(
    (table) => `SELECT minOrNull(known_at) AS known FROM ${table} ${ofWorkspace}`,
  )
  const [row] = await ports.facts.query(
    {
      sql: `
SELECT
  (SELECT toString(toDate32(minOrNull(known_at), {time_zone:String}))
   FROM contract_lines ${ofWorkspace}) AS first_day,
  (SELECT toString(toDate32(min(known), {time_zone:String}))
   FROM (${signs.join(' UNION ALL ')})) AS first_sign_day,
  (SELECT uniqExact(account_id) FROM account_attributes ${ofWorkspace}) AS accounts`,
      params: { workspace_id: workspace.id, time_zone: timeZone },
    },
    historyRow,
  )
  if (!row || row.first_day === null) return null
  const earliest = todayIn(ports.clock, timeZone).subtract({ years: longestHistoryYears })
  const firstDay = later(row.first_day, earliest.toString())
  return {
    firstDay,
    firstSignDay: later(row.first_sign_day ?? firstDay, firstDay),
    accounts: Math.max(1, row.accounts),
  }
}
