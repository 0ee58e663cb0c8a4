import { type FactTableName, factTables, sharedColumns } from '@tomoshibi/facts/tables'

/**
 * SELECT of the latest version of each fact of a table as known when the day ends at `{at}`: what is
 * dated the next day was not known yet. Without the void ones:
 * `account_id`, `record_id` and the columns asked for.
 *
 * @throws Error when the table has no such column
 */
export function asKnown(name: FactTableName, columns: readonly string[]): string {
  const { columns: own } = factTables[name]
  for (const column of columns) {
    if (!(column in own) && !(column in sharedColumns)) throw new Error(`${name} has no ${column}`)
  }
  const picked = columns.map((column, i) => `tupleElement(latest, ${i + 1}) AS ${column}`)
  return `
  SELECT ${['account_id', 'record_id', ...picked].join(', ')}
  FROM (
    SELECT account_id, record_id,
      argMax(tuple(${[...columns, 'deleted'].join(', ')}), (known_at, version)) AS latest
    FROM ${name}
    WHERE workspace_id = {workspace_id:String} AND known_at < {at:DateTime64(3, 'UTC')}
    GROUP BY account_id, record_id
  )
  WHERE NOT tupleElement(latest, ${columns.length + 1})`
}

/** SELECT of the value of an attribute on the day: `account_id`, `value`. @param attribute a literal */
export function attributeOn(attribute: string): string {
  if (!/^[a-z_]+$/.test(attribute)) throw new Error(`attribute '${attribute}' is no literal`)
  return `
  SELECT account_id, argMax(value, (effective_at, record_id)) AS value
  FROM (${asKnown('account_attributes', ['attribute', 'value', 'value_kind', 'effective_at'])})
  WHERE attribute = '${attribute}' AND effective_at < {at:DateTime64(3, 'UTC')}
  GROUP BY account_id
  HAVING argMax(value_kind, (effective_at, record_id)) != 'removed'`
}

/** Condition of a contract line that is paid for at an instant. */
export function paidAt(instant: string): string {
  return `(state IN ('active', 'past_due') AND amount > 0 AND effective_from <= ${instant}
    AND (effective_to IS NULL OR effective_to > ${instant}))`
}

/** SELECT of what each account pays for when the day ends: `account_id`, `paying`, `ever`, `lines`. */
export const payingAccounts = `
  SELECT account_id,
    countIf(${paidAt("{at:DateTime64(3, 'UTC')}")}) AS paying,
    countIf(amount > 0 AND state != 'trial') AS ever,
    arraySlice(arraySort(groupArrayIf(record_id, ${paidAt("{at:DateTime64(3, 'UTC')}")})), 1, 5)
      AS lines
  FROM (${asKnown('contract_lines', ['state', 'amount', 'effective_from', 'effective_to'])})
  GROUP BY account_id`

/** An instant as text, to the minute, in the workspace's time zone. */
export function minute(column: string): string {
  return `ifNull(formatDateTime(${column}, '%Y-%m-%d %H:%i', {time_zone:String}), '')`
}
