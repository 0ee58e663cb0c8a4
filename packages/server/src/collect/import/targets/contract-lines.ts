import { fieldsOf, type ImportTarget } from './target.ts'

const fields = fieldsOf('contract_lines', {
  product: {
    says: { en: 'What is sold', ja: '製品' },
    synonyms: ['product', 'product_name', 'item', '製品', '商品', '製品名', '商品名', 'サービス'],
  },
  plan: {
    says: { en: 'The plan or edition of it', ja: 'プラン' },
    synonyms: ['plan', 'plan_tier', 'tier', 'edition', 'プラン', '契約プラン'],
  },
  quantity: {
    says: { en: 'Seats', ja: '席数・ライセンス数' },
    synonyms: [
      'quantity',
      'seats',
      'licenses',
      'licences',
      'users',
      '数量',
      '席数',
      'ライセンス数',
      'ID数',
    ],
    range: { min: 0, max: 1e12 },
  },
  amount: {
    says: {
      en: 'Gross recurring amount for one billing period, without tax',
      ja: '1 請求期間あたりの継続課金額（税抜・割引前）',
    },
    synonyms: [
      'amount',
      'mrr',
      'mrr_amount',
      'price',
      'recurring_amount',
      'monthly_amount',
      '金額',
      '月額',
      '料金',
      '契約金額',
      '月額料金',
    ],
    required: true,
  },
  discountAmount: {
    says: { en: 'Discount for one billing period', ja: '1 請求期間あたりの割引額' },
    synonyms: ['discount_amount', 'discount', '割引額', '値引額', '値引き'],
    fallback: '0',
  },
  discountPercent: {
    says: { en: 'Discount in percent', ja: '割引率（%）' },
    synonyms: ['discount_percent', 'discount_rate', '割引率', '値引率'],
    fallback: '0',
    range: { min: 0, max: 100 },
  },
  discountUntil: {
    says: { en: 'First instant without the discount', ja: '割引が終わる日時' },
    synonyms: ['discount_until', 'discount_end', '割引終了日'],
    openEnds: true,
  },
  currency: {
    says: { en: 'ISO 4217 code', ja: '通貨コード（ISO 4217）' },
    synonyms: ['currency', 'currency_code', '通貨'],
    reads: { as: 'currency' },
    required: true,
  },
  billingUnit: {
    says: {
      en: 'Unit of the billing period: day, week, month, quarter, year',
      ja: '請求期間の単位（日・週・月・四半期・年）',
    },
    synonyms: [
      'billing_unit',
      'billing_period',
      'billing_frequency',
      'interval',
      '請求単位',
      '請求期間',
      '支払サイクル',
    ],
    words: ['day', 'week', 'month', 'quarter', 'year'],
    also: {
      daily: 'day',
      日: 'day',
      日次: 'day',
      weekly: 'week',
      週: 'week',
      週次: 'week',
      monthly: 'month',
      月: 'month',
      月次: 'month',
      月払い: 'month',
      毎月: 'month',
      quarterly: 'quarter',
      四半期: 'quarter',
      annual: 'year',
      annually: 'year',
      yearly: 'year',
      年: 'year',
      年次: 'year',
      年払い: 'year',
      毎年: 'year',
    },
    required: true,
  },
  billingCount: {
    says: { en: 'Units in one billing period', ja: '1 請求期間の単位数' },
    synonyms: ['billing_count', 'billing_interval_count', '請求間隔'],
    fallback: 1,
    range: { min: 1, max: 1200 },
  },
  effectiveFrom: {
    says: { en: 'First day of the line', ja: '契約開始日' },
    synonyms: [
      'effective_from',
      'start_date',
      'start',
      'started_on',
      'contract_start',
      'begin',
      '契約開始日',
      '開始日',
      '利用開始日',
    ],
    required: true,
  },
  effectiveTo: {
    says: {
      en: 'First day on which the line no longer applies; empty = open',
      ja: '契約が適用されなくなる最初の日（空なら無期限）',
    },
    synonyms: [
      'effective_to',
      'end_date',
      'end',
      'ended_on',
      'contract_end',
      '契約終了日',
      '終了日',
      '解約日',
    ],
    openEnds: true,
  },
  autoRenew: {
    says: { en: 'Renews by itself', ja: '自動更新か' },
    synonyms: ['auto_renew', 'auto_renew_flag', 'auto_renewal', '自動更新'],
  },
  noticeDays: {
    says: { en: 'Days of notice before the term ends', ja: '解約予告の日数' },
    synonyms: ['notice_days', 'notice_period', '解約予告日数'],
  },
  termMonths: {
    says: { en: 'Length of a contract term in months', ja: '契約期間（月数）' },
    synonyms: ['term_months', 'contract_months', '契約月数', '契約期間'],
  },
  cancelledAt: {
    says: { en: 'When notice of cancellation was given', ja: '解約の申し出があった日時' },
    synonyms: [
      'cancelled_at',
      'canceled_at',
      'notice_date',
      'cancellation_date',
      '解約申込日',
      '解約通知日',
    ],
  },
  state: {
    says: { en: 'State of the line', ja: '契約の状態' },
    synonyms: ['state', 'status', 'subscription_status', '状態', 'ステータス'],
    words: ['trial', 'active', 'past_due', 'paused', 'ended'],
    also: {
      trialing: 'trial',
      トライアル: 'trial',
      試用: 'trial',
      有効: 'active',
      契約中: 'active',
      延滞: 'past_due',
      支払遅延: 'past_due',
      休止: 'paused',
      停止中: 'paused',
      cancelled: 'ended',
      canceled: 'ended',
      解約: 'ended',
      終了: 'ended',
    },
    fallback: 'active',
  },
})

const { billingUnit, effectiveTo } = fields
if (billingUnit === undefined || effectiveTo === undefined)
  throw new Error('contract_lines changed')

export const contractLines: ImportTarget = {
  name: 'contract_lines',
  table: 'contract_lines',
  says: { en: 'Priced products of contracts', ja: '契約明細' },
  fileNames: ['contract', 'subscription', 'line', '契約', 'サブスク'],
  idNames: [
    'subscription_id',
    'contract_line_id',
    'contract_id',
    'line_id',
    '契約ID',
    '契約番号',
    '明細ID',
    'id',
  ],
  hasAccount: true,
  hasAttributes: false,
  fields: {
    ...fields,
    billingUnit: {
      ...billingUnit,
      also: (content, value) => {
        if (value !== 'quarter') return
        content.billing_unit = 'month'
        content.billing_count = Number(content.billing_count ?? 1) * 3
      },
    },
    effectiveThrough: {
      ...effectiveTo,
      says: { en: 'Last day of the line, included', ja: '契約の最終日（当日を含む）' },
      synonyms: [
        'effective_through',
        'valid_through',
        'last_day',
        '契約満了日',
        '満了日',
        '最終日',
      ],
      insteadOf: 'effectiveTo',
      addsDays: 1,
    },
  },
}
