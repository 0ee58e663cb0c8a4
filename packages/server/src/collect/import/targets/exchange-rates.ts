import { fieldsOf, type ImportTarget } from './target.ts'

export const exchangeRates: ImportTarget = {
  name: 'exchange_rates',
  table: 'exchange_rates',
  says: { en: "The workspace's rate table", ja: '為替レート表' },
  fileNames: ['rate', 'fx', 'exchange', 'レート', '為替'],
  idNames: ['rate_id', 'レートID'],
  hasAccount: false,
  hasAttributes: false,
  fields: fieldsOf('exchange_rates', {
    currency: {
      says: { en: 'Currency converted from', ja: '換算元の通貨' },
      synonyms: ['currency', 'from', 'from_currency', '通貨', '換算元'],
      reads: { as: 'currency' },
      required: true,
    },
    reportingCurrency: {
      says: { en: 'Currency converted to', ja: '換算先の通貨' },
      synonyms: ['reporting_currency', 'to', 'to_currency', '換算先'],
      reads: { as: 'currency' },
      required: true,
    },
    rate: {
      says: { en: 'Units of the reporting currency for one unit', ja: '1 単位あたりのレート' },
      synonyms: ['rate', 'exchange_rate', 'レート', '為替レート'],
      required: true,
      range: { min: 0, max: 1e26 },
    },
    effectiveAt: {
      says: { en: 'From when the rate applies', ja: '適用開始日' },
      synonyms: ['effective_at', 'date', 'effective_on', '適用日', '日付'],
      required: true,
    },
  }),
}
