import { asKnown, attributeOn, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

export const ticketsBeforeSignup: QualityCheck = {
  key: 'tickets_before_signup',
  name: { en: 'Tickets before sign-up', ja: '登録前の問い合わせ' },
  says: {
    en: "Tickets were opened before the account signed up (its attribute 'signed_up_on'). Check that date, or whether the tickets belong to another account.",
    ja: '顧客の登録日（属性 signed_up_on）より前に受け付けた問い合わせがあります。登録日と、問い合わせの顧客をご確認ください。',
  },
  values: ['opened_at', 'signed_up_on'],
  finds: `
SELECT tickets.account_id AS account, [record_id] AS records,
  [${minute('opened_at')}, assumeNotNull(value)] AS details, source
FROM (${asKnown('tickets', ['opened_at', 'source'])}) AS tickets
GLOBAL INNER JOIN (${attributeOn('signed_up_on')}) AS signed
  ON tickets.account_id = signed.account_id
WHERE toDate(opened_at, {time_zone:String}) < toDate32OrNull(value)`,
}
