import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Permission } from '@tomoshibi/contract/operation'

/** What stands in a link, and what is kept of it. */
export interface LinkSecret {
  readonly text: string
  readonly hash: string
}

export const hashOfLink = (text: string): string => digest('sha256', text, 'hex')

export function newLinkSecret(): LinkSecret {
  const text = randomBytes(32).toString('base64url')
  return { text, hash: hashOfLink(text) }
}

export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The part after # is never sent to a server, so that no log and no other site sees it. */
export const linkPaths = {
  setUp: (text: string) => `/set-up#${text}`,
  invitation: (text: string) => `/join#${text}`,
  password: (text: string) => `/new-password#${text}`,
} as const

export const invitationDays = 7
export const passwordLinkHours = 24
/** One that whoever types an address in has sent. */
export const mailedLinkHours = 1

/** A permission counts in the installation's first workspace alone. */
export const countsIn = (permission: Permission, isFirstWorkspace: boolean): boolean =>
  isFirstWorkspace || permission !== 'installation:configure'

interface Rank {
  readonly key: string
  readonly permissions: readonly Permission[]
}

/**
 * Whether somebody may give, change or take a role: only if they could do all of it themselves, and
 * owners are made and unmade by owners.
 *
 * @param mine null for the command line of the machine, which may do everything
 */
export function mayHandle(mine: Rank | null, role: Rank): boolean {
  if (mine === null) return true
  if (role.key === 'owner' && mine.key !== 'owner') return false
  return role.permissions.every((one) => mine.permissions.includes(one))
}
