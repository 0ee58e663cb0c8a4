import { fieldsOf, type ImportTarget } from './target.ts'

const fields = fieldsOf('invoices', {
  number: {
    says: { en: 'Invoice number', ja: '請求書番号' },
    synonyms: ['number', 'invoice_number', 'invoice_no', '請求書番号', '請求番号'],
  },
  kind: {
    says: { en: 'recurring, one_off or metered', ja: '種類（継続・一時・従量）' },
    synonyms: ['kind', 'type', 'invoice_type', '種類', '種別'],
    words: ['recurring', 'one_off', 'metered'],
    also: {
      継続: 'recurring',
      定期: 'recurring',
      一時: 'one_off',
      初期費用: 'one_off',
      従量: 'metered',
    },
    fallback: 'recurring',
  },
  amount: {
    says: { en: 'Amount without tax', ja: '金額（税抜）' },
    synonyms: ['amount', 'total', 'invoice_amount', '金額', '請求金額', '請求額'],
    required: true,
  },
  currency: {
    says: { en: 'ISO 4217 code', ja: '通貨コード（ISO 4217）' },
    synonyms: ['currency', 'currency_code', '通貨'],
    reads: { as: 'currency' },
    required: true,
  },
  issuedAt: {
    says: { en: 'When issued', ja: '発行日' },
    synonyms: ['issued_at', 'issued_on', 'invoice_date', 'issue_date', '発行日', '請求日'],
    required: true,
  },
  dueAt: {
    says: { en: 'First instant at which it is overdue', ja: '延滞となる最初の日時' },
    synonyms: ['due_at', 'overdue_at'],
    required: true,
  },
  paidAt: {
    says: { en: 'When it was paid in full; empty = not yet', ja: '全額入金日（空なら未入金）' },
    synonyms: ['paid_at', 'paid_on', 'payment_date', '入金日', '支払日'],
  },
  paidAmount: {
    says: { en: 'Paid so far while not paid in full', ja: '一部入金額' },
    synonyms: ['paid_amount', 'amount_paid', '入金額', '入金済額'],
    fallback: '0',
  },
})

const { dueAt } = fields
if (dueAt === undefined) throw new Error('invoices changed')

export const invoices: ImportTarget = {
  name: 'invoices',
  table: 'invoices',
  says: { en: 'Amounts asked for', ja: '請求' },
  fileNames: ['invoice', 'billing', 'bill', '請求'],
  idNames: ['invoice_id', 'invoice_number', 'invoice_no', '請求ID', '請求書番号', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: {
    ...fields,
    dueOn: {
      ...dueAt,
      says: { en: 'Last day on which payment is in time', ja: '支払期日（当日を含む）' },
      synonyms: ['due_on', 'due_date', 'due', '支払期日', '支払期限', '入金期日'],
      insteadOf: 'dueAt',
      addsDays: 1,
    },
  },
}
