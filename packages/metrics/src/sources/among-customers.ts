import type { PlanNode } from '../plan/node.ts'
import { FAR, ofWorkspace } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import type { Text } from '../text.ts'
import { customers } from './customers.ts'
import { list, type Measure, type SourceContext } from './source.ts'

/** A kind of fact, and when one of them happened. */
interface Kind {
  readonly table: 'tickets' | 'touchpoints' | 'survey_answers'
  readonly at: string
}

const names: Readonly<Record<Kind['table'], Text>> = {
  tickets: { en: 'tickets', ja: 'チケット' },
  touchpoints: { en: 'touchpoints', ja: '接点' },
  survey_answers: { en: 'survey answers', ja: 'アンケート回答' },
}

/**
 * Whether the workspace had recorded any fact of a kind by each window's end; that it records them
 * stays true when some turn out to be void. Asked of the whole workspace, also for single accounts.
 *
 * @returns a row for each window, of the account '', which is none
 */
const recorded = ({ table, at }: Kind): PlanNode => ({
  name: `workspace_${table}`,
  says: {
    en: `Whether the workspace has recorded any ${names[table].en} by then`,
    ja: `その時点までにワークスペースに${names[table].ja}の記録があるか`,
  },
  inputs: [],
  sql: `
SELECT i, '' AS account_id
FROM (
  SELECT minForEach(arrayMap(
    known -> if(known_at <= known, ifNull(${at}, ${FAR}), ${FAR}),
    {epoch_known:Array(DateTime64(3, 'UTC'))})) AS firsts
  FROM ${table}
  WHERE ${ofWorkspace('whole')} AND known_at <= {known_at:DateTime64(3, 'UTC')}
    AND NOT deleted
)
${eachWindow('end', 'epoch')}
WHERE notEmpty(firsts) AND firsts[window_epoch + 1] < window_end`,
})

/** What stands for a measure in a row of another kind, and how the rows of an account are folded. */
const nothing: Readonly<Partial<Record<Measure['type'], { none: string; fold: string }>>> = {
  samples: { none: '[]', fold: 'groupArrayArray' },
  counts_by_key: { none: "CAST(map(), 'Map(String, UInt64)')", fold: 'sumMap' },
}
const none = ({ type }: Measure): string => nothing[type]?.none ?? 'NULL'
const fold = ({ type }: Measure, column: string): string =>
  `${nothing[type]?.fold ?? 'any'}(${column})`

/**
 * The measures of accounts of which something is recorded, and of customers of whom nothing is: where
 * the workspace records such facts at all, their counts are 0.
 *
 * @param kinds of facts, any of which is enough
 * @param counts names of the measures that are 0 then; without any wanted, the node as it is
 */
export const amongCustomers = (
  node: PlanNode,
  kinds: readonly Kind[],
  measures: Readonly<Record<string, Measure>>,
  counts: readonly string[],
  wanted: ReadonlySet<string>,
  context: SourceContext,
): PlanNode => {
  const used = Object.entries(measures).filter(([name]) => wanted.has(name))
  if (!used.some(([name]) => counts.includes(name))) return node
  // A name of its own: another source may look at the customers among all accounts.
  const ofCustomers = { ...customers(context), name: `customers_beside_${node.name}` }
  const ofWorkspace = kinds.map(recorded)
  const own = { ...node, name: `recorded_${node.name}` }
  const row = (from: string, is: { own?: true; customer?: true; workspace?: true }): string =>
    `    SELECT ${[
      'i',
      'account_id',
      ...used.map(([name, measure]) => `${is.own ? name : none(measure)} AS ${name}`),
      `${is.own ?? false} AS is_recorded`,
      `${is.customer ?? false} AS is_customer`,
      `${is.workspace ?? false} AS is_workspace`,
    ].join(', ')}\n    FROM ${from}`
  return {
    name: node.name,
    says: {
      en: 'With customers of whom nothing is recorded: 0, where the workspace records it at all',
      ja: '記録のない契約顧客を0として加える(ワークスペースに記録がある場合)',
    },
    inputs: [own, ofCustomers, ...ofWorkspace],
    sql: `
SELECT
${list(
  'i',
  'account_id',
  ...used.map(([name]) =>
    counts.includes(name) ? `ifNull(of_${name}, 0) AS ${name}` : `of_${name} AS ${name}`,
  ),
)}
FROM (
  SELECT
    i, account_id,
    ${used.map(([name, measure]) => `${fold(measure, `stacked.${name}`)} AS of_${name}`).join(',\n    ')},
    max(stacked.is_recorded) AS has_own,
    max(stacked.is_customer) AS customer,
    max(max(stacked.is_workspace)) OVER (PARTITION BY i) AS workspace_has
  FROM (
${[
  row(own.name, { own: true }),
  row(ofCustomers.name, { customer: true }),
  ...ofWorkspace.map(({ name }) => row(name, { workspace: true })),
].join('\n    UNION ALL\n')}
  ) AS stacked
  GROUP BY i, account_id
)
WHERE has_own OR (customer AND workspace_has)`,
  }
}
