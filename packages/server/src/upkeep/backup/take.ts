import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type FactsSnapshot, snapshotFacts } from '@tomoshibi/facts/snapshot'
import { type StateSnapshot, snapshotState } from '@tomoshibi/state/snapshot'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import type { HeldSegment } from '../../collect/ingest/journal.ts'
import type { Ingestion } from '../../collect/ingest/service.ts'
import { migrationsOfFacts, migrationsOfState } from '../../platform/migrations.ts'
import { version } from '../../version.ts'
import { ArchiveWriter } from './archive.ts'
import type { Manifest } from './manifest.ts'

export interface BackupSource {
  readonly ports: Ports
  readonly ingestion: Ingestion
}

/** Both stores and the journal as they are at one instant. */
interface Cut {
  readonly takenAt: string
  readonly facts: FactsSnapshot
  readonly state: StateSnapshot
  readonly journal: readonly HeldSegment[]
}

const underway = new WeakSet<Ingestion>()

/**
 * Writes a backup of all that is there at one instant: the state, the facts, and the events that are
 * acknowledged and not facts yet. For that instant, some milliseconds a table, nothing becomes facts; then
 * everything goes on while the backup is written. On a cluster of fact stores nothing becomes facts until
 * it is written; events are acknowledged all the while.
 *
 * @param sink ended when the backup is whole, destroyed when it is not
 * @throws Failure BACKUP_RUNNING; FactsError, errors of the state store and of the sink
 */
export async function writeBackup(source: BackupSource, sink: Writable): Promise<void> {
  const { ingestion } = source
  if (underway.has(ingestion)) throw new Failure('BACKUP_RUNNING')
  underway.add(ingestion)
  try {
    const rest = await ingestion.still(async (journal) => {
      const cut = await takeCut(source, journal)
      if (cut.facts.isIsolated) return cut
      await writeCut(source, cut, sink)
      return null
    })
    if (rest !== null) await writeCut(source, rest, sink)
  } catch (error) {
    sink.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    underway.delete(ingestion)
  }
}

async function takeCut({ ports }: BackupSource, journal: readonly HeldSegment[]): Promise<Cut> {
  try {
    const facts = await snapshotFacts(ports.facts)
    try {
      const takenAt = ports.clock.now().toString({ smallestUnit: 'millisecond' })
      return { takenAt, facts, state: await snapshotState(ports.state), journal }
    } catch (error) {
      await facts.drop()
      throw error
    }
  } catch (error) {
    for (const { file } of journal) await file.close()
    throw error
  }
}

async function writeCut({ ports }: BackupSource, cut: Cut, sink: Writable): Promise<void> {
  const { facts, state, journal, takenAt } = cut
  const archive = new ArchiveWriter(sink, new Date(takenAt))
  try {
    const ofState = await writeState(archive, ports, state)
    // Its transaction holds old rows back from being cleared away, so it is the first to end.
    await state.close()
    const ofJournal: Manifest['journal'] = []
    for (const { name, bytes, file } of journal) {
      await archive.add('journal', name, bytesOf(file, bytes))
      ofJournal.push({ name, bytes })
    }
    const tables: Manifest['facts']['tables'] = []
    for (const table of facts.tables) {
      await archive.add('facts', table.name, await facts.read(table))
      tables.push({ ...table, columns: [...table.columns], ...(await facts.sum(table)) })
    }
    const { known: migrations } = await migrationsOfFacts(ports.facts)
    await archive.finish({
      version,
      takenAt,
      state: ofState,
      facts: { migrations, tables },
      journal: ofJournal,
    })
  } catch (error) {
    await archive.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    await state.close()
    for (const { file } of journal) await file.close()
    await facts.drop()
  }
}

async function writeState(
  archive: ArchiveWriter,
  ports: Ports,
  state: StateSnapshot,
): Promise<Manifest['state']> {
  const { known: migrations } = await migrationsOfState(ports.state)
  const tables: Manifest['state']['tables'] = []
  for (const { name, columns } of state.tables) {
    let rows = 0
    async function* counted(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1
        yield chunk
      }
    }
    await archive.add('state', name, counted(state.read({ name, columns })))
    tables.push({ name, columns: [...columns], rows })
  }
  return { migrations, tables, sequences: [...state.sequences] }
}

const readBytes = 2 ** 20

async function* bytesOf(file: FileHandle, until: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < until; ) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, until - at))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) throw new Error('the journal is shorter than it was')
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
    await nextTurn()
  }
}
