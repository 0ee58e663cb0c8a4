import type { Text } from '@tomoshibi/contract/text'
import { ResponseBodyError } from 'openid-client'

/** What is wrong with what a provider says of itself, or with how it answers. */
const troubles = {
  plain: { en: 'it names an address without TLS', ja: 'TLS を使わないアドレスが指定されています' },
  sentOn: { en: 'it sends us on to another address', ja: '別のアドレスへ転送されました' },
  tooLong: { en: 'its answer is too long', ja: '応答が長すぎます' },
  otherIssuer: {
    en: 'it calls itself something else than the issuer of the settings',
    ja: '発行者(issuer)が設定と一致しません',
  },
  noSignIn: { en: 'it has no address to sign in at', ja: 'サインイン用のアドレスがありません' },
} as const satisfies Record<string, Text>

/** A provider that cannot be asked, said in words of ours: never in what came back. */
export class ProviderTrouble extends Error {
  readonly text: Text

  constructor(which: keyof typeof troubles) {
    super(troubles[which].en)
    this.text = troubles[which]
  }
}

/** An error and what caused it, outermost first. */
function* chainOf(error: unknown): Generator<Error> {
  let at = error
  for (let depth = 0; at instanceof Error && depth < 6; depth++) {
    yield at
    at = at.cause
  }
}

const troubleIn = (error: unknown): ProviderTrouble | undefined =>
  [...chainOf(error)].find((one) => one instanceof ProviderTrouble)

/** A code of the library or of Node.js, innermost; never a text of the provider. */
export const codeOf = (error: unknown): string =>
  [...chainOf(error)]
    .flatMap((one) => ('code' in one && typeof one.code === 'string' ? [one.code] : []))
    .findLast((code) => /^[A-Z][A-Z_0-9]{2,60}$/.test(code)) ?? 'UNKNOWN'

/** The codes of OAuth and OpenID Connect; any other one is a text of whoever wrote it. */
const answeredCodes = [
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'invalid_request',
  'invalid_scope',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
]
export const knownAnswer = (code: string): string =>
  answeredCodes.find((one) => one === code) ?? 'other'

/** Whether a provider could not be asked, rather than answered with what does not hold. */
export function isTrouble(error: unknown): boolean {
  if (troubleIn(error) !== undefined) return true
  // A code that is not theirs or was used is a matter of trust; all else that they refuse is one of settings.
  if (error instanceof ResponseBodyError) return error.error !== 'invalid_grant'
  return /TIMEOUT|ABORT|NOT_CONFORM|NOT_JSON|PARSE_ERROR|^E[A-Z]+$|^UND_ERR/.test(codeOf(error))
}

/** What is to be told of it. */
export function problemOf(error: unknown): Text {
  const trouble = troubleIn(error)
  if (trouble !== undefined) return trouble.text
  const code = codeOf(error)
  if (error instanceof ResponseBodyError) {
    const answer = knownAnswer(error.error)
    return answer === 'invalid_client'
      ? {
          en: 'it does not take the client id and its secret',
          ja: 'クライアント ID またはシークレットが受け付けられませんでした',
        }
      : { en: `it refuses the request (${answer})`, ja: `リクエストが拒否されました(${answer})` }
  }
  if (/COMPARISON/.test(code)) return troubles.otherIssuer
  return { en: `code ${code}`, ja: `コード ${code}` }
}
