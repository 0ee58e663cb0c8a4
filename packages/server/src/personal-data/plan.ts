/** What an erasure is going to do: kept while it runs, so that it goes on after a crash, and then thrown away. */
import { createHmac, hash as digest, randomBytes } from 'node:crypto'
import type { FactErasure } from '@tomoshibi/facts/erasure/conditions'
import * as z from 'zod'
import type { Locked } from './erased.ts'
import type { Person, Sought } from './person.ts'
import { patternsOf } from './terms.ts'

const heldShape = z.array(
  z.object({
    store: z.enum(['facts', 'state']),
    table: z.string(),
    own: z.int(),
    naming: z.int(),
  }),
)

export const planShape = z.object({
  ids: z.array(
    z.object({
      kind: z.enum(['user', 'contact', 'asker']),
      account: z.string(),
      old: z.string(),
      new: z.string(),
    }),
  ),
  persons: z.array(z.string()),
  patterns: z.array(z.string()),
  /** With it new ids of records are made; nobody can make them again when it is gone. */
  secret: z.string(),
  member: z.object({ userId: z.string(), token: z.string() }).nullable(),
  held: heldShape,
})
export type Plan = z.infer<typeof planShape>

const newToken = (): string => `erased-${randomBytes(8).toString('hex')}`

/** Each id gets one of its own, so that two stay two, and the same one wherever it stands. */
export function planOf(person: Person, held: Plan['held'] = []): Plan {
  const tokens = new Map<string, string>()
  const tokenOf = (id: string): string => {
    const token = tokens.get(id) ?? newToken()
    tokens.set(id, token)
    return token
  }
  const { member } = person
  return {
    ids: person.ids.map(({ kind, account, id }) => ({ kind, account, old: id, new: tokenOf(id) })),
    persons: [...person.persons],
    patterns: patternsOf(person.terms),
    secret: randomBytes(32).toString('hex'),
    member: member === null ? null : { userId: member.userId, token: newToken() },
    held,
  }
}

export const factErasure = (
  workspaceId: string,
  erasureId: string,
  { ids, persons, patterns, secret }: Plan,
): FactErasure => ({
  workspaceId,
  erasureId,
  ids,
  persons,
  patterns,
  newRecordId: (table, recordId) =>
    `erased-${createHmac('sha256', secret)
      .update(JSON.stringify([table, recordId]))
      .digest('hex')
      .slice(0, 32)}`,
})

/** What nothing is taken of any more. */
export function lockedOf(person: Person, { userId, accountId }: Sought): Locked[] {
  const isEverywhere = accountId === undefined
  return [
    ...person.ids.flatMap(({ kind, account, id }): Locked[] =>
      kind === 'asker' ? [] : [{ kind, account, id }],
    ),
    ...person.persons.map((id): Locked => ({ kind: 'person', account: '', id })),
    ...(userId === undefined || !isEverywhere
      ? []
      : [{ kind: 'user', account: '', id: userId } as const]),
    // An address that others have as well must not lock them out.
    ...person.terms.emails.flatMap((id): Locked[] =>
      isEverywhere ? [{ kind: 'email', account: '', id }] : [],
    ),
  ]
}

/** Of what was found: whoever erases shows with it what they saw. */
export const fingerprintOf = (person: Person): string =>
  digest(
    'sha256',
    JSON.stringify([
      person.ids.map(({ kind, account, id }) => JSON.stringify([kind, account, id])).toSorted(),
      person.persons.toSorted(),
      person.emails.toSorted(),
      person.names.toSorted(),
      person.member?.userId ?? null,
    ]),
    'hex',
  ).slice(0, 32)
