import type { MetricDefinitionInput } from '../definition.ts'
import type { Text } from '../text.ts'
import { define } from './define.ts'

const group = 'onboarding'
const ofTime = ['timeZone']
const ofTarget = ['onboardingTargetDays', 'timeZone']

/** Days that something took over a year, each another way to put many of them into one number. */
const daysTaken = (
  key: string,
  name: Text,
  says: Text,
  formula: Text,
  measure: MetricDefinitionInput['measure'],
) =>
  define({
    key,
    name,
    says,
    formula,
    group,
    unit: 'days',
    better: 'lower',
    time: 'period',
    headlinePeriod: 'P12M',
    settings: ofTime,
    measure,
  })

const pending = (key: string, name: Text, says: Text, formula: Text, of: string, over: string) =>
  define({
    key,
    name,
    says,
    formula,
    group,
    unit: 'percent',
    better: 'lower',
    time: 'period',
    headlinePeriod: 'P12M',
    settings: ofTime,
    measure: { kind: 'ratio', of: [of], over },
    n: over,
  })

/** How customers get started. */
export const onboardingMetrics = [
  define({
    key: 'onboarding_completion_rate',
    name: { en: 'Onboarding completion rate', ja: 'オンボーディング完了率' },
    says: {
      en: 'The share of onboardings that ended in the period with all that is required being done.',
      ja: '期間内に期限を迎えたオンボーディングのうち、完了した割合です。',
    },
    formula: {
      en: 'Completed by the end of the period ÷ onboardings that came to their end in it: by completion, or because the target days (90 unless set) were over. Those inside their target days are in neither. With the setting entered: completed ÷ all that were entered in the period.',
      ja: '期末までに完了した数÷期間内に完了または目標日数(初期値90日)が満了したオンボーディング数。目標日数内で進行中のものは含みません。設定が「entered」の場合は、期間内に開始したすべてに対する割合です。',
    },
    group,
    unit: 'percent',
    better: 'higher',
    time: 'period',
    headlinePeriod: 'P3M',
    settings: ['onboardingDenominator', ...ofTarget],
    measure: { kind: 'ratio', of: ['milestones.counted_completed'], over: 'milestones.counted' },
    n: 'milestones.counted',
  }),
  define({
    key: 'onboarding_in_progress',
    name: { en: 'Onboardings in progress', ja: '進行中のオンボーディング数' },
    says: {
      en: 'Onboardings that are not complete and still have time.',
      ja: '完了しておらず、目標日数がまだ残っているオンボーディングの数です。',
    },
    formula: {
      en: 'Programmes entered, not complete, and inside their target days (90 unless set).',
      ja: '開始済み・未完了で、目標日数(初期値90日)内のプログラムの数。',
    },
    group,
    unit: 'count',
    better: 'neither',
    time: 'instant',
    settings: ofTarget,
    measure: { kind: 'sum', of: ['milestones.in_progress'] },
  }),
  define({
    key: 'onboarding_complete',
    name: { en: 'Accounts onboarded', ja: 'オンボーディング完了顧客数' },
    says: {
      en: 'Accounts that have completed their onboarding; for one account 1 or 0.',
      ja: 'オンボーディングを完了した顧客の数です。顧客ごとには1または0です。',
    },
    formula: {
      en: 'Accounts whose programmes are all complete. One that never entered a programme has no value.',
      ja: '開始したプログラムがすべて完了している顧客の数。プログラムを開始していない顧客に値はありません。',
    },
    group,
    unit: 'count',
    better: 'higher',
    time: 'instant',
    settings: ofTime,
    measure: { kind: 'sum', of: ['milestones.complete'] },
  }),
  daysTaken(
    'onboarding_days',
    { en: 'Onboarding days, mean', ja: 'オンボーディング日数(平均)' },
    {
      en: 'How many days onboardings took that were completed in the period, on average.',
      ja: '期間内に完了したオンボーディングの平均所要日数です。',
    },
    {
      en: 'Mean of the days from entering to completion. What is not finished is not in it: see the Kaplan–Meier median.',
      ja: '開始から完了までの日数の平均。未完了のものは含まれないため、カプラン・マイヤー中央値と併せて見ます。',
    },
    { kind: 'mean', of: 'milestones.days_to_complete' },
  ),
  daysTaken(
    'onboarding_days_median',
    { en: 'Onboarding days, median', ja: 'オンボーディング日数(中央値)' },
    {
      en: 'Half of the onboardings completed in the period took at most so many days.',
      ja: '期間内に完了したオンボーディングの半数が、この日数以内に完了しました。',
    },
    {
      en: 'Median of the days from entering to completion. What is not finished is not in it: see the Kaplan–Meier median.',
      ja: '開始から完了までの日数の中央値。未完了のものは含まれないため、カプラン・マイヤー中央値と併せて見ます。',
    },
    { kind: 'quantile', of: 'milestones.days_to_complete' },
  ),
  daysTaken(
    'onboarding_days_km',
    {
      en: 'Onboarding days, Kaplan–Meier median',
      ja: 'オンボーディング日数(カプラン・マイヤー中央値)',
    },
    {
      en: 'After so many days half of the onboardings entered in the period are complete, those that still run being counted as well.',
      ja: '進行中のものも考慮したうえで、期間内に開始したオンボーディングの半数が完了するまでの日数です。',
    },
    {
      en: 'Kaplan–Meier median over all onboardings entered in the period; one that is not complete counts for the days that it has lasted. Until half are complete there is no value.',
      ja: '期間内に開始したすべてのオンボーディングのカプラン・マイヤー中央値。未完了のものはそれまでの経過日数だけ考慮します。半数が完了するまで値はありません。',
    },
    { kind: 'survival', of: 'milestones.spans', statistic: 'median' },
  ),
  define({
    key: 'days_in_onboarding',
    name: { en: 'Days in onboarding', ja: 'オンボーディング経過日数' },
    says: {
      en: 'Days since the account started an onboarding that is not complete.',
      ja: 'オンボーディングを開始し、まだ完了していない顧客の経過日数です。',
    },
    formula: {
      en: 'Days since entering a programme with a required milestone not met; none when complete or never entered. Over the portfolio the median. Former customers are left out.',
      ja: '必須マイルストーンが残るプログラムの開始からの日数。完了済みまたは未開始なら値はありません。全体では中央値。契約が終了した顧客は除きます。',
    },
    group,
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ofTime,
    counts: 'present',
    measure: { kind: 'quantile', of: 'milestones.days_in_onboarding' },
  }),
  daysTaken(
    'time_to_first_use',
    { en: 'Time to first use', ja: '初回利用までの日数' },
    {
      en: 'Half of the customers that started in the period and use the product did so within so many days.',
      ja: '期間内に契約を開始し利用を始めた顧客の半数が、この日数以内に利用を始めました。',
    },
    {
      en: 'Median days from the start of the first contract, in the period, to the first usage event; use on trial counts as 0. Those not yet there are not in it: see their share.',
      ja: '期間内に始まった最初の契約の開始から、最初の利用イベントまでの日数の中央値(トライアル中の利用は0日)。未利用の顧客は含まれないため、未利用率と併せて見ます。',
    },
    { kind: 'quantile', of: 'starts.days_to_first_use' },
  ),
  pending(
    'time_to_first_use_pending',
    { en: 'Not yet in use', ja: '未利用率' },
    {
      en: 'The share of customers that started in the period and have not used the product yet.',
      ja: '期間内に契約を開始した顧客のうち、まだ製品を利用していない割合です。',
    },
    {
      en: 'Customers without a usage event by the end of the period ÷ customers whose first contract started in it.',
      ja: '期末までに利用イベントのない顧客数÷期間内に最初の契約が始まった顧客数。',
    },
    'starts.not_used',
    'starts.started_with_use',
  ),
  daysTaken(
    'time_to_value',
    { en: 'Time to value', ja: '初回価値までの日数' },
    {
      en: 'Half of the customers that started in the period and had first value did so within so many days.',
      ja: '期間内に契約を開始し初回価値を得た顧客の半数が、この日数以内に得ました。',
    },
    {
      en: 'Median days from the start of the first contract, in the period, to the milestone marked as first value. Those not yet there are not in it: see their share.',
      ja: '期間内に始まった最初の契約の開始から、初回価値のマイルストーン達成までの日数の中央値。未達成の顧客は含まれないため、未達率と併せて見ます。',
    },
    { kind: 'quantile', of: 'starts.days_to_value' },
  ),
  pending(
    'time_to_value_pending',
    { en: 'Not yet at first value', ja: '初回価値の未達率' },
    {
      en: 'The share of customers that started in the period and have not had first value yet.',
      ja: '期間内に契約を開始した顧客のうち、まだ初回価値を得ていない割合です。',
    },
    {
      en: 'Customers that have not met the milestone marked as first value ÷ customers whose first contract started in the period and that have such a milestone.',
      ja: '初回価値のマイルストーンが未達成の顧客数÷期間内に最初の契約が始まり、そのマイルストーンのある顧客数。',
    },
    'starts.not_valued',
    'starts.started_with_value',
  ),
  define({
    key: 'self_sufficient_rate',
    name: { en: 'Self-sufficient rate', ja: '自走率' },
    says: {
      en: 'The share of active accounts that get along by themselves.',
      ja: '利用のある顧客のうち、自走している(支援なしで使いこなしている)割合です。',
    },
    formula: {
      en: 'Accounts of which the condition holds ÷ accounts active in 28 days. Unless the workspace says otherwise: onboarding complete, adoption and licence utilisation at least 50 %, no how-to ticket and no unplanned contact in 60 days. An account of which a figure is missing that the condition needs is in neither.',
      ja: '条件を満たす顧客数÷28日間に利用のある顧客数。条件の初期値は、オンボーディング完了、利用率・ライセンス利用率ともに50%以上、直近60日に使い方の問い合わせと計画外の接触がないこと。判定に必要な値のない顧客は含みません。',
    },
    group,
    unit: 'percent',
    better: 'higher',
    time: 'instant',
    settings: ['selfSufficientWhen', 'activeEvents', 'howToTicketKinds', ...ofTime],
    measure: { kind: 'share_where', setting: 'selfSufficientWhen', over: 'usage.account_active' },
  }),
]
