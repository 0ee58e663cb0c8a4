import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../call/testing.ts'
import { httpServer } from '../http/server.ts'
import { loopbackSite, type SiteConfig } from '../platform/address.ts'
import { silentLog } from '../platform/log.ts'

export const localToken = 'the token of the owner'

export const strongPassword = 'seven lanterns by the river'

export interface Answer {
  readonly status: number
  /** The code of the refusal; null for a success. */
  readonly code: string | null
  readonly body: unknown
  /** The lines of Set-Cookie. */
  readonly cookies: readonly string[]
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT'
  readonly payload?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly from?: string
  /** What it does where it is asked again who it is: gives the password and goes on, as the page does, unless this is false. */
  readonly confirms?: boolean
}

/** A browser with a cookie jar, at an address of its own. */
export interface Browser {
  /** The Cookie header that it sends. */
  cookie(): string
  setCookie(header: string): void
  ask(url: string, asking?: Asking): Promise<Answer>
}

/** A server without people over real stores. */
export interface PeopleServer {
  readonly app: TestWorkspace
  readonly operations: TestOperations
  readonly server: FastifyInstance
  browser(from?: string): Browser
  /** As the command line. */
  asProgram(url: string, asking?: Asking): Promise<Answer>
  close(): Promise<void>
}

const refused = z.object({ code: z.string() })

export async function startPeopleServer(
  now?: string,
  site: SiteConfig = loopbackSite,
): Promise<PeopleServer> {
  const operations = await startTestOperations()
  const app = operations.workspace(now)
  const server = await httpServer({
    app,
    site,
    localToken,
    webFolder: operations.dataDir,
    log: silentLog,
  })
  const ask = async (url: string, asking: Asking, cookie: string): Promise<Answer> => {
    const { method = 'GET', payload, headers = {}, from = '127.0.0.1' } = asking
    const answer = await server.inject({
      method,
      url,
      remoteAddress: from,
      headers: {
        host: 'localhost:4747',
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    const body: unknown = answer.body === '' ? null : answer.json()
    const told = answer.headers['set-cookie'] ?? []
    return {
      status: answer.statusCode,
      code: answer.statusCode < 400 ? null : refused.parse(body).code,
      body,
      cookies: Array.isArray(told) ? told : [told],
    }
  }
  const browser = (from = '127.0.0.1'): Browser => {
    const jar = new Map<string, string>()
    const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    return {
      cookie,
      setCookie: (header) => {
        jar.clear()
        for (const part of header.split('; ')) keep(jar, part)
      },
      ask: async (url, { confirms = true, ...asking } = {}) => {
        const send = async (to: string, what: Asking) => {
          const answer = await ask(to, { from, ...what }, cookie())
          for (const line of answer.cookies) keep(jar, line.split(';', 1)[0] ?? '')
          return answer
        }
        const answer = await send(url, asking)
        if (!confirms || answer.code !== 'CONFIRMATION_NEEDED') return answer
        const payload = { password: strongPassword }
        await send('/api/session/confirm', { method: 'POST', payload })
        return await send(url, asking)
      },
    }
  }
  return {
    app,
    operations,
    server,
    browser,
    asProgram: (url, asking = {}) =>
      ask(url, { ...asking, headers: { authorization: `Bearer ${localToken}` } }, ''),
    close: async () => {
      await server.close()
      await operations.stop()
    },
  }
}

function keep(jar: Map<string, string>, pair: string): void {
  const at = pair.indexOf('=')
  if (at < 0) return
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
  if (value === '') jar.delete(name)
  else jar.set(name, value)
}

const linkShape = z.object({ link: z.string() })

/** The secret of a link, as stands after its #. */
export const secretOf = (body: unknown): string => linkShape.parse(body).link.split('#')[1] ?? ''

/** Makes the first owner and leaves them signed in. */
export async function makeOwner(
  { app }: Pick<PeopleServer, 'app'>,
  browser: Browser,
  email = 'owner@example.com',
): Promise<Answer> {
  const link = (await app.people.makeSetUpLink())?.split('#')[1] ?? ''
  return await browser.ask('/api/session/set-up', {
    method: 'POST',
    payload: { link, name: 'Olive Owner', email, password: strongPassword },
  })
}

export interface Colleague {
  readonly email: string
  readonly role: string
  readonly team?: string
  readonly ownerName?: string
  readonly name?: string
}

/** Invites somebody as `by` and accepts as them; they are signed in in the browser that it gives. */
export async function join(
  { browser }: Pick<PeopleServer, 'browser'>,
  by: Browser,
  { name, ...whom }: Colleague,
): Promise<Browser> {
  const invited = await by.ask('/api/invitations', { method: 'POST', payload: whom })
  if (invited.code !== null) throw new Error(`not invited: ${invited.code}`)
  const theirs = browser()
  const accepted = await theirs.ask('/api/invitations/accept', {
    method: 'POST',
    payload: {
      link: secretOf(invited.body),
      name: name ?? whom.email,
      password: strongPassword,
    },
  })
  if (accepted.code !== null) throw new Error(`not accepted: ${accepted.code}`)
  return theirs
}
