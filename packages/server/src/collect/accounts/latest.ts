import { type FactTableName, factTables } from '@tomoshibi/facts/tables'

/**
 * SELECT of the latest known version of every fact of a table, without the void ones: columns
 * `account_id`, `record_id` and the table's own. Bind `workspace_id`, and `account_id` when
 * `ofOneAccount`.
 */
export function latestVersions(name: FactTableName, { ofOneAccount }: { ofOneAccount: boolean }) {
  const columns = Object.keys(factTables[name].columns)
  const tuple = [...columns, 'deleted'].join(', ')
  const picked = columns.map((column, i) => `tupleElement(latest, ${i + 1}) AS ${column}`)
  const account = ofOneAccount ? ' AND account_id = {account_id:String}' : ''
  return `
SELECT account_id, record_id, ${picked.join(', ')}
FROM (
  SELECT account_id, record_id, argMax(tuple(${tuple}), (known_at, version)) AS latest
  FROM ${name}
  WHERE workspace_id = {workspace_id:String}${account}
  GROUP BY account_id, record_id
)
WHERE NOT tupleElement(latest, ${columns.length + 1})`
}
