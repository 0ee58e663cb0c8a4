import type { Session } from '@tomoshibi/contract/people'
import { sessions } from '@tomoshibi/state/schema/people'
import { and, desc, eq, gt } from 'drizzle-orm'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { signedIn } from './service.ts'

/** Where the person who calls is signed in, the latest first. */
export async function listSessions(call: Call): Promise<Session[]> {
  const { userId, sessionId } = signedIn(call)
  const now = new Date(call.clock.now().epochMilliseconds)
  const rows = await call.state.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.createdAt), sessions.id)
  return rows.map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
    id,
    current: id === sessionId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    address: ipAddress || null,
    userAgent: userAgent || null,
  }))
}

/** Ends one session of the person who calls. @throws Failure SESSION_NOT_FOUND */
export async function revokeSession(call: Call, id: string): Promise<Session[]> {
  const { userId } = signedIn(call)
  const ended = await call.state.db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, id)))
    .returning({ id: sessions.id })
  if (ended.length === 0) throw new Failure('SESSION_NOT_FOUND')
  return await listSessions(call)
}
