import { ORPCError } from '@orpc/client'
import { errorDataSchema, type Problem } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'

/** What went wrong, as a person is told: what happened, how to mend it, and each single problem. */
export interface Trouble {
  readonly code: string
  readonly what: Text
  readonly mend: Text
  readonly problems: readonly Problem[]
}

const unreachable: Trouble = {
  code: 'UNREACHABLE',
  what: {
    en: 'The Tomoshibi server does not answer.',
    ja: 'Tomoshibi のサーバーが応答しません。',
  },
  mend: {
    en: 'Check that it is still running (npm start), then try again.',
    ja: 'サーバーが動いているか(npm start)をご確認のうえ、もう一度お試しください。',
  },
  problems: [],
}

const unexpected: Trouble = {
  code: 'UNEXPECTED',
  what: { en: 'Something went wrong on this page.', ja: '画面でエラーが発生しました。' },
  mend: {
    en: 'Reload the page. If it happens again, please report what you did before.',
    ja: 'ページを再読み込みしてください。繰り返す場合は、直前の操作を添えてお知らせください。',
  },
  problems: [],
}

/** Turns whatever was thrown into words. A registry error keeps its own; a network failure has ours. */
export function troubleOf(error: unknown): Trouble {
  if (typeof error === 'object' && error !== null && 'data' in error) {
    const data = errorDataSchema.safeParse(error.data)
    if (data.success) {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL'
      return { code, what: data.data.what, mend: data.data.mend, problems: data.data.problems }
    }
  }
  // fetch rejects with a TypeError when nothing answers; a proxy answers 502 to 504 for it.
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return unreachable
  }
  if (typeof error === 'object' && error !== null && 'status' in error) {
    const { status } = error
    if (status === 502 || status === 503 || status === 504) return unreachable
  }
  return unexpected
}

/** Asking again helps when the server was busy or restarting, not when it said what is wrong. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ORPCError) || error.status >= 500
}
