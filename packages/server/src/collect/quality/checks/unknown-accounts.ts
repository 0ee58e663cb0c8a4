import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import { asKnown } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

const ofAccounts: readonly FactTableName[] = Object.values(factTables)
  .map((table) => table.name)
  .filter((name) => name !== 'account_attributes' && name !== 'exchange_rates')

export const unknownAccounts: QualityCheck = {
  key: 'unknown_accounts',
  name: { en: 'Facts of accounts that are not known', ja: '未登録の顧客の事実' },
  says: {
    en: 'Facts name an account about which nothing else was imported. Import the account, or correct its id.',
    ja: '顧客として取り込まれていないアカウントの事実があります。顧客を取り込むか、ID を直してください。',
  },
  values: ['facts', 'in'],
  finds: `
SELECT account_id AS account, arraySlice(groupArraySorted(3)(record_id), 1, 3) AS records,
  [toString(count()), arrayStringConcat(arraySort(groupUniqArray(kind)), ', ')] AS details,
  any(source) AS source
FROM (
${ofAccounts.map((name) => `SELECT account_id, record_id, source, '${name}' AS kind FROM (${asKnown(name, ['source'])})`).join('\nUNION ALL\n')}
)
WHERE account_id GLOBAL NOT IN (
  SELECT account_id FROM (${asKnown('account_attributes', ['attribute'])})
)
GROUP BY account_id`,
}
