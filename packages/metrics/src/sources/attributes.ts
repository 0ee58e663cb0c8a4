import type { PlanNode } from '../plan/node.ts'
import {
  type Knowing,
  knownFacts,
  knownThere,
  type WhichAccounts,
  whereAll,
} from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'

export type AttributeType = 'string' | 'number' | 'bool' | 'date'

export interface AttributeColumn {
  readonly key: string
  readonly type: AttributeType
  /** Name of the column that gets the value. */
  readonly column: string
}

const typed: Readonly<Record<AttributeType, (value: string) => string>> = {
  string: (value) => `nullIf(tupleElement(${value}, 1), '')`,
  number: (value) => `tupleElement(${value}, 2)`,
  bool: (value) =>
    `multiIf(tupleElement(${value}, 1) = 'true', true, tupleElement(${value}, 1) = 'false', false, NULL)`,
  date: (value) => `toDate32OrNull(tupleElement(${value}, 1))`,
}

/**
 * Account attributes as they were at each window's `attributes_at`, one row for each window and
 * account. The keys come from outside, so they are bound; an attribute that the account does not have
 * is NULL. With `everyAccount` there is a row for each account that exists, whatever attributes it has.
 */
export const attributesNode = (
  columns: readonly AttributeColumn[],
  options: Knowing & { readonly someAccounts: WhichAccounts; readonly everyAccount: boolean },
): PlanNode => ({
  name: 'attributes',
  says: {
    en: 'Account attributes as they were then',
    ja: 'その時点の顧客属性',
  },
  inputs: [],
  sql: `
SELECT
  ${[
    'i',
    'account_id',
    ...columns.map(
      ({ type, column }, index) =>
        `${typed[type](
          `argMaxIf(tuple(value, value_number), tuple(effective_at, known_at), attribute = {attribute_${index}:String})`,
        )} AS ${column}`,
    ),
  ].join(',\n  ')}
FROM (${knownFacts(
    {
      table: 'account_attributes',
      columns: ['attribute', 'value', 'value_number', 'effective_at'],
      someAccounts: options.someAccounts,
      ...(options.everyAccount ? {} : { where: 'attribute IN {attributes:Array(String)}' }),
    },
    options,
  )}
)
${eachWindow('attributes_at', 'known')}
${whereAll(...knownThere(options), 'effective_at <= window_attributes_at')}
GROUP BY i, account_id`,
  params: {
    ...Object.fromEntries(columns.map(({ key }, index) => [`attribute_${index}`, key])),
    ...(options.everyAccount ? {} : { attributes: columns.map(({ key }) => key) }),
  },
})
