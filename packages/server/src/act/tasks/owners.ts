import { nearest } from '@tomoshibi/metrics/definition'
import { type Caller, userBehind } from '../../call/caller.ts'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { accountOwners, accountsOwnedBy, plainName } from '../../collect/accounts/owned.ts'
import { ownerNamesOfUser, readCalledMembers } from '../../people/owner-names.ts'

/** Whose tasks: those given to one of the names, and those without an owner of these accounts. */
export interface Owned {
  /** As names are compared. */
  readonly names: readonly string[]
  readonly accountIds: readonly string[]
}

/** The tasks that a caller does, or their team. @throws Failure SIGN_IN_NEEDED where nobody is behind the call */
export async function ownedBy(
  ports: Ports,
  caller: Caller,
  whose: 'mine' | 'team',
): Promise<Owned> {
  const { state, workspaceId } = ports
  const userId = userBehind(caller)
  if (userId === null) throw new Failure('SIGN_IN_NEEDED')
  const of = whose === 'mine' ? 'member' : 'team'
  const names = await ownerNamesOfUser(state.db, workspaceId, userId, of)
  return { names: names.map(plainName), accountIds: await accountsOwnedBy(ports, names) }
}

/**
 * Who somebody is, as accounts call them: a member by any of their names, or an owner of an account that is seen.
 *
 * @throws Failure UNKNOWN_OWNER
 */
export async function knownOwner(ports: Ports, written: string): Promise<string> {
  const wanted = plainName(written)
  const members = await readCalledMembers(ports.state.db, ports.workspaceId)
  const member = members.find(({ names }) => names.some((name) => plainName(name) === wanted))
  if (member !== undefined) return member.called
  const owners = await accountOwners(ports)
  const owner = owners.find((each) => plainName(each) === wanted)
  if (owner !== undefined) return owner
  // Members are not proposed: not everybody may see who they are.
  const suggestions = nearest(written, owners)
  throw new Failure('UNKNOWN_OWNER', {
    name: written,
    ...(suggestions.length > 0 ? { suggestions: suggestions.join(', ') } : {}),
  })
}
