import { asKnown, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

export const contractWithoutLength: QualityCheck = {
  key: 'contract_without_length',
  name: { en: 'Contract lines that end the day they start', ja: '開始日に終了する契約' },
  says: {
    en: 'They never apply, and their amount is in no figure. If the end date is the last day, map it as effectiveThrough.',
    ja: '適用される日がなく、どの数値にも含まれません。終了日が最終日を表す場合は、effectiveThrough に割り当ててください。',
  },
  values: ['effective_from', 'effective_to'],
  finds: `
SELECT account_id AS account, [record_id] AS records,
  [${minute('effective_from')}, ${minute('effective_to')}] AS details, source
FROM (${asKnown('contract_lines', ['effective_from', 'effective_to', 'source'])})
WHERE effective_to = effective_from`,
}
