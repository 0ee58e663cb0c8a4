import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { SourceError } from './source.ts'

const chunkBytes = 256 * 1024

/**
 * The bytes of a file, unpacked when it is gzip, chunk by chunk.
 *
 * @param onBytes told how many bytes on disk have been read so far
 * @throws SourceError when the file cannot be read or its gzip is damaged
 */
export async function* fileBytes(
  path: string,
  file: string,
  gzip: boolean,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Buffer, void, void> {
  const disk = createReadStream(path, { highWaterMark: chunkBytes })
  let read = 0
  disk.on('data', (chunk) => {
    read += chunk.length
    onBytes?.(read)
  })
  const gunzip = gzip ? createGunzip({ chunkSize: chunkBytes }) : null
  // `pipe` does not pass errors on.
  if (gunzip !== null) disk.on('error', (error) => gunzip.destroy(error))
  const stream: AsyncIterable<unknown> = gunzip === null ? disk : disk.pipe(gunzip)
  try {
    for await (const chunk of stream) {
      if (Buffer.isBuffer(chunk)) yield chunk
    }
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    disk.destroy()
    gunzip?.destroy()
  }
}

/** The first bytes of a file, unpacked when it is gzip. Damage further on is not seen. */
export async function headOf(
  path: string,
  file: string,
  gzip: boolean,
  bytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of fileBytes(path, file, gzip)) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= bytes) break
  }
  return Buffer.concat(chunks).subarray(0, bytes)
}

function unreadable(file: string, error: unknown): SourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') {
    return new SourceError(file, { en: 'there is no such file', ja: 'ファイルがありません' })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SourceError(file, {
      en: 'there is no permission to read it',
      ja: '読み取る権限がありません',
    })
  }
  if (code === 'EISDIR') {
    return new SourceError(file, { en: 'it is a folder', ja: 'フォルダーです' })
  }
  if (code.startsWith('Z_')) {
    return new SourceError(file, {
      en: 'its gzip is damaged or incomplete; the rows after that place are missing',
      ja: 'gzip が壊れているか途中で切れています。それ以降の行は読み取れません',
    })
  }
  return new SourceError(file, {
    en: `it cannot be read (${code || 'unknown reason'})`,
    ja: `読み取れません（${code || '原因不明'}）`,
  })
}
