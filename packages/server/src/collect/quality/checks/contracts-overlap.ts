import { asKnown, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

/** Beside each line, which of the lines that began before it ends last. */
const beforeIt = `OVER (
    PARTITION BY account_id, product ORDER BY effective_from, record_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )`

export const contractsOverlap: QualityCheck = {
  key: 'contracts_overlap',
  name: { en: 'Contract lines of one product that overlap', ja: '同じ製品で期間が重なる契約' },
  says: {
    en: 'An account pays for one product on several lines at a time. That may be meant; if not, revenue is counted twice.',
    ja: '同じ顧客・同じ製品の契約が同じ期間に複数あります。意図したものでなければ、売上が二重に計上されています。',
  },
  values: ['product', 'effective_from', 'other_effective_to'],
  finds: `
SELECT account_id AS account, [before.2, record_id] AS records,
  [toString(product), ${minute('effective_from')},
    if(before.1 >= toDateTime64('2299-12-31', 3, 'UTC'), '', ${minute('before.1')})] AS details,
  source
FROM (
  SELECT account_id, record_id, product, effective_from, source,
    max(tuple(
      ifNull(effective_to, toDateTime64('2299-12-31 23:59:59', 3, 'UTC')), record_id
    )) ${beforeIt} AS before,
    count() ${beforeIt} AS earlier
  FROM (${asKnown('contract_lines', ['product', 'amount', 'state', 'effective_from', 'effective_to', 'source'])})
  WHERE amount > 0 AND state IN ('active', 'past_due', 'ended')
    AND (effective_to IS NULL OR effective_to > effective_from)
)
WHERE earlier > 0 AND before.1 > effective_from`,
}
