import { hash, randomBytes, randomUUID } from 'node:crypto'
import type { WriteKey } from '@tomoshibi/contract/write-keys'
import { writeKeys } from '@tomoshibi/state/schema/events'
import type { StateStore } from '@tomoshibi/state/store'
import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { getWorkspace } from '../../platform/workspace.ts'

const prefix = 'tomo_'
const hintLength = prefix.length + 4
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const randomLength = 32

const hashOf = (key: string): string => hash('sha256', key, 'hex')

function newKey(): string {
  let key = prefix
  while (key.length < prefix.length + randomLength) {
    for (const byte of randomBytes(randomLength)) {
      // Bytes beyond the last whole alphabet would favour its first letters.
      if (byte < 4 * alphabet.length) key += alphabet[byte % alphabet.length]
    }
  }
  return key.slice(0, prefix.length + randomLength)
}

type Row = typeof writeKeys.$inferSelect

const shown = ({ id, name, hint, createdAt, revokedAt }: Row): WriteKey => ({
  id,
  name,
  hint,
  createdAt: createdAt.toString(),
  revokedAt: revokedAt?.toString() ?? null,
})

/** The write keys of all workspaces; those that hold are kept in memory. */
export class WriteKeys {
  readonly #state: StateStore
  #holding: Promise<ReadonlyMap<string, string>> | null = null

  constructor(state: StateStore) {
    this.#state = state
  }

  /**
   * The workspace that a key writes to; null when there is no such key, or no longer.
   *
   * @throws StateError when the keys have not been read yet and the state store is away
   */
  async workspaceOf(key: string): Promise<string | null> {
    this.#holding ??= this.#read()
    try {
      return (await this.#holding).get(hashOf(key)) ?? null
    } catch (error) {
      this.#holding = null
      throw error
    }
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#state.db.select().from(writeKeys).where(isNull(writeKeys.revokedAt))
    return new Map(rows.map((row) => [row.hash, row.workspaceId]))
  }

  /** Makes a key. @returns it with its text, which is shown this once. */
  async create(ports: Ports, name: string): Promise<WriteKey & { readonly key: string }> {
    await getWorkspace(ports)
    const key = newKey()
    const row: Row = {
      id: randomUUID(),
      workspaceId: ports.workspaceId,
      name,
      hash: hashOf(key),
      hint: key.slice(0, hintLength),
      createdAt: ports.clock.now(),
      revokedAt: null,
    }
    await this.#state.db.insert(writeKeys).values(row)
    this.#holding = null
    return { ...shown(row), key }
  }

  /** All keys of the workspace, oldest first, those that were revoked as well. */
  async list(ports: Ports): Promise<WriteKey[]> {
    const rows = await this.#state.db
      .select()
      .from(writeKeys)
      .where(eq(writeKeys.workspaceId, ports.workspaceId))
      .orderBy(asc(writeKeys.createdAt), asc(writeKeys.id))
    return rows.map(shown)
  }

  /** Revokes a key; one that was revoked before stays so. @throws Failure WRITE_KEY_NOT_FOUND */
  async revoke(ports: Ports, id: string): Promise<WriteKey> {
    const which = and(eq(writeKeys.workspaceId, ports.workspaceId), eq(writeKeys.id, id))
    await this.#state.db
      .update(writeKeys)
      .set({ revokedAt: ports.clock.now() })
      .where(and(which, isNull(writeKeys.revokedAt)))
    this.#holding = null
    const [row] = await this.#state.db.select().from(writeKeys).where(which)
    if (!row) throw new Failure('WRITE_KEY_NOT_FOUND', { id })
    return shown(row)
  }
}
