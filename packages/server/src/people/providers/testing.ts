import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import * as z from 'zod'
import { systemClock } from '../../platform/clock.ts'
import type { Answer, Browser } from '../testing.ts'

/** What a provider does otherwise than it should, in one answer or from now on. */
export interface Mischief {
  /** Claims in place of the right ones; undefined takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** The token is signed with a key that is not among the provider's. */
  readonly foreignKey?: boolean
  /** The token is not signed at all. */
  readonly unsigned?: boolean
  /** What it says beside the token; it has no such address without. */
  readonly userinfo?: Readonly<Record<string, unknown>>
  /** Fields of its description in place of the right ones. */
  readonly description?: Readonly<Record<string, unknown>>
  /** Instead of the description. */
  readonly describe?: (response: ServerResponse) => void
}

/** A provider of a test: the real protocol, with whatever it is told to do wrong. */
export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly secret: string
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>
  misbehave(mischief: Mischief): void
  /**
   * Somebody signs in there, sent by us.
   *
   * @param url as we gave it to the browser
   * @returns the query with which the browser comes back
   */
  signIn(url: string, claims: JWTPayload & { readonly sub: string }): string
  close(): Promise<void>
}

interface Granted {
  readonly nonce: string
  readonly challenge: string
  readonly redirectUri: string
  readonly claims: JWTPayload
}

const asked = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.literal('code'),
  scope: z.string(),
  state: z.string().min(40),
  nonce: z.string().min(40),
  code_challenge: z.string(),
  code_challenge_method: z.literal('S256'),
})

export async function startTestProvider({ iss = true } = {}): Promise<TestProvider> {
  const [ours, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'ours', alg: 'RS256', use: 'sig' }
  const clientId = 'tomoshibi'
  const secret = `the-secret-${randomBytes(9).toString('hex')}`
  const granted = new Map<string, Granted>()
  const counts = new Map<string, number>()
  let mischief: Mischief = {}
  let issuer = ''

  const description = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    ...(iss ? { authorization_response_iss_parameter_supported: true } : {}),
    ...(mischief.userinfo === undefined ? {} : { userinfo_endpoint: `${issuer}/userinfo` }),
    ...mischief.description,
  })

  async function tokenFor({ nonce, claims }: Granted): Promise<string> {
    // The library that checks it asks the machine what time it is.
    const now = Math.floor(systemClock.now().epochMilliseconds / 1000)
    const right = { iss: issuer, aud: clientId, nonce, iat: now, exp: now + 300, ...claims }
    const payload: JWTPayload = { ...right, ...mischief.claims }
    if (mischief.unsigned) return new UnsecuredJWT(payload).encode()
    return await new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: 'ours' })
      .sign(mischief.foreignKey ? foreign.privateKey : ours.privateKey)
  }

  async function token(request: IncomingMessage, response: ServerResponse) {
    const form = new URLSearchParams(await textOf(request))
    const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
    // Both parts are escaped as in a form before they are put together (RFC 6749, 2.3.1).
    const parts = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
    if (parts[0] !== clientId || parts[1] !== secret) {
      return send(response, { error: 'invalid_client' }, 401)
    }
    const code = form.get('code') ?? ''
    const grant = granted.get(code)
    granted.delete(code)
    const verifier = form.get('code_verifier') ?? ''
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const isRight = grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri')
    if (!isRight) return send(response, { error: 'invalid_grant' }, 400)
    send(response, {
      access_token: 'an access token',
      token_type: 'Bearer',
      id_token: await tokenFor(grant),
    })
  }

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    counts.set(path, (counts.get(path) ?? 0) + 1)
    if (path === '/.well-known/openid-configuration') {
      if (mischief.describe !== undefined) return mischief.describe(response)
      return send(response, description())
    }
    if (path === '/jwks') return send(response, { keys: [jwk] })
    if (path === '/userinfo') return send(response, mischief.userinfo ?? {})
    if (path === '/token') return void token(request, response)
    send(response, {}, 404)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  issuer = `http://127.0.0.1:${address.port}`

  return {
    issuer,
    clientId,
    secret,
    asked: counts,
    misbehave: (next) => {
      mischief = next
    },
    signIn: (url, claims) => {
      const { searchParams } = new URL(url)
      const given = asked.parse(Object.fromEntries(searchParams))
      const code = randomBytes(16).toString('hex')
      granted.set(code, {
        nonce: given.nonce,
        challenge: given.code_challenge,
        redirectUri: given.redirect_uri,
        claims,
      })
      const back = new URLSearchParams({
        code,
        state: given.state,
        ...(iss ? { iss: issuer } : {}),
      })
      return `?${back}`
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The settings of a provider, as an owner gives them. */
export const settingsOf = ({ issuer, clientId, secret }: TestProvider) => ({
  name: 'Company ID',
  issuer,
  clientId,
  secret,
  domains: ['example.com'],
})

const begun = z.object({ uri: z.string() })

/** The browser leaves for a provider. @returns the address there */
export async function leaveFor(browser: Browser, id: string, more: object = {}): Promise<string> {
  const url = `/api/session/single-sign-on/${id}/begin`
  const answer = await browser.ask(url, { method: 'POST', payload: more })
  if (answer.code !== null) throw new Error(`not begun: ${JSON.stringify(answer.body)}`)
  return begun.parse(answer.body).uri
}

/** The browser comes back with what the provider answered. */
export const comeBackTo = (browser: Browser, id: string, response: string): Promise<Answer> =>
  browser.ask(`/api/session/single-sign-on/${id}/finish`, { method: 'POST', payload: { response } })

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
