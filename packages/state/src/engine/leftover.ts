import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { StateError } from '../errors.ts'
import type { ClusterFolder } from './cluster-folder.ts'
import type { StateLog } from './log.ts'
import { commandLine, identify, isRunning, type ProcessIdentity } from './processes.ts'

const identity = z.object({ pid: z.number(), started: z.string() })

/**
 * Takes the folder for this program. Guards against a mistake, not against a race: of two programs that
 * start at the same instant the lock of the whole data folder, which is taken before, lets one pass.
 *
 * @throws StateError STATE_FOLDER_OWNED when a program that runs a PostgreSQL on it is still there.
 */
export function takeFolder(folder: ClusterFolder): void {
  const owner = readOwner(folder)
  if (owner !== null && isRunning(owner)) {
    const message = `Another Tomoshibi (process ${owner.pid}) uses ${folder.root}: stop it first, or give another data folder`
    throw new StateError('STATE_FOLDER_OWNED', message, { pid: owner.pid, path: folder.root })
  }
  const fresh = `${folder.ownerFile}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(identify(process.pid)), { mode: 0o600 })
  renameSync(fresh, folder.ownerFile)
}

/** Gives up what `takeFolder` took. */
export function leaveFolder(folder: ClusterFolder): void {
  rmSync(folder.ownerFile, { force: true })
}

/**
 * Makes sure that no PostgreSQL runs on the folder, which must have been taken.
 *
 * After a kill -9 of the program, its guardian is still stopping PostgreSQL, and asking a second time
 * does no harm. When the guardian was killed too, PostgreSQL may run on alone and is stopped here.
 */
export async function clearLeftover(folder: ClusterFolder, log: StateLog): Promise<void> {
  const left = runningPostmaster(folder)
  if (left === null) return
  log.warn({ pid: left.pid }, 'a PostgreSQL of an earlier run is still there; stopping it')
  await end(left)
}

function readOwner(folder: ClusterFolder): ProcessIdentity | null {
  try {
    return identity.parse(JSON.parse(readFileSync(folder.ownerFile, 'utf8')))
  } catch {
    return null
  }
}

/** The live postmaster that the cluster's own pid file names, when it really is one of this folder. */
function runningPostmaster(folder: ClusterFolder): ProcessIdentity | null {
  let pid: number
  try {
    const text = readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8')
    pid = Number.parseInt(text.split('\n')[0] ?? '', 10)
  } catch {
    return null
  }
  if (!Number.isSafeInteger(pid) || pid <= 1) return null
  // After a reboot the pid may belong to anything.
  return commandLine(pid)?.includes(folder.cluster) ? identify(pid) : null
}

async function end(postmaster: ProcessIdentity): Promise<void> {
  const ways = [
    { signal: 'SIGINT', ms: 15_000 },
    { signal: 'SIGQUIT', ms: 5_000 },
    { signal: 'SIGKILL', ms: 5_000 },
  ] as const
  for (const { signal, ms } of ways) {
    kill(postmaster.pid, signal)
    for (let waited = 0; waited < ms; waited += 50) {
      if (!isRunning(postmaster)) return
      await delay(50)
    }
  }
  const message = `A PostgreSQL of an earlier run (process ${postmaster.pid}) cannot be stopped`
  throw new StateError('STATE_ENGINE_FAILED', message, { pid: postmaster.pid })
}

function kill(pid: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile, which is what is wanted.
  }
}
