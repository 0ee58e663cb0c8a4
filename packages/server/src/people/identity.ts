import type { SessionPolicy } from '@tomoshibi/contract/installation'
import { credentials, sessions, users, verifications, waysIn } from '@tomoshibi/state/schema/people'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { and, eq, ne, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { Visit } from '../call/caller.ts'
import { sessionPolicy } from '../installation/service.ts'
import { type Hasher, hasher } from './password-hash.ts'
import { cookieSecret } from './secret.ts'

/** The end of a session is put off at most so often, so that not every request writes. */
const renewedAfterSeconds = 24 * 60 * 60
/** And at least once in so many parts of the time in which it would end unused. */
const renewedParts = 10

/** As it stands in `credentials.provider_id` for a password. */
const byPassword = 'credential'

export interface NewUser {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly password: string
  readonly at: Date
}

export interface LiveSession {
  readonly sessionId: string
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly signedInBy: WayIn | null
  /** When the person last showed who they are. */
  readonly confirmedAt: Temporal.Instant | null
}

/** How a person showed who they are. */
export type WayIn = (typeof waysIn)[number]

/** What a session has beside what is better-auth's. */
const ownFields = z.object({
  signedInBy: z.enum(waysIn).nullish(),
  confirmedAt: z.date().nullish(),
})

/** Begins a session of a user, however they showed who they are. Like all routes of the library, it is not served. */
const beginSession = createAuthEndpoint(
  '/tomoshibi/begin-session',
  {
    method: 'POST',
    body: z.object({
      userId: z.string(),
      signedInBy: z.enum(waysIn),
      confirmedAt: z.date().nullable(),
    }),
    metadata: { SERVER_ONLY: true },
  },
  async (context) => {
    const { internalAdapter } = context.context
    const { userId, ...own } = context.body
    const user = await internalAdapter.findUserById(userId)
    if (user === null) throw new Error('a session for nobody')
    const session = await internalAdapter.createSession(user.id, false, own)
    await setSessionCookie(context, { session, user })
    return context.json({ sessionId: session.id })
  },
)

interface AuthOptions {
  readonly state: StateStore
  readonly secret: string
  readonly password: Hasher
  readonly policy: SessionPolicy
}

function makeAuth({ state, secret, password, policy }: AuthOptions) {
  const expiresIn = policy.idleMinutes * 60
  const updateAge = Math.min(renewedAfterSeconds, Math.floor(expiresIn / renewedParts))
  return betterAuth({
    // Names nothing that is reachable: its routes are not served, and links are ours.
    baseURL: 'http://localhost',
    secret,
    database: drizzleAdapter(state.db, {
      provider: 'pg',
      schema: { user: users, session: sessions, account: credentials, verification: verifications },
    }),
    emailAndPassword: {
      enabled: true,
      password,
      autoSignIn: false,
      minPasswordLength: 1,
      maxPasswordLength: 256,
    },
    session: {
      expiresIn,
      updateAge,
      additionalFields: {
        signedInBy: { type: 'string', required: false, input: false },
        confirmedAt: { type: 'date', required: false, input: false },
      },
    },
    advanced: {
      cookiePrefix: 'tomoshibi',
      // `Secure` is added where the answer goes out, by how the request came in.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    // Ours count by account as well, and hold without its routes.
    rateLimit: { enabled: false },
    plugins: [{ id: 'tomoshibi', endpoints: { beginSession } }],
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
}
type Auth = ReturnType<typeof makeAuth>

/** Set by us only: no header of the request is handed on. */
const addressHeader = 'x-tomoshibi-address'

/** Passwords, sessions and their cookies: better-auth over our tables. */
export class Identity {
  readonly #state: StateStore
  readonly #dataDir: string
  readonly #hasher: Hasher
  #auth: Promise<{ readonly api: Auth['api']; readonly policy: SessionPolicy }> | null = null

  constructor(state: StateStore, dataDir: string, by: Hasher = hasher) {
    this.#state = state
    this.#dataDir = dataDir
    this.#hasher = by
  }

  /** Made when first needed, so that a command line that only asks for figures writes no secret. */
  #made() {
    this.#auth ??= this.#make()
    // One that failed, such as for a store that is away, is tried again.
    this.#auth.catch(() => this.policyChanged())
    return this.#auth
  }

  async #make() {
    const state = this.#state
    const policy = await sessionPolicy(state.db)
    const secret = cookieSecret(this.#dataDir)
    return { api: makeAuth({ state, secret, password: this.#hasher, policy }).api, policy }
  }

  /** How long sessions hold is read anew. */
  policyChanged(): void {
    this.#auth = null
  }

  /** The session of a visit's cookie, its end put off where it is time; null where it has none that holds. */
  async sessionOf(visit: Visit): Promise<LiveSession | null> {
    if (!visit.cookie.includes('tomoshibi.session_token=')) return null
    const { api, policy } = await this.#made()
    const asked = api.getSession({ headers: headersOf(visit), returnHeaders: true })
    const { headers, response } = await asked.catch(async (error: unknown) => {
      // It tells a store that is away as a fault without a cause.
      await this.#state.ping()
      throw error
    })
    sendCookies(headers, visit)
    if (response === null) return null
    const { session, user } = response
    if (await this.#isPast(session.id, policy)) return null
    const { signedInBy, confirmedAt } = ownFields.parse(session)
    return {
      sessionId: session.id,
      userId: user.id,
      name: user.name,
      email: user.email,
      signedInBy: signedInBy ?? null,
      confirmedAt: confirmedAt
        ? Temporal.Instant.fromEpochMilliseconds(confirmedAt.getTime())
        : null,
    }
  }

  /** Ends a session that was begun too long ago, however much it is used. */
  async #isPast(id: string, { longestHours }: SessionPolicy): Promise<boolean> {
    if (longestHours === null) return false
    // better-auth reads the machine's clock when a session begins; the store's is the nearest to it.
    const tooOld = sql`${sessions.createdAt} <= now() - make_interval(hours => ${longestHours})`
    const ended = await this.#state.db
      .delete(sessions)
      .where(and(eq(sessions.id, id), tooOld))
      .returning({ id: sessions.id })
    return ended.length > 0
  }

  /** @returns the user's id; null when address or password is wrong, after the same work */
  async userOf(email: string, password: string): Promise<string | null> {
    const [user] = await this.#state.db
      .select({ id: users.id })
      .from(users)
      .where(eq(users.email, email))
    return (await this.isPasswordOf(user?.id ?? '', password)) ? (user?.id ?? null) : null
  }

  /**
   * Begins a new session of a user, whatever cookie the visit had before. Who they are was checked.
   *
   * @returns its id
   */
  async begin(
    userId: string,
    visit: Visit,
    how: Pick<LiveSession, 'confirmedAt'> & { readonly signedInBy: WayIn },
  ): Promise<string> {
    const { api } = await this.#made()
    const { signedInBy } = how
    const confirmedAt = how.confirmedAt && new Date(how.confirmedAt.epochMilliseconds)
    const { headers, response } = await api.beginSession({
      body: { userId, signedInBy, confirmedAt },
      headers: headersOf({ ...visit, cookie: '' }),
      returnHeaders: true,
    })
    // Whoever signs in anew leaves the session that they had here.
    await this.#endSessionOf(visit)
    sendCookies(headers, visit)
    return response.sessionId
  }

  /** Ends the session of the visit's cookie and takes the cookie back. */
  async signOut(visit: Visit): Promise<void> {
    const { api } = await this.#made()
    const { headers } = await api.signOut({
      headers: headersOf(visit),
      returnHeaders: true,
    })
    sendCookies(headers, visit)
  }

  /** Whether the password is the user's. */
  async isPasswordOf(userId: string, password: string): Promise<boolean> {
    const [found] = await this.#state.db
      .select({ hash: credentials.password })
      .from(credentials)
      .where(and(eq(credentials.userId, userId), eq(credentials.providerId, byPassword)))
    if (!found?.hash) {
      await this.#hasher.hash(password)
      return false
    }
    const isRight = await this.#hasher.verify({ hash: found.hash, password })
    if (isRight && this.#hasher.isOutdated(found.hash)) await this.#hashAnew(found.hash, password)
    return isRight
  }

  /** Unless another one was chosen meanwhile. */
  async #hashAnew(before: string, password: string): Promise<void> {
    const hash = await this.#hasher.hash(password)
    await this.#state.db
      .update(credentials)
      .set({ password: hash })
      .where(eq(credentials.password, before))
  }

  /** The hash of a password, as `addUser` and `setPassword` store it. It takes a tenth of a second. */
  async hash(password: string): Promise<string> {
    return await this.#hasher.hash(password)
  }

  async #endSessionOf(visit: Visit): Promise<void> {
    const before = await this.sessionOf({ ...visit, setCookie: () => {} })
    if (before !== null) {
      await this.#state.db.delete(sessions).where(eq(sessions.id, before.sessionId))
    }
  }
}

/** Adds a user with a password. @param hash of `Identity.hash` */
export async function addUser(tx: StateDb, user: Omit<NewUser, 'password'>, hash: string) {
  const { id, name, email, at } = user
  const times = { createdAt: at, updatedAt: at }
  await tx.insert(users).values({ id, name, email, emailVerified: false, ...times })
  await tx
    .insert(credentials)
    .values({ id, userId: id, accountId: id, providerId: byPassword, password: hash, ...times })
}

/** Sets a user's password and ends their sessions, but for one. @param hash of `Identity.hash` */
export async function setPassword(
  tx: StateDb,
  change: { readonly userId: string; readonly hash: string; readonly at: Date },
  keptSessionId?: string,
): Promise<void> {
  const { userId, hash, at } = change
  const times = { createdAt: at, updatedAt: at }
  await tx
    .delete(credentials)
    .where(and(eq(credentials.userId, userId), eq(credentials.providerId, byPassword)))
  await tx.insert(credentials).values({
    id: userId,
    userId,
    accountId: userId,
    providerId: byPassword,
    password: hash,
    ...times,
  })
  await endSessions(tx, userId, keptSessionId)
}

/** Whether a person has a password: who signs in at a provider may have none. */
export const hasPassword = async (db: StateDb, userId: string): Promise<boolean> =>
  (await db.$count(
    credentials,
    and(eq(credentials.userId, userId), eq(credentials.providerId, byPassword)),
  )) > 0

/** Writes down that the person of a session showed who they are. */
export async function confirmSession(
  tx: StateDb,
  sessionId: string,
  at: Temporal.Instant,
): Promise<void> {
  const confirmedAt = new Date(at.epochMilliseconds)
  await tx.update(sessions).set({ confirmedAt }).where(eq(sessions.id, sessionId))
}

/** Lets the sessions that there are end no later than by a new policy. */
export async function shortenSessions(tx: StateDb, { idleMinutes }: SessionPolicy): Promise<void> {
  await tx.update(sessions).set({
    expiresAt: sql`least(${sessions.expiresAt}, ${sessions.updatedAt} + make_interval(mins => ${idleMinutes}))`,
  })
}

export async function endSession(tx: StateDb, id: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.id, id))
}

/** Ends the sessions of a user, but for one. */
export async function endSessions(
  tx: StateDb,
  userId: string,
  keptSessionId?: string,
): Promise<void> {
  const kept = keptSessionId === undefined ? undefined : ne(sessions.id, keptSessionId)
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), kept))
}

function headersOf({ cookie, address, userAgent }: Visit): Headers {
  const headers = new Headers()
  if (cookie !== '') headers.set('cookie', cookie)
  if (address !== null) headers.set(addressHeader, address)
  if (userAgent !== null) headers.set('user-agent', userAgent.slice(0, 500))
  return headers
}

function sendCookies(headers: Headers, visit: Visit): void {
  for (const line of headers.getSetCookie()) visit.setCookie(line)
}
