import * as z from 'zod'
import { businessHoursSchema } from './business-hours.ts'
import { holidayCalendars } from './holidays.ts'

/** What one sign of life of each kind weighs in the engagement of an account. */
const EQUAL_WEIGHTS = {
  ticket: 1,
  reply: 1,
  surveyAnswer: 1,
  meeting: 1,
  communityPost: 1,
  event: 1,
}
const weight = z.number().min(0).max(1000).default(1)

/** The choices that a workspace makes about its figures, with the defaults of the definitions. */
export const metricSettingsSchema = z.object({
  timeZone: z
    .string()
    .min(1)
    .default('Asia/Tokyo')
    .describe('IANA time zone in which days, months and years are calendar ones')
    .meta({ ja: '日・月・年の区切りとなるタイムゾーン(IANA 名)' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('JPY')
    .describe('ISO 4217 code of the currency that money is reported in')
    .meta({ ja: '金額を表示する通貨(ISO 4217 コード)' }),
  fiscalYearStartMonth: z
    .int()
    .min(1)
    .max(12)
    .default(4)
    .describe('Month in which the fiscal year starts')
    .meta({ ja: '会計年度が始まる月' }),
  mrrBasis: z
    .enum(['net', 'gross'])
    .default('net')
    .describe('Recurring revenue after discounts (net) or before (gross)')
    .meta({ ja: 'MRR を割引後(net)と割引前(gross)のどちらで計算するか' }),
  reactivationMaxGapDays: z
    .int()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('An account that comes back after more days than this is new; null = any gap')
    .meta({ ja: 'この日数を超えて戻った顧客は新規とみなす(null = 日数を問わず復活)' }),
  netChurnCountsReactivation: z
    .boolean()
    .default(false)
    .describe('Reactivation, too, is set against churn in the net revenue churn rate')
    .meta({ ja: 'ネット解約率で、復活した売上も解約から差し引く' }),
  churnDate: z
    .enum(['contract_end', 'cancellation_notice'])
    .default('contract_end')
    .describe('When an account counts as lost: when its contract ends or when it gives notice')
    .meta({
      ja: '解約とみなす時点。契約終了時(contract_end)または解約通知時(cancellation_notice)',
    }),
  renewalGraceDays: z
    .int()
    .nonnegative()
    .default(30)
    .describe('Days after the end of a term in which a renewal still counts')
    .meta({ ja: '契約満了後、更新とみなす猶予日数' }),
  grossMarginPercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('Gross margin in percent, for the lifetime value')
    .meta({ ja: 'ライフタイムバリューに使う粗利率(%)' }),
  survivalHorizonMonths: z
    .int()
    .positive()
    .max(1200)
    .default(60)
    .describe('Months for which survival-based lifetime values look ahead')
    .meta({ ja: '生存時間モデルによるライフタイムバリューで見込む月数' }),
  npsWindowDays: z
    .int()
    .positive()
    .default(90)
    .describe('Days for which a survey answer counts')
    .meta({ ja: 'アンケート回答を有効とする日数' }),
  businessHours: businessHoursSchema
    .default({ from: '09:00', to: '18:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] })
    .describe('Local times between which support works, and the days of the week on which it does')
    .meta({ ja: 'サポートの営業時間(現地時刻)と営業する曜日' }),
  howToTicketKinds: z
    .array(z.string().min(1))
    .max(100)
    .default(['how_to', 'how-to', 'howto', '使い方', '操作方法'])
    .describe('Kinds of tickets that ask how something is done')
    .meta({ ja: '使い方の問い合わせとみなすチケットの種類' }),
  holidays: z
    .enum(holidayCalendars)
    .default('japan')
    .describe('National holidays on which nobody works: those of Japan, or none')
    .meta({ ja: '会社が休む祝日。日本の祝日(japan)またはなし(none)' }),
  extraHolidays: z
    .array(z.iso.date())
    .max(1000)
    .default([])
    .describe('Further days on which the company rests, such as 2026-12-29')
    .meta({ ja: 'そのほかの休業日(例: 2026-12-29)' }),
  countWeekends: z
    .boolean()
    .default(true)
    .describe('Saturdays, Sundays and holidays count in the mean of daily active users')
    .meta({ ja: '1日あたり利用者数の平均に土日・祝日を含める' }),
  activeEvents: z
    .array(z.string().min(1).max(200))
    .max(1000)
    .default([])
    .describe('Names of the events by which a user counts as active; empty = any event')
    .meta({ ja: '利用とみなすイベントの名前(空 = すべてのイベント)' }),
  coreActions: z
    .array(z.string().min(1).max(200))
    .max(1000)
    .default([])
    .describe('Names of the events that count in the usage rate; empty = any event')
    .meta({ ja: '利用頻度で数える主要な操作のイベント名(空 = すべてのイベント)' }),
  planFeatures: z
    .record(z.string().min(1).max(200), z.array(z.string().min(1).max(200)).max(1000))
    .default({})
    .describe('For each plan, by its name on the contract line, the events that are its features')
    .meta({ ja: 'プラン(契約明細のプラン名)ごとの機能。機能はイベント名で指定' }),
  engagementWeights: z
    .strictObject({
      ticket: weight,
      reply: weight,
      surveyAnswer: weight,
      meeting: weight,
      communityPost: weight,
      event: weight,
    })
    .default(EQUAL_WEIGHTS)
    .describe('What a ticket, a reply, an answer, a meeting and so on weigh in engagement')
    .meta({ ja: 'エンゲージメントでのチケット・返信・回答・会議などの重み' }),
  onboardingTargetDays: z
    .int()
    .positive()
    .default(90)
    .describe('Days within which onboarding should be complete')
    .meta({ ja: 'オンボーディングを完了すべき日数' }),
  selfSufficientWhen: z
    .string()
    .max(10_000)
    .default(
      [
        'onboarding_complete == 1',
        'adoption_rate >= 0.5',
        'licence_utilisation >= 0.5',
        '(!has(how_to_tickets) || how_to_tickets == 0)',
        '(!has(unplanned_contacts) || unplanned_contacts == 0)',
      ].join(' && '),
    )
    .describe(
      'When an account gets along by itself: a condition in CEL on its metrics and attributes',
    )
    .meta({ ja: '顧客が自走しているとみなす条件(指標と属性についての CEL 式)' }),
  healthBands: z
    .strictObject({
      yellowFrom: z.number().positive().max(100).default(50),
      greenFrom: z.number().positive().max(100).default(75),
    })
    .refine(({ yellowFrom, greenFrom }) => yellowFrom < greenFrom, {
      error: 'yellow begins below green',
      params: { ja: 'yellowFrom は greenFrom より小さくしてください' },
    })
    .default({ yellowFrom: 50, greenFrom: 75 })
    .describe('Scores from which on an account is yellow, and green; below it is red')
    .meta({ ja: 'ヘルススコアの黄・緑の始まり(その値を含む)。黄より下は赤' }),
  onboardingDenominator: z
    .enum(['due', 'entered'])
    .default('due')
    .describe('Onboardings that the completion rate is about: due in the period, or entered in it')
    .meta({
      ja: 'オンボーディング完了率の対象。期間内に期限を迎えたもの(due)または開始したもの(entered)',
    }),
})

export type MetricSettings = z.infer<typeof metricSettingsSchema>
export type MetricSettingName = keyof MetricSettings
