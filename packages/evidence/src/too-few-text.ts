import type { TooFewReason } from './lamp-evidence.ts'

/** The reasons for 'not enough cases' in words. */
export const tooFewText: Readonly<Record<TooFewReason, { en: string; ja: string }>> = {
  never_lit: {
    en: 'This lamp has not lit yet.',
    ja: 'このランプはまだ一度も点灯していません。',
  },
  horizon_not_passed: {
    en: 'It has lit, but not long enough ago to know what followed.',
    ja: '点灯しましたが、結果を判定できるだけの日数がまだたっていません。',
  },
  too_few_lightings: {
    en: 'It has lit too few times to trust the figures.',
    ja: '点灯した回数が少なく、数値を信頼できません。',
  },
  no_outcomes: {
    en: 'No account has been lost in this time.',
    ja: 'この期間に解約した顧客はありません。',
  },
  too_few_outcomes: {
    en: 'Too few accounts have been lost to trust the figures.',
    ja: '解約した顧客が少なく、数値を信頼できません。',
  },
}
