import type { Permission } from '@tomoshibi/contract/operation'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateDb } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import * as z from 'zod'
import type { SignedIn } from '../../call/caller.ts'
import { hadSecondFactorElsewhere } from '../providers/in-use.ts'
import { takesSecondStep } from '../second-steps.ts'

/** A setting that no longer reads as it should asks for more, not for less. */
const stored = z.object({
  secondFactor: z.enum(['optional', 'managers', 'everybody']).default('optional'),
})

/** Whether a member must set codes of an app or a passkey up before they may do anything else. */
export async function lacksSecondFactor(
  db: StateDb,
  workspaceId: string,
  { userId, sessionId }: Pick<SignedIn, 'userId' | 'sessionId'>,
  permissions: readonly Permission[],
): Promise<boolean> {
  const [workspace] = await db
    .select({ settings: workspaces.settings })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
  const read = stored.safeParse(workspace?.settings ?? {})
  const asked = read.success ? read.data.secondFactor : 'everybody'
  const isManager = permissions.includes('people:manage')
  if (asked === 'optional' || (asked === 'managers' && !isManager)) return false
  if (await takesSecondStep(db, userId)) return false
  return !(await hadSecondFactorElsewhere(db, sessionId))
}
