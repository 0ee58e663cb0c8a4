import { nodesInOrder, type PlanNode } from '../plan/node.ts'

/**
 * How the records of a table are laid out over made-up accounts, each of which is one *turn* of one
 * account. listed: a turn has all records up to it in the order given. all: every turn has them all.
 * none: no turn has any.
 */
export type Layout = 'listed' | 'all' | 'none'

/** Records in their order, and the turns that are looked at. Turn t has the first t records. */
export interface Turns {
  readonly accountId: string
  readonly records: readonly string[]
  readonly turns: readonly number[]
  /** The turn that has all records, also those that were not listed. */
  readonly last: number
}

/** The made-up account of a turn; no account of a file has a name with a unit separator. */
export const turnAccount = (accountId: string, turn: number): string => `${accountId}\u001f${turn}`

const scanOfSomeAccounts = (table: string): RegExp =>
  new RegExp(
    `\\bFROM ${table}(?=\\s+WHERE workspace_id = \\{workspace_id:String\\} AND [^\\n]*account_id IN \\{account_ids:Array\\(String\\)\\})`,
    'g',
  )

/** Tables that a plan reads for the accounts asked for, in the order in which it names them. */
export const tablesOfAccounts = (plan: PlanNode): string[] => {
  const text = nodesInOrder(plan)
    .map(({ sql }) => sql)
    .join('\n')
  const named = [...text.matchAll(/\bFROM ([a-z_]+)\b/g)].map(([, name = '']) => name)
  return [...new Set(named)].filter((table) => scanOfSomeAccounts(table).test(text))
}

const turnsNode = (table: string, layout: Layout): PlanNode => ({
  name: `${table}_in_turn`,
  says: {
    en: `The account once for each turn, with the records of ${table} up to it`,
    ja: `${table} の記録を1件ずつ加えた、各段階の顧客`,
  },
  inputs: [],
  sql: `
SELECT * EXCEPT (turn) REPLACE (concat({turn_account:String}, '\\x1f', toString(turn)) AS account_id)
FROM (
  SELECT * FROM ${table}
  WHERE workspace_id = {workspace_id:String} AND account_id = {turn_account:String}
)
ARRAY JOIN ${
    layout === 'listed'
      ? `arrayFilter(
  each -> each >= transform(record_id, {turn_records:Array(String)}, {turn_ranks:Array(UInt32)}, {turn_last:UInt32}),
  {turns:Array(UInt32)})`
      : layout === 'all'
        ? '{turns:Array(UInt32)}'
        : 'emptyArrayUInt32()'
  } AS turn`,
})

/**
 * The plan with the account replaced by one made-up account for each turn. Whatever the plan says of
 * an account it then says of each turn, by the very same queries, so that what a record adds is the
 * difference between its turn and the one before, and the differences add up to the whole.
 */
export const inTurn = (
  plan: PlanNode,
  layouts: ReadonlyMap<string, Layout>,
  turns: Turns,
): { readonly plan: PlanNode; readonly params: Readonly<Record<string, unknown>> } => {
  const made = new Map<string, PlanNode>()
  for (const node of nodesInOrder(plan)) {
    const inputs = node.inputs.flatMap(({ name }) => made.get(name) ?? [])
    let { sql } = node
    for (const [table, layout] of layouts) {
      if (!scanOfSomeAccounts(table).test(sql)) continue
      sql = sql.replace(scanOfSomeAccounts(table), `FROM ${table}_in_turn`)
      inputs.push(turnsNode(table, layout))
    }
    made.set(node.name, { ...node, sql, inputs })
  }
  return {
    plan: made.get(plan.name) ?? plan,
    params: {
      account_ids: turns.turns.map((turn) => turnAccount(turns.accountId, turn)),
      turn_account: turns.accountId,
      turns: turns.turns,
      turn_last: turns.last,
      // A lookup needs at least one name; no record has this one.
      turn_records: turns.records.length === 0 ? ['\u001f'] : turns.records,
      turn_ranks: turns.records.length === 0 ? [0] : turns.records.map((_, i) => i + 1),
    },
  }
}
