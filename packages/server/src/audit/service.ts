import type { AuditEntry } from '@tomoshibi/contract/audit'
import type { StateDb } from '@tomoshibi/state/store'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { Caller, Visit } from '../call/caller.ts'
import type { Ports } from '../call/context.ts'
import { compiled, withoutPerson } from '../personal-data/texts.ts'
import { allowErasing, hashOfRewritten, noteRewritten, rewriteEntries } from './chain.ts'
import { redacted } from './redact.ts'
import { type AuditRow, addEntry, eachEntry, type NewEntry, readEntries } from './store.ts'

export { type Chain, checkChain } from './chain.ts'

/** A call as the log tells of it. */
export interface Recorded {
  readonly caller: Caller
  readonly visit: Visit
  readonly clock: Ports['clock']
  readonly workspaceId: string
  readonly action: string
  readonly outcome: AuditRow['outcome']
  readonly code?: string
  readonly input?: unknown
  readonly before?: unknown
  readonly after?: unknown
}

/** Who is taken out of the log of a workspace. */
export interface TakenOut {
  /** Regular expressions of three groups, of which the second goes. */
  readonly patterns: readonly string[]
  /** The user whose own entries these are; null where it is nobody who signs in. */
  readonly userId: string | null
  /** In place of that user. */
  readonly token: string
}

/**
 * Takes a person out of the entries of a workspace, and only in a transaction that ends with an entry of its own.
 *
 * @returns what that entry is to say, and what to do with its seq
 */
export async function takeOutOfAudit(tx: StateDb, workspaceId: string, out: TakenOut) {
  const patterns = compiled(out.patterns)
  const without = (text: string) => withoutPerson(text, patterns)
  await allowErasing(tx)
  const rewritten = await rewriteEntries(tx, workspaceId, (row) => {
    const isTheirs = out.userId !== null && row.actorId === out.userId
    const details = without(row.details)
    const actorName = isTheirs ? out.token : without(row.actorName)
    if (!isTheirs && details === row.details && actorName === row.actorName) return null
    return {
      details,
      actorName,
      ...(isTheirs ? { actorId: out.token, address: null, userAgent: null } : {}),
    }
  })
  return {
    audit: { entries: rewritten.length, hash: hashOfRewritten(rewritten) },
    note: (seq: number) => noteRewritten(tx, seq, rewritten),
  }
}

/** Whoever signs in is nobody when they ask, and told of in what they get. */
const signedInAs = z.object({
  person: z.object({ userId: z.string(), name: z.string(), email: z.string() }),
  workspace: z.object({ id: z.string() }).nullable(),
})

function actorOf({
  caller,
  after,
}: Recorded): Pick<NewEntry, 'actorKind' | 'actorId' | 'actorName'> {
  if (caller.person !== null) {
    const { userId, name, email } = caller.person
    return { actorKind: 'person', actorId: userId, actorName: `${name} <${email}>` }
  }
  if (caller.key !== undefined) {
    return { actorKind: 'key', actorId: caller.key.id, actorName: caller.key.name }
  }
  const became = caller.kind === 'nobody' ? signedInAs.safeParse(after) : null
  if (became?.success) {
    const { userId, name, email } = became.data.person
    return { actorKind: 'person', actorId: userId, actorName: `${name} <${email}>` }
  }
  const actorName = caller.kind === 'program' ? 'command line' : ''
  return { actorKind: caller.kind === 'program' ? 'program' : 'nobody', actorId: null, actorName }
}

/** Adds an entry to the log, in a transaction or in one of its own. @returns its seq */
export async function record(tx: StateDb, told: Recorded): Promise<number> {
  const { clock, workspaceId, visit, action, outcome, code, input, before, after } = told
  const became = told.caller.kind === 'nobody' ? signedInAs.safeParse(after) : null
  const details = {
    input: redacted(input) ?? null,
    before: redacted(before) ?? null,
    // A list says what there is, not what was changed.
    after: Array.isArray(after) ? null : (redacted(after) ?? null),
  }
  return await addEntry(tx, {
    workspaceId: (became?.success ? became.data.workspace?.id : null) ?? workspaceId,
    at: clock.now(),
    ...actorOf(told),
    action,
    outcome,
    code: code ?? null,
    details: JSON.stringify(details),
    address: visit.address,
    userAgent: visit.userAgent?.slice(0, 500) ?? null,
  })
}

/** Adds an entry of something that the server did by itself, with nobody asking. */
export async function recordOwn(
  tx: StateDb,
  { clock, workspaceId }: Pick<Ports, 'clock' | 'workspaceId'>,
  action: string,
  after: Readonly<Record<string, unknown>>,
): Promise<void> {
  await addEntry(tx, {
    workspaceId,
    at: clock.now(),
    actorKind: 'program',
    actorId: null,
    actorName: 'server',
    action,
    outcome: 'done',
    code: null,
    details: JSON.stringify({ input: null, before: null, after: redacted(after) ?? null }),
    address: null,
    userAgent: null,
  })
}

const storedDetails = z.object({ input: z.unknown(), before: z.unknown(), after: z.unknown() })

const shown = (row: AuditRow): AuditEntry => ({
  seq: row.seq,
  at: row.at.toString(),
  actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
  action: row.action,
  outcome: row.outcome,
  code: row.code,
  ...storedDetails.parse(JSON.parse(row.details)),
  address: row.address,
  userAgent: row.userAgent,
  hash: row.hash,
})

export interface AuditQuestion {
  readonly search: string
  readonly outcome?: AuditRow['outcome'] | undefined
  /** ISO instants. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const soughtBy = ({ from, to, ...rest }: AuditQuestion) => ({
  ...rest,
  from: from === undefined ? undefined : Temporal.Instant.from(from),
  to: to === undefined ? undefined : Temporal.Instant.from(to),
})

/** Entries of the workspace, newest first. */
export async function listAudit(
  { state, workspaceId }: Ports,
  question: AuditQuestion & { readonly before?: number | undefined; readonly limit: number },
): Promise<AuditEntry[]> {
  const { before, limit, ...sought } = question
  const rows = await readEntries(state.db, workspaceId, soughtBy(sought), { before, limit })
  return rows.map(shown)
}

/** The same as a file of JSON lines, oldest first. */
export async function exportAudit(
  { state, workspaceId }: Ports,
  question: AuditQuestion,
): Promise<File> {
  const lines: string[] = []
  for await (const row of eachEntry(state.db, workspaceId, soughtBy(question))) {
    lines.push(`${JSON.stringify(shown(row))}\n`)
  }
  return new File(lines, 'audit.jsonl', { type: 'application/x-ndjson' })
}
