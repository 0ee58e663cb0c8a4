import type { Text } from '@tomoshibi/contract/text'
import type { MetricEvidence } from '@tomoshibi/contract/verify'

/** Outcomes as they stand in a sentence, as in 'before churn'. */
export const outcomeNames: Readonly<Record<MetricEvidence['outcome'], Text>> = {
  churn: { en: 'churn', ja: '解約' },
  downgrade: { en: 'a downgrade', ja: 'ダウングレード' },
  expansion: { en: 'an expansion', ja: 'アップセル' },
  non_renewal: { en: 'a renewal that did not come', ja: '更新されない契約' },
}
