import type { Language } from '@tomoshibi/contract/text'
import * as oidc from 'openid-client'
import type { Logger } from 'pino'
import { Failure } from '../../call/failure.ts'
import type { Clock } from '../../platform/clock.ts'
import { fetchFor, fetchSeconds, mayName } from './fetching.ts'
import { codeOf, isTrouble, knownAnswer, ProviderTrouble, problemOf } from './problems.ts'
import { type Claims, claimsSchema, type TripSecrets } from './providers.ts'
import type { ProviderRow } from './store.ts'

/** So long a provider is taken as it described itself; a key that it did not have then is asked for at once. */
const describedMinutes = 15

/** What is asked for: who it is, and their name and address. */
const scope = 'openid email profile'

interface Described {
  readonly config: oidc.Configuration
  readonly changedAtMs: number
  readonly untilMs: number
}

/** A provider, and the secret of our client there. */
export interface KnownProvider {
  readonly provider: ProviderRow
  readonly secret: string
}

export interface Leaving {
  readonly redirectUrl: string
  readonly secrets: TripSecrets
  readonly language: Language | null
  /** They are to sign in there anew, whoever is signed in there. */
  readonly anew: boolean
}

/** Talks with providers, by openid-client. One for a process: it remembers how each described itself. */
export class ProviderClient {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #described = new Map<string, Described>()

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock
    this.#log = log
  }

  /** How a provider describes itself, asked for anew. @throws Failure PROVIDER_UNREACHABLE */
  async describe({ provider, secret }: KnownProvider): Promise<oidc.Configuration> {
    const { id, issuer, clientId, changedAt } = provider
    try {
      const isPlain = issuer.startsWith('http:')
      const config = await oidc.discovery(new URL(issuer), clientId, {}, signingAs(secret), {
        timeout: fetchSeconds,
        [oidc.customFetch]: fetchFor(issuer),
        // The signature of a token counts, not only the connection on which it came.
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(isPlain ? [oidc.allowInsecureRequests] : []),
        ],
      })
      const told = config.serverMetadata()
      // The library forgives a slash at the end, and more at Microsoft; who somebody is holds at one issuer.
      if (told.issuer !== issuer) throw new ProviderTrouble('otherIssuer')
      const signIn = told.authorization_endpoint
      if (signIn === undefined || !URL.canParse(signIn)) throw new ProviderTrouble('noSignIn')
      if (!mayName(issuer, new URL(signIn))) throw new ProviderTrouble('plain')
      const untilMs = this.#clock.now().add({ minutes: describedMinutes }).epochMilliseconds
      this.#described.set(id, { config, changedAtMs: changedAt.epochMilliseconds, untilMs })
      return config
    } catch (error) {
      throw this.#unreachable(provider, error)
    }
  }

  async #configOf(known: KnownProvider): Promise<oidc.Configuration> {
    const { id, changedAt } = known.provider
    const found = this.#described.get(id)
    const nowMs = this.#clock.now().epochMilliseconds
    const holds = found?.changedAtMs === changedAt.epochMilliseconds && nowMs < found.untilMs
    return holds ? found.config : await this.describe(known)
  }

  /** Where the browser goes. @throws Failure PROVIDER_UNREACHABLE */
  async signInUrl(known: KnownProvider, leaving: Leaving): Promise<string> {
    const { secrets, redirectUrl, language, anew } = leaving
    const config = await this.#configOf(known)
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUrl,
      scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
      code_challenge_method: 'S256',
      ...(language === null ? {} : { ui_locales: language }),
      // `max_age` makes the answer say when they signed in; `prompt` is for providers that do not know it.
      ...(anew ? { prompt: 'login', max_age: '0' } : {}),
    })
    return url.href
  }

  /**
   * What the provider says of who signed in there, for what the browser brought back.
   *
   * @param answered the redirect address with the answer as its query
   * @throws Failure PROVIDER_DECLINED, PROVIDER_ANSWER_WRONG, PROVIDER_UNREACHABLE
   */
  async claimsOf(known: KnownProvider, answered: URL, secrets: TripSecrets): Promise<Claims> {
    const config = await this.#configOf(known)
    try {
      const tokens = await oidc.authorizationCodeGrant(config, answered, {
        expectedState: secrets.state,
        expectedNonce: secrets.nonce,
        pkceCodeVerifier: secrets.codeVerifier,
        idTokenExpected: true,
      })
      const signed = claimsSchema.parse(tokens.claims())
      const canTellMore = config.serverMetadata().userinfo_endpoint !== undefined
      if (signed.email !== undefined || !canTellMore) return signed
      const more = await oidc.fetchUserInfo(config, tokens.access_token, signed.sub)
      // An address and whether it was verified are one statement; when they signed in, only the signed token says.
      const { auth_time } = signed
      return claimsSchema.parse({ ...signed, email_verified: undefined, ...more, auth_time })
    } catch (error) {
      throw this.#refusal(known.provider, error)
    }
  }

  #refusal(provider: ProviderRow, error: unknown): Failure {
    const { id, name } = provider
    if (error instanceof oidc.AuthorizationResponseError) {
      const answer = knownAnswer(error.error)
      this.#log.info({ provider: id, answer }, 'a provider did not sign somebody in')
      return new Failure('PROVIDER_DECLINED', { provider: name })
    }
    if (isTrouble(error)) return this.#unreachable(provider, error)
    // The library's own text; what came with the error may hold tokens.
    const problem = error instanceof Error ? error.message.slice(0, 200) : 'unknown'
    this.#log.warn(
      { provider: id, problem, code: codeOf(error) },
      'the answer of a provider does not hold',
    )
    return new Failure('PROVIDER_ANSWER_WRONG', { provider: name })
  }

  #unreachable(provider: ProviderRow, error: unknown): Failure {
    const { en, ja } = problemOf(error)
    const { id, name } = provider
    this.#log.warn({ provider: id, problem: en, code: codeOf(error) }, 'a provider cannot be asked')
    return new Failure('PROVIDER_UNREACHABLE', { provider: name, problem: en, problemJa: ja })
  }
}

/** Basic authentication is what a client does unless it is registered otherwise; in the body where only that is taken. */
function signingAs(secret: string): oidc.ClientAuth {
  const basic = oidc.ClientSecretBasic(secret)
  const inBody = oidc.ClientSecretPost(secret)
  return (as, client, body, headers) => {
    const taken = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const chosen = taken.includes('client_secret_basic') ? basic : inBody
    return chosen(as, client, body, headers)
  }
}
