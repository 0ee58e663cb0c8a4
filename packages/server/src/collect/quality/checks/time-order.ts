import type { Text } from '@tomoshibi/contract/text'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { asKnown, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

/** A check that in one fact the later of two times does not come before the earlier. */
export function timeOrder(check: {
  readonly key: string
  readonly table: FactTableName
  readonly earlier: string
  readonly later: string
  readonly name: Text
  readonly says: Text
}): QualityCheck {
  const { key, table, earlier, later, name, says } = check
  return {
    key,
    name,
    says,
    values: [earlier, later],
    finds: `
SELECT account_id AS account, [record_id] AS records,
  [${minute(earlier)}, ${minute(later)}] AS details, source
FROM (${asKnown(table, [earlier, later, 'source'])})
WHERE ${later} < ${earlier}`,
  }
}
