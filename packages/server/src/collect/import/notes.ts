import type { Problem } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import type { TallyCode } from './rows/row.ts'

const texts = {
  FILE_NOT_MAPPED: () => ({
    en: 'is not in the mapping and was not imported',
    ja: 'はマッピングにないため、取り込みませんでした',
  }),
  FILE_MISSING: () => ({
    en: 'is in the mapping, but no such file was given',
    ja: 'はマッピングにありますが、ファイルが指定されていません',
  }),
  TARGET_UNKNOWN: () => ({
    en: 'could not be told what it holds; it is left out of the mapping',
    ja: 'は内容を判断できなかったため、マッピングに含めていません',
  }),
  COLUMNS_UNUSED: (columns: string) => ({
    en: `columns not used: ${columns}; name them under 'skip' if that is meant`,
    ja: `使われていない列: ${columns}（意図したものなら「skip」に指定してください）`,
  }),
  COLUMN_UNNAMED: (columns: string) => ({
    en: `columns without a name in the header: ${columns}`,
    ja: `ヘッダーに名前のない列: ${columns}`,
  }),
  COLUMN_REPEATED: (columns: string) => ({
    en: `columns of the same name were numbered: ${columns}`,
    ja: `同じ名前の列に番号を付けました: ${columns}`,
  }),
  NO_ROWS: () => ({ en: 'has a header and no rows', ja: 'にはヘッダーだけで行がありません' }),
  OPEN_END: (count: string) => ({
    en: `${count} end dates of 9999-12-31 were taken as 'no end'`,
    ja: `9999-12-31 の終了日 ${count} 件を「終了日なし」として扱いました`,
  }),
  KNOWN_IN_FUTURE: (count: string) => ({
    en: `${count} facts become known after now; figures do not show them until then`,
    ja: `${count} 件は未来に判明する事実として扱われ、その日まで数値に現れません`,
  }),
} as const satisfies Record<string, (detail: string) => Text>

export type NoteCode = keyof typeof texts

/** Something about a file that its counts do not say. */
export function note(code: NoteCode, file: string, detail = ''): Problem {
  return { code, text: texts[code](detail), file, suggestions: [] }
}

/** As `note`, for a file whose reason stands in both languages already. */
export function unreadableNote(file: string, why: Text): Problem {
  return { code: 'FILE_UNREADABLE', text: why, file, suggestions: [] }
}

export function tallyNote(code: TallyCode, file: string, count: number): Problem {
  return note(code, file, String(count))
}

/** Details of the error FILE_UNREADABLE. */
export function unreadableDetails(file: string, why: Text): Record<string, string> {
  return { file, problem: why.en, problemJa: why.ja }
}
