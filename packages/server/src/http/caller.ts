import { timingSafeEqual } from 'node:crypto'
import { type Permission, permissions } from '@tomoshibi/contract/operation'

/** Everything, for the command line of the user who started the server. */
export const everything: ReadonlySet<Permission> = new Set(permissions)

/**
 * What needs the token of the data folder's owner: an import makes the server read files by path, and
 * keys and facts change what all figures are made of, a backup is everything at once, and the doctor
 * tells of the machine.
 */
const ofTheOwner: readonly Permission[] = [
  'imports:run',
  'keys:manage',
  'facts:write',
  'upkeep:read',
  'backup:make',
]

/** What anybody on this machine may do through the page, until people and permissions arrive. */
export const fromThePage: ReadonlySet<Permission> = new Set(
  permissions.filter((permission) => !ofTheOwner.includes(permission)),
)

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * Permissions of a request by its `Authorization` header: all with the local token, the page's
 * without one, none with a wrong one.
 */
export function permissionsOf(
  authorization: string | undefined,
  localToken: string,
): ReadonlySet<Permission> {
  if (authorization === undefined) return fromThePage
  return equals(authorization, `Bearer ${localToken}`) ? everything : new Set()
}
