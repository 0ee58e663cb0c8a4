import type { MeasureRef } from '../sources/registry.ts'
import { isList, type Source, type SourceContext } from '../sources/source.ts'
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
  /** Expressions of the columns that this part fills. */
  readonly columns: ReadonlyMap<string, string>
  readonly samples: ReadonlySet<string>
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
    columns: new Map([...wanted].map((name) => [measureColumn({ source, name }), name] as const)),
    samples: new Set(
      [...wanted]
        .filter((name) => isList(source.measures[name]))
        .map((name) => measureColumn({ source, name })),
    ),
  }))
  const measured = parts.length
  if (attributes !== undefined) {
    parts.push({
      node: attributes.node,
      columns: new Map(attributes.columns.map((column) => [column, column])),
      samples: new Set(),
    })
  }
  const samples = new Set(parts.flatMap((part) => [...part.samples]))
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
  const rows = parts.map((part, index) => {
    const filled = columns.map(
      (column) =>
        `${part.columns.get(column) ?? (samples.has(column) ? '[]' : 'NULL')} AS ${column}`,
    )
    const fields = ['i', 'account_id', `${index < measured ? 1 : 0} AS measured`, ...filled]
    return `  SELECT ${fields.join(', ')}\n  FROM ${part.node.name}`
  })
  const folded = columns.map((column) =>
    samples.has(column)
      ? `groupArrayArray(stacked.${column}) AS ${column}`
      : `any(stacked.${column}) AS ${column}`,
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
