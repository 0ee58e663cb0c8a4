import { randomUUID } from 'node:crypto'
import type { ApiKey } from '@tomoshibi/contract/api-keys'
import type { Permission } from '@tomoshibi/contract/operation'
import { grantable } from '@tomoshibi/contract/roles'
import { apiKeys, users } from '@tomoshibi/state/schema/people'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import * as z from 'zod'
import { type Caller, userBehind } from '../../call/caller.ts'
import { afterCommit, type Call, type Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { hashOfKey, KeyRing, newKeyText } from '../../platform/key-ring.ts'
import { getWorkspace } from '../../platform/workspace.ts'

export const apiKeyPrefix = 'tomo_api_'
const hintLength = apiKeyPrefix.length + 4

type Row = typeof apiKeys.$inferSelect

/** What is stored; one that the program no longer knows, or that no key may have, gives nothing. */
const permissionsOf = ({ permissions }: Row): Permission[] => {
  const stored = z.array(z.string()).parse(permissions)
  return grantable.filter((one) => stored.includes(one))
}

const shown = (row: Row, madeBy: string | null): ApiKey => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  permissions: permissionsOf(row),
  madeBy,
  createdAt: row.createdAt.toString(),
  expiresAt: row.expiresAt?.toString() ?? null,
  lastUsedAt: row.lastUsedAt?.toString() ?? null,
  revokedAt: row.revokedAt?.toString() ?? null,
})

export interface NewApiKey {
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly expiresInDays: number | null
}

/** The API keys of all workspaces, with which programs call operations; those that hold are in memory. */
export class ApiKeys {
  readonly ring: KeyRing<Row>

  constructor({ state, clock, log }: Pick<Ports, 'state' | 'clock' | 'log'>) {
    this.ring = new KeyRing({
      clock,
      read: () => state.db.select().from(apiKeys).where(isNull(apiKeys.revokedAt)),
      used: async (at) => {
        for (const [id, lastUsedAt] of at) {
          await state.db.update(apiKeys).set({ lastUsedAt }).where(eq(apiKeys.id, id))
        }
      },
      onError: (error) => log.warn({ err: error }, 'uses of API keys were not written down'),
    })
  }

  /** Who calls with a key; null when there is no such key, or no longer. */
  async callerOf(text: string): Promise<Caller | null> {
    if (!text.startsWith(apiKeyPrefix)) return null
    const row = await this.ring.find(text)
    if (row === null) return null
    return {
      kind: 'key',
      workspaceId: row.workspaceId,
      permissions: new Set(permissionsOf(row)),
      accounts: 'all',
      person: null,
      key: { id: row.id, name: row.name, madeBy: row.madeBy },
    }
  }

  /**
   * Makes a key that may do no more than who makes it.
   *
   * @returns it with its text, which is shown this once
   * @throws Failure ROLE_BEYOND_YOURS
   */
  async create(call: Call, wanted: NewApiKey): Promise<ApiKey & { readonly key: string }> {
    const { caller, clock, state } = call
    const isBeyond = wanted.permissions.some((one) => !caller.permissions.has(one))
    if (isBeyond) throw new Failure('ROLE_BEYOND_YOURS')
    await getWorkspace(call)
    const key = newKeyText(apiKeyPrefix)
    const now = clock.now()
    const row: Row = {
      id: randomUUID(),
      workspaceId: call.workspaceId,
      name: wanted.name,
      hash: hashOfKey(key),
      hint: key.slice(0, hintLength),
      permissions: [...new Set(wanted.permissions)],
      madeBy: userBehind(caller),
      createdAt: now,
      expiresAt:
        wanted.expiresInDays === null ? null : now.add({ hours: 24 * wanted.expiresInDays }),
      lastUsedAt: null,
      revokedAt: null,
    }
    await state.db.insert(apiKeys).values(row)
    afterCommit(call, () => this.ring.changed())
    return { ...shown(row, caller.person?.name ?? null), key }
  }

  /** All keys of the workspace, oldest first, those that were revoked as well. */
  async list(ports: Ports): Promise<ApiKey[]> {
    await this.ring.flush()
    return await this.#all(ports)
  }

  async #all({ state, workspaceId }: Ports): Promise<ApiKey[]> {
    const rows = await state.db
      .select({ key: apiKeys, by: users.name })
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.madeBy))
      .where(eq(apiKeys.workspaceId, workspaceId))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
    return rows.map(({ key, by }) => shown(key, by))
  }

  /** Revokes a key; one that was revoked before stays so. @throws Failure API_KEY_NOT_FOUND */
  async revoke(ports: Ports, id: string): Promise<ApiKey[]> {
    const which = and(eq(apiKeys.workspaceId, ports.workspaceId), eq(apiKeys.id, id))
    const [row] = await ports.state.db.select().from(apiKeys).where(which)
    if (row === undefined) throw new Failure('API_KEY_NOT_FOUND')
    await ports.state.db
      .update(apiKeys)
      .set({ revokedAt: ports.clock.now() })
      .where(and(which, isNull(apiKeys.revokedAt)))
    afterCommit(ports, () => this.ring.changed())
    // Uses are written on another connection, which would wait for this one's transaction.
    return await this.#all(ports)
  }

  /**
   * Ends the keys of the workspace that somebody made, those too that were made with one of them, where
   * they may do more than their maker from now on.
   *
   * @param may what the maker may do from now on
   */
  async endThoseOf(
    tx: StateDb,
    ports: Ports,
    madeBy: string,
    may: ReadonlySet<Permission>,
  ): Promise<void> {
    const rows = await tx
      .select()
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.workspaceId, ports.workspaceId),
          eq(apiKeys.madeBy, madeBy),
          isNull(apiKeys.revokedAt),
        ),
      )
    const beyond = rows.filter((row) => permissionsOf(row).some((one) => !may.has(one)))
    if (beyond.length === 0) return
    const ids = beyond.map(({ id }) => id)
    await tx.update(apiKeys).set({ revokedAt: ports.clock.now() }).where(inArray(apiKeys.id, ids))
    afterCommit(ports, () => this.ring.changed())
  }
}
