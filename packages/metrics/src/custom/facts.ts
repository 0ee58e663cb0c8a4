import type { Text } from '../text.ts'

/**
 * What custom metrics may say of facts: for each fact table its columns, each with its type, a name for
 * people and the SQL that reads it. Definitions name these columns and no others, so that no name from
 * outside becomes SQL. A test holds this against the tables that there are.
 */
export interface FactColumn {
  /**
   * text: empty is no value. number, money (in the row's currency, read in the reporting one), flag.
   * happened: an instant, read as its local day, and not seen before it has come. planned: an instant
   * that is known ahead, such as a due date.
   */
  readonly type: 'text' | 'number' | 'money' | 'flag' | 'happened' | 'planned'
  readonly label: Text
  /** SQL over the table's columns and `window_end`; without it, the column of the same name. */
  readonly sql?: string
  /** The table's columns that the SQL reads; without it, the column of the same name. */
  readonly reads?: readonly string[]
  /** Whether values may be added up; a score or a percentage may not. */
  readonly adds?: boolean
  /** Of a text: the same one at two accounts is one thing, such as the name of a feature. */
  readonly shared?: boolean
}

export interface Fact {
  readonly table: string
  /** Its records, in the plural. */
  readonly label: Text
  readonly group: 'usage' | 'voice' | 'support' | 'contact' | 'billing' | 'onboarding' | 'revenue'
  /** The instant column that counts when a definition names none. */
  readonly at: string
  /** SQL of the instant from which a record is there; NULL is never. */
  readonly since: string
  readonly columns: Readonly<Record<string, FactColumn>>
  /** Columns of the table that are not offered, with the reason. */
  readonly withheld: Readonly<Record<string, Text>>
}

const text = (en: string, ja: string): FactColumn => ({ type: 'text', label: { en, ja } })
const shared = (en: string, ja: string): FactColumn => ({ ...text(en, ja), shared: true })
const number = (en: string, ja: string): FactColumn => ({ type: 'number', label: { en, ja } })
const flag = (en: string, ja: string): FactColumn => ({ type: 'flag', label: { en, ja } })
const happened = (en: string, ja: string): FactColumn => ({ type: 'happened', label: { en, ja } })
const planned = (en: string, ja: string): FactColumn => ({ type: 'planned', label: { en, ja } })
const freeText: Text = {
  en: 'it is free text, of which no figure can be made',
  ja: '自由記述のため、集計に使えません',
}

const hoursFrom = (start: string, end: string, en: string, ja: string): FactColumn => ({
  ...number(en, ja),
  adds: true,
  reads: [start, end],
  sql: `if(${end} >= ${start} AND ${end} < window_end,
    dateDiff('millisecond', ${start}, assumeNotNull(${end})) / 3600000, NULL)`,
})

/** What is unpaid of an invoice at the window's end; an invoice paid in full later counts whole. */
const unpaid = `multiIf(
    paid_at < window_end, toDecimal128('0', 8),
    paid_at IS NULL, greatest(amount - paid_amount, toDecimal128('0', 8)),
    greatest(amount, toDecimal128('0', 8)))`

export const facts = {
  tickets: {
    table: 'tickets',
    label: { en: 'tickets', ja: 'チケット' },
    group: 'support',
    at: 'opened_at',
    since: 'opened_at',
    columns: {
      kind: shared('kind', '種類'),
      priority: shared('priority', '優先度'),
      contact_id: text('person who asked', '問い合わせた人'),
      opened_at: happened('opening', '起票日'),
      first_response_at: happened('first response', '初回回答日'),
      resolved_at: happened('resolution', '解決日'),
      hours_to_first_response: hoursFrom(
        'opened_at',
        'first_response_at',
        'hours to the first response',
        '初回回答までの時間',
      ),
      hours_to_resolve: hoursFrom(
        'opened_at',
        'resolved_at',
        'hours to the resolution',
        '解決までの時間',
      ),
    },
    withheld: { subject: freeText },
  },
  usage_events: {
    table: 'usage_events',
    label: { en: 'usage events', ja: '利用イベント' },
    group: 'usage',
    at: 'occurred_at',
    since: 'occurred_at',
    columns: {
      user_id: text('user', '利用者'),
      event: shared('event', 'イベント名'),
      occurred_at: happened('day of use', '利用日'),
      quantity: { ...number('quantity', '回数'), adds: true },
    },
    withheld: {
      properties: {
        en: 'it is JSON of any shape; import what you need of it as the event',
        ja: '形の決まっていない JSON です。必要な値はイベント名として取り込んでください',
      },
    },
  },
  survey_answers: {
    table: 'survey_answers',
    label: { en: 'surveys', ja: 'アンケート' },
    group: 'voice',
    at: 'answered_at',
    since: 'coalesce(delivered_at, answered_at)',
    columns: {
      kind: shared('kind', '種類'),
      respondent_id: text('respondent', '回答者'),
      score: {
        ...number('score', '点数'),
        reads: ['score', 'answered_at', 'kind', 'ces_direction'],
        // Turned, so that higher is easier.
        sql: `if(answered_at < window_end,
    if(kind = 'ces' AND ces_direction = 'lower_is_easier', 8 - score, score), NULL)`,
      },
      ces_direction: shared('direction of the effort scale', '努力指標の尺度の向き'),
      delivered_at: happened('delivery', '配信日'),
      answered_at: happened('answer', '回答日'),
    },
    withheld: { comment: freeText },
  },
  touchpoints: {
    table: 'touchpoints',
    label: { en: 'contacts with the customer', ja: '顧客との接触' },
    group: 'contact',
    at: 'occurred_at',
    since: 'occurred_at',
    columns: {
      kind: shared('kind', '種類'),
      direction: shared('direction', '方向'),
      occurred_at: happened('day of contact', '接触日'),
      contact_id: text('person', '相手'),
      decision_maker: flag('with a decision maker', '決裁者が参加'),
      owner: shared('owner', '担当者'),
      planned: flag('planned', '計画済み'),
      sentiment: number('sentiment', '所感'),
    },
    withheld: { subject: freeText },
  },
  invoices: {
    table: 'invoices',
    label: { en: 'invoices', ja: '請求書' },
    group: 'billing',
    at: 'issued_at',
    since: 'issued_at',
    columns: {
      kind: shared('kind', '種類'),
      currency: shared('currency', '通貨'),
      amount: { type: 'money', label: { en: 'amount', ja: '請求額' }, adds: true },
      unpaid: {
        type: 'money',
        label: { en: 'unpaid amount', ja: '未払い額' },
        adds: true,
        reads: ['amount', 'paid_at', 'paid_amount'],
        sql: unpaid,
      },
      issued_at: happened('issue', '発行日'),
      due_at: planned('first day overdue', '延滞の初日'),
      paid_at: happened('payment in full', '完済日'),
    },
    withheld: {
      number: freeText,
      paid_amount: {
        en: "it does not say when it was paid; use 'unpaid'",
        ja: '入金の時期が分かりません。unpaid を使ってください',
      },
    },
  },
  contract_lines: {
    table: 'contract_lines',
    label: { en: 'contract lines', ja: '契約明細' },
    group: 'revenue',
    at: 'effective_from',
    since: 'effective_from',
    columns: {
      product: shared('product', '製品'),
      plan: shared('plan', 'プラン'),
      quantity: { ...number('seats', '席数'), adds: true },
      discount_percent: number('discount in percent', '割引率(%)'),
      currency: shared('currency', '通貨'),
      state: shared('state', '状態'),
      billing_unit: shared('billing unit', '請求単位'),
      auto_renew: flag('renews by itself', '自動更新'),
      notice_days: number('days of notice', '解約予告日数'),
      term_months: number('months of the term', '契約期間(月)'),
      effective_from: happened('start', '開始日'),
      effective_to: planned('end', '終了日'),
      cancelled_at: happened('cancellation', '解約通知日'),
    },
    withheld: {
      ...Object.fromEntries(
        ['amount', 'discount_amount', 'discount_until', 'billing_count'].map((name) => [
          name,
          {
            en: "amounts of lines are for billing periods of different lengths; use the metric 'mrr'",
            ja: '明細の金額は請求期間の長さがまちまちです。指標 mrr を使ってください',
          },
        ]),
      ),
    },
  },
  contacts: {
    table: 'contacts',
    label: { en: 'people', ja: '顧客の担当者' },
    group: 'contact',
    at: 'invited_at',
    since: "toDateTime64(0, 3, 'UTC')",
    columns: {
      role: shared('role', '役職'),
      decision_maker: flag('decision maker', '決裁者'),
      user_id: text('user', '利用者'),
      invited_at: happened('invitation', '招待日'),
      left_at: happened('leaving', '離任日'),
    },
    withheld: { name: freeText, email: freeText },
  },
  milestones: {
    table: 'milestones',
    label: { en: 'onboarding milestones', ja: 'オンボーディングのマイルストーン' },
    group: 'onboarding',
    at: 'met_at',
    since: 'entered_at',
    columns: {
      programme: shared('programme', 'プログラム'),
      milestone: shared('milestone', 'マイルストーン'),
      required: flag('required', '必須'),
      first_value: flag('first value', '最初の成果'),
      entered_at: happened('start of the programme', 'プログラム開始日'),
      met_at: happened('reaching it', '達成日'),
      hours_to_meet: hoursFrom('entered_at', 'met_at', 'hours to reach it', '達成までの時間'),
    },
    withheld: {},
  },
} as const satisfies Readonly<Record<string, Fact>>

export type FactName = keyof typeof facts
export const factNames = Object.keys(facts).filter((name): name is FactName => name in facts)

const columnMaps: ReadonlyMap<string, ReadonlyMap<string, FactColumn>> = new Map(
  factNames.map((name) => [name, new Map<string, FactColumn>(Object.entries(facts[name].columns))]),
)

/** The columns of a fact by their names. */
export const columnsOf = (fact: FactName): ReadonlyMap<string, FactColumn> =>
  columnMaps.get(fact) ?? new Map()

/** Whether a column is an instant, by which records can be counted. */
export const isInstant = ({ type }: FactColumn): boolean =>
  type === 'happened' || type === 'planned'
