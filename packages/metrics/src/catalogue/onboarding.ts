import { define } from './define.ts'

/** How customers get started. */
export const onboardingMetrics = [
  define({
    key: 'days_in_onboarding',
    name: { en: 'Days in onboarding', ja: 'オンボーディング経過日数' },
    says: {
      en: 'Days since the account started an onboarding that is not complete.',
      ja: 'オンボーディングを開始し、まだ完了していない顧客の経過日数です。',
    },
    formula: {
      en: 'Days since entering a programme with a required milestone not met; none when complete or never entered. Over the portfolio the median.',
      ja: '必須マイルストーンが残るプログラムの開始からの日数。完了済みまたは未開始なら値はありません。全体では中央値。',
    },
    group: 'onboarding',
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of: 'milestones.days_in_onboarding' },
  }),
]
