import type { Text } from '@tomoshibi/contract/text'
import { type CutTable, cutTables } from '@tomoshibi/facts/retention/cuts'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { Temporal } from 'temporal-polyfill'

export interface RetentionPolicy {
  readonly label: Text
  /** From when on the age of such a fact counts. */
  readonly age: Text
  /** Why such facts are kept for ever; null = a period may be chosen. */
  readonly keptBecause: Text | null
}

/** What the age of each kind of fact is, and why some are never deleted. */
export const policies: Readonly<Record<FactTableName, RetentionPolicy>> = {
  usage_events: {
    label: { en: 'usage events', ja: '利用イベント' },
    age: {
      en: 'from when it happened, by month; figures of use stay, since they are rolled up',
      ja: '発生した月から数える。利用の指標は集計済みのため残る',
    },
    keptBecause: null,
  },
  tickets: {
    label: { en: 'tickets', ja: 'チケット' },
    age: {
      en: 'from when it was resolved or last changed; an open one, and the last one of each account, stay',
      ja: '解決または最後の変更から数える。未解決のものと、顧客ごとに最後の1件は残る',
    },
    keptBecause: null,
  },
  survey_answers: {
    label: { en: 'survey answers', ja: 'アンケート回答' },
    age: {
      en: 'from when it was answered or last changed, without an answer from its delivery; the last one of each account stays',
      ja: '回答または最後の変更から、未回答の場合は配信から数える。顧客ごとに最後の1件は残る',
    },
    keptBecause: null,
  },
  account_attributes: {
    label: { en: 'account attributes', ja: '顧客の属性' },
    age: { en: 'from when another value took its place', ja: '次の値に変わったときから数える' },
    keptBecause: {
      en: 'figures are sliced by attributes as they were then',
      ja: '指標は、その時点の属性で区分されるため',
    },
  },
  user_attributes: {
    label: { en: 'user attributes', ja: '利用者の属性' },
    age: { en: 'from when another value took its place', ja: '次の値に変わったときから数える' },
    keptBecause: {
      en: 'what still holds may have been said years ago',
      ja: '今も有効な値が、何年も前に記録されたものかもしれないため',
    },
  },
  contacts: {
    label: { en: 'contacts', ja: '担当者' },
    age: { en: 'from when the person left', ja: '退任したときから数える' },
    keptBecause: {
      en: 'adoption is measured against those who were invited, in any year',
      ja: '定着率は、過去に招待した人を含めて計算されるため',
    },
  },
  contract_lines: {
    label: { en: 'contract lines', ja: '契約明細' },
    age: { en: 'from its end', ja: '終了から数える' },
    keptBecause: {
      en: 'an ended line is the churn, the cohort and the lifetime of later figures',
      ja: '終了した明細も、解約・コホート・継続期間の計算に使われるため',
    },
  },
  invoices: {
    label: { en: 'invoices', ja: '請求書' },
    age: { en: 'from when it was paid', ja: '入金から数える' },
    keptBecause: {
      en: 'the lifetime value of an account is the sum of all that it has paid',
      ja: '顧客のライフタイムバリューは、これまでの売上の合計であるため',
    },
  },
  touchpoints: {
    label: { en: 'touchpoints', ja: '接点' },
    age: { en: 'from when it happened', ja: '発生から数える' },
    keptBecause: {
      en: 'what an action changed is told from the first time that each account had it',
      ja: '施策の効果は、各顧客に最初に行った時点から計算されるため',
    },
  },
  milestones: {
    label: { en: 'milestones', ja: 'マイルストーン' },
    age: { en: 'from when it was met', ja: '達成から数える' },
    keptBecause: {
      en: 'whether an account is onboarded is told from them for as long as it stays',
      ja: 'オンボーディング済みかどうかは、契約が続く限りこれで判断されるため',
    },
  },
  exchange_rates: {
    label: { en: 'exchange rates', ja: '為替レート' },
    age: { en: 'from the next rate on', ja: '次のレートから数える' },
    keptBecause: {
      en: 'amounts are converted at the rate of their time',
      ja: '金額は当時のレートで換算されるため',
    },
  },
}

/** Where replicas of a table apply a deletion each by itself, one that lags behind would delete other rows. */
export const replicated: Text = {
  en: 'on a replicated ClickHouse cluster, replicas might delete different rows',
  ja: '複製のある ClickHouse クラスターでは、複製ごとに削除される行が異なるおそれがあるため',
}

export const isCutTable = (table: string): table is CutTable =>
  cutTables.some((each) => each === table)

/**
 * The first day of the first month that is kept: so many whole months before this one.
 *
 * @param today in the workspace's zone
 */
export const firstDayKept = (today: Temporal.PlainDate, months: number): Temporal.PlainDate =>
  today.with({ day: 1 }).subtract({ months })

/** The instant at which a day begins. */
export const startOf = (day: Temporal.PlainDate, timeZone: string): string =>
  day.toZonedDateTime(timeZone).toInstant().toString()

/** The day on which an instant is, in a time zone. */
export const dayOf = (instant: string, timeZone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
