import type { Account, TimelineEntry } from '@tomoshibi/contract/accounts'
import { timelineEntrySchema } from '@tomoshibi/contract/accounts'
import type { LampTransition } from '@tomoshibi/contract/light'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { lampHistory, listLamps } from '../../light/lamps/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { accountExists, readAttributes, readContacts, readContractLines } from './store.ts'
import { timelineQuery } from './timeline.ts'

export { attributeKeys, unknownAccounts } from './store.ts'

/** One account as it is now. @throws Failure UNKNOWN_ACCOUNT */
export async function showAccount(ports: Ports, accountId: string): Promise<Account> {
  const { facts, workspaceId, clock } = ports
  const { settings } = await getWorkspace(ports)
  const at = { workspaceId, at: clock.now().toString() }
  const attributes = await readAttributes(facts, at, accountId)
  if (attributes === null) throw new Failure('UNKNOWN_ACCOUNT', { accountId })
  const [contractLines, contacts, lamps, history] = await Promise.all([
    readContractLines(facts, workspaceId, accountId, settings.timeZone),
    readContacts(facts, at, accountId),
    listLamps(ports, { account: accountId }),
    lampHistory(ports, accountId),
  ])
  return {
    id: accountId,
    name: attributes.name ?? accountId,
    attributes,
    contractLines,
    contacts,
    lamps,
    lampHistory: history,
  }
}

export interface TimelineOptions {
  readonly accountId: string
  /** ISO instant; now unless told otherwise. */
  readonly before?: string | undefined
  readonly limit: number
}

/** What happened to an account, newest first. @throws Failure UNKNOWN_ACCOUNT */
export async function accountTimeline(
  ports: Ports,
  { accountId, before, limit }: TimelineOptions,
): Promise<TimelineEntry[]> {
  const { facts, workspaceId, clock } = ports
  if (!(await accountExists(facts, workspaceId, accountId))) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId })
  }
  const end = before === undefined ? clock.now() : Temporal.Instant.from(before)
  const query = timelineQuery(workspaceId, accountId, end.toString(), limit)
  const [moments, moves] = await Promise.all([
    facts.query(query, timelineEntrySchema),
    lampHistory(ports, accountId),
  ])
  const { settings } = await getWorkspace(ports)
  const lamps = moves
    .map((move) => lampMoment(move, settings.timeZone))
    .filter((moment) => Temporal.Instant.compare(moment.at, end) < 0)
  return [...moments, ...lamps].sort(newestFirst).slice(0, limit)
}

/** The data moves a lamp at the end of a day, or on the day itself; a person when they do. */
function lampMoment(move: LampTransition, timeZone: string): TimelineEntry {
  const recorded = Temporal.Instant.from(move.at)
  const endOfDay = Temporal.PlainDate.from(move.on).add({ days: 1 }).toZonedDateTime(timeZone)
  const isLater = Temporal.Instant.compare(recorded, endOfDay.toInstant()) > 0
  const at = move.cause === 'data' && isLater ? endOfDay.toInstant().toString() : move.at
  const details = {
    lamp: move.lamp,
    from: move.from,
    to: move.to,
    cause: move.cause,
    ...(move.reason === null ? {} : { reason: move.reason }),
    ...(move.why === null ? {} : { whyEn: move.why.en, whyJa: move.why.ja }),
  }
  return { at, kind: 'lamp', what: move.to, recordId: move.lamp, details }
}

function newestFirst(a: TimelineEntry, b: TimelineEntry): number {
  return Temporal.Instant.compare(b.at, a.at) || (a.recordId < b.recordId ? -1 : 1)
}

/** Somebody at an account. */
export type Contact = Account['contacts'][number]

/** The people at an account now, those who decide first. */
export const contactsOf = (
  { facts, workspaceId, clock }: Pick<Ports, 'facts' | 'workspaceId' | 'clock'>,
  accountId: string,
): Promise<Contact[]> => readContacts(facts, { workspaceId, at: clock.now().toString() }, accountId)
