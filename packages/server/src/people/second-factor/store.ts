import { verifications } from '@tomoshibi/state/schema/people'
import { recoveryCodes, secondFactors } from '@tomoshibi/state/schema/second-factors'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

export type FactorRow = typeof secondFactors.$inferSelect

export async function factorOf(
  db: StateDb,
  userId: string,
  lock?: 'locked',
): Promise<FactorRow | null> {
  const query = db.select().from(secondFactors).where(eq(secondFactors.userId, userId))
  const [row] = lock === undefined ? await query : await query.for('update')
  return row ?? null
}

export async function putFactor(tx: StateDb, row: FactorRow): Promise<void> {
  await dropFactor(tx, row.userId)
  await tx.insert(secondFactors).values(row)
}

export async function changeFactor(
  tx: StateDb,
  userId: string,
  values: Partial<Omit<FactorRow, 'userId'>>,
): Promise<void> {
  await tx.update(secondFactors).set(values).where(eq(secondFactors.userId, userId))
}

/** Its recovery codes go with it. @returns whether there was one */
export const dropFactor = async (tx: StateDb, userId: string): Promise<boolean> =>
  (
    await tx
      .delete(secondFactors)
      .where(eq(secondFactors.userId, userId))
      .returning({ userId: secondFactors.userId })
  ).length > 0

/** Puts recovery codes in place of those that there are. */
export async function putRecoveryCodes(
  tx: StateDb,
  userId: string,
  hashes: readonly string[],
): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx.insert(recoveryCodes).values(hashes.map((hash) => ({ userId, hash, usedAt: null })))
}

const unused = (userId: string) =>
  and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt))

/** @returns whether it was one that had not been used */
export const useRecoveryCode = async (
  tx: StateDb,
  userId: string,
  hash: string,
  usedAt: Temporal.Instant,
): Promise<boolean> =>
  (
    await tx
      .update(recoveryCodes)
      .set({ usedAt })
      .where(and(unused(userId), eq(recoveryCodes.hash, hash)))
      .returning({ hash: recoveryCodes.hash })
  ).length > 0

export const recoveryCodesLeft = async (db: StateDb, userId: string): Promise<number> =>
  await db.$count(recoveryCodes, unused(userId))

interface Challenge {
  /** Hash of what the cookie holds. */
  readonly hash: string
  readonly userId: string
  readonly now: Date
  readonly expiresAt: Date
}

const named = (hash: string) => `second_step:${hash}`

/** Remembers that somebody gave the right password; forgets those whose time is over. */
export async function addChallenge(tx: StateDb, challenge: Challenge): Promise<void> {
  const { hash, userId, now, expiresAt } = challenge
  await tx.delete(verifications).where(lt(verifications.expiresAt, now))
  const times = { expiresAt, createdAt: now, updatedAt: now }
  await tx
    .insert(verifications)
    .values({ id: hash, identifier: named(hash), value: userId, ...times })
}

/** Whose challenge it is, while it holds. */
export const challengedUser = async (
  db: StateDb,
  hash: string,
  now: Date,
): Promise<string | null> =>
  (
    await db
      .select({ userId: verifications.value })
      .from(verifications)
      .where(and(eq(verifications.identifier, named(hash)), gt(verifications.expiresAt, now)))
  )[0]?.userId ?? null

/** @returns whether it was there */
export const dropChallenge = async (tx: StateDb, hash: string): Promise<boolean> =>
  (
    await tx
      .delete(verifications)
      .where(eq(verifications.identifier, named(hash)))
      .returning({ id: verifications.id })
  ).length > 0
