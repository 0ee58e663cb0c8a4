/** A disk of its own for a test, so small that it can be filled. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallDisk {
  /** Takes so much of the space that is left, or all of it. @returns whether nothing is left */
  fill(megabytes: number): boolean
  /** Gives it back. */
  empty(): void
  unmount(): void
}

/**
 * Mounts a disk in memory at a folder that is there.
 *
 * @returns null where this user may not mount anything
 */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | null {
  const size = `size=${megabytes}m`
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder])
  if (mounted.error !== undefined || mounted.status !== 0) return null
  const ballast = join(folder, 'ballast')
  return {
    fill: (atMost) => {
      const file = openSync(ballast, 'a')
      try {
        const megabyte = Buffer.alloc(2 ** 20)
        for (let n = 0; n < atMost; n++) if (!isWritten(file, megabyte)) break
        const { bavail, bsize } = statfsSync(folder)
        if (bavail * bsize > megabyte.length) return false
        const block = Buffer.alloc(bsize)
        while (isWritten(file, block));
        return true
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount: () => {
      // Lazily: a process that was killed may hold a file for a moment longer.
      spawnSync('umount', ['-l', folder])
    },
  }
}

/** Whether there was room for all of it. */
function isWritten(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
