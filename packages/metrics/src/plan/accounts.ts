import type { MeasureRef } from '../sources/registry.ts'
import { isList, type Measure, type Source, type SourceContext } from '../sources/source.ts'
import type { PlanNode } from './node.ts'

/** The column of a measure once sources are side by side. */
export const measureColumn = ({ source, name }: Pick<MeasureRef, 'source' | 'name'>): string =>
  `${source.name}_${name}`

/** What each source has to give, the counts of missing rates included. */
const wantedBySource = (refs: readonly MeasureRef[]): Map<Source, Set<string>> => {
  const wanted = new Map<Source, Set<string>>()
  for (const { source, name, measure } of refs) {
    const names = wanted.get(source) ?? new Set()
    names.add(name)
    if (measure.gap !== undefined) names.add(measure.gap)
    wanted.set(source, names)
  }
  return wanted
}

interface Part {
  readonly node: PlanNode
  /** An account that has a row here takes part in the figures. */
  readonly measured: boolean
  /** Expressions of the columns that this part fills. */
  readonly columns: ReadonlyMap<string, string>
  /** Those that hold several values of an account. */
  readonly many: ReadonlyMap<string, Many>
}

/** How a column that holds several values is empty, and how rows of which one has them are folded. */
interface Many {
  readonly none: string
  readonly fold: string
}

const manyOf = (measure: Measure | undefined): Many | undefined => {
  if (measure?.type === 'counts_by_key') {
    return { none: "CAST(map(), 'Map(String, UInt64)')", fold: 'sumMap' }
  }
  return isList(measure) ? { none: '[]', fold: 'groupArrayArray' } : undefined
}

/**
 * One row for each window and account with the measures of all sources, NULL where a source says
 * nothing about the account. Sources are stacked and folded by account, which needs no join: in each
 * fold at most one row has a value.
 *
 * @param attributes a node with one row for each window and account, and its columns
 * @param keepAll keeps accounts of which only attributes are known
 */
export const accountsNode = (
  refs: readonly MeasureRef[],
  context: SourceContext,
  attributes: { readonly node: PlanNode; readonly columns: readonly string[] } | undefined,
  keepAll: boolean,
): PlanNode => {
  const parts: Part[] = [...wantedBySource(refs)].map(([source, wanted]) => ({
    node: source.node(wanted, context),
    measured: source.aside !== true,
    columns: new Map([...wanted].map((name) => [measureColumn({ source, name }), name] as const)),
    many: new Map(
      [...wanted].flatMap((name) => {
        const many = manyOf(source.measures[name])
        return many === undefined ? [] : [[measureColumn({ source, name }), many] as const]
      }),
    ),
  }))
  if (attributes !== undefined) {
    parts.push({
      node: attributes.node,
      measured: false,
      columns: new Map(attributes.columns.map((column) => [column, column])),
      many: new Map(),
    })
  }
  const many = new Map(parts.flatMap((part) => [...part.many]))
  const columns = parts.flatMap((part) => [...part.columns.keys()])
  const node = {
    name: 'accounts',
    says: { en: 'Per account: all of it side by side', ja: '顧客ごとに並べる' },
    inputs: parts.map((part) => part.node),
  }
  const [only] = parts
  if (parts.length === 1 && only !== undefined) {
    const renamed = [...only.columns].map(([column, sql]) => `${sql} AS ${column}`)
    return {
      ...node,
      sql: `SELECT ${['i', 'account_id', ...renamed].join(', ')} FROM ${only.node.name}`,
    }
  }
  const rows = parts.map((part, k) => {
    // The first SELECT of a union names the columns; naming them in each takes time to plan.
    const named = (sql: string, name: string): string => (k === 0 ? `${sql} AS ${name}` : sql)
    const filled = columns.map((column) =>
      named(part.columns.get(column) ?? many.get(column)?.none ?? 'NULL', column),
    )
    const fields = ['i', 'account_id', named(part.measured ? '1' : '0', 'measured'), ...filled]
    return `  SELECT ${fields.join(', ')}\n  FROM ${part.node.name}`
  })
  const folded = columns.map(
    (column) => `${many.get(column)?.fold ?? 'any'}(stacked.${column}) AS ${column}`,
  )
  return {
    ...node,
    sql: `
SELECT
  ${['i', 'account_id', ...folded].join(',\n  ')}
FROM (
${rows.join('\n  UNION ALL\n')}
) AS stacked
GROUP BY i, account_id${keepAll ? '' : '\nHAVING max(measured) = 1'}`,
  }
}
