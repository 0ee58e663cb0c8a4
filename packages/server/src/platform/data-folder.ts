import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../call/failure.ts'
import type { Clock } from './clock.ts'
import { makeFolders } from './folders.ts'
import { type Ownership, takeOwnership } from './owner.ts'

/** The data folder, owned by this process. */
export interface DataFolder extends Ownership {
  readonly path: string
}

/** What both stores need to be made and to recover: write-ahead logs, merges, temporary files. */
const neededBytes = 300 * 2 ** 20

/** Options for tests. */
interface Options {
  readonly neededBytes?: number
}

/**
 * Makes the data folder when there is none, and takes it for this process.
 *
 * @throws Failure DATA_FOLDER_OWNED, DATA_FOLDER_READ_ONLY, DATA_FOLDER_FULL, or BAD_CONFIGURATION when
 *   something else than a folder is there.
 */
export function takeDataFolder(path: string, clock: Clock, options: Options = {}): DataFolder {
  const needed = options.neededBytes ?? neededBytes
  try {
    makeFolders(path)
    const taken = takeOwnership(path, clock.now().toString({ smallestUnit: 'second' }))
    if ('owner' in taken) {
      const { pid, address, since } = taken.owner
      const where = address && { host: address.host, port: String(address.port) }
      throw new Failure('DATA_FOLDER_OWNED', { folder: path, pid: String(pid), since, ...where })
    }
    try {
      checkSpace(path, needed)
    } catch (error) {
      taken.release()
      throw error
    }
    return { path, ...taken }
  } catch (error) {
    throw folderFailure(error, path, needed)
  }
}

/** Free space as the file system tells it, and by trying: a quota shows only then. */
function checkSpace(path: string, needed: number): void {
  const { bavail, bsize } = statfsSync(path)
  if (bavail * bsize < needed) throw diskFull(path, undefined, needed)
  const probe = join(path, `probe.${process.pid}.tmp`)
  try {
    writeFileSync(probe, Buffer.alloc(2 ** 16))
  } finally {
    rmSync(probe, { force: true })
  }
}

/** The refusal for a disk without space. @param needed bytes that should be free. */
export const diskFull = (folder: string, cause?: unknown, needed = neededBytes): Failure =>
  new Failure('DATA_FOLDER_FULL', { folder, needed: `${Math.ceil(needed / 2 ** 20)} MB` }, [], {
    cause,
  })

/** The refusal that an error of the file system stands for, or the error itself. */
export function folderFailure(error: unknown, folder: string, needed = neededBytes): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure('DATA_FOLDER_READ_ONLY', { folder }, [], { cause: error })
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(folder, error, needed)
    case 'ENOTDIR':
    case 'EEXIST': {
      const problem = `${folder} is not a folder`
      return new Failure('BAD_CONFIGURATION', { name: 'TOMOSHIBI_DATA', problem }, [], {
        cause: error,
      })
    }
    default:
      return error
  }
}
