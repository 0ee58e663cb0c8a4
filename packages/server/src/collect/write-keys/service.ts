import { randomUUID } from 'node:crypto'
import type { WriteKey } from '@tomoshibi/contract/write-keys'
import { writeKeys } from '@tomoshibi/state/schema/events'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { afterCommit, type Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { hashOfKey, KeyRing, newKeyText } from '../../platform/key-ring.ts'
import { getWorkspace } from '../../platform/workspace.ts'

const prefix = 'tomo_'
const hintLength = prefix.length + 4

type Row = typeof writeKeys.$inferSelect

const shown = (row: Row): WriteKey => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  createdAt: row.createdAt.toString(),
  expiresAt: row.expiresAt?.toString() ?? null,
  lastUsedAt: row.lastUsedAt?.toString() ?? null,
  revokedAt: row.revokedAt?.toString() ?? null,
})

/** The write keys of all workspaces; those that hold are kept in memory. */
export class WriteKeys {
  readonly ring: KeyRing<Row>

  constructor({ state, clock, log }: Pick<Ports, 'state' | 'clock' | 'log'>) {
    this.ring = new KeyRing({
      clock,
      read: () => state.db.select().from(writeKeys).where(isNull(writeKeys.revokedAt)),
      used: async (at) => {
        for (const [id, lastUsedAt] of at) {
          await state.db.update(writeKeys).set({ lastUsedAt }).where(eq(writeKeys.id, id))
        }
      },
      onError: (error) => log.warn({ err: error }, 'uses of write keys were not written down'),
    })
  }

  /**
   * The workspace that a key writes to; null when there is no such key, or no longer.
   *
   * @throws StateError when the keys have not been read yet and the state store is away
   */
  async workspaceOf(key: string): Promise<string | null> {
    return (await this.ring.find(key))?.workspaceId ?? null
  }

  /**
   * Makes a key.
   *
   * @param expiresInDays null for one that holds until it is revoked
   * @returns it with its text, which is shown this once
   */
  async create(
    ports: Ports,
    name: string,
    expiresInDays: number | null = null,
  ): Promise<WriteKey & { readonly key: string }> {
    await getWorkspace(ports)
    const key = newKeyText(prefix)
    const now = ports.clock.now()
    const row: Row = {
      id: randomUUID(),
      workspaceId: ports.workspaceId,
      name,
      hash: hashOfKey(key),
      hint: key.slice(0, hintLength),
      createdAt: now,
      expiresAt: expiresInDays === null ? null : now.add({ hours: 24 * expiresInDays }),
      lastUsedAt: null,
      revokedAt: null,
    }
    await ports.state.db.insert(writeKeys).values(row)
    afterCommit(ports, () => this.ring.changed())
    return { ...shown(row), key }
  }

  /** All keys of the workspace, oldest first, those that were revoked as well. */
  async list(ports: Ports): Promise<WriteKey[]> {
    await this.ring.flush()
    const rows = await ports.state.db
      .select()
      .from(writeKeys)
      .where(eq(writeKeys.workspaceId, ports.workspaceId))
      .orderBy(asc(writeKeys.createdAt), asc(writeKeys.id))
    return rows.map(shown)
  }

  /** Revokes a key; one that was revoked before stays so. @throws Failure WRITE_KEY_NOT_FOUND */
  async revoke(ports: Ports, id: string): Promise<WriteKey> {
    const which = and(eq(writeKeys.workspaceId, ports.workspaceId), eq(writeKeys.id, id))
    await ports.state.db
      .update(writeKeys)
      .set({ revokedAt: ports.clock.now() })
      .where(and(which, isNull(writeKeys.revokedAt)))
    afterCommit(ports, () => this.ring.changed())
    const [row] = await ports.state.db.select().from(writeKeys).where(which)
    if (!row) throw new Failure('WRITE_KEY_NOT_FOUND', { id })
    return shown(row)
  }
}
