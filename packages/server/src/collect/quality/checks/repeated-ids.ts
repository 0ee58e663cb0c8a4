import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import { asKnown } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

// The attributes of an account share its id by design.
const withIds: readonly FactTableName[] = Object.values(factTables)
  .map((table) => table.name)
  .filter((name) => name !== 'account_attributes')

export const repeatedIds: QualityCheck = {
  key: 'repeated_ids',
  name: { en: 'One id on several records', ja: '同じ ID の複数レコード' },
  says: {
    en: 'The source gave one id to rows that differ; they are kept as records of their own. If they are versions of one record, import them with repeatedId: replace.',
    ja: '内容の異なる行に同じ ID が付いています。別々のレコードとして保存しました。同じレコードの更新なら、repeatedId: replace で取り込んでください。',
  },
  values: ['kind', 'id', 'times'],
  finds: `
SELECT min(account_id) AS account, groupArraySorted(10)(record_id) AS records,
  [kind, source_id, toString(count())] AS details, source
FROM (
${withIds.map((name) => `SELECT account_id, record_id, source_id, source, '${name}' AS kind FROM (${asKnown(name, ['source_id', 'source'])}) WHERE source_id != ''`).join('\nUNION ALL\n')}
)
GROUP BY kind, source, source_id
HAVING count() > 1`,
}
