import type { FactStore } from '@tomoshibi/facts/store'
import { beginUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import type { StateStore } from '@tomoshibi/state/store'
import * as z from 'zod'
import { type Erased, readErased } from '../../personal-data/erased.ts'
import { isoInstant } from '../import/values/cells.ts'
import { ZoneDays } from '../import/values/zone.ts'
import { isRecord } from './hostile.ts'
import { calls, type Message } from './ingest.ts'
import { type KnownIds, knownIds, noteIds } from './message-ids.ts'
import { type AccountSince, accountAt, type People, personOf, userIdOf } from './people.ts'
import { type LoadedIds, Rows } from './rows.ts'
import {
  accountsOfContacts,
  heldMessages,
  type KnownContact,
  readContacts,
  readPeople,
  readStated,
} from './store.ts'
import {
  attributeName,
  changesOf,
  contactOf,
  type Stated,
  type Statement,
  statementOf,
} from './traits.ts'

export interface SettlePorts {
  readonly facts: FactStore
  readonly state: StateStore
}

/** A message on its way to being facts. */
export interface Settling extends Message {
  /** What happened, as JSON; the `content` of such a message is empty. */
  readonly properties: string
}

/**
 * The message with its properties as text. A batch has many messages, and their objects would take longer
 * to keep than to make.
 */
export function settling(message: Message): Settling {
  const { kind, content } = message
  // Traits are looked into; there are few of them.
  if (kind === 'identify' || kind === 'group') return { ...message, properties: '{}' }
  return { ...message, content: {}, properties: JSON.stringify(content) }
}

export interface SettleRequest {
  readonly workspaceId: string
  /** Time zone in which a time becomes a day. */
  readonly timeZone: string
  /** In the order of the journal. */
  readonly messages: readonly Settling[]
  /** All messages before this place are facts already. */
  readonly firstSeq: number
  /** Persons whose account may have become known otherwise, and when that was noticed. */
  readonly lookAgain?: { readonly persons: readonly string[]; readonly atMs: number }
}

export interface Settled {
  /** What was learned of people, to be stored together with how far the journal was read. */
  readonly people: People
  /** Whose facts were stored. */
  readonly accounts: ReadonlySet<string>
}

/**
 * Turns messages into facts. Doing it again, after a crash at any point of it, gives the same facts: a
 * fact's id and instants are those of its message, and what decides about its account was stored by
 * the batches before, or stands in the journal before it.
 *
 * @throws FactsError, errors of the state store; the same messages must then be settled again
 */
export async function settle(ports: SettlePorts, request: SettleRequest): Promise<Settled> {
  const { facts, state } = ports
  const { workspaceId, lookAgain } = request
  const { messages: first, known, prints } = await firstOnes(facts, request)
  const erased = await readErased(state.db, workspaceId)
  const messages = erased === null ? first : first.flatMap((each) => admitted(erased, each))
  const scope = { workspaceId, timeZone: request.timeZone }
  await beginUseRollup(facts, scope)
  const persons = new Set(lookAgain?.persons)
  for (const message of messages) for (const person of personsOf(message)) persons.add(person)
  const people = await readPeople(state.db, workspaceId, [...persons])
  const rows = new Rows(scope, known)
  const batch = new Batch(people, rows, erased)

  const unknown = [...persons].filter((person) => people.accountsOf(person).length === 0)
  const users = new Set(unknown.map((person) => userIdOf(people.whoIs(person))))
  users.delete('')
  const ofContacts =
    users.size === 0
      ? new Map<string, string>()
      : await accountsOfContacts(facts, workspaceId, [...users])
  // A contact says nothing of since when; so it is from the beginning.
  const noticedAtMs = lookAgain?.atMs ?? messages[0]?.receivedAtMs ?? 0
  for (const [userId, accountId] of ofContacts) {
    batch.release(people.belongs(`u:${userId}`, accountId, 0), noticedAtMs)
  }
  for (const message of messages) batch.take(message)

  const released = [...batch.releases.keys()]
  if (released.length > 0) {
    for await (const held of heldMessages(facts, workspaceId, released, request.firstSeq)) {
      const release = batch.releases.get(held.person)
      if (release === undefined) continue
      batch.place(messageOf(held.message), release)
      if (rows.count >= rowsInMemory) await rows.insert(facts)
    }
  }
  await settleTraits(facts, request, batch.statements, rows)
  await Promise.all([rows.insert(facts), noteIds(facts, workspaceId, first, prints)])
  return { people, accounts: rows.accounts }
}

const rowsInMemory = 100_000

/** A message as it may be stored: nothing from people who were erased, and without their addresses. */
function admitted(erased: Erased, message: Settling): Settling[] {
  if (erased.isFrom(message)) return []
  const content: unknown = JSON.parse(erased.without(JSON.stringify(message.content)))
  const properties = erased.without(message.properties)
  return [{ ...message, content: isRecord(content) ? content : {}, properties }]
}

/** The messages whose id never came before, neither in this batch nor ever, and what is known of ids. */
async function firstOnes(
  facts: FactStore,
  request: SettleRequest,
): Promise<{
  readonly messages: Settling[]
  readonly known: LoadedIds
  readonly prints: KnownIds['prints']
}> {
  const byId = new Map<string, Settling>()
  for (const message of request.messages) {
    if (!byId.has(message.id)) byId.set(message.id, message)
  }
  const ids = [...byId.keys()]
  const { prints, repeated, loaded } = await knownIds(
    facts,
    request.workspaceId,
    ids,
    request.firstSeq,
  )
  return {
    prints,
    messages: [...byId.values()].filter(({ id }) => !repeated.has(id)),
    known: { asked: new Set(ids), loaded },
  }
}

function personsOf({ userId, anonymousId, previousId }: Message): string[] {
  return [
    ...(userId === '' ? [] : [`u:${userId}`]),
    ...(anonymousId === '' ? [] : [`a:${anonymousId}`]),
    ...(previousId === '' ? [] : [`u:${previousId}`, `a:${previousId}`]),
  ]
}

/** What is known of a person at a place in the journal. */
interface Known {
  /** Empty for a visitor who is nobody yet. */
  readonly userId: string
  readonly accounts: readonly AccountSince[]
  /** When it became known. */
  readonly atMs: number
}

/** Goes through messages in their order; what it does depends on nothing else. */
class Batch {
  readonly releases = new Map<string, Known>()
  readonly statements: Statement[] = []
  readonly #people: People
  readonly #rows: Rows
  readonly #held = new Map<string, Settling[]>()

  readonly #erased: Erased | null

  constructor(people: People, rows: Rows, erased: Erased | null) {
    this.#people = people
    this.#erased = erased
    this.#rows = rows
  }

  take(message: Settling): void {
    const people = this.#people
    const { userId, anonymousId, previousId, accountId, atMs, receivedAtMs } = message
    if (userId !== '') {
      const names = [
        ...(anonymousId === '' ? [] : [`a:${anonymousId}`]),
        ...(previousId === '' ? [] : [`a:${previousId}`, `u:${previousId}`]),
      ]
      for (const name of names) this.release(people.is(name, `u:${userId}`), receivedAtMs)
    }
    const person = personOf(userId, anonymousId)
    if (accountId !== '') {
      this.release(people.belongs(person, accountId, atMs), receivedAtMs)
    }
    if (message.kind === 'alias') return
    if (message.kind === 'group') {
      this.statements.push(statementOf(message, accountId, '', receivedAtMs))
      return
    }
    const known = this.#known(person, receivedAtMs)
    if (accountId !== '') {
      this.place(message, { ...known, accounts: [{ accountId, sinceMs: 0 }] })
      return
    }
    if (known.accounts.length > 0) {
      this.place(message, known)
      return
    }
    const held = this.#held.get(person) ?? []
    held.push(message)
    this.#held.set(person, held)
    this.#rows.add('held_events', {
      person,
      seq: message.seq,
      message: JSON.stringify(message),
    })
  }

  /** The account of these persons has become known: what was held for them is theirs. */
  release(persons: readonly string[], atMs: number): void {
    for (const person of persons) {
      const known = this.#known(person, atMs)
      this.releases.set(person, known)
      for (const message of this.#held.get(person) ?? []) this.place(message, known)
      this.#held.delete(person)
    }
  }

  #known(person: string, atMs: number): Known {
    const userId = userIdOf(this.#people.whoIs(person))
    return { userId, accounts: this.#people.accountsOf(person), atMs }
  }

  /** Makes the facts of a message whose account is known. */
  place(message: Settling, { userId, accounts, atMs: knownAtMs }: Known): void {
    const accountId = accountAt(accounts, message.atMs)
    if (accountId === null || this.#erased?.isUser(accountId, userId)) return
    if (message.kind === 'identify') {
      if (userId !== '') this.statements.push(statementOf(message, accountId, userId, knownAtMs))
      return
    }
    const { id: messageId, event, atMs, properties } = message
    this.#rows.use({ accountId, messageId, knownAtMs, userId, event, atMs, properties })
  }
}

/** Stores what has changed of accounts and users, and the contacts that follow from it. */
async function settleTraits(
  facts: FactStore,
  request: SettleRequest,
  statements: readonly Statement[],
  rows: Rows,
): Promise<void> {
  if (statements.length === 0) return
  const { workspaceId, timeZone } = request
  const zone = new ZoneDays(timeZone)
  const ofAccounts = statements.filter(({ userId }) => userId === '')
  const ofUsers = statements.filter(({ userId }) => userId !== '')
  const accountIds = (some: readonly Statement[]) => [...new Set(some.map((one) => one.accountId))]
  const userIds = [...new Set(ofUsers.map(({ userId }) => userId))]
  const [knownOfAccounts, knownOfUsers] = await Promise.all([
    readStated(facts, workspaceId, accountIds(ofAccounts), null),
    readStated(facts, workspaceId, accountIds(ofUsers), userIds),
  ])
  for (const change of changesOf(ofAccounts, knownOfAccounts, zone)) {
    const { statement, attribute } = change
    const at = isoInstant(statement.atMs)
    const record = `${statement.accountId}@${at}~${attribute}`
    rows.fact(
      'account_attributes',
      statement.accountId,
      record,
      statement.messageId,
      change.knownAtMs,
      {
        attribute,
        value: change.value,
        value_number: change.number,
        value_kind: change.kind,
        effective_at: at,
      },
    )
  }
  const changed = changesOf(ofUsers, knownOfUsers, zone)
  for (const change of changed) {
    const { statement, attribute } = change
    const { accountId, userId } = statement
    const at = isoInstant(statement.atMs)
    const record = `${accountId}~${userId}@${at}~${attribute}`
    rows.fact('user_attributes', accountId, record, statement.messageId, change.knownAtMs, {
      user_id: userId,
      attribute,
      value: change.value,
      value_number: change.number,
      value_kind: change.kind,
      effective_at: at,
    })
  }
  const last = new Map(changed.map(({ statement }) => [nameOf(statement), statement]))
  await settleContacts(facts, workspaceId, [...last.values()], knownOfUsers, rows)
}

const nameOf = ({ accountId, userId }: { accountId: string; userId: string }): string =>
  `${accountId}~${userId}`

/**
 * A user with a name or an address is a contact of the account, unless another source has one for that
 * user: that source's then stands alone.
 */
async function settleContacts(
  facts: FactStore,
  workspaceId: string,
  changed: readonly Statement[],
  known: ReadonlyMap<string, readonly Stated[]>,
  rows: Rows,
): Promise<void> {
  if (changed.length === 0) return
  const contacts = await readContacts(
    facts,
    workspaceId,
    [...new Set(changed.map(({ accountId }) => accountId))],
    [...new Set(changed.map(({ userId }) => userId))],
  )
  const byUser = new Map<string, KnownContact[]>()
  for (const contact of contacts) {
    const name = nameOf(contact)
    byUser.set(name, [...(byUser.get(name) ?? []), contact])
  }
  for (const statement of changed) {
    const { accountId, userId, messageId, knownAtMs } = statement
    const recordId = `events~${nameOf(statement)}`
    const same = byUser.get(nameOf(statement)) ?? []
    if (same.some((contact) => contact.recordId !== recordId)) continue
    const fields = contactOf(
      (attribute) => known.get(attributeName(accountId, userId, attribute))?.at(-1)?.value ?? '',
    )
    const [before] = same
    if (before === undefined && fields.name === '' && fields.email === '') continue
    const { name, email, role } = fields
    if (before?.name === name && before.email === email && before.role === role) continue
    // Of two versions of one instant the later one must count.
    const versionAtMs = Math.max(knownAtMs, (before?.knownAtMs ?? -1) + 1)
    rows.fact('contacts', accountId, recordId, messageId, versionAtMs, {
      ...fields,
      user_id: userId,
    })
  }
}

const messageShape = z.object({
  kind: z.enum(calls),
  id: z.string(),
  userId: z.string(),
  anonymousId: z.string(),
  accountId: z.string(),
  previousId: z.string(),
  event: z.string(),
  atMs: z.number(),
  receivedAtMs: z.number(),
  content: z.record(z.string(), z.unknown()),
  seq: z.number(),
  /** Messages that were held by earlier versions have only the content. */
  properties: z.string().optional(),
})

function messageOf(text: string): Settling {
  const { properties, ...message } = messageShape.parse(JSON.parse(text))
  return properties === undefined ? settling(message) : { ...message, properties }
}
