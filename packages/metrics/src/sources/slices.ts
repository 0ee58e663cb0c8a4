import type { PlanNode } from '../plan/node.ts'
import { factVersions } from '../sql/versions.ts'

export interface Slice {
  /** The attribute; it comes from outside and is bound. */
  readonly key: string
  /** Name of the column that gets its value. */
  readonly column: string
}

const versions = (index: number): string => `versions_${index}`
const values = (index: number): string => `values_${index}`

/**
 * One row for each account with the value of each attribute in every window, as it was at the window's
 * `attributes_at`: a list in the order of the windows, '' where the account had none. A row for each
 * window and account would be many times as long to make and to join.
 */
export const slicesNode = (slices: readonly Slice[], someAccounts: boolean): PlanNode => ({
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
    .map(
      (_, index) => `arrayMap(
    (at, known) -> arrayLast(
      version -> version.1 <= at AND version.2 <= known AND known < version.3, ${versions(index)}).4,
    {window_attributes_at:Array(DateTime64(3, 'UTC'))},
    {window_known:Array(DateTime64(3, 'UTC'))}) AS ${values(index)}`,
    )
    .join(',\n  ')}
FROM (
  SELECT
    account_id,
    ${slices
      .map(
        (_, index) => `arraySort(groupArrayIf(
      tuple(effective_at, known_at, known_until, value), attribute = {slice_key_${index}:String}
    )) AS ${versions(index)}`,
      )
      .join(',\n    ')}
  FROM (${factVersions({
    table: 'account_attributes',
    columns: ['attribute', 'value', 'effective_at'],
    someAccounts,
    where: 'attribute IN {slice_keys:Array(String)}',
  })}
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
  someAccounts: boolean,
): PlanNode =>
  slices.length === 0
    ? input
    : {
        name: 'sliced_accounts',
        says: {
          en: 'Each account in its slice; without the attribute it is in the slice without a name',
          ja: '顧客を区分に分ける(属性のない顧客は名前のない区分)',
        },
        inputs: [input, slicesNode(slices, someAccounts)],
        sql: `
SELECT
  of.*,
  ${slices.map(({ column }, index) => `nullIf(${values(index)}[i + 1], '') AS ${column}`).join(',\n  ')}
FROM ${input.name} AS of
LEFT JOIN slices ON of.account_id = slices.sliced_account`,
      }
