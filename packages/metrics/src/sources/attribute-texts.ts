import { knownFacts, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import type { Source } from './source.ts'

/**
 * A source of the texts of some account attributes as they were at each window's end, for conditions.
 * The keys come from outside and are bound; what the account does not have is NULL.
 *
 * @param name of the source, unique in the query; begins the names of its parameters
 */
export const attributeTexts = (name: string, keys: readonly string[]): Source => {
  // A frame has columns attribute_0 and so on of its own; beside those these need other names.
  const columns = new Map(keys.map((key, index) => [`text_${index}`, key]))
  const param = (column: string): string => `${name}_${column}`
  return {
    name,
    measures: Object.fromEntries(
      [...columns].map(([column, key]) => [column, { type: 'text', says: { en: key, ja: key } }]),
    ),
    node: (wanted, context) => {
      const used = [...columns].filter(([column]) => wanted.has(column))
      return {
        name: `account_${name}`,
        says: {
          en: 'Account attributes at the end of each period',
          ja: '各期末時点の顧客属性',
        },
        inputs: [],
        sql: `
SELECT
  i, account_id,
  ${used
    .map(
      ([column]) =>
        `nullIf(argMaxIf(value, tuple(effective_at, known_at), attribute = {${param(column)}:String}), '') AS ${column}`,
    )
    .join(',\n  ')}
FROM (${knownFacts(
          {
            table: 'account_attributes',
            columns: ['attribute', 'value', 'effective_at'],
            someAccounts: context.someAccounts,
            where: `attribute IN (${used.map(([column]) => `{${param(column)}:String}`).join(', ')})`,
          },
          context,
        )}
)
${eachWindow('end', 'known')}
${whereAll(...knownThere(context), 'effective_at <= window_end')}
GROUP BY i, account_id`,
        params: Object.fromEntries(used.map(([column, key]) => [param(column), key])),
      }
    },
  }
}
