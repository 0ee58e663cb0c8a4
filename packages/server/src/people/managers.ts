import type { StateDb } from '@tomoshibi/state/store'
import { type MemberRow, readMembers } from './store.ts'

type Standing = Pick<MemberRow, 'name' | 'email' | 'role' | 'team' | 'ownerName'>

/**
 * Names of those who stand over the owner of an account: the managers of the owner's team, else all managers,
 * else the owners of the workspace. Never the owner of the account.
 *
 * @param owner what accounts call their owner; null = nobody
 */
export function managersOf(members: readonly Standing[], owner: string | null): string[] {
  const isOwn = ({ ownerName, email }: Standing) =>
    owner !== null && (ownerName === owner || email === owner)
  const team = members.find(isOwn)?.team ?? ''
  const others = members.filter((member) => !isOwn(member))
  const managers = others.filter(({ role }) => role === 'manager')
  const ofTeam = managers.filter((member) => team !== '' && member.team === team)
  const owners = others.filter(({ role }) => role === 'owner')
  const found = [ofTeam, managers, owners].find((some) => some.length > 0) ?? []
  return found.map(({ name }) => name).toSorted()
}

/** The same for the members of a workspace, who are read once. */
export async function readManagers(
  db: StateDb,
  workspaceId: string,
): Promise<(owner: string | null) => string[]> {
  const members = await readMembers(db, workspaceId)
  return (owner) => managersOf(members, owner)
}
