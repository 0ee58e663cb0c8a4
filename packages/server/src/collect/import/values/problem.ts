import type { Text } from '@tomoshibi/contract/text'

/**
 * Why a cell could not be read, as a value. A row with one goes to the rejects file; nothing is
 * guessed, and nothing throws on the way of a row.
 */
export class ValueProblem {
  readonly code: ValueProblemCode
  readonly says: Text

  constructor(code: ValueProblemCode, says: Text) {
    this.code = code
    this.says = says
  }
}

const reasons = {
  REQUIRED: () => ({ en: 'a value is required', ja: '値が必要です' }),
  DATE_INVALID: () => ({
    en: 'there is no such date or time',
    ja: '存在しない日付または時刻です',
  }),
  DATE_FORMAT: (expected: string) => ({
    en: `not a date in the format ${expected}`,
    ja: `日付の形式（${expected}）ではありません`,
  }),
  DATE_UNREADABLE: () => ({
    en: 'not a date; name its format in the mapping',
    ja: '日付として読めません。マッピングで format を指定してください',
  }),
  DATE_OUT_OF_RANGE: () => ({
    en: 'dates from 1900-01-01 to 2299-12-31 can be held',
    ja: '扱える日付は 1900-01-01 から 2299-12-31 までです',
  }),
  NUMBER_UNREADABLE: () => ({ en: 'not a number', ja: '数値として読めません' }),
  NUMBER_AMBIGUOUS: () => ({
    en: "the comma may be a decimal mark or separate thousands; say 'decimal: comma' or 'decimal: point' in the mapping",
    ja: 'カンマが小数点か桁区切りか判断できません。マッピングで decimal: comma または decimal: point を指定してください',
  }),
  NUMBER_TOO_PRECISE: (digits: string) => ({
    en: `more than ${digits} decimal places cannot be held exactly`,
    ja: `小数点以下 ${digits} 桁を超える値は正確に扱えません`,
  }),
  NUMBER_TOO_LARGE: () => ({ en: 'the number is too large', ja: '数値が大きすぎます' }),
  NUMBER_OUT_OF_RANGE: (range: string) => ({
    en: `the number must be ${range}`,
    ja: `数値の範囲は ${range} です`,
  }),
  NUMBER_NOT_WHOLE: () => ({ en: 'a whole number is required', ja: '整数が必要です' }),
  BOOLEAN_UNREADABLE: () => ({
    en: 'neither yes nor no; add a translation to the mapping',
    ja: '真偽値として読めません。マッピングの translate で読み替えを指定してください',
  }),
  WORD_UNKNOWN: (allowed: string) => ({
    en: `must be one of ${allowed}; add a translation to the mapping`,
    ja: `${allowed} のいずれかである必要があります。マッピングの translate で読み替えを指定してください`,
  }),
  CURRENCY_UNKNOWN: () => ({
    en: 'not an ISO 4217 currency code, such as JPY',
    ja: 'ISO 4217 の通貨コード（JPY など）ではありません',
  }),
  JSON_UNREADABLE: () => ({ en: 'not a JSON object', ja: 'JSON オブジェクトではありません' }),
  ACCOUNT_NOT_FOUND: (through: string) => ({
    en: `no account is found for it in ${through}`,
    ja: `${through} に対応する顧客が見つかりません`,
  }),
  ACCOUNT_AMBIGUOUS: (through: string) => ({
    en: `it belongs to several accounts in ${through}`,
    ja: `${through} で複数の顧客に対応しています`,
  }),
  SCORE_OUT_OF_RANGE: (range: string) => ({
    en: `the score must be ${range} for this kind of survey`,
    ja: `この種類のアンケートのスコアは ${range} です`,
  }),
  ID_REPEATED: () => ({
    en: 'this id stands on an earlier row already',
    ja: '同じ ID の行がすでにあります',
  }),
  TOO_LONG: (limit: string) => ({
    en: `longer than ${limit} characters`,
    ja: `${limit} 文字を超えています`,
  }),
} as const satisfies Record<string, (detail: string) => Text>

export type ValueProblemCode = keyof typeof reasons

/** Makes a problem; `detail` fills what the reason of this code leaves open. */
export function valueProblem(code: ValueProblemCode, detail = ''): ValueProblem {
  return new ValueProblem(code, reasons[code](detail))
}

/** The value, or why there is none. */
export type Parsed<T> = T | ValueProblem
