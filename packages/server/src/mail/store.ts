import { mails } from '@tomoshibi/state/schema/installation'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, gte, inArray, lt, lte } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

export type MailRow = typeof mails.$inferSelect

export async function addMail(tx: StateDb, row: MailRow): Promise<void> {
  await tx.insert(mails).values(row)
}

/** Takes the mail that is due first, for so long that another attempt begins only if this one was cut off. */
export async function claimDue(
  tx: StateDb,
  now: Temporal.Instant,
  until: Temporal.Instant,
): Promise<MailRow | null> {
  const [due] = await tx
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'waiting'), lte(mails.nextAt, now)))
    .orderBy(asc(mails.nextAt), asc(mails.id))
    .limit(1)
    .for('update', { skipLocked: true })
  if (due === undefined) return null
  const attempts = due.attempts + 1
  await tx.update(mails).set({ attempts, nextAt: until }).where(eq(mails.id, due.id))
  return { ...due, attempts }
}

export async function changeMail(
  db: StateDb,
  id: string,
  values: Partial<Omit<MailRow, 'id'>>,
): Promise<void> {
  await db.update(mails).set(values).where(eq(mails.id, id))
}

export async function dropMail(db: StateDb, id: string): Promise<void> {
  await db.delete(mails).where(eq(mails.id, id))
}

/** The id of a mail that failed, locked; null when there is none. */
export const failedMail = async (tx: StateDb, id: string): Promise<MailRow | null> =>
  (
    await tx
      .select()
      .from(mails)
      .where(and(eq(mails.id, id), eq(mails.state, 'failed')))
      .for('update')
  )[0] ?? null

export const latestMails = async (db: StateDb, most: number): Promise<MailRow[]> =>
  await db.select().from(mails).orderBy(desc(mails.createdAt), desc(mails.id)).limit(most)

/** Forgets what was done with before an instant. @returns the ids */
export const forgetDone = async (db: StateDb, before: Temporal.Instant): Promise<string[]> =>
  (
    await db
      .delete(mails)
      .where(and(inArray(mails.state, ['sent', 'failed']), lt(mails.createdAt, before)))
      .returning({ id: mails.id })
  ).map(({ id }) => id)

/** How many were given up since an instant. */
export const failedSince = async (db: StateDb, since: Temporal.Instant): Promise<number> =>
  await db.$count(mails, and(eq(mails.state, 'failed'), gte(mails.doneAt, since)))
