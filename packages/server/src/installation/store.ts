import { installationSettings } from '@tomoshibi/state/schema/installation'
import type { StateDb } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

/** What was chosen under a key, unchecked; undefined where nothing was. */
export const settingAt = async (db: StateDb, key: string): Promise<unknown> =>
  (await db.select().from(installationSettings).where(eq(installationSettings.key, key)))[0]?.value

export async function putSetting(
  tx: StateDb,
  key: string,
  value: unknown,
  changedAt: Temporal.Instant,
): Promise<void> {
  await tx
    .insert(installationSettings)
    .values({ key, value, changedAt })
    .onConflictDoUpdate({ target: installationSettings.key, set: { value, changedAt } })
}

export const removeSetting = async (tx: StateDb, key: string): Promise<void> => {
  await tx.delete(installationSettings).where(eq(installationSettings.key, key))
}
