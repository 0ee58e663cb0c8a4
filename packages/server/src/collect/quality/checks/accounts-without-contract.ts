import { asKnown, attributeOn } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

export const accountsWithoutContract: QualityCheck = {
  key: 'accounts_without_contract',
  name: { en: 'Accounts without a contract', ja: '契約のない顧客' },
  says: {
    en: 'They are in no revenue figure. Prospects are fine here; for customers, a contract line is missing.',
    ja: '売上の数値に含まれません。見込み客なら問題ありませんが、顧客なら契約明細が抜けています。',
  },
  values: ['name'],
  finds: `
SELECT accounts.account_id AS account, emptyArrayString() AS records,
  [ifNull(named.value, '')] AS details, accounts.source AS source
FROM (
  SELECT account_id, any(source) AS source
  FROM (${asKnown('account_attributes', ['source'])}) GROUP BY account_id
) AS accounts
GLOBAL LEFT JOIN (${attributeOn('name')}) AS named ON accounts.account_id = named.account_id
WHERE accounts.account_id GLOBAL NOT IN (
  SELECT account_id FROM (${asKnown('contract_lines', ['state'])})
)`,
}
