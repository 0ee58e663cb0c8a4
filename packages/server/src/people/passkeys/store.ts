import { passkeys } from '@tomoshibi/state/schema/passkeys'
import { verifications } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, lt } from 'drizzle-orm'

export type PasskeyRow = typeof passkeys.$inferSelect

/** The passkeys of a user, the oldest first. */
export const passkeysOf = async (db: StateDb, userId: string): Promise<PasskeyRow[]> =>
  await db
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))

export const hasPasskey = async (db: StateDb, userId: string): Promise<boolean> =>
  (await db.$count(passkeys, eq(passkeys.userId, userId))) > 0

/** The passkey of that credential; locked, so that of two uses at once one sees the count of the other. */
export const lockedPasskey = async (
  tx: StateDb,
  credentialId: string,
): Promise<PasskeyRow | null> =>
  (
    await tx.select().from(passkeys).where(eq(passkeys.credentialId, credentialId)).for('update')
  )[0] ?? null

/** @returns whether it was added: a credential is of one person only */
export const addPasskey = async (tx: StateDb, row: PasskeyRow): Promise<boolean> =>
  (
    await tx
      .insert(passkeys)
      .values(row)
      .onConflictDoNothing({ target: passkeys.credentialId })
      .returning({ id: passkeys.id })
  ).length > 0

const ownOne = (userId: string, id: string) => and(eq(passkeys.userId, userId), eq(passkeys.id, id))

/** @returns whether the user has it */
export const changePasskey = async (
  tx: StateDb,
  { userId, id }: Pick<PasskeyRow, 'userId' | 'id'>,
  values: Partial<Pick<PasskeyRow, 'name' | 'counter' | 'backedUp' | 'lastUsedAt'>>,
): Promise<boolean> =>
  (await tx.update(passkeys).set(values).where(ownOne(userId, id)).returning({ id: passkeys.id }))
    .length > 0

/** @returns whether the user had it */
export const dropPasskey = async (
  tx: StateDb,
  { userId, id }: Pick<PasskeyRow, 'userId' | 'id'>,
): Promise<boolean> =>
  (await tx.delete(passkeys).where(ownOne(userId, id)).returning({ id: passkeys.id })).length > 0

/** @returns whether the user had any */
export const dropPasskeysOf = async (tx: StateDb, userId: string): Promise<boolean> =>
  (await tx.delete(passkeys).where(eq(passkeys.userId, userId)).returning({ id: passkeys.id }))
    .length > 0

interface KeptChallenge {
  /** Purpose and hash of the challenge. */
  readonly identifier: string
  readonly value: string
  readonly now: Date
  readonly expiresAt: Date
}

/** Keeps a challenge; forgets those whose time is over. */
export async function putChallenge(tx: StateDb, challenge: KeptChallenge): Promise<void> {
  const { identifier, value, now, expiresAt } = challenge
  await tx.delete(verifications).where(lt(verifications.expiresAt, now))
  const times = { expiresAt, createdAt: now, updatedAt: now }
  await tx.insert(verifications).values({ id: identifier, identifier, value, ...times })
}

/** Takes a challenge away: of two who bring the same, one gets it. */
export const takeChallenge = async (
  db: StateDb,
  identifier: string,
): Promise<{ readonly value: string; readonly expiresAt: Date } | null> =>
  (
    await db
      .delete(verifications)
      .where(eq(verifications.identifier, identifier))
      .returning({ value: verifications.value, expiresAt: verifications.expiresAt })
  )[0] ?? null
