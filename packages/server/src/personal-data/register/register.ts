import type { Text } from '@tomoshibi/contract/text'

/**
 * What a column says of people. nobody: nothing. identity: who somebody is, by name, address or id. theirs: what a
 * person did or said, where the record is theirs. text: a text that may name people in passing. secret: what lets
 * a person or program in, or a hash of it.
 */
export const columnClasses = ['nobody', 'identity', 'theirs', 'text', 'secret'] as const
export type ColumnClass = (typeof columnClasses)[number]

/** Whose data it is: of customers' people, of those who sign in, of both, or nobody's. */
export type Whose = 'customers' | 'members' | 'both' | 'nobody'

/** A table of one of the two stores, as the register tells of it. */
export interface RegisteredTable {
  readonly store: 'facts' | 'state'
  readonly table: string
  readonly whose: Whose
  /** What it is there for. */
  readonly purpose: Text
  /** How long it is kept. */
  readonly kept: Text
  /** What becomes of it when a person is erased. */
  readonly erased: Text
  /** Every column. */
  readonly columns: Readonly<Record<string, ColumnClass>>
}

export const classNames: Readonly<Record<ColumnClass, Text>> = {
  nobody: { en: 'not personal', ja: '個人データではない' },
  identity: { en: 'says who it is', ja: '本人を特定する情報' },
  theirs: { en: 'what a person did or said', ja: '本人の行動や発言' },
  text: { en: 'text that may name people', ja: '人名を含みうる文章' },
  secret: { en: 'secret or its hash', ja: '秘密情報またはそのハッシュ' },
}

export const whoseNames: Readonly<Record<Whose, Text>> = {
  customers: { en: 'people at customers', ja: '顧客側の人' },
  members: { en: 'people who sign in', ja: 'メンバー' },
  both: { en: 'both', ja: '両方' },
  nobody: { en: '–', ja: '–' },
}

/** Columns of one class. */
export const all = (of: ColumnClass, ...columns: readonly string[]): Record<string, ColumnClass> =>
  Object.fromEntries(columns.map((column) => [column, of]))
