import { randomBytes } from 'node:crypto'
import type { OwnWorkspace } from '@tomoshibi/contract/workspaces'
import { members } from '@tomoshibi/state/schema/people'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateStore } from '@tomoshibi/state/store'
import { asc, eq } from 'drizzle-orm'
import { afterCommit, type Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { workspaceMade } from '../platform/workspaces-made.ts'
import { membershipsOf, readRole } from './store.ts'

/** The workspaces to which the caller belongs, the one joined first before the others. */
export async function listWorkspaces(call: Call): Promise<OwnWorkspace[]> {
  const { caller, state, workspaceId } = call
  if (caller.person === null) {
    const all = await state.db.select().from(workspaces).orderBy(asc(workspaces.createdAt))
    // A key is one of its workspace, and is told of no other.
    return all
      .filter(({ id }) => caller.kind === 'program' || id === workspaceId)
      .map(({ id, name }) => ({ id, name, role: null, current: id === workspaceId }))
  }
  const shown: OwnWorkspace[] = []
  for (const one of await membershipsOf(state.db, caller.person.userId)) {
    const role = await readRole(state.db, one.workspaceId, one.role)
    if (role === null) continue
    const { key, name } = role
    const current = one.workspaceId === workspaceId
    shown.push({ id: one.workspaceId, name: one.workspace, role: { key, name }, current })
  }
  return shown
}

/** Makes a workspace, of which who makes it is the owner. @throws Failure WORKSPACE_EXISTS */
export async function createWorkspace(
  call: Call,
  { name, id = `w-${randomBytes(6).toString('hex')}` }: { name: string; id?: string | undefined },
): Promise<OwnWorkspace> {
  const { caller, state, clock, facts } = call
  const createdAt = clock.now()
  const owner = await state.transaction(async (tx) => {
    const made = await tx
      .insert(workspaces)
      .values({ id, name, settings: {}, createdAt })
      .onConflictDoNothing()
      .returning({ id: workspaces.id })
    if (made.length === 0) throw new Failure('WORKSPACE_EXISTS', { id })
    if (caller.person === null) return null
    const standing = { role: 'owner', team: '', ownerName: '', joinedAt: createdAt }
    await tx.insert(members).values({ workspaceId: id, userId: caller.person.userId, ...standing })
    return await readRole(tx, id, 'owner')
  })
  afterCommit(call, () => workspaceMade(facts, id))
  const role = owner === null ? null : { key: owner.key, name: owner.name }
  return { id, name, role, current: false }
}

/** @throws Failure WORKSPACE_NOT_FOUND, which says the same of one that is not there and of others' */
export async function checkWorkspace(state: StateStore, id: string): Promise<void> {
  const found = await state.db.select().from(workspaces).where(eq(workspaces.id, id))
  if (found.length === 0) throw new Failure('WORKSPACE_NOT_FOUND')
}
