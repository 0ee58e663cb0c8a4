import { asKnown } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

/** The instant after the day of the churn. */
const after = 'toDateTime64(toDate32OrNull(value) + 1, 3, {time_zone:String})'

export const churnEventWhilePaying: QualityCheck = {
  key: 'churn_event_while_paying',
  name: { en: 'Churn events of accounts that go on paying', ja: '解約後も契約が続く顧客' },
  says: {
    en: "An attribute 'churn_date' says that the account left on a day after which contract lines were still paid for. Figures follow the contract lines.",
    ja: '属性 churn_date の日より後にも有効な契約があります。数値は契約に基づいて計算します。',
  },
  values: ['churn_date', 'paid_lines'],
  finds: `
SELECT churns.account_id AS account, arrayConcat([churns.record_id],
    arraySlice(arraySort(groupArray(assumeNotNull(lines.record_id))), 1, 5)) AS records,
  [any(value), toString(count())] AS details, any(churns.source) AS source
FROM (
  SELECT * FROM (${asKnown('account_attributes', ['attribute', 'value', 'value_kind', 'source'])})
  WHERE attribute = 'churn_date' AND value_kind != 'removed'
) AS churns
GLOBAL INNER JOIN (
  SELECT * FROM (${asKnown('contract_lines', ['state', 'amount', 'effective_from', 'effective_to'])})
  WHERE state IN ('active', 'past_due') AND amount > 0
) AS lines ON churns.account_id = lines.account_id
WHERE effective_from <= ${after} AND (effective_to IS NULL OR effective_to > ${after})
GROUP BY churns.account_id, churns.record_id`,
}
