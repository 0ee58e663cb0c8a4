import type { Permission } from '@tomoshibi/contract/operation'
import type { Member } from '@tomoshibi/contract/people'
import { links, members } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, eq, isNull } from 'drizzle-orm'
import type { Call } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { countsIn, mayHandle } from './people.ts'
import {
  type HeldRole,
  lockPeople,
  type MemberRow,
  membershipsOf,
  readMembers,
  readRole,
} from './store.ts'

const shown = ({ joinedAt, lastSeenAt, ...row }: MemberRow): Member => ({
  ...row,
  joinedAt: joinedAt.toString(),
  lastSeenAt: lastSeenAt?.toISOString() ?? null,
})

/** Everybody who belongs to the workspace, by name. */
export const listMembers = async (call: Pick<Call, 'state' | 'workspaceId'>): Promise<Member[]> =>
  (await readMembers(call.state.db, call.workspaceId)).map(shown)

export interface MemberChange {
  readonly userId: string
  readonly role?: string | undefined
  readonly team?: string | undefined
  readonly ownerName?: string | undefined
}

/** @throws Failure MEMBER_NOT_FOUND, ROLE_NOT_FOUND, ROLE_BEYOND_YOURS, LAST_OWNER */
export async function changeMember(call: Call, change: MemberChange): Promise<Member> {
  const { userId, ...to } = change
  await call.state.transaction(async (tx) => {
    await lockPeople(tx)
    const before = await oneMember(tx, call.workspaceId, userId)
    call.noteBefore?.(shown(before))
    const held = await checkMayHandle(tx, call, before.role)
    if (to.role !== undefined) {
      const role = await checkMayHandle(tx, call, to.role)
      if (to.role !== 'owner') await checkOwnerRemains(tx, call.workspaceId, before)
      const mayLess = held.permissions.some((one) => !role.permissions.includes(one))
      if (mayLess) await endWhatTheyMade(tx, call, userId, role.permissions)
    }
    const values = Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined))
    if (Object.keys(values).length === 0) return
    await dropPasswordLinks(tx, call, before.email)
    await tx.update(members).set(values).where(which(call.workspaceId, userId))
  })
  return shown(await oneMember(call.state.db, call.workspaceId, userId))
}

/**
 * Takes a person out of the workspace, and with them the keys and open links that they made: each would be
 * a way back in.
 *
 * @throws Failure MEMBER_NOT_FOUND, ROLE_BEYOND_YOURS, LAST_OWNER
 */
export async function removeMember(call: Call, userId: string): Promise<Member[]> {
  await call.state.transaction(async (tx) => {
    await lockPeople(tx)
    const before = await oneMember(tx, call.workspaceId, userId)
    call.noteBefore?.(shown(before))
    await checkMayRemove(tx, call, userId)
    await tx.delete(members).where(which(call.workspaceId, userId))
    await dropPasswordLinks(tx, call, before.email)
    await endWhatTheyMade(tx, call, userId, [])
  })
  return await listMembers(call)
}

/**
 * Whether the caller may take a person out of the workspace.
 *
 * @throws Failure MEMBER_NOT_FOUND, ROLE_BEYOND_YOURS, LAST_OWNER
 */
export async function checkMayRemove(tx: StateDb, call: Call, userId: string): Promise<void> {
  await lockPeople(tx)
  const member = await oneMember(tx, call.workspaceId, userId)
  await checkMayHandle(tx, call, member.role)
  await checkOwnerRemains(tx, call.workspaceId, member)
}

/** Ends what somebody made that would let them do, or have done, more than they may from now on. */
export async function endWhatTheyMade(
  tx: StateDb,
  call: Call,
  userId: string,
  may: readonly Permission[],
): Promise<void> {
  await call.apiKeys.endThoseOf(tx, call, userId, new Set(may))
  await tx
    .update(links)
    .set({ revokedAt: call.clock.now() })
    .where(
      and(
        eq(links.workspaceId, call.workspaceId),
        eq(links.madeBy, userId),
        isNull(links.usedAt),
        isNull(links.revokedAt),
      ),
    )
}

/** Who made a link for somebody's old role must not come in with it as the new one. */
async function dropPasswordLinks(tx: StateDb, { workspaceId, clock }: Call, email: string) {
  await tx
    .update(links)
    .set({ revokedAt: clock.now() })
    .where(
      and(
        eq(links.workspaceId, workspaceId),
        eq(links.kind, 'password'),
        eq(links.email, email),
        isNull(links.usedAt),
        isNull(links.revokedAt),
      ),
    )
}

const which = (workspaceId: string, userId: string) =>
  and(eq(members.workspaceId, workspaceId), eq(members.userId, userId))

/** @throws Failure MEMBER_NOT_FOUND */
export async function oneMember(
  db: StateDb,
  workspaceId: string,
  userId: string,
): Promise<MemberRow> {
  const [row] = await readMembers(db, workspaceId, userId)
  if (row === undefined) throw new Failure('MEMBER_NOT_FOUND')
  return row
}

/**
 * The role, if the caller may give, change or take it.
 *
 * @throws Failure ROLE_NOT_FOUND, ROLE_BEYOND_YOURS
 */
export async function checkMayHandle(db: StateDb, call: Call, key: string): Promise<HeldRole> {
  const role = await readRole(db, call.workspaceId, key)
  if (role === null) throw new Failure('ROLE_NOT_FOUND', { role: key })
  const { kind, person, permissions } = call.caller
  const mine =
    kind === 'program' ? null : { key: person?.role ?? '', permissions: [...permissions] }
  const isFirst = call.people.isFirst(call.workspaceId)
  const held = role.permissions.filter((one) => countsIn(one, isFirst))
  if (!mayHandle(mine, { key, permissions: held })) throw new Failure('ROLE_BEYOND_YOURS')
  return role
}

/** What somebody is in another workspace is not for this one to hand out. @throws Failure ROLE_BEYOND_YOURS */
export async function checkOnlyHere(db: StateDb, call: Call, userId: string): Promise<void> {
  const isElsewhere = (await membershipsOf(db, userId)).length > 1
  if (isElsewhere && call.caller.kind !== 'program') throw new Failure('ROLE_BEYOND_YOURS')
}

async function checkOwnerRemains(db: StateDb, workspaceId: string, leaving: MemberRow) {
  if (leaving.role !== 'owner') return
  const all = await readMembers(db, workspaceId)
  if (!all.some(({ role, userId }) => role === 'owner' && userId !== leaving.userId)) {
    throw new Failure('LAST_OWNER')
  }
}
