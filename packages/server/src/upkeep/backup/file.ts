import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { Failure } from '../../call/failure.ts'
import { checkArchive } from './archive.ts'
import type { Manifest } from './manifest.ts'

/**
 * Writes a backup to a file, which is there when it is whole and not before: until then it has another
 * name, and when it is cut off, nothing is left, or after a `kill -9` a file `….partial`.
 *
 * @param write puts the backup into the sink and resolves when all is in it
 * @returns what is in it, after it was read back and checked
 * @throws Failure BACKUP_NOT_WRITTEN, BACKUP_DAMAGED; what `write` throws
 */
export async function saveBackup(
  path: string,
  write: (sink: Writable) => Promise<void>,
): Promise<Manifest> {
  if (existsSync(path)) {
    throw notWritten(path, 'it is there already', 'すでに存在します')
  }
  const partial = `${path}.partial`
  try {
    // Flushed to disk before it counts as closed.
    const sink = createWriteStream(partial, { mode: 0o600, flush: true })
    const closed = new Promise<void>((resolve) => sink.once('close', () => resolve()))
    try {
      await once(sink, 'open')
      await write(sink)
    } catch (error) {
      sink.destroy()
      throw writeFailure(path, sink.errored ?? error)
    } finally {
      await closed
    }
    if (sink.errored !== null) throw writeFailure(path, sink.errored)
    const manifest = await checkArchive(partial)
    await rename(partial, path)
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
    return manifest
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

const notWritten = (file: string, problem: string, problemJa: string, cause?: unknown): Failure =>
  new Failure('BACKUP_NOT_WRITTEN', { file, problem, problemJa }, [], { cause })

const problems: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'ディスクがいっぱいです'],
  EDQUOT: ['the disk is full', 'ディスクがいっぱいです'],
  EACCES: ['no permission', '権限がありません'],
  EROFS: ['it cannot be written to', '書き込みできません'],
  ENOENT: ['the folder is not there', 'フォルダーがありません'],
  EISDIR: ['it is a folder', 'フォルダーです'],
  EFBIG: ['it would be too large', '大きすぎます'],
}

function writeFailure(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const found = problems[code]
  return found === undefined ? error : notWritten(path, found[0], found[1], error)
}
