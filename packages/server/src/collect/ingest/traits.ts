/** Attributes of accounts and users over time, from the traits that messages state. */
import type { ZoneDays } from '../import/values/zone.ts'
import { instantOf, type Message } from './ingest.ts'

/** Traits of an account, or of a user at an account, as one message states them. */
export interface Statement {
  readonly accountId: string
  /** Empty where the traits are the account's. */
  readonly userId: string
  readonly traits: Readonly<Record<string, unknown>>
  readonly atMs: number
  /** When it became known that they are about this account. */
  readonly knownAtMs: number
  readonly messageId: string
}

export interface TraitValue {
  readonly value: string
  readonly number: number | null
  readonly kind: 'string' | 'number' | 'bool' | 'date' | 'removed'
}

/** A value of one attribute from an instant on. */
export interface Stated {
  readonly value: string
  readonly kind: string
  readonly atMs: number
  readonly knownAtMs: number
}

/** The change of an attribute that is to be stored. */
export interface AttributeChange extends TraitValue {
  readonly statement: Statement
  readonly attribute: string
  readonly knownAtMs: number
}

const longestKey = 200

/** The name of one attribute of one account or user; none of the parts holds a NUL. */
export const attributeName = (accountId: string, userId: string, attribute: string): string =>
  `${accountId}\0${userId}\0${attribute}`

/**
 * The changes that statements make to what is known. A statement that says what holds anyway is none,
 * so that a page that states its traits at every visit does not fill the history.
 *
 * @param known by `attributeName`, brought up to date with the changes
 * @param statements in the order of the journal
 */
export function changesOf(
  statements: readonly Statement[],
  known: Map<string, readonly Stated[]>,
  zone: ZoneDays,
): AttributeChange[] {
  const changes = new Map<string, AttributeChange>()
  for (const statement of statements) {
    const { accountId, userId, atMs } = statement
    for (const [attribute, trait] of Object.entries(statement.traits)) {
      if (attribute === '' || attribute.length > longestKey) continue
      const read = traitValue(trait, zone)
      const name = attributeName(accountId, userId, attribute)
      const history = known.get(name) ?? []
      const inForce = history.findLast((each) => each.atMs <= atMs)
      if (inForce === undefined ? read.kind === 'removed' : isSame(inForce, read)) continue
      // Of two versions of one instant the one that is known later counts.
      const same = inForce?.atMs === atMs ? inForce : undefined
      const knownAtMs = Math.max(statement.knownAtMs, (same?.knownAtMs ?? -1) + 1)
      const stated = { value: read.value, kind: read.kind, atMs, knownAtMs }
      const others = history.filter((each) => each !== same)
      known.set(
        name,
        [...others, stated].toSorted((a, b) => a.atMs - b.atMs),
      )
      changes.set(`${name}\0${atMs}`, { ...read, statement, attribute, knownAtMs })
    }
  }
  return [...changes.values()]
}

const isSame = (stated: Stated, read: TraitValue): boolean =>
  stated.kind === read.kind && stated.value === read.value

const day = /^\d{4}-\d\d-\d\d$/

/** A trait as an attribute; times become days, lists and objects their JSON, null no value. */
function traitValue(trait: unknown, zone: ZoneDays): TraitValue {
  if (trait === null || trait === undefined || trait === '') {
    return { value: '', number: null, kind: 'removed' }
  }
  if (typeof trait === 'number') return { value: String(trait), number: trait, kind: 'number' }
  if (typeof trait === 'boolean') return { value: String(trait), number: null, kind: 'bool' }
  if (typeof trait !== 'string') {
    return { value: JSON.stringify(trait), number: null, kind: 'string' }
  }
  const atMs = instantOf(trait)
  if (atMs === null) return { value: trait, number: null, kind: 'string' }
  return { value: day.test(trait) ? trait : zone.dayOf(atMs), number: null, kind: 'date' }
}

/** What a contact shows of a user's attributes. */
export interface ContactFields {
  readonly name: string
  readonly email: string
  readonly role: string
}

/** @param latest the last value of an attribute of the user; empty where there is none. */
export function contactOf(latest: (attribute: string) => string): ContactFields {
  const first = (...attributes: string[]) =>
    attributes.map(latest).find((value) => value !== '') ?? ''
  const names = [first('firstName', 'first_name'), first('lastName', 'last_name')]
  return {
    name: first('name') || names.filter((part) => part !== '').join(' '),
    email: first('email'),
    role: first('title', 'role', 'position', 'jobTitle'),
  }
}

/** The traits that a message states about its account or, at an account, about its user. */
export function statementOf(
  message: Message,
  accountId: string,
  userId: string,
  knownAtMs: number,
): Statement {
  const { content, atMs, id } = message
  return { accountId, userId, traits: content, atMs, knownAtMs, messageId: id }
}
