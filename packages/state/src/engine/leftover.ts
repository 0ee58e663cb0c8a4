import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { StateError } from '../errors.ts'
import type { ClusterFolder } from './cluster-folder.ts'
import type { StateLog } from './log.ts'
import { commandLine, identify, isRunning, type ProcessIdentity } from './processes.ts'

const identity = z.object({ pid: z.number(), started: z.string() })

/**
 * Makes sure that no PostgreSQL runs on the folder, and takes the folder for this program.
 *
 * After a kill -9 of the program, its guardian is still stopping PostgreSQL: it is given a moment. When
 * the guardian was killed too, PostgreSQL runs on alone and is stopped here.
 *
 * @throws StateError STATE_FOLDER_OWNED when the program that started it is still there.
 */
export async function clearLeftover(folder: ClusterFolder, log: StateLog): Promise<void> {
  const before = readOwner(folder)
  if (before !== null && before.pid !== process.pid && isRunning(before)) {
    const message = `Another Tomoshibi (process ${before.pid}) uses ${folder.root}: stop it first, or give another data folder`
    throw new StateError('STATE_FOLDER_OWNED', message, { pid: before.pid, path: folder.root })
  }
  const left = runningPostmaster(folder)
  if (left !== null) {
    log.warn({ pid: left.pid }, 'a PostgreSQL of an earlier run is still there; stopping it')
    await end(left)
  }
  const me = identify(process.pid)
  const fresh = `${folder.ownerFile}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(me), { mode: 0o600 })
  renameSync(fresh, folder.ownerFile)
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
    { signal: null, ms: 3_000 },
    { signal: 'SIGINT', ms: 15_000 },
    { signal: 'SIGQUIT', ms: 5_000 },
    { signal: 'SIGKILL', ms: 5_000 },
  ] as const
  for (const { signal, ms } of ways) {
    if (signal !== null) kill(postmaster.pid, signal)
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
