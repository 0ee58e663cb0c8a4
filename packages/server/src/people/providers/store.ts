import {
  identityProviders,
  providerIdentities,
  providerSessions,
  providerTrips,
} from '@tomoshibi/state/schema/identity-providers'
import { links, sessions } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, gt, inArray, isNull, lt, ne } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import * as z from 'zod'

const storedDomains = z.array(z.string())

/** A provider as it is stored, its domains checked. */
export type ProviderRow = Omit<typeof identityProviders.$inferSelect, 'domains'> & {
  readonly domains: readonly string[]
}
export type IdentityRow = typeof providerIdentities.$inferSelect
export type TripRow = typeof providerTrips.$inferSelect

const ofRow = (row: typeof identityProviders.$inferSelect): ProviderRow => ({
  ...row,
  domains: storedDomains.parse(row.domains),
})

/** All providers, by name. */
export const allProviders = async (db: StateDb): Promise<ProviderRow[]> =>
  (
    await db
      .select()
      .from(identityProviders)
      .orderBy(asc(identityProviders.name), asc(identityProviders.id))
  ).map(ofRow)

/** @param lock nobody changes it until the transaction ends */
export async function providerAt(
  db: StateDb,
  id: string,
  lock?: 'locked',
): Promise<ProviderRow | null> {
  const query = db.select().from(identityProviders).where(eq(identityProviders.id, id))
  const [row] = lock === undefined ? await query : await query.for('share')
  return row === undefined ? null : ofRow(row)
}

export async function putProvider(tx: StateDb, row: ProviderRow): Promise<void> {
  const { id, createdAt: _, ...set } = { ...row, domains: [...row.domains] }
  await tx
    .insert(identityProviders)
    .values({ ...set, id, createdAt: row.createdAt })
    .onConflictDoUpdate({ target: identityProviders.id, set })
}

/** With it go who signs in with it, and who is on the way there. @returns whether there was one */
export const dropProvider = async (tx: StateDb, id: string): Promise<boolean> =>
  (
    await tx
      .delete(identityProviders)
      .where(eq(identityProviders.id, id))
      .returning({ id: identityProviders.id })
  ).length > 0

/** How many sign in with each provider, and in how many sessions. */
export async function countsOf(db: StateDb, id: string, now: Temporal.Instant) {
  const at = new Date(now.epochMilliseconds)
  const begun = db
    .select({ id: providerSessions.sessionId })
    .from(providerSessions)
    .where(eq(providerSessions.providerId, id))
  const [people, holding] = await Promise.all([
    db.$count(providerIdentities, eq(providerIdentities.providerId, id)),
    db.$count(sessions, and(inArray(sessions.id, begun), gt(sessions.expiresAt, at))),
  ])
  return { people, sessions: holding }
}

/** Ends the sessions that began at a provider: all, or those of one user but for one. @returns how many */
export async function endProviderSessions(
  tx: StateDb,
  providerId: string,
  of?: { readonly userId: string; readonly but: string },
): Promise<number> {
  const begun = tx
    .select({ id: providerSessions.sessionId })
    .from(providerSessions)
    .where(eq(providerSessions.providerId, providerId))
  const whose =
    of === undefined ? undefined : and(eq(sessions.userId, of.userId), ne(sessions.id, of.but))
  const ended = await tx
    .delete(sessions)
    .where(and(inArray(sessions.id, begun), whose))
    .returning({ id: sessions.id })
  return ended.length
}

export async function noteProviderSession(
  tx: StateDb,
  sessionId: string,
  providerId: string,
): Promise<void> {
  await tx.insert(providerSessions).values({ sessionId, providerId })
}

/** The provider at which a session began; null where it began otherwise. */
export async function providerOfSession(
  db: StateDb,
  sessionId: string,
): Promise<ProviderRow | null> {
  const [row] = await db
    .select({ provider: identityProviders })
    .from(providerSessions)
    .innerJoin(identityProviders, eq(identityProviders.id, providerSessions.providerId))
    .where(eq(providerSessions.sessionId, sessionId))
  return row === undefined ? null : ofRow(row.provider)
}

/** Who somebody at a provider is here. */
export const identityAt = async (
  db: StateDb,
  providerId: string,
  subject: string,
): Promise<IdentityRow | null> =>
  (
    await db
      .select()
      .from(providerIdentities)
      .where(
        and(eq(providerIdentities.providerId, providerId), eq(providerIdentities.subject, subject)),
      )
  )[0] ?? null

/** Who a user is at providers. */
export const identitiesOf = async (db: StateDb, userId: string): Promise<IdentityRow[]> =>
  await db.select().from(providerIdentities).where(eq(providerIdentities.userId, userId))

export async function addIdentity(tx: StateDb, row: IdentityRow): Promise<void> {
  await tx.insert(providerIdentities).values(row)
}

const one = ({ providerId, userId }: Pick<IdentityRow, 'providerId' | 'userId'>) =>
  and(eq(providerIdentities.providerId, providerId), eq(providerIdentities.userId, userId))

export async function noteUse(
  tx: StateDb,
  identity: IdentityRow,
  use: Pick<IdentityRow, 'email' | 'lastUsedAt'>,
): Promise<void> {
  await tx.update(providerIdentities).set(use).where(one(identity))
}

/** @returns whether there was one */
export const dropIdentity = async (
  tx: StateDb,
  identity: Pick<IdentityRow, 'providerId' | 'userId'>,
): Promise<boolean> =>
  (
    await tx
      .delete(providerIdentities)
      .where(one(identity))
      .returning({ userId: providerIdentities.userId })
  ).length > 0

/** Remembers who leaves for a provider; forgets those whose time is over. */
export async function addTrip(tx: StateDb, row: TripRow): Promise<void> {
  await tx.delete(providerTrips).where(lt(providerTrips.expiresAt, row.createdAt))
  await tx.insert(providerTrips).values(row)
}

/** Takes a trip out, so that it is good once. @returns null where there is none that holds */
export const takeTrip = async (
  tx: StateDb,
  hash: string,
  now: Temporal.Instant,
): Promise<TripRow | null> =>
  (
    await tx
      .delete(providerTrips)
      .where(and(eq(providerTrips.hash, hash), gt(providerTrips.expiresAt, now)))
      .returning()
  )[0] ?? null

/** The trip after which a code is asked for; null where it was no trip, but a password. */
export const tripOfChallenge = async (db: StateDb, hash: string): Promise<TripRow | null> =>
  (
    await db
      .select()
      .from(providerTrips)
      .where(and(eq(providerTrips.hash, hash), eq(providerTrips.purpose, 'second_step')))
  )[0] ?? null

/** Open invitations for an address, in whichever workspaces; locked, so that each is used once. */
export const invitationsFor = async (tx: StateDb, email: string, now: Temporal.Instant) =>
  await tx
    .select()
    .from(links)
    .where(
      and(
        eq(links.kind, 'invitation'),
        eq(links.email, email),
        isNull(links.usedAt),
        isNull(links.revokedAt),
        gt(links.expiresAt, now),
      ),
    )
    .orderBy(asc(links.createdAt), asc(links.id))
    .for('update')
