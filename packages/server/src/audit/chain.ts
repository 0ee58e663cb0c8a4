/** Whether the log is as it was written, and what was taken out of it since. */
import { hash as digest } from 'node:crypto'
import { auditLog } from '@tomoshibi/state/schema/audit'
import { auditRewritten } from '@tomoshibi/state/schema/personal-data'
import type { StateDb } from '@tomoshibi/state/store'
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type AuditRow, hashOf } from './store.ts'

/** What the chain of all entries is found to be. */
export interface Chain {
  readonly entries: number
  readonly lastHash: string
  /** The first entry that is not as it was written, or where one is missing; null = none. */
  readonly brokenAt: number | null
  /** Entries out of which a person was taken, each named by the entry of that erasure. */
  readonly erased: number
}

/** The operation whose entry says which others it changed. */
export const erasing = 'personalData.erase'

const atOnce = 2_000

/** What such an entry says: how many entries it changed, and a hash over what they say since. */
const erasureDetails = z.object({
  after: z.object({ audit: z.object({ entries: z.int(), hash: z.string() }) }),
})

interface Rewritten {
  readonly seq: number
  readonly hash: string
}

/** A hash over all entries that an erasure changed, in their order. */
export const hashOfRewritten = (rows: readonly Rewritten[]): string =>
  digest('sha256', rows.map(({ seq, hash }) => `${seq} ${hash}\n`).join(''), 'hex')

/**
 * Goes through all entries, of whichever workspace, newest first, and reckons their hashes anew: so that an
 * erasure is known, and known to be genuine, before the entries that it changed.
 */
export async function checkChain(db: StateDb): Promise<Chain> {
  const since = new Map<number, string>()
  const seen = new Set<number>()
  let next: AuditRow | null = null
  let broken: number | null = null
  let last: AuditRow | null = null
  let before = ''
  for (;;) {
    const rows: AuditRow[] = await db
      .select()
      .from(auditLog)
      .where(next === null ? undefined : lt(auditLog.seq, next.seq))
      .orderBy(desc(auditLog.seq))
      .limit(atOnce)
    for (const row of rows) {
      last ??= row
      const follows: boolean =
        next === null || (row.seq === next.seq - 1 && row.hash === next.previousHash)
      if (!follows) broken = row.seq + 1
      const isWhole: boolean = row.hash === hashOf(row)
      const isErased = !isWhole && row.salt === null && since.get(row.seq) === hashOf(row)
      if (isErased) seen.add(row.seq)
      const isGenuine = isWhole || isErased
      if (!isGenuine || !(await noteErasure(db, row, since))) broken = row.seq
      if (broken === row.seq + 1) before = row.hash
      next = row
    }
    if (rows.length < atOnce) break
  }
  // The first entry follows nothing.
  if (next !== null && (next.seq !== 1 || next.previousHash !== '')) {
    broken = 1
    before = ''
  }
  if (broken !== null) {
    return { entries: broken - 1, lastHash: before, brokenAt: broken, erased: seen.size }
  }
  const { seq: entries, hash: lastHash } = last ?? { seq: 0, hash: '' }
  return { entries, lastHash, brokenAt: null, erased: seen.size }
}

/** Notes what the entries say since that a genuine erasure changed. @returns whether that is as it says */
async function noteErasure(
  db: StateDb,
  row: AuditRow,
  since: Map<number, string>,
): Promise<boolean> {
  if (row.action !== erasing || row.outcome !== 'done') return true
  const told = erasureDetails.safeParse(JSON.parse(row.details))
  if (!told.success) return false
  const rewritten = await db
    .select({ seq: auditRewritten.seq, hash: auditRewritten.hash })
    .from(auditRewritten)
    .where(eq(auditRewritten.erasedIn, row.seq))
    .orderBy(asc(auditRewritten.seq))
  if (hashOfRewritten(rewritten) !== told.data.after.audit.hash) return false
  // What a later erasure says of an entry counts.
  for (const { seq, hash } of rewritten) if (!since.has(seq)) since.set(seq, hash)
  return true
}

/** What an entry says from now on; what is left out stays. */
export type EntryChange = Partial<
  Pick<AuditRow, 'actorId' | 'actorName' | 'details' | 'address' | 'userAgent'>
>

/**
 * Takes a person out of the entries of a workspace, which nothing else may do.
 *
 * @param change what becomes of an entry; null where it stays
 * @returns the entries with the hashes of what they say since, to be given to `noteRewritten`
 */
export async function rewriteEntries(
  tx: StateDb,
  workspaceId: string,
  change: (row: AuditRow) => EntryChange | null,
): Promise<Rewritten[]> {
  const rewritten: Rewritten[] = []
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await tx
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.workspaceId, workspaceId), lt(auditLog.seq, before)))
      .orderBy(desc(auditLog.seq))
      .limit(atOnce)
    for (const row of rows) {
      const changed = change(row)
      if (changed === null) continue
      const now = { ...row, ...changed, salt: null }
      await tx
        .update(auditLog)
        .set({ ...changed, salt: null })
        .where(eq(auditLog.seq, row.seq))
      rewritten.push({ seq: row.seq, hash: hashOf(now) })
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < atOnce) break
    before = last.seq
  }
  return rewritten.toSorted((a, b) => a.seq - b.seq)
}

/** Lets the database take changes of what never changes, until the transaction ends. */
export async function allowErasing(tx: StateDb): Promise<void> {
  await tx.execute(sql`SELECT set_config('tomoshibi.erasing', 'on', true)`)
}

/** Writes down what was rewritten, beside the erasure's own entry. */
export async function noteRewritten(
  tx: StateDb,
  erasedIn: number,
  rewritten: readonly Rewritten[],
): Promise<void> {
  for (let start = 0; start < rewritten.length; start += atOnce) {
    const part = rewritten.slice(start, start + atOnce)
    await tx.insert(auditRewritten).values(part.map((each) => ({ ...each, erasedIn })))
  }
}
