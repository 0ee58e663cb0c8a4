/** Of whom nothing is taken any more: salted hashes of the ids and addresses of those who were erased. */
import { createHmac, randomBytes } from 'node:crypto'
import { personalFacts } from '@tomoshibi/facts/erasure/columns'
import { ERASED } from '@tomoshibi/facts/erasure/conditions'
import type { LoadOptions, StagedRow } from '@tomoshibi/facts/loading'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { erasedIds, erasureSalts } from '@tomoshibi/state/schema/personal-data'
import type { StateDb } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import { normalText } from './terms.ts'

/** user and contact: within an account where one is named. person: as messages name one. */
export type LockedKind = 'user' | 'contact' | 'person' | 'email'

export interface Locked {
  readonly kind: LockedKind
  /** Empty: at whatever account. */
  readonly account: string
  readonly id: string
}

const isAddress = (text: string): boolean => text.includes('@')

const hashOf = (salt: string, { kind, account, id }: Locked): string =>
  createHmac('sha256', salt)
    // An id that is an address is the same in whatever form it is written.
    .update(JSON.stringify([kind, account, isAddress(id) ? normalText(id) : id]))
    .digest('hex')

/** The salt of a workspace; made where there is none. */
async function saltOf(db: StateDb, workspaceId: string): Promise<string> {
  await db
    .insert(erasureSalts)
    .values({ workspaceId, salt: randomBytes(32).toString('hex') })
    .onConflictDoNothing()
  const [row] = await db
    .select()
    .from(erasureSalts)
    .where(eq(erasureSalts.workspaceId, workspaceId))
  if (row === undefined) throw new Error(`workspace ${workspaceId} has no salt`)
  return row.salt
}

/** From now on nothing of these is taken. */
export async function lock(
  tx: StateDb,
  workspaceId: string,
  erasureId: string,
  locked: readonly Locked[],
): Promise<void> {
  const salt = await saltOf(tx, workspaceId)
  const hashes = [...new Set(locked.map((each) => hashOf(salt, each)))]
  if (hashes.length === 0) return
  await tx
    .insert(erasedIds)
    .values(hashes.map((hash) => ({ workspaceId, hash, erasureId })))
    .onConflictDoNothing()
}

/** What of a message tells of whom it is. */
interface Naming {
  readonly userId: string
  readonly anonymousId: string
  readonly previousId: string
  readonly accountId: string
  readonly content: Readonly<Record<string, unknown>>
}

/** What may be an address in a text. Its parts are bounded, so that a long text takes no longer than its length. */
const address = /[^\s@"'<>()[\]{},;:\\/=&?|]{1,64}@[^\s@"'<>()[\]{},;:\\/=&?|]{0,254}[0-9\p{L}]/gu

/** Those who were erased in a workspace. */
export class Erased {
  readonly #salt: string
  readonly #hashes: ReadonlySet<string>

  constructor(salt: string, hashes: ReadonlySet<string>) {
    this.#salt = salt
    this.#hashes = hashes
  }

  #has(kind: LockedKind, account: string, id: string): boolean {
    return id !== '' && this.#hashes.has(hashOf(this.#salt, { kind, account, id }))
  }

  #isAddress(text: string): boolean {
    return isAddress(text) && this.#has('email', '', text)
  }

  /** Whether an id is one of them, at an account. */
  isUser(account: string, id: string): boolean {
    return this.#has('user', '', id) || this.#has('user', account, id) || this.#isAddress(id)
  }

  /** Whether a message comes from one of them. */
  isFrom({ userId, anonymousId, previousId, accountId, content }: Naming): boolean {
    const { email } = content
    return (
      this.isUser(accountId, userId) ||
      this.isUser(accountId, previousId) ||
      [`u:${userId}`, `u:${previousId}`, `a:${previousId}`, `a:${anonymousId}`].some((person) =>
        this.#has('person', '', person),
      ) ||
      (typeof email === 'string' && this.#isAddress(email))
    )
  }

  /** A text without the addresses of those who were erased; of names nothing is kept to know them by. */
  without(text: string): string {
    if (!text.includes('@') && !text.includes('＠')) return text
    let isNamed = false
    const without = text.normalize('NFKC').replace(address, (found) => {
      if (!this.#isAddress(found)) return found
      isNamed = true
      return ERASED
    })
    return isNamed ? without : text
  }

  /** A fact on its way in: without what names one of them; null where it is theirs. */
  fact(table: FactTableName, row: StagedRow): StagedRow | null {
    const { account_id: account } = row
    let changed: StagedRow = row
    for (const [column, says] of Object.entries(personalFacts[table].columns)) {
      const value = row[column]
      if (typeof value !== 'string' || value === '') continue
      const isUser = says === 'user' || says === 'asker'
      const isContact = says === 'contact' || says === 'asker'
      if (isUser && this.isUser(account, value)) return null
      if (isContact && this.#isContact(account, value)) return null
      if (column === 'email' && this.#isAddress(value)) return null
      if (says !== 'own' && says !== 'text') continue
      const text = this.without(value)
      if (text === value) continue
      changed = { ...changed, [column]: text }
    }
    return changed
  }

  #isContact(account: string, id: string): boolean {
    return this.#has('contact', '', id) || this.#has('contact', account, id) || this.#isAddress(id)
  }
}

/** Those who were erased in a workspace; null where nobody was. */
export async function readErased(db: StateDb, workspaceId: string): Promise<Erased | null> {
  const rows = await db
    .select({ hash: erasedIds.hash })
    .from(erasedIds)
    .where(eq(erasedIds.workspaceId, workspaceId))
  if (rows.length === 0) return null
  return new Erased(await saltOf(db, workspaceId), new Set(rows.map(({ hash }) => hash)))
}

/** What a load does with rows of those who were erased. */
export const admitting = (erased: Erased | null): LoadOptions['admit'] =>
  erased === null ? undefined : (table, row) => erased.fact(table, row)
