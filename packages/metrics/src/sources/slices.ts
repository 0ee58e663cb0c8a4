import type { PlanNode } from '../plan/node.ts'
import { knownAtOnce, knownFacts } from '../sql/versions.ts'
import type { SourceContext } from './source.ts'

export interface Slice {
  /** The attribute; it comes from outside and is bound. */
  readonly key: string
  /** Name of the column that gets its value. */
  readonly column: string
}

const versions = (index: number): string => `versions_${index}`
const values = (index: number): string => `values_${index}`

/** The value that holds in each window, of versions of an attribute in the order of their time. */
const valueInEach = (all: string, atOnce: boolean): string =>
  atOnce
    ? `arrayMap(
    at -> arrayLast(version -> version.1 <= at, ${all}).3,
    {window_attributes_at:Array(DateTime64(3, 'UTC'))})`
    : `arrayMap(
    (at, known) -> arrayLast(
      version -> version.1 <= at AND version.2 <= known AND known < version.4, ${all}).3,
    {window_attributes_at:Array(DateTime64(3, 'UTC'))},
    {window_known:Array(DateTime64(3, 'UTC'))})`

/**
 * One row for each account with the value of each attribute in every window, as it was at the window's
 * `attributes_at`: a list in the order of the windows, '' where the account had none. A row for each
 * window and account would be many times as long to make and to join.
 */
const slicesNode = (slices: readonly Slice[], context: SourceContext): PlanNode => ({
  name: 'slices',
  says: {
    en: 'Account attributes as they were then, by which the figures are sliced',
    ja: '区分に使う顧客属性(その時点の値)',
  },
  inputs: [],
  sql: `
SELECT
  account_id AS sliced_account,
  ${slices
    .map((_, index) => `${valueInEach(versions(index), knownAtOnce(context))} AS ${values(index)}`)
    .join(',\n  ')}
FROM (
  SELECT
    account_id,
    ${slices
      .map(
        (_, index) => `arraySort(groupArrayIf(
      tuple(effective_at, known_at, value${knownAtOnce(context) ? '' : ', known_until'}), attribute = {slice_key_${index}:String}
    )) AS ${versions(index)}`,
      )
      .join(',\n    ')}
  FROM (${knownFacts(
    {
      table: 'account_attributes',
      columns: ['attribute', 'value', 'effective_at'],
      someAccounts: context.someAccounts,
      where: 'attribute IN {slice_keys:Array(String)}',
    },
    context,
  )}
  )
  GROUP BY account_id
)`,
  params: {
    ...Object.fromEntries(slices.map(({ key }, index) => [`slice_key_${index}`, key])),
    slice_keys: slices.map(({ key }) => key),
  },
})

/** Puts the slices beside each row of a node with a window `i` and an account. */
export const withSlices = (
  input: PlanNode,
  slices: readonly Slice[],
  context: SourceContext,
): PlanNode =>
  slices.length === 0
    ? input
    : {
        name: 'sliced_accounts',
        says: {
          en: 'Each account in its slice; without the attribute it is in the slice without a name',
          ja: '顧客を区分に分ける(属性のない顧客は名前のない区分)',
        },
        inputs: [input, slicesNode(slices, context)],
        sql: `
SELECT
  of.*,
  ${slices.map(({ column }, index) => `nullIf(${values(index)}[i + 1], '') AS ${column}`).join(',\n  ')}
FROM ${input.name} AS of
LEFT JOIN slices ON of.account_id = slices.sliced_account`,
      }
