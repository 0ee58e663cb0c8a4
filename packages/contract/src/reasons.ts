import type { Text } from './text.ts'

/** Why a figure has no value, in words. The codes are those of a metric value's `reason`. */
const reasons: Readonly<Record<string, Text>> = {
  no_data: { en: 'no data', ja: 'データなし' },
  zero_denominator: { en: 'nothing to divide by', ja: '分母が 0' },
  missing_exchange_rate: { en: 'an exchange rate is missing', ja: '為替レート未登録' },
  no_active_users: { en: 'no active users', ja: '利用者なし' },
  median_not_reached: {
    en: 'more than half have not got there yet',
    ja: '半数に達していません',
  },
  facts_deleted: {
    en: 'facts that it needs were deleted because of their age',
    ja: '必要なデータは保存期間を過ぎて削除済み',
  },
  too_few_cases: { en: 'too few cases', ja: '件数不足' },
  no_interval: { en: 'no estimate', ja: '推定ではありません' },
  no_churn: { en: 'no churn in the period', ja: '期間中の解約なし' },
}

/** The words for a reason; a code without words stands for itself. */
export function noValueReason(code: string): Text {
  return reasons[code] ?? { en: code, ja: code }
}
