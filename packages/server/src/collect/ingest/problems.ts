import type { Text } from '@tomoshibi/contract/text'

/** Why an event of a body is not taken. */
const rejections = {
  NOT_AN_OBJECT: () => ({
    en: 'it is not a JSON object',
    ja: 'JSON オブジェクトではありません',
  }),
  TYPE_UNKNOWN: (type: string) => ({
    en: `the type '${type}' is not one of identify, track, group, page, screen, alias`,
    ja: `種類「${type}」は identify、track、group、page、screen、alias のいずれでもありません`,
  }),
  NOBODY: () => ({
    en: 'userId and anonymousId are both missing',
    ja: 'userId と anonymousId のどちらもありません',
  }),
  MISSING: (field: string) => ({ en: `${field} is missing`, ja: `${field} がありません` }),
  NOT_TEXT: (field: string) => ({
    en: `${field} is neither text nor a number`,
    ja: `${field} が文字列でも数値でもありません`,
  }),
  NOT_OBJECT_FIELD: (field: string) => ({
    en: `${field} is not a JSON object`,
    ja: `${field} が JSON オブジェクトではありません`,
  }),
  TOO_LONG: (field: string) => ({
    en: `${field} is longer than 500 characters`,
    ja: `${field} が 500 文字を超えています`,
  }),
  BAD_TIME: (field: string) => ({
    en: `${field} is not an ISO 8601 time since 1970`,
    ja: `${field} が 1970 年以降の ISO 8601 形式の日時ではありません`,
  }),
  EVENT_TOO_LARGE: (limit: string) => ({
    en: `it is larger than ${limit} bytes`,
    ja: `${limit} バイトを超えています`,
  }),
  TOO_DEEP: (limit: string) => ({
    en: `it is nested more than ${limit} levels deep`,
    ja: `入れ子が ${limit} 段を超えています`,
  }),
  NO_TEXT: () => ({
    en: 'it holds a NUL character or half of a surrogate pair',
    ja: 'NUL 文字、またはサロゲートペアの片方だけが含まれています',
  }),
  KEY_NOT_ALLOWED: () => ({
    en: "a key is named '__proto__'",
    ja: '「__proto__」という名前のキーがあります',
  }),
} as const satisfies Record<string, (detail: string) => Text>

export type RejectionCode = keyof typeof rejections

export interface Reason {
  readonly code: RejectionCode
  readonly says: Text
}

export function reason(code: RejectionCode, detail = ''): Reason {
  return { code, says: rejections[code](detail) }
}

/** An event of a body that is not taken, by its place there. */
export interface Rejection extends Reason {
  readonly index: number
  /** As it was sent; empty when it had none. */
  readonly messageId: string
}

/** Why nothing of a body is taken. */
const bodyFaults = {
  NOT_UTF8: () => ({ en: 'it is not UTF-8', ja: 'UTF-8 ではありません' }),
  NOT_JSON: () => ({ en: 'it is not valid JSON', ja: 'JSON として正しくありません' }),
  NOT_AN_OBJECT: () => ({ en: 'it is not a JSON object', ja: 'JSON オブジェクトではありません' }),
  NO_BATCH: () => ({
    en: "'batch' is not a list of events",
    ja: '「batch」がイベントのリストではありません',
  }),
  TOO_MANY: (limit: string) => ({
    en: `it has more than ${limit} events`,
    ja: `イベントが ${limit} 件を超えています`,
  }),
  NOT_GZIP: () => ({
    en: 'it is said to be gzip and cannot be unpacked as such',
    ja: 'gzip として展開できません',
  }),
  ENCODING_UNKNOWN: (name: string) => ({
    en: `its content-encoding '${name}' is not known; send gzip or none`,
    ja: `content-encoding「${name}」には対応していません。gzip か無圧縮で送ってください`,
  }),
} as const satisfies Record<string, (detail: string) => Text>

/** A body of which nothing can be taken. */
export class BodyFault extends Error {
  readonly says: Text

  constructor(code: keyof typeof bodyFaults, detail = '') {
    const says = bodyFaults[code](detail)
    super(says.en)
    this.name = 'BodyFault'
    this.says = says
  }
}
