import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateDb } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import * as z from 'zod'
import type { Caller } from '../call/caller.ts'
import { ownerNamesOf } from './owner-names.ts'

/** A setting that no longer reads as it should shows less, not more. */
const stored = z.object({ csmSees: z.enum(['all', 'own_and_team']).default('all') })

interface Standing {
  readonly workspaceId: string
  readonly userId: string
  readonly team: string
  readonly ownerName: string
}

/**
 * Which accounts a member sees: all, or those whose owner goes by a name of theirs or of their team's. The
 * name that a person gave themselves is none of these: it would let them in anywhere.
 */
export async function accountsOf(
  db: StateDb,
  member: Standing,
  role: 'all' | 'by_setting',
): Promise<Caller['accounts']> {
  if (role === 'all') return 'all'
  const [workspace] = await db
    .select({ settings: workspaces.settings })
    .from(workspaces)
    .where(eq(workspaces.id, member.workspaceId))
  const settings = stored.safeParse(workspace?.settings ?? {})
  if (settings.success && settings.data.csmSees === 'all') return 'all'
  return { ownedBy: await ownerNamesOf(db, member, 'team') }
}
