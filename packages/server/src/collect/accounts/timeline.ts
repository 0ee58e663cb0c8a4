import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { engineInstant } from './instants.ts'
import { latestVersions } from './latest.ts'

/** A kind of moment: which column says when, and what is told of it. */
interface Moment {
  readonly table: FactTableName
  readonly kind: 'contract' | 'touchpoint' | 'ticket' | 'survey_answer' | 'invoice' | 'milestone'
  readonly what: string
  readonly at: string
  /** Detail name → SQL text expression; empty ones are left out. */
  readonly details: Readonly<Record<string, string>>
}

const maybe = (column: string) => `ifNull(toString(${column}), '')`

const contractDetails = {
  product: 'product',
  plan: 'plan',
  quantity: maybe('quantity'),
  amount: 'toString(amount)',
  currency: 'currency',
  state: 'state',
}
const ticketDetails = { subject: 'subject', ticketKind: 'kind', priority: 'priority' }
const invoiceDetails = {
  number: 'number',
  invoiceKind: 'kind',
  amount: 'toString(amount)',
  currency: 'currency',
}

const moments: readonly Moment[] = [
  {
    table: 'contract_lines',
    kind: 'contract',
    what: 'started',
    at: 'effective_from',
    details: contractDetails,
  },
  {
    table: 'contract_lines',
    kind: 'contract',
    what: 'cancelled',
    at: 'cancelled_at',
    details: contractDetails,
  },
  {
    table: 'contract_lines',
    kind: 'contract',
    what: 'ended',
    at: 'effective_to',
    details: contractDetails,
  },
  {
    table: 'touchpoints',
    kind: 'touchpoint',
    what: 'met',
    at: 'occurred_at',
    details: {
      subject: 'subject',
      channel: 'kind',
      direction: 'direction',
      owner: 'owner',
      decisionMaker: "if(decision_maker, 'true', '')",
      sentiment: maybe('sentiment'),
    },
  },
  { table: 'tickets', kind: 'ticket', what: 'opened', at: 'opened_at', details: ticketDetails },
  { table: 'tickets', kind: 'ticket', what: 'resolved', at: 'resolved_at', details: ticketDetails },
  {
    table: 'survey_answers',
    kind: 'survey_answer',
    what: 'answered',
    at: 'answered_at',
    details: { survey: 'kind', score: maybe('score'), comment: 'comment' },
  },
  { table: 'invoices', kind: 'invoice', what: 'issued', at: 'issued_at', details: invoiceDetails },
  { table: 'invoices', kind: 'invoice', what: 'paid', at: 'paid_at', details: invoiceDetails },
  {
    table: 'milestones',
    kind: 'milestone',
    what: 'met',
    at: 'met_at',
    details: { programme: 'programme', milestone: 'milestone' },
  },
]

// Columns of the tables are called `kind` too, and an alias would take their place.
function momentSql(moment: Moment): string {
  const pairs = Object.entries(moment.details).map(([name, sql]) => `'${name}', ${sql}`)
  const details = `mapFilter((name, text) -> text != '', map(${pairs.join(', ')}))`
  return `
SELECT assumeNotNull(${moment.at}) AS moment_at, '${moment.kind}' AS moment_kind,
  '${moment.what}' AS moment_what, record_id, ${details} AS details
FROM (${latestVersions(moment.table, { ofOneAccount: true })})
WHERE ${moment.at} IS NOT NULL AND ${moment.at} < {before:DateTime64(3, 'UTC')}
ORDER BY moment_at DESC, record_id
LIMIT {limit:UInt32}`
}

/**
 * What happened to an account, newest first.
 *
 * @param before ISO instant; only what happened before it.
 */
export function timelineQuery(
  workspaceId: string,
  accountId: string,
  before: string,
  limit: number,
): BoundQuery {
  return {
    sql: `
SELECT moment_at AS at, moment_kind AS kind, moment_what AS what, record_id AS recordId, details
FROM (${moments.map((moment) => `SELECT * FROM (${momentSql(moment)})`).join('\nUNION ALL\n')})
ORDER BY at DESC, kind, what, recordId
LIMIT {limit:UInt32}`,
    params: {
      workspace_id: workspaceId,
      account_id: accountId,
      before: engineInstant(before),
      limit,
    },
  }
}
