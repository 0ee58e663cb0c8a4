import { asKnown, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

export const answersOutOfRange: QualityCheck = {
  key: 'answers_out_of_range',
  name: { en: 'Survey answers out of range', ja: '範囲外のアンケート回答' },
  says: {
    en: 'NPS is 0–10, CSAT 1–5, CES 1–7. A file import rejects such answers and lists them in its rejects file.',
    ja: 'NPS は 0〜10、CSAT は 1〜5、CES は 1〜7 です。ファイル取り込みでは、範囲外の回答は除外一覧に記録されます。',
  },
  values: ['kind', 'score', 'answered_at'],
  finds: `
SELECT account_id AS account, [record_id] AS records,
  [toString(kind), ifNull(toString(score), ''), ${minute('answered_at')}] AS details, source
FROM (${asKnown('survey_answers', ['kind', 'score', 'answered_at', 'source'])})
WHERE multiIf(
  kind = 'nps', score < 0 OR score > 10,
  kind = 'csat', score < 1 OR score > 5,
  kind = 'ces', score < 1 OR score > 7,
  false)`,
}
