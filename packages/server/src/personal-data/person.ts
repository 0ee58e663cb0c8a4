/** Who is meant: all ids, addresses and names under which a person is known in a workspace. */

import type { Member } from '@tomoshibi/contract/people'
import { normalSql } from '@tomoshibi/facts/erasure/conditions'
import { personAccounts, personLinks } from '@tomoshibi/state/schema/events'
import { and, eq, or, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Ports } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { listMembers } from '../people/members.ts'
import { isTelling, isTellingName, normalText, type Terms } from './terms.ts'

/** Whom somebody asks for: by one of the two, or both. */
export interface Sought {
  readonly userId?: string | undefined
  readonly email?: string | undefined
  /** Only within this account: where ids of users are told apart by account only. */
  readonly accountId?: string | undefined
}

/** An id within an account. */
export interface OwnId {
  readonly kind: 'user' | 'contact' | 'asker'
  readonly account: string
  readonly id: string
}

export interface Person {
  readonly ids: readonly OwnId[]
  /** `u:` or `a:` and an id, as messages name them. */
  readonly persons: readonly string[]
  readonly emails: readonly string[]
  readonly names: readonly string[]
  /** What is looked for in texts. */
  readonly terms: Terms
  /** Names and addresses that others have as well, and that therefore stay where they stand in texts. */
  readonly shared: readonly string[]
  /** Names that are too short to be told from other words. */
  readonly notTelling: readonly string[]
  /** As one who signs in. */
  readonly member: Member | null
}

type FindPorts = Pick<Ports, 'facts' | 'state' | 'workspaceId'>

const idRow = z.object({ account_id: z.string(), id: z.string() })
const contactRow = z.object({
  account_id: z.string(),
  record_id: z.string(),
  source_id: z.string(),
  user_id: z.string(),
  name: z.string(),
  email: z.string(),
})

const nameAttributes = ['name', 'fullName', 'full_name', 'displayName', 'display_name'] as const
const isAddress = (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)

/**
 * Finds a person. It changes nothing.
 *
 * @throws Failure PERSON_NOT_FOUND, BAD_INPUT where neither an id nor an address is given
 */
export async function findPerson(ports: FindPorts, sought: Sought): Promise<Person> {
  const email = sought.email === undefined ? null : normalText(sought.email)
  const userId = sought.userId ?? null
  if ((email === null || email === '') && (userId === null || userId === '')) {
    throw new Failure('BAD_INPUT', { problem: 'userId or email: one of them is needed' })
  }
  const search = new Search(ports, sought.accountId ?? null)
  if (userId !== null) await search.byUserId([userId])
  const address = email ?? (userId !== null && isAddress(userId) ? normalText(userId) : null)
  if (address !== null) await search.byAddress(address)
  await search.aliases()
  await search.contacts()
  const member = await memberOf(ports, userId, address)
  const person = await search.person(member, address)
  if (person.ids.length === 0 && person.persons.length === 0 && member === null) {
    throw new Failure('PERSON_NOT_FOUND')
  }
  return person
}

async function memberOf(
  ports: FindPorts,
  userId: string | null,
  address: string | null,
): Promise<Member | null> {
  const all = await listMembers(ports)
  return (
    all.find((one) => one.userId === userId) ??
    all.find(({ email }) => address !== null && normalText(email) === address) ??
    null
  )
}

const keyOf = (account: string, id: string): string => `${account}\x1f${id}`

class Search {
  readonly #ports: FindPorts
  readonly #account: string | null
  /** By `keyOf`. */
  readonly #users = new Map<string, OwnId>()
  readonly #contacts = new Map<string, OwnId>()
  readonly #askers = new Map<string, OwnId>()
  readonly #persons = new Set<string>()
  #rows: readonly z.infer<typeof contactRow>[] = []

  constructor(ports: FindPorts, account: string | null) {
    this.#ports = ports
    this.#account = account
  }

  #params(more: Readonly<Record<string, unknown>>) {
    return {
      workspace_id: this.#ports.workspaceId,
      ...(this.#account === null ? {} : { account: this.#account }),
      ...more,
    }
  }

  get #where(): string {
    const one = this.#account === null ? '' : ' AND account_id = {account:String}'
    return `workspace_id = {workspace_id:String}${one}`
  }

  async #ids(from: string, params: Readonly<Record<string, unknown>>) {
    return await this.#ports.facts.query({ sql: from, params: this.#params(params) }, idRow)
  }

  #addUser(account: string, id: string): void {
    if (id !== '') this.#users.set(keyOf(account, id), { kind: 'user', account, id })
  }

  /** Where users of these ids are known. */
  async byUserId(ids: readonly string[]): Promise<void> {
    const tables = ['usage_events', 'contacts', 'user_attributes', 'user_numbers']
    const rows = await this.#ids(
      tables
        .map(
          (table) =>
            `SELECT DISTINCT account_id, user_id AS id FROM ${table} WHERE ${this.#where} AND user_id IN {ids:Array(String)}`,
        )
        .join(' UNION DISTINCT '),
      { ids },
    )
    for (const { account_id, id } of rows) this.#addUser(account_id, id)
    const askers = await this.#askersWhere('id IN {ids:Array(String)}', { ids })
    for (const { account_id, id } of askers) this.#addAsker(account_id, id)
    if (this.#account === null) for (const id of ids) this.#persons.add(`u:${id}`)
  }

  #addAsker(account: string, id: string): void {
    this.#askers.set(keyOf(account, id), { kind: 'asker', account, id })
  }

  async #askersWhere(condition: string, params: Readonly<Record<string, unknown>>) {
    const columns = [
      ['survey_answers', 'respondent_id'],
      ['tickets', 'contact_id'],
      ['touchpoints', 'contact_id'],
    ] as const
    return await this.#ids(
      columns
        .map(
          ([table, column]) =>
            `SELECT DISTINCT account_id, ${column} AS id FROM ${table} WHERE ${this.#where} AND id != '' AND ${condition}`,
        )
        .join(' UNION DISTINCT '),
      params,
    )
  }

  /** Everybody who is known by an address, as it is meant. */
  async byAddress(address: string): Promise<void> {
    const is = (column: string) => `${normalSql(column)} = {address:String}`
    const users = await this.#ids(
      `
SELECT DISTINCT account_id, user_id AS id FROM user_attributes WHERE ${this.#where} AND ${is('value')}
UNION DISTINCT
SELECT DISTINCT account_id, user_id AS id FROM contacts WHERE ${this.#where} AND ${is('email')}
UNION DISTINCT
SELECT DISTINCT account_id, user_id AS id FROM usage_events WHERE ${this.#where} AND ${is('user_id')}`,
      { address },
    )
    for (const { account_id, id } of users) this.#addUser(account_id, id)
    for (const { account_id, id } of await this.#askersWhere(is('id'), { address })) {
      this.#addAsker(account_id, id)
    }
    const contacts = await this.#ids(
      `SELECT DISTINCT account_id, record_id AS id FROM contacts WHERE ${this.#where} AND (${is('email')} OR ${is('record_id')} OR ${is('source_id')})`,
      { address },
    )
    for (const { account_id, id } of contacts) this.#addContact(account_id, id)
  }

  #addContact(account: string, id: string): void {
    if (id === '') return
    this.#contacts.set(keyOf(account, id), { kind: 'contact', account, id })
  }

  /**
   * The same people by other ids, and at other accounts, as messages told. A user who was found at one account is
   * not taken to be the one of that id at another unless messages say so.
   */
  async aliases(): Promise<void> {
    if (this.#account !== null) return
    const given = new Set(this.#persons)
    const found = [...this.#users.values()]
    const linked = await this.#linked([...given, ...found.map(({ id }) => `u:${id}`)])
    const belongs = await this.#belongs([...linked])
    for (const { id, account } of found) {
      const person = `u:${id}`
      const accounts = belongs.get(person) ?? []
      if (!given.has(person) && !accounts.includes(account)) continue
      this.#persons.add(person)
      for (const other of accounts) this.#addUser(other, id)
    }
    // Whom a link leads to is one of those that are kept, or none of them.
    const others = await this.#linked([...this.#persons])
    const ids = [...others].filter((person) => !this.#persons.has(person))
    for (const person of ids) this.#persons.add(person)
    const users = ids.flatMap((person) => (person.startsWith('u:') ? [person.slice(2)] : []))
    if (users.length > 0) await this.byUserId(users)
  }

  /** These persons and all whom links lead to, in either direction. */
  async #linked(persons: readonly string[]): Promise<ReadonlySet<string>> {
    const { state, workspaceId } = this.#ports
    const all = new Set(persons)
    for (let open = [...all]; open.length > 0; ) {
      const one = sql.param(open)
      const rows = await state.db
        .select()
        .from(personLinks)
        .where(
          and(
            eq(personLinks.workspaceId, workspaceId),
            or(
              sql`${personLinks.person} = ANY(${one})`,
              sql`${personLinks.isPerson} = ANY(${one})`,
            ),
          ),
        )
      const next = rows.flatMap(({ person, isPerson }) => [person, isPerson])
      open = [...new Set(next)].filter((person) => !all.has(person))
      for (const person of open) all.add(person)
    }
    return all
  }

  /** To which accounts messages said that persons belong. */
  async #belongs(persons: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { state, workspaceId } = this.#ports
    const rows = await state.db
      .selectDistinct({ person: personAccounts.person, account: personAccounts.accountId })
      .from(personAccounts)
      .where(
        and(
          eq(personAccounts.workspaceId, workspaceId),
          sql`${personAccounts.person} = ANY(${sql.param([...persons])})`,
        ),
      )
    const accounts = new Map<string, string[]>()
    for (const { person, account } of rows) {
      accounts.set(person, [...(accounts.get(person) ?? []), account])
    }
    return accounts
  }

  /** The contacts that the users are, or that have the address. */
  async contacts(): Promise<void> {
    const pairs = (ids: Iterable<OwnId>) => [...ids].map(({ account, id }) => keyOf(account, id))
    const rows = await this.#ports.facts.query(
      {
        sql: `
SELECT DISTINCT account_id, record_id, source_id, user_id, name, email FROM contacts
WHERE ${this.#where} AND (
  concat(account_id, '\\x1f', user_id) IN {users:Array(String)}
  OR concat(account_id, '\\x1f', record_id) IN {contacts:Array(String)}
)`,
        params: this.#params({
          users: pairs(this.#users.values()),
          contacts: pairs(this.#contacts.values()),
        }),
      },
      contactRow,
    )
    this.#rows = rows
    for (const { account_id, record_id, source_id, user_id } of rows) {
      this.#addContact(account_id, record_id)
      this.#addContact(account_id, source_id)
      this.#addUser(account_id, user_id)
    }
  }

  /** What there is of names and addresses, and which of them are the person's alone. */
  async person(member: Member | null, address: string | null): Promise<Person> {
    const { names, emails } = await this.#said(member, address)
    const others = await this.#others(member, [...names, ...emails])
    // An address that was asked for is the person's, whoever has it.
    const isShared = (text: string) => others.has(text) && text !== address
    const userIds = [...this.#users.values()].map(({ id }) => id)
    const ids = [...userIds, ...[...this.#contacts.values()].map(({ id }) => id)]
    const anonymous = [...this.#persons].map((person) => person.slice(2))
    const telling = [...ids, ...anonymous, ...(member === null ? [] : [member.userId])]
    const terms: Terms = {
      emails: emails.filter((text) => !isShared(text)),
      names: names.filter((text) => isTellingName(text) && !isShared(text)),
      ids: [...new Set(telling.filter((id) => isTelling(id) && !isAddress(id)).map(normalText))],
    }
    return {
      ids: [...this.#users.values(), ...this.#contacts.values(), ...(await this.#allAskers())],
      persons: [...this.#persons],
      emails,
      names,
      terms,
      shared: [...names, ...emails].filter(isShared),
      notTelling: names.filter((name) => !isTellingName(name)),
      member,
    }
  }

  async #said(member: Member | null, address: string | null) {
    const names = new Set<string>()
    const emails = new Set<string>()
    const add = (to: Set<string>, text: string) => {
      const normal = normalText(text)
      if (normal !== '') to.add(normal)
    }
    for (const { name, email } of this.#rows) {
      add(names, name)
      add(emails, email)
    }
    const stated = await this.#ports.facts.query(
      {
        sql: `
SELECT DISTINCT concat(account_id, '\\x1f', user_id) AS user, attribute, value FROM user_attributes
WHERE ${this.#where} AND concat(account_id, '\\x1f', user_id) IN {users:Array(String)} AND value != ''`,
        params: this.#params({
          users: [...this.#users.values()].map(({ account, id }) => keyOf(account, id)),
        }),
      },
      z.object({ user: z.string(), attribute: z.string(), value: z.string() }),
    )
    for (const { attribute, value } of stated) {
      if (nameAttributes.some((one) => one === attribute)) add(names, value)
      if (isAddress(normalText(value))) add(emails, value)
    }
    for (const one of new Set(stated.map(({ user }) => user))) {
      // Whatever first and last names there ever were: which went together is not told.
      const valuesOf = (...attributes: readonly string[]) =>
        stated.flatMap(({ user, attribute, value }) =>
          user === one && attributes.includes(attribute) ? [value] : [],
        )
      for (const first of valuesOf('firstName', 'first_name')) {
        for (const last of valuesOf('lastName', 'last_name')) {
          add(names, `${first} ${last}`)
          add(names, `${last} ${first}`)
        }
      }
    }
    for (const { id } of [...this.#users.values(), ...this.#contacts.values()]) {
      if (isAddress(normalText(id))) add(emails, id)
    }
    if (address !== null) emails.add(address)
    if (member !== null) {
      add(names, member.name)
      add(names, member.ownerName)
      add(emails, member.email)
    }
    return { names: [...names], emails: [...emails] }
  }

  /** Which of these names and addresses other people of the workspace have as well. */
  async #others(member: Member | null, texts: readonly string[]): Promise<ReadonlySet<string>> {
    const { facts, workspaceId } = this.#ports
    const rows = await facts.query(
      {
        sql: `
SELECT DISTINCT text FROM (
  SELECT arrayJoin([${normalSql('name')}, ${normalSql('email')}]) AS text FROM contacts
  WHERE workspace_id = {workspace_id:String}
    AND concat(account_id, '\\x1f', record_id) NOT IN {contacts:Array(String)}
)
WHERE text IN {texts:Array(String)}`,
        params: {
          workspace_id: workspaceId,
          contacts: [...this.#contacts.values()].map(({ account, id }) => keyOf(account, id)),
          texts,
        },
      },
      z.object({ text: z.string() }),
    )
    const others = new Set(rows.map(({ text }) => text))
    for (const one of await listMembers(this.#ports)) {
      if (one.userId === member?.userId) continue
      for (const text of [one.name, one.email, one.ownerName]) others.add(normalText(text))
    }
    return others
  }

  /** Ids by which the person may be named as who asked, unless they are those of another contact. */
  async #allAskers(): Promise<OwnId[]> {
    const candidates = new Map(this.#askers)
    for (const { account, id } of [...this.#users.values(), ...this.#contacts.values()]) {
      candidates.set(keyOf(account, id), { kind: 'asker', account, id })
    }
    if (candidates.size === 0) return []
    const taken = await this.#ports.facts.query(
      {
        sql: `
SELECT DISTINCT key FROM (
  SELECT arrayJoin([concat(account_id, '\\x1f', record_id), concat(account_id, '\\x1f', source_id)]) AS key
  FROM contacts
  WHERE ${this.#where} AND concat(account_id, '\\x1f', record_id) NOT IN {contacts:Array(String)}
)
WHERE key IN {candidates:Array(String)}`,
        params: this.#params({
          contacts: [...this.#contacts.values()].map(({ account, id }) => keyOf(account, id)),
          candidates: [...candidates.keys()],
        }),
      },
      z.object({ key: z.string() }),
    )
    for (const { key } of taken) candidates.delete(key)
    return [...candidates.values()]
  }
}
