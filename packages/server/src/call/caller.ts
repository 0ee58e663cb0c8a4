import { type Permission, permissions } from '@tomoshibi/contract/operation'
import type { Temporal } from 'temporal-polyfill'

/** A person who is signed in. */
export interface SignedIn {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly sessionId: string
  /** When they last showed who they are in this session. */
  readonly confirmedAt: Temporal.Instant | null
  /** The key of their role in the workspace; null where they belong to none. */
  readonly role: string | null
  /** They must set a second factor up before they may do anything else. */
  readonly needsSecondFactor?: boolean
}

/** Who asks, in which workspace, and what they may do there. */
export interface Caller {
  /** program: the command line of the data folder's owner, or this process itself. */
  readonly kind: 'program' | 'person' | 'key' | 'nobody'
  readonly workspaceId: string
  readonly permissions: ReadonlySet<Permission>
  /** Which accounts they see: all, or those whose owner goes by one of these names. */
  readonly accounts: 'all' | { readonly ownedBy: readonly string[] }
  readonly person: SignedIn | null
  /** They showed a key or token that does not hold. */
  readonly isWrongKey?: true
  /** The API key with which a program calls. */
  readonly key?: {
    readonly id: string
    readonly name: string
    /** The user who made it; null for the command line. */
    readonly madeBy: string | null
  }
}

/** The user behind a call, also behind a key; null for the program itself. */
export const userBehind = ({ person, key }: Pick<Caller, 'person' | 'key'>): string | null =>
  person?.userId ?? key?.madeBy ?? null

/** The program itself, with everything or with some permissions. */
export const program = (
  workspaceId: string,
  may: ReadonlySet<Permission> = new Set(permissions),
): Caller => ({ kind: 'program', workspaceId, permissions: may, accounts: 'all', person: null })

/** Who showed nothing, or nothing that holds. */
export const nobody = (workspaceId: string): Caller => ({
  kind: 'nobody',
  workspaceId,
  permissions: new Set(),
  accounts: { ownedBy: [] },
  person: null,
})

/** The request behind a call, where there is one. */
export interface Visit {
  /** Address of the network from which it came. */
  readonly address: string | null
  readonly userAgent: string | null
  /** The Cookie header. */
  readonly cookie: string
  /** Adds a line to the answer's Set-Cookie headers. */
  setCookie(line: string): void
}

/** A call in this process: nobody visits. */
export const noVisit: Visit = { address: null, userAgent: null, cookie: '', setCookie: () => {} }
