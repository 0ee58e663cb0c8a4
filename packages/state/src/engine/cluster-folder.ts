import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StateError } from '../errors.ts'
import type { PostgresBinaries } from './binaries.ts'
import { isRoot, launch, letPass, nobody } from './launch.ts'

/** The one database user of an embedded PostgreSQL, and the name of its database. */
export const owner = 'tomoshibi'

/** What lies where below `<dataDir>/state`. */
export interface ClusterFolder {
  /** `<dataDir>/state` */
  readonly root: string
  /** PostgreSQL's own folder. */
  readonly cluster: string
  /** The program that runs it now, or ran it last. */
  readonly ownerFile: string
  readonly password: string
}

/** The environment for PostgreSQL's programs: nothing of ours leaks in, and nothing depends on it. */
export function postgresEnv(binaries: PostgresBinaries): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
  if (binaries.libraryPath !== null) {
    env.LD_LIBRARY_PATH = binaries.libraryPath
    env.DYLD_LIBRARY_PATH = binaries.libraryPath
  }
  return env
}

/** Makes `<dataDir>/state` when it is not there; the folder stays closed to other users. */
export function clusterFolder(dataDir: string): ClusterFolder {
  const root = join(dataDir, 'state')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  letPass(dataDir)
  letPass(root)
  const cluster = join(root, 'postgres')
  return { root, cluster, ownerFile: join(root, 'owner.json'), password: passwordIn(root) }
}

/**
 * Makes the cluster once. It is made beside its place and moved there when whole, so that a program
 * killed in between leaves nothing that looks like a cluster.
 *
 * @throws StateError STATE_ENGINE_FAILED with what initdb said.
 */
export async function initialise(folder: ClusterFolder, binaries: PostgresBinaries): Promise<void> {
  if (existsSync(folder.cluster)) return
  const unfinished = `${folder.cluster}.new`
  const passwordCopy = join(folder.root, 'password.new')
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  writePrivate(passwordCopy, folder.password)
  if (isRoot) {
    for (const path of [unfinished, passwordCopy]) chownSync(path, nobody.uid, nobody.gid)
  }
  const args = [
    ['-D', unfinished, '-U', owner, `--pwfile=${passwordCopy}`, '-A', 'scram-sha-256'],
    ['--encoding=UTF8', '--locale=C', '--no-instructions'],
  ].flat()
  try {
    const { command, args: all, ...user } = launch(binaries.initdb, args, [unfinished])
    await promisify(execFile)(command, all, { ...user, env: postgresEnv(binaries), cwd: '/' })
    renameSync(unfinished, folder.cluster)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (error instanceof StateError) throw error
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw engineFailure('PostgreSQL could not make its folder', said.trim(), folder, error)
  } finally {
    rmSync(passwordCopy, { force: true })
  }
}

/**
 * Gives the cluster back to the user that runs PostgreSQL, where root has copied it, as from a backup:
 * the copy is root's, and PostgreSQL refuses a folder that is not its own.
 */
export function reown({ cluster }: ClusterFolder): void {
  if (!isRoot || statSync(cluster).uid === nobody.uid) return
  for (const entry of readdirSync(cluster, { withFileTypes: true, recursive: true })) {
    lchownSync(join(entry.parentPath, entry.name), nobody.uid, nobody.gid)
  }
  // Last, so that a run that is cut off is done again.
  chmodSync(cluster, 0o700)
  chownSync(cluster, nobody.uid, nobody.gid)
}

/** What PostgreSQL said when it failed, as an error; a full disk is told apart. */
export function engineFailure(
  what: string,
  said: string,
  folder: ClusterFolder,
  cause: unknown,
): StateError {
  const full = /No space left on device|Check free disk space/.test(said)
  const code = full ? 'STATE_DISK_FULL' : 'STATE_ENGINE_FAILED'
  return new StateError(code, `${what}: ${said}`, { log: said, path: folder.root }, cause)
}

function passwordIn(root: string): string {
  const path = join(root, 'password')
  if (!existsSync(path)) {
    const fresh = `${path}.${randomBytes(4).toString('hex')}`
    writePrivate(fresh, randomBytes(24).toString('base64url'))
    renameSync(fresh, path)
  }
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trim()
}

function writePrivate(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 })
}
