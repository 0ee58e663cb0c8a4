import { type ImplementerInternalWithMiddlewares, implement } from '@orpc/server'
import { contract } from '@tomoshibi/contract/contract'
import type { Permission } from '@tomoshibi/contract/operation'
import type { Diagnosis } from '@tomoshibi/contract/upkeep'
import type { FactStore } from '@tomoshibi/facts/store'
import type { StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import type { ImportRuns } from '../collect/import/runs.ts'
import type { WriteKeys } from '../collect/write-keys/service.ts'
import type { Mails } from '../mail/service.ts'
import type { ApiKeys } from '../people/keys/service.ts'
import type { People } from '../people/service.ts'
import type { PublicAddress } from '../platform/address.ts'
import type { Clock } from '../platform/clock.ts'
import type { Secrets } from '../secrets/service.ts'
import type { Webhooks } from '../webhooks/service.ts'
import type { Caller, Visit } from './caller.ts'
import { guard } from './guard.ts'

/** Work for after a commit, with the state store outside of the transaction. */
export type Afterwards = (state: StateStore) => void

/** What every capability works with. */
export interface Ports {
  readonly workspaceId: string
  readonly facts: FactStore
  /** The accounts that are seen, where not all are: `facts` then shows no others. */
  readonly seen?: ReadonlySet<string>
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Logger
  /** Keeps work until the transaction in which a call is done has been committed; else it is done at once. */
  readonly afterwards?: (work: Afterwards) => void
}

/** Since when something waits, in milliseconds since 1970; null where nothing does. */
export interface Underway {
  /** Events, of whatever workspace, that were acknowledged and are not in every figure yet. */
  readonly eventsSinceMs: number | null
  /** Facts that are in every figure and that the lamps have not seen yet. */
  readonly lampsSinceMs: number | null
}

/** Files that hold what is on its way, or was left out. */
export interface Disk {
  readonly dataDir: string
  /**
   * Leaves no file of received events behind: all become facts first. @returns whether events are taken at all
   *
   * @throws Failure EVENTS_BEHIND
   */
  clearJournal(): Promise<boolean>
}

/** One call of an operation, over HTTP or in the process. */
export interface Call extends Ports {
  readonly caller: Caller
  readonly permissions: ReadonlySet<Permission>
  /** The request behind the call, its address and cookies. */
  readonly visit: Visit
  /** Tells the audit log what was there before. */
  readonly noteBefore?: (value: unknown) => void
  readonly people: People
  readonly mails: Mails
  readonly webhooks: Webhooks
  readonly apiKeys: ApiKeys
  readonly secrets: Secrets
  /** Where people reach this installation: what links in e-mails begin with. */
  readonly address: PublicAddress
  /** Imports that this process runs in the background. */
  readonly imports: ImportRuns
  readonly writeKeys: WriteKeys
  /** What this process has taken for a workspace and not done yet. */
  underway(workspaceId: string): Underway
  /** What of facts and people is on disk outside of the stores. */
  readonly disk: Disk
  /** Looks at the process that answers, at its stores and its journal. */
  examine(): Promise<Diagnosis>
}

/** Does work once what the call changed is there for others to see. */
export function afterCommit(
  { afterwards, state }: Pick<Ports, 'afterwards' | 'state'>,
  work: Afterwards,
): void {
  if (afterwards === undefined) work(state)
  else afterwards(work)
}

/**
 * Where every implementation of an operation starts, so that none is without the guard. Its type has a name:
 * written out, with every operation in it, it is too long for the compiler.
 */
export const operations: ImplementerInternalWithMiddlewares<typeof contract, Call, Call> =
  implement(contract).$context<Call>().use(guard)
