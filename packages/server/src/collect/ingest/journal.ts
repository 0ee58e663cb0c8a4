import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Logger } from 'pino'
import * as z from 'zod'
import { type Endpoint, endpoints } from './ingest.ts'

/** One body as it was received. */
export interface JournalRecord {
  readonly number: number
  readonly workspaceId: string
  readonly endpoint: Endpoint
  readonly receivedAtMs: number
  /** JSON, unpacked. */
  readonly body: Buffer
}

interface Segment {
  /** Number of its first record. */
  readonly first: number
  readonly path: string
  /** Bytes that are whole records on disk. */
  bytes: number
}

interface Waiting {
  readonly number: number
  readonly receivedAtMs: number
  readonly bytes: Buffer
  readonly done: (failure: unknown) => void
}

/** When a record was received; one a second at most is remembered. */
interface Mark {
  readonly number: number
  readonly atMs: number
}

/** A part of the journal as it was at one instant; it can be read after the journal forgot it. */
export interface HeldSegment {
  /** Of its file. */
  readonly name: string
  readonly bytes: number
  readonly file: FileHandle
}

export interface JournalOptions {
  readonly folder: string
  /** Number of the first record that has not become facts. */
  readonly nextRecord: number
  readonly log: Logger
  readonly segmentBytes?: number
}

const headSchema = z.object({
  n: z.int().nonnegative(),
  at: z.int().nonnegative(),
  w: z.string(),
  e: z.enum(endpoints),
})

/** A record is: length and CRC-32 of what follows, length of the head, head as JSON, body. */
const frameBytes = 8
const headLengthBytes = 2
const segmentBytes = 64 * 2 ** 20
const groupBytes = 8 * 2 ** 20

/**
 * The journal of bodies that were acknowledged and are not facts yet: files to which records are only
 * appended. Records that arrive while others are being written to disk go there together, with one
 * flush for all.
 */
export class Journal {
  readonly #folder: string
  readonly #log: Logger
  readonly #segmentBytes: number
  readonly #segments: Segment[]
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #writing: Promise<void> | null = null
  #file: FileHandle | null = null
  #next: number
  /** The next record goes to a new file, whether the last one is full or not. */
  #beginsNew = false
  /** Number after the last record that is on disk. */
  #durable: number
  /** All records before this one are facts. */
  #forgotten: number
  /** Where reading goes on: a segment by its first record, and an offset there. */
  #cursor: { segment: number; offset: number }
  /** Bytes before the cursor in the segments that are still here. */
  #readBytes = 0
  readonly #marks: Mark[]
  /** Called when records have reached the disk. */
  onCommitted: () => void = () => {}

  private constructor(options: JournalOptions, segments: Segment[], marks: Mark[], next: number) {
    this.#folder = options.folder
    this.#log = options.log
    this.#segmentBytes = options.segmentBytes ?? segmentBytes
    this.#segments = segments
    this.#marks = marks
    this.#next = next
    this.#durable = next
    this.#forgotten = options.nextRecord
    this.#cursor = { segment: segments[0]?.first ?? next, offset: 0 }
  }

  /** Opens the folder's journal. What a crash left half written at the end was never acknowledged. */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder, nextRecord, log } = options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(folder)).filter((name) => /^\d{16}\.journal$/.test(name)).sort()
    const segments: Segment[] = []
    const marks: Mark[] = []
    let next = nextRecord
    for (const [i, name] of names.entries()) {
      const path = join(folder, name)
      const first = Number.parseInt(name, 10)
      const following = names[i + 1]
      if (following !== undefined && Number.parseInt(following, 10) <= nextRecord) {
        await rm(path)
        continue
      }
      const { bytes, last, marks: found } = await measure(path)
      const size = (await stat(path)).size
      if (size > bytes && following !== undefined) {
        log.error({ path, bytes, size }, 'a part of the journal of events cannot be read')
      }
      if (last === null) await rm(path)
      else {
        segments.push({ first, path, bytes })
        marks.push(...found)
        next = Math.max(next, last + 1)
      }
    }
    const journal = new Journal(options, segments, marks, next)
    journal.#forgetMarks()
    return journal
  }

  /** All records before this number are on disk, or were never acknowledged. */
  get durable(): number {
    return this.#durable
  }

  /** Bytes that wait to become facts, on disk and on their way there. */
  get backlogBytes(): number {
    const stored = this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
    return stored - this.#readBytes + this.#waitingBytes
  }

  /** About when the oldest record was received that is not facts yet; null when all are. */
  get oldestWaitingAtMs(): number | null {
    return this.#durable > this.#forgotten ? (this.#marks[0]?.atMs ?? null) : null
  }

  /** Number of the first record of which there is a file; of the next one where there is no file. */
  get firstRecord(): number {
    return this.#segments[0]?.first ?? this.#next
  }

  /** Whether there is anything on disk for `read`. */
  get hasUnread(): boolean {
    const { segment, offset } = this.#cursor
    return this.#segments.some(
      ({ first, bytes }) => bytes > (first === segment ? offset : 0) && first >= segment,
    )
  }

  /**
   * Appends a record. Resolves when it is on disk.
   *
   * @throws what the file system throws; the record is not in the journal then
   */
  append(record: Omit<JournalRecord, 'number'>): Promise<void> {
    const number = this.#next
    const bytes = encoded({ ...record, number })
    this.#next += 1
    this.#waitingBytes += bytes.length
    return new Promise((resolve, reject) => {
      const done = (failure: unknown) => (failure === null ? resolve() : reject(failure))
      const { receivedAtMs } = record
      this.#waiting.push({ number, receivedAtMs, bytes, done })
      this.#writing ??= this.#write()
    })
  }

  async #write(): Promise<void> {
    // The requests of this turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      const failure = await this.#flush(group).then(
        () => null,
        (error: unknown) => error,
      )
      for (const each of group) {
        this.#waitingBytes -= each.bytes.length
        each.done(failure)
      }
      if (failure !== null) continue
      this.#durable = (group.at(-1)?.number ?? -1) + 1
      this.#mark(group[0])
      this.onCommitted()
    }
    // At once, not when the promise settles: what is appended in between would wait for ever.
    this.#writing = null
  }

  #mark(first: Waiting | undefined): void {
    const last = this.#marks.at(-1)
    if (first === undefined) return
    if (last !== undefined && first.receivedAtMs < last.atMs + 1000) return
    this.#marks.push({ number: first.number, atMs: first.receivedAtMs })
  }

  /** Keeps the mark of the oldest record that waits and those after it. */
  #forgetMarks(): void {
    const kept = this.#marks.findLastIndex(({ number }) => number <= this.#forgotten)
    const all = this.#durable <= this.#forgotten
    this.#marks.splice(0, all ? this.#marks.length : Math.max(kept, 0))
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const each of this.#waiting) {
      bytes += each.bytes.length
      if (count > 0 && bytes > groupBytes) break
      count += 1
    }
    const group = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return group
  }

  /** The segment to write to; a new one when the last is full, or not of this process. */
  async #segmentFor(record: number): Promise<{ segment: Segment; file: FileHandle }> {
    const last = this.#segments.at(-1)
    const hasRoom = last !== undefined && last.bytes < this.#segmentBytes && !this.#beginsNew
    if (this.#file !== null && last !== undefined && hasRoom) {
      return { segment: last, file: this.#file }
    }
    this.#beginsNew = false
    await this.#file?.close()
    this.#file = null
    const path = join(this.#folder, `${String(record).padStart(16, '0')}.journal`)
    const file = await open(path, 'wx', 0o600)
    try {
      await syncFolder(this.#folder)
    } catch (error) {
      await file.close()
      await rm(path, { force: true })
      throw error
    }
    this.#file = file
    const segment = { first: record, path, bytes: 0 }
    this.#segments.push(segment)
    return { segment, file }
  }

  async #flush(group: readonly Waiting[]): Promise<void> {
    const { segment, file } = await this.#segmentFor(group[0]?.number ?? this.#next)
    const bytes = Buffer.concat(group.map((each) => each.bytes))
    try {
      await writeAll(file, bytes, segment.bytes)
      await file.datasync()
      segment.bytes += bytes.length
    } catch (error) {
      // What is there in part must never be read; the next record begins a new segment.
      this.#file = null
      await file.truncate(segment.bytes).catch(() => {})
      await file.close().catch(() => {})
      if (segment.bytes === 0) {
        this.#segments.pop()
        await rm(segment.path, { force: true })
      }
      throw error
    }
  }

  /**
   * The next records that are on disk, in order, at least one where there is one.
   *
   * @param maxBytes about how many bytes of records at most
   */
  async read(maxBytes: number): Promise<JournalRecord[]> {
    const records: JournalRecord[] = []
    let bytes = 0
    for (const segment of [...this.#segments]) {
      if (segment.first < this.#cursor.segment) continue
      if (segment.first > this.#cursor.segment) this.#cursor = { segment: segment.first, offset: 0 }
      const until = segment.bytes
      if (this.#cursor.offset >= until) continue
      const file = await open(segment.path, 'r')
      try {
        while (bytes < maxBytes && this.#cursor.offset < until) {
          const wanted = Math.min(readBytes, until - this.#cursor.offset)
          const chunk = await readExactly(file, this.#cursor.offset, wanted)
          const found = decoded(chunk)
          if (found.bytes === 0) {
            const { path } = segment
            this.#log.error({ path, ...this.#cursor }, 'the journal of events cannot be read here')
            throw new Error(`${path} cannot be read at ${this.#cursor.offset}`)
          }
          this.#cursor = { segment: segment.first, offset: this.#cursor.offset + found.bytes }
          bytes += found.bytes
          for (const record of found.records) {
            if (record.number >= this.#forgotten) records.push(record)
          }
        }
      } finally {
        await file.close()
      }
      if (bytes >= maxBytes) break
    }
    this.#readBytes += bytes
    return records
  }

  /** Drops the records before this one; they are facts. What was read must have been used. */
  async forget(before: number): Promise<void> {
    this.#forgotten = before
    this.#forgetMarks()
    while (this.#segments.length > 1) {
      const [first, second] = this.#segments
      if (first === undefined || second === undefined || second.first > before) return
      await rm(first.path, { force: true })
      this.#segments.shift()
      this.#readBytes -= first.bytes
    }
  }

  /**
   * Removes the files of records that are facts, the newest one included, where all are; otherwise the next
   * record begins a new file, so that `forget` can remove those before it.
   *
   * @returns whether nothing is left of records that were there
   */
  async clear(): Promise<boolean> {
    this.#beginsNew = true
    if (this.#writing !== null || this.#waiting.length > 0) return this.#segments.length === 0
    if (this.#durable > this.#forgotten) return false
    // All of it before anything is awaited: what is appended meanwhile finds a journal without files.
    const file = this.#file
    const settled = this.#segments.splice(0)
    this.#file = null
    this.#readBytes = 0
    this.#cursor = { segment: this.#next, offset: 0 }
    await file?.close()
    for (const { path } of settled) await rm(path, { force: true })
    await syncFolder(this.#folder)
    return true
  }

  /**
   * Opens what is on disk now, for reading it later; whoever asked closes the files. Records that are
   * facts already may be among it. Nothing may become facts while this runs.
   */
  async hold(): Promise<HeldSegment[]> {
    const now = this.#segments.map(({ path, bytes }) => ({ path, bytes }))
    const held: HeldSegment[] = []
    try {
      for (const { path, bytes } of now) {
        const file = await open(path, 'r').catch((error: unknown) => {
          // All of it became facts a moment ago.
          if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
          throw error
        })
        if (file !== null) held.push({ name: basename(path), bytes, file })
      }
      return held
    } catch (error) {
      for (const { file } of held) await file.close()
      throw error
    }
  }

  /** Waits for what is being written, then closes the files. Nothing may be appended meanwhile. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file?.close()
    this.#file = null
  }
}

const readBytes = 4 * 2 ** 20

function encoded(record: JournalRecord): Buffer {
  const { number: n, receivedAtMs: at, workspaceId: w, endpoint: e, body } = record
  const head = Buffer.from(JSON.stringify({ n, at, w, e }))
  const length = headLengthBytes + head.length + body.length
  const bytes = Buffer.allocUnsafe(frameBytes + length)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt16LE(head.length, frameBytes)
  head.copy(bytes, frameBytes + headLengthBytes)
  body.copy(bytes, frameBytes + headLengthBytes + head.length)
  bytes.writeUInt32LE(crc32(bytes.subarray(frameBytes)), 4)
  return bytes
}

/** The whole records at the start of a buffer, and how many bytes they take. */
function decoded(buffer: Buffer): { records: JournalRecord[]; bytes: number } {
  const records: JournalRecord[] = []
  let offset = 0
  while (offset + frameBytes <= buffer.length) {
    const length = buffer.readUInt32LE(offset)
    const start = offset + frameBytes
    const end = start + length
    if (length < headLengthBytes || end > buffer.length) break
    const payload = buffer.subarray(start, end)
    if (crc32(payload) !== buffer.readUInt32LE(offset + 4)) break
    const headEnd = headLengthBytes + payload.readUInt16LE(0)
    const head = headSchema.parse(JSON.parse(payload.toString('utf8', headLengthBytes, headEnd)))
    records.push({
      number: head.n,
      receivedAtMs: head.at,
      workspaceId: head.w,
      endpoint: head.e,
      body: payload.subarray(headEnd),
    })
    offset = end
  }
  return { records, bytes: offset }
}

/** What a journal that nobody has open holds; nothing is changed. */
export interface JournalFound {
  /** At most so many bytes are not facts yet. */
  readonly bytes: number
  readonly oldestAtMs: number | null
  /** Files of which a part in the middle cannot be read. */
  readonly damaged: readonly string[]
}

/**
 * Looks at the journal in a folder without opening it.
 *
 * @param nextRecord number of the first record that has not become facts
 */
export async function inspectJournal(folder: string, nextRecord: number): Promise<JournalFound> {
  const names = (await readdir(folder)).filter((name) => /^\d{16}\.journal$/.test(name)).sort()
  const damaged: string[] = []
  let waiting = 0
  let oldestAtMs: number | null = null
  for (const [i, name] of names.entries()) {
    const path = join(folder, name)
    const { bytes, last, marks } = await measure(path)
    // At the very end a record may be half written; it was never acknowledged.
    if ((await stat(path)).size > bytes && i < names.length - 1) damaged.push(name)
    if (last === null || last < nextRecord) continue
    waiting += bytes
    oldestAtMs ??= (marks.findLast(({ number }) => number <= nextRecord) ?? marks[0])?.atMs ?? null
  }
  return { bytes: waiting, oldestAtMs, damaged }
}

/** How many bytes of a segment are whole records, and the number of the last; null = none. */
async function measure(
  path: string,
): Promise<{ bytes: number; last: number | null; marks: Mark[] }> {
  const { size } = await stat(path)
  const file = await open(path, 'r')
  const marks: Mark[] = []
  let bytes = 0
  let last: number | null = null
  try {
    while (bytes < size) {
      const found = decoded(await readExactly(file, bytes, Math.min(readBytes, size - bytes)))
      if (found.bytes === 0) break
      bytes += found.bytes
      last = found.records.at(-1)?.number ?? last
      const [first] = found.records
      if (first !== undefined) marks.push({ number: first.number, atMs: first.receivedAtMs })
    }
  } finally {
    await file.close()
  }
  return { bytes, last, marks }
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, offset + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return buffer.subarray(0, read)
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written)
    written += bytesWritten
  }
}

/** A new file is only there after a crash when its folder is on disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}
