import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { finished, Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import * as z from 'zod'
import { Failure } from '../../call/failure.ts'
import {
  backupFormat,
  entryOf,
  type Manifest,
  manifestEntry,
  manifestSchema,
  manifestSumEntry,
  type Piece,
  partOf,
} from './manifest.ts'

/** A stream goes into the archive in pieces, since an entry has to say beforehand how long it is. */
const pieceBytes = 4 * 2 ** 20

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Writes a backup: a tar file whose last entries say what must be in it. */
export class ArchiveWriter {
  readonly pieces: Piece[] = []
  readonly #pack = pack()
  readonly #written: Promise<void>
  readonly #mtime: Date
  /** Why the sink takes nothing more. */
  #failure: Error | null = null

  constructor(sink: Writable, mtime: Date) {
    this.#mtime = mtime
    this.#written = pipeline(Readable.from(this.#pack), sink)
    // Whoever writes is told at this entry or the next, and in the end.
    this.#written.catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error))
      this.#pack.destroy()
    })
  }

  /** @returns how many bytes there were */
  async add(
    kind: 'state' | 'facts' | 'journal',
    name: string,
    bytes: AsyncIterable<Buffer>,
  ): Promise<number> {
    let piece = 0
    let total = 0
    let waiting: Buffer[] = []
    let size = 0
    const flush = async () => {
      await this.#piece(entryOf(kind, name, piece), Buffer.concat(waiting))
      piece += 1
      waiting = []
      size = 0
    }
    for await (const chunk of bytes) {
      waiting.push(chunk)
      size += chunk.length
      total += chunk.length
      if (size >= pieceBytes) await flush()
    }
    if (size > 0) await flush()
    return total
  }

  async #piece(name: string, bytes: Buffer): Promise<void> {
    this.pieces.push({ name, bytes: bytes.length, sha256: sha256(bytes) })
    await this.#entry(name, bytes)
  }

  async #entry(name: string, bytes: Buffer): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    const entry = this.#pack.entry({ name, size: bytes.length, mtime: this.#mtime, mode: 0o600 })
    await new Promise<void>((resolve) => {
      entry.on('finish', resolve)
      entry.on('close', resolve)
      entry.on('error', () => resolve())
      entry.end(bytes)
    })
    if (this.#failure !== null) throw this.#failure
  }

  /** Ends the archive with what is in it. Resolves when all has gone to the sink. */
  async finish(manifest: Omit<Manifest, 'pieces' | 'format'>): Promise<void> {
    const whole: Manifest = { format: backupFormat, ...manifest, pieces: this.pieces }
    const text = Buffer.from(`${JSON.stringify(whole, null, 1)}\n`)
    await this.#entry(manifestEntry, text)
    await this.#entry(manifestSumEntry, Buffer.from(`${sha256(text)}\n`))
    this.#pack.finalize()
    await this.#written
  }

  /** Gives up; the sink is destroyed. */
  async abort(error: Error): Promise<void> {
    this.#pack.destroy(error)
    await this.#written.catch(() => {})
  }
}

const damaged = (file: string, problem: string, problemJa: string, cause?: unknown): Failure =>
  new Failure('BACKUP_DAMAGED', { file, problem, problemJa }, [], { cause })

const bytesSchema = z.instanceof(Uint8Array)

interface Entry {
  readonly name: string
  readonly bytes: Buffer
}

/** An entry is a piece, or the manifest with a line for each piece. */
const longestEntryBytes = 512 * 2 ** 20

/** The entries of an archive, one after the other. @throws Failure BACKUP_DAMAGED, FILE_UNREADABLE */
async function* entriesOf(file: string): AsyncGenerator<Entry> {
  const source = createReadStream(file)
  const archive = extract()
  let failure: unknown = null
  finished(source, (error) => {
    failure ??= error ?? null
    if (error) archive.destroy(error)
  })
  source.pipe(archive)
  try {
    for await (const entry of archive) {
      const { name, size = 0 } = entry.header
      if (size > longestEntryBytes)
        throw damaged(file, `${name} is too large`, `${name} が大きすぎます`)
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(Buffer.from(bytesSchema.parse(chunk)))
      yield { name, bytes: Buffer.concat(chunks) }
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    const cause = failure ?? error
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
      throw new Failure('FILE_UNREADABLE', { file, problem: String(code) }, [], { cause })
    }
    throw damaged(file, 'it is not a whole archive', '完全なアーカイブではありません', error)
  } finally {
    source.destroy()
  }
}

/**
 * Reads a backup from end to end and checks that all that should be in it is, byte for byte.
 *
 * @throws Failure BACKUP_DAMAGED, BACKUP_NEWER, FILE_UNREADABLE
 */
export async function checkArchive(file: string): Promise<Manifest> {
  const found = new Map<string, string>()
  let text: Buffer | null = null
  let sum = ''
  for await (const { name, bytes } of entriesOf(file)) {
    if (name === manifestEntry) text = bytes
    else if (name === manifestSumEntry) sum = bytes.toString('utf8').trim()
    else if (found.has(name))
      throw damaged(file, `${name} is there twice`, `${name} が重複しています`)
    else found.set(name, sha256(bytes))
  }
  if (text === null) {
    throw damaged(file, 'it was not finished', '作成が途中で終わっています')
  }
  if (sha256(text) !== sum) {
    throw damaged(file, 'its list of contents was changed', '内容の一覧が変更されています')
  }
  const manifest = readManifest(file, text)
  for (const { name, sha256: expected } of manifest.pieces) {
    const has = found.get(name)
    if (has === undefined) throw damaged(file, `${name} is missing`, `${name} がありません`)
    if (has !== expected) throw damaged(file, `${name} was changed`, `${name} が変更されています`)
    found.delete(name)
  }
  const [more] = found.keys()
  if (more !== undefined) {
    throw damaged(file, `${more} does not belong there`, `${more} は含まれるはずのないものです`)
  }
  return manifest
}

const anyFormat = z.object({ format: z.number(), version: z.string() })

function readManifest(file: string, text: Buffer): Manifest {
  const json: unknown = JSON.parse(text.toString('utf8'))
  const { format, version } = anyFormat.parse(json)
  if (format > backupFormat) throw new Failure('BACKUP_NEWER', { file, version })
  return manifestSchema.parse(json)
}

/** One table or file of a backup, as a stream of its bytes. */
export interface Part {
  readonly kind: 'state' | 'facts' | 'journal'
  readonly name: string
  readonly bytes: Readable
}

/** The parts of an archive in their order; each must be read to its end before the next is asked for. */
export async function* partsOf(file: string): AsyncGenerator<Part> {
  const entries = entriesOf(file)
  let held = await nextPiece(entries)
  while (held !== null) {
    const { kind, name } = held
    async function* pieces(): AsyncGenerator<Buffer> {
      while (held !== null && held.kind === kind && held.name === name) {
        yield held.bytes
        held = await nextPiece(entries)
      }
    }
    yield { kind, name, bytes: Readable.from(pieces(), { objectMode: false }) }
    if (held !== null && held.kind === kind && held.name === name) {
      throw new Error(`${kind}/${name} was not read to its end`)
    }
  }
}

async function nextPiece(entries: AsyncGenerator<Entry>) {
  for (;;) {
    const next = await entries.next()
    if (next.done) return null
    const part = partOf(next.value.name)
    if (part !== null) return { ...part, bytes: next.value.bytes }
  }
}
