import { hash as digest, randomBytes } from 'node:crypto'
import { auditLog } from '@tomoshibi/state/schema/audit'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, gt, gte, ilike, lt, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'

export type AuditRow = typeof auditLog.$inferSelect
export type NewEntry = Omit<AuditRow, 'seq' | 'previousHash' | 'hash' | 'salt'>

/** Any number will do: entries are added one after the other. */
const auditLock = 7_466_321_411

/** Over everything that an entry says, in one order. */
export const hashOf = (row: Omit<AuditRow, 'hash'>): string =>
  digest(
    'sha256',
    JSON.stringify([
      row.seq,
      row.workspaceId,
      row.at.toString(),
      row.actorKind,
      row.actorId,
      row.actorName,
      row.action,
      row.outcome,
      row.code,
      row.details,
      row.address,
      row.userAgent,
      row.previousHash,
      // Entries of earlier versions, and those out of which a person was taken, have none.
      ...(row.salt === null ? [] : [row.salt]),
    ]),
    'hex',
  )

/** Adds an entry; others wait until the transaction ends. @returns its seq */
export async function addEntry(tx: StateDb, entry: NewEntry): Promise<number> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${auditLock})`)
  const [last] = await tx
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .orderBy(desc(auditLog.seq))
    .limit(1)
  const row = {
    ...entry,
    // PostgreSQL keeps microseconds; what is read back must hash the same.
    at: entry.at.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }),
    seq: (last?.seq ?? 0) + 1,
    previousHash: last?.hash ?? '',
    salt: randomBytes(16).toString('hex'),
  }
  await tx.insert(auditLog).values({ ...row, hash: hashOf(row) })
  return row.seq
}

export interface Sought {
  readonly search: string
  readonly outcome?: AuditRow['outcome'] | undefined
  readonly from?: Temporal.Instant | undefined
  readonly to?: Temporal.Instant | undefined
}

function matching(workspaceId: string, { search, outcome, from, to }: Sought) {
  const text = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const found = [auditLog.actorName, auditLog.action, auditLog.code, auditLog.details]
  return and(
    eq(auditLog.workspaceId, workspaceId),
    outcome === undefined ? undefined : eq(auditLog.outcome, outcome),
    from === undefined ? undefined : gte(auditLog.at, from),
    to === undefined ? undefined : lt(auditLog.at, to),
    search === '' ? undefined : or(...found.map((column) => ilike(column, text))),
  )
}

/** Entries of a workspace, newest first. @param before only those of a smaller seq */
export async function readEntries(
  db: StateDb,
  workspaceId: string,
  sought: Sought,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  const { before, limit } = page
  return await db
    .select()
    .from(auditLog)
    .where(
      and(
        matching(workspaceId, sought),
        before === undefined ? undefined : lt(auditLog.seq, before),
      ),
    )
    .orderBy(desc(auditLog.seq))
    .limit(limit)
}

const atOnce = 2_000

/** The same, all of them and oldest first, some at a time. */
export async function* eachEntry(
  db: StateDb,
  workspaceId: string,
  sought: Sought,
): AsyncGenerator<AuditRow> {
  for (let after = 0; ; ) {
    const rows = await db
      .select()
      .from(auditLog)
      .where(and(matching(workspaceId, sought), gt(auditLog.seq, after)))
      .orderBy(asc(auditLog.seq))
      .limit(atOnce)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < atOnce) return
    after = last.seq
  }
}
