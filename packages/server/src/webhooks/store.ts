import { webhookMessages, webhooks } from '@tomoshibi/state/schema/webhooks'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

export type WebhookRow = typeof webhooks.$inferSelect
export type MessageRow = typeof webhookMessages.$inferSelect

/** Of a workspace, oldest first, with how many messages wait for each. */
export const allWebhooks = async (db: StateDb, workspaceId: string) =>
  await db
    .select({
      webhook: webhooks,
      waiting: sql<number>`(
        SELECT count(*)::int FROM webhook_messages m
        WHERE m.webhook_id = webhooks.id AND m.state = 'waiting'
      )`,
    })
    .from(webhooks)
    .where(eq(webhooks.workspaceId, workspaceId))
    .orderBy(asc(webhooks.createdAt), asc(webhooks.id))

export async function webhookAt(
  db: StateDb,
  workspaceId: string,
  id: string,
): Promise<WebhookRow | null> {
  const which = and(eq(webhooks.workspaceId, workspaceId), eq(webhooks.id, id))
  return (await db.select().from(webhooks).where(which))[0] ?? null
}

export async function addWebhook(tx: StateDb, row: WebhookRow): Promise<void> {
  await tx.insert(webhooks).values(row)
}

export async function changeWebhook(
  tx: StateDb,
  id: string,
  values: Partial<Omit<WebhookRow, 'id' | 'workspaceId'>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return
  await tx.update(webhooks).set(values).where(eq(webhooks.id, id))
}

/** Its messages go with it. */
export async function dropWebhook(tx: StateDb, id: string): Promise<void> {
  await tx.delete(webhooks).where(eq(webhooks.id, id))
}

const atOnce = 1_000

/** Writes messages down; one that tells a webhook of the same again is left out. */
export async function addMessages(tx: StateDb, rows: readonly MessageRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += atOnce) {
    await tx
      .insert(webhookMessages)
      .values(rows.slice(start, start + atOnce))
      .onConflictDoNothing()
  }
}

export interface DueMessage {
  readonly message: MessageRow
  readonly webhook: WebhookRow
}

/**
 * Takes messages that are due, of webhooks that are on and not paused, for so long that another attempt begins only if
 * this one was cut off.
 */
export async function claimDue(
  tx: StateDb,
  now: Temporal.Instant,
  until: Temporal.Instant,
  most: number,
): Promise<DueMessage[]> {
  const due = await tx
    .select({ message: webhookMessages, webhook: webhooks })
    .from(webhookMessages)
    .innerJoin(webhooks, eq(webhooks.id, webhookMessages.webhookId))
    .where(
      and(
        eq(webhookMessages.state, 'waiting'),
        lte(webhookMessages.nextAt, now),
        eq(webhooks.isOn, true),
        or(isNull(webhooks.pausedUntil), lte(webhooks.pausedUntil, now)),
      ),
    )
    .orderBy(asc(webhookMessages.nextAt), asc(webhookMessages.id))
    .limit(most)
    .for('update', { of: webhookMessages, skipLocked: true })
  if (due.length === 0) return []
  await tx
    .update(webhookMessages)
    .set({ attempts: sql`${webhookMessages.attempts} + 1`, nextAt: until })
    .where(
      inArray(
        webhookMessages.id,
        due.map(({ message }) => message.id),
      ),
    )
  return due.map(({ message, webhook }) => ({
    message: { ...message, attempts: message.attempts + 1 },
    webhook,
  }))
}

export async function changeMessage(
  tx: StateDb,
  id: string,
  values: Partial<Omit<MessageRow, 'id' | 'webhookId'>>,
): Promise<void> {
  await tx.update(webhookMessages).set(values).where(eq(webhookMessages.id, id))
}

export const latestMessages = async (
  db: StateDb,
  webhookId: string,
  most: number,
): Promise<MessageRow[]> =>
  await db
    .select()
    .from(webhookMessages)
    .where(eq(webhookMessages.webhookId, webhookId))
    .orderBy(desc(webhookMessages.createdAt), desc(webhookMessages.id))
    .limit(most)

/** One message of a webhook, locked; null when there is none. */
export async function messageAt(
  tx: StateDb,
  webhookId: string,
  id: string,
): Promise<MessageRow | null> {
  const which = and(eq(webhookMessages.webhookId, webhookId), eq(webhookMessages.id, id))
  return (await tx.select().from(webhookMessages).where(which).for('update'))[0] ?? null
}

/** Gives up messages that wait since before an instant. */
export async function giveUp(
  tx: StateDb,
  before: Temporal.Instant,
  done: Pick<MessageRow, 'doneAt' | 'problem'>,
): Promise<void> {
  await tx
    .update(webhookMessages)
    .set({ state: 'failed', ...done })
    .where(and(eq(webhookMessages.state, 'waiting'), lt(webhookMessages.createdAt, before)))
}

/** Forgets messages that were done with before an instant. */
export async function forgetDone(db: StateDb, before: Temporal.Instant): Promise<void> {
  await db
    .delete(webhookMessages)
    .where(
      and(inArray(webhookMessages.state, ['sent', 'failed']), lt(webhookMessages.doneAt, before)),
    )
}
