import { asKnown } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

export const repeatedEmails: QualityCheck = {
  key: 'repeated_emails',
  name: { en: 'One e-mail address on several contacts', ja: '同じメールアドレスの複数の担当者' },
  says: {
    en: 'A person may be counted twice in NPS and adoption. Merge the contacts at the source.',
    ja: 'NPS や利用率で同じ人が二重に数えられる可能性があります。元のシステムで統合してください。',
  },
  values: ['email', 'contacts', 'accounts'],
  finds: `
SELECT min(account_id) AS account, groupArraySorted(10)(record_id) AS records,
  [address, toString(count()), toString(uniqExact(account_id))] AS details,
  any(source) AS source
FROM (
  SELECT account_id, record_id, source, lower(trimBoth(email)) AS address
  FROM (${asKnown('contacts', ['email', 'source'])})
)
WHERE address != ''
GROUP BY address
HAVING count() > 1`,
}
