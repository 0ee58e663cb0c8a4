import type { Permission } from '@tomoshibi/contract/operation'
import type { RoleView } from '@tomoshibi/contract/people'
import { customRoles, links, members } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, isNull } from 'drizzle-orm'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { checkMayHandle } from './members.ts'
import { lockPeople, readRole, readRoles } from './store.ts'

/** All roles, the built-in ones first. */
export const listRoles = async ({ state, workspaceId }: Call): Promise<RoleView[]> =>
  (await readRoles(state.db, workspaceId)).map((role) => ({
    ...role,
    permissions: [...role.permissions],
  }))

export interface RoleDefinition {
  readonly key: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly accounts: 'all' | 'by_setting'
}

/**
 * Makes a role, or changes what one may do: for everybody who has it, with their next request. API keys that
 * they made and that would go beyond it end.
 *
 * @throws Failure ROLE_BEYOND_YOURS
 */
export async function defineRole(call: Call, role: RoleDefinition): Promise<RoleView[]> {
  const { caller, clock, workspaceId, state } = call
  const isBeyond = role.permissions.some((one) => !caller.permissions.has(one))
  // Who sees their own accounts only could see all of them by a role of their making.
  if (isBeyond || caller.accounts !== 'all') throw new Failure('ROLE_BEYOND_YOURS')
  await getWorkspace(call)
  await state.transaction(async (tx) => {
    await lockPeople(tx)
    const before = await readRole(tx, workspaceId, role.key)
    if (before !== null) await checkMayHandle(tx, call, role.key)
    call.noteBefore?.(before)
    const values = {
      name: role.name,
      permissions: [...new Set(role.permissions)],
      ownAccountsOnly: role.accounts === 'by_setting',
    }
    await tx
      .insert(customRoles)
      .values({ workspaceId, key: role.key, ...values, createdAt: clock.now() })
      .onConflictDoUpdate({ target: [customRoles.workspaceId, customRoles.key], set: values })
    if (before === null) return
    for (const { userId } of await holdersOf(tx, workspaceId, role.key)) {
      await call.apiKeys.endThoseOf(tx, call, userId, new Set(role.permissions))
    }
  })
  return await listRoles(call)
}

const holdersOf = (tx: StateDb, workspaceId: string, key: string) =>
  tx
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.role, key)))

/** @throws Failure ROLE_NOT_FOUND, ROLE_IN_USE, ROLE_BEYOND_YOURS */
export async function removeRole(call: Call, key: string): Promise<RoleView[]> {
  const { workspaceId, state } = call
  await state.transaction(async (tx) => {
    await lockPeople(tx)
    const role = await checkMayHandle(tx, call, key)
    if (role.builtIn) throw new Failure('ROLE_NOT_FOUND', { role: key })
    call.noteBefore?.(role)
    const held = await holdersOf(tx, workspaceId, key)
    const offered = await tx
      .select({ id: links.id })
      .from(links)
      .where(
        and(
          eq(links.workspaceId, workspaceId),
          eq(links.role, key),
          isNull(links.usedAt),
          isNull(links.revokedAt),
        ),
      )
      .limit(1)
    if (held.length + offered.length > 0) throw new Failure('ROLE_IN_USE')
    await tx
      .delete(customRoles)
      .where(and(eq(customRoles.workspaceId, workspaceId), eq(customRoles.key, key)))
  })
  return await listRoles(call)
}
