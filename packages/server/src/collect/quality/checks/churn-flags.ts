import { attributeOn, payingAccounts } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

const flagged = `lower(value) IN ('true', '1', 'yes')`
const flags = attributeOn('churn_flag')

export const churnFlagWhilePaying: QualityCheck = {
  key: 'churn_flag_while_paying',
  name: { en: 'Churn flag on accounts that still pay', ja: '契約中なのに解約フラグがある顧客' },
  says: {
    en: "The attribute 'churn_flag' says that the account left, while contract lines are still paid for. Figures follow the contract lines.",
    ja: '属性 churn_flag は解約済みですが、有効な契約が残っています。数値は契約に基づいて計算します。',
  },
  values: ['churn_flag', 'paid_lines'],
  finds: `
SELECT flags.account_id AS account, assumeNotNull(lines) AS records,
  [value, toString(paying)] AS details, '' AS source
FROM (${flags}) AS flags
GLOBAL INNER JOIN (${payingAccounts}) AS paid ON flags.account_id = paid.account_id
WHERE ${flagged} AND paying > 0`,
}

export const churnFlagMissing: QualityCheck = {
  key: 'churn_flag_missing',
  name: {
    en: 'No churn flag on accounts that no longer pay',
    ja: '契約がないのに解約フラグのない顧客',
  },
  says: {
    en: "The attribute 'churn_flag' says that the account is a customer, while none of its contract lines is paid for any more.",
    ja: '属性 churn_flag は継続中ですが、有効な契約が 1 つもありません。',
  },
  values: ['churn_flag', 'paid_lines'],
  finds: `
SELECT flags.account_id AS account, emptyArrayString() AS records,
  [value, toString(paying)] AS details, '' AS source
FROM (${flags}) AS flags
GLOBAL INNER JOIN (${payingAccounts}) AS paid ON flags.account_id = paid.account_id
WHERE NOT (${flagged}) AND paying = 0 AND ever > 0`,
}
