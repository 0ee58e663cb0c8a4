import { secrets } from '@tomoshibi/state/schema/secrets'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Place } from './sealing.ts'

export type SecretRow = typeof secrets.$inferSelect

export const allSecrets = async (db: StateDb): Promise<SecretRow[]> =>
  await db.select().from(secrets).orderBy(asc(secrets.scope), asc(secrets.name))

export const secretAt = async (db: StateDb, place: Place): Promise<SecretRow | null> =>
  (await db.select().from(secrets).where(at(place)))[0] ?? null

export async function putSecret(tx: StateDb, row: SecretRow): Promise<void> {
  const { sealed, keyId, changedAt } = row
  await tx
    .insert(secrets)
    .values(row)
    .onConflictDoUpdate({
      target: [secrets.scope, secrets.name],
      set: { sealed, keyId, changedAt },
    })
}

export const removeSecret = async (tx: StateDb, place: Place): Promise<boolean> =>
  (await tx.delete(secrets).where(at(place)).returning({ name: secrets.name })).length > 0

/** Until the transaction ends no rotation runs, so that what is sealed now is sealed with a key that stays. */
export async function lockAgainstRotation(tx: StateDb): Promise<void> {
  await tx.execute(sql`LOCK TABLE secrets IN ROW EXCLUSIVE MODE`)
}

/** Until the transaction ends nobody else seals anything. */
export async function lockForRotation(tx: StateDb): Promise<void> {
  await tx.execute(sql`LOCK TABLE secrets IN SHARE ROW EXCLUSIVE MODE`)
}

const at = ({ scope, name }: Place) => and(eq(secrets.scope, scope), eq(secrets.name, name))
