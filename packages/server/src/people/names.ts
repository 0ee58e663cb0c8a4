import { users } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { inArray } from 'drizzle-orm'

/** What some users are called, by their id; one that is not there any more is not in it. */
export async function userNames(
  db: StateDb,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const ids = [...new Set(userIds)]
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, ids))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
