import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identify, isRunning } from '@tomoshibi/state/engine/processes'
import * as z from 'zod'

const recordSchema = z.object({
  pid: z.int(),
  /** Tells the process from a later one with its pid. */
  started: z.string(),
  since: z.string(),
  host: z.string().nullable(),
  port: z.int().nullable(),
  token: z.string(),
  released: z.boolean(),
})
type OwnerRecord = z.infer<typeof recordSchema>

/** The live program that owns a data folder. */
export interface Owner {
  readonly pid: number
  /** When it took the folder, ISO 8601. */
  readonly since: string
  /** Where it answers over HTTP; null while it starts, and for a command that serves nothing. */
  readonly address: { readonly host: string; readonly port: number } | null
  /** What lets a caller on this machine do what only the folder's owner may. */
  readonly token: string
}

/** A folder that this process owns. */
export interface Ownership {
  readonly token: string
  /** Tells other programs where this one answers. */
  announce(address: { host: string; port: number }): void
  /** Gives the folder up; safe to call twice. */
  release(): void
}

/**
 * The lock is the file `owner.<n>.json` with the greatest n. Its owner is the process written in it, as
 * long as that runs; a killed one needs no clean-up.
 *
 * Taking it means to create the next number, which the file system lets exactly one process do (a hard
 * link to a file written before, so that nobody ever reads half a record). Numbers are never used
 * again, so nobody can take the lock on the strength of what it read about an earlier owner: that is
 * what goes wrong where a stale lock file is deleted and made anew.
 */
const fileOf = (folder: string, n: number) => join(folder, `owner.${n}.json`)

function latest(folder: string): { n: number; record: OwnerRecord | null } {
  const numbers = readdirSync(folder).map((name) =>
    Number(/^owner\.(\d+)\.json$/.exec(name)?.[1] ?? 0),
  )
  const n = Math.max(0, ...numbers)
  return { n, record: n === 0 ? null : read(fileOf(folder, n)) }
}

function read(path: string): OwnerRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Gone meanwhile, or not ours to read, or damaged by a full disk: it names no living owner.
    return null
  }
}

const asOwner = ({ pid, since, host, port, token }: OwnerRecord): Owner => ({
  pid,
  since,
  address: host === null || port === null ? null : { host, port },
  token,
})

const isLive = (record: OwnerRecord | null): record is OwnerRecord =>
  record !== null && !record.released && isRunning(record)

/**
 * The live program that owns the folder, or null when nobody does.
 *
 * @throws the file system's error when the folder is there and cannot be read.
 */
export function readOwner(folder: string): Owner | null {
  try {
    const { record } = latest(folder)
    return isLive(record) ? asOwner(record) : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Takes an existing folder for this process, or says who has it. Of several processes that try at once
 * exactly one succeeds.
 *
 * @param since the present, ISO 8601.
 */
export function takeOwnership(folder: string, since: string): Ownership | { owner: Owner } {
  const me = identify(process.pid)
  if (me === null) throw new Error('this process does not find itself')
  const token = randomBytes(32).toString('base64url')
  let record: OwnerRecord = { ...me, since, host: null, port: null, token, released: false }
  for (;;) {
    const before = latest(folder)
    if (isLive(before.record)) return { owner: asOwner(before.record) }
    const n = before.n + 1
    if (!create(folder, n, record)) continue
    // Who stood still since looking may have created a number that was cleared away by a later owner.
    if (latest(folder).n !== n) {
      rmSync(fileOf(folder, n), { force: true })
      continue
    }
    clearEarlier(folder, n)
    const change = (to: Partial<OwnerRecord>) => {
      record = { ...record, ...to }
      replace(folder, n, record)
    }
    return {
      token,
      announce: ({ host, port }) => change({ host, port }),
      release: () => {
        if (!record.released) change({ released: true, token: '' })
      },
    }
  }
}

function write(folder: string, record: OwnerRecord): string {
  const path = join(folder, `owner.${randomBytes(6).toString('hex')}.tmp`)
  writeFileSync(path, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' })
  return path
}

/** Whether we, and nobody else, created that number. */
function create(folder: string, n: number, record: OwnerRecord): boolean {
  const draft = write(folder, record)
  try {
    linkSync(draft, fileOf(folder, n))
    return true
  } catch (error) {
    // ENOENT: a new owner has cleared our draft away.
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST' || code === 'ENOENT') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function replace(folder: string, n: number, record: OwnerRecord): void {
  renameSync(write(folder, record), fileOf(folder, n))
}

/** Removes the records of earlier owners and the drafts of killed ones. */
function clearEarlier(folder: string, n: number): void {
  for (const name of readdirSync(folder)) {
    const earlier = Number(/^owner\.(\d+)\.json$/.exec(name)?.[1] ?? n) < n
    if (earlier || /^owner\.[0-9a-f]+\.tmp$/.test(name)) rmSync(join(folder, name), { force: true })
  }
}
