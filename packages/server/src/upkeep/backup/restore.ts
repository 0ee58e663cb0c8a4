import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { migrations } from '@tomoshibi/facts/migrations/migrate'
import { knownMigrations, migrateState, migrateStateThrough } from '@tomoshibi/state/migrate'
import type { Logger } from 'pino'
import { Failure } from '../../call/failure.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import { folderFailure, takeDataFolder } from '../../platform/data-folder.ts'
import { makeFolders } from '../../platform/folders.ts'
import { migrationsOfState } from '../../platform/migrations.ts'
import { openFactsOf, openStateOf } from '../../platform/stores.ts'
import { checkArchive } from './archive.ts'
import { checkEmpty, fillFrom } from './fill.ts'
import { finishRestore, markComplete, restoredNames, restoringFolder } from './finish.ts'
import type { Manifest } from './manifest.ts'

export interface RestoreOptions {
  readonly config: Config
  readonly clock: Clock
  readonly file: string
  /** Whether data that is there may be moved aside. */
  readonly replace: boolean
  readonly log: Logger
  /** Told of each table or file before it is put in. */
  readonly told?: (part: string) => void
}

export interface Restored {
  readonly takenAt: string
  readonly version: string
  /** Rows of facts. */
  readonly facts: number
  /** Folder, in the data folder, with what was there before; null when there was nothing. */
  readonly before: string | null
}

/**
 * Restores a backup into a data folder, and into the stores that the configuration gives, which must be
 * empty. All is built beside what is there and moved to its place when it is whole: cut off before, it
 * leaves everything as it was; after, the next start finishes it.
 *
 * @throws Failure BACKUP_DAMAGED, BACKUP_NEWER, FILE_UNREADABLE, DATA_FOLDER_NOT_EMPTY, STORE_NOT_EMPTY,
 *   COPY_DIFFERS and those of a data folder; FactsError, StateError
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { config, clock, file } = options
  const { dataDir } = config
  const manifest = await checkArchive(file)
  const isNewer =
    manifest.state.migrations > knownMigrations() || manifest.facts.migrations > migrations.length
  if (isNewer) throw new Failure('BACKUP_NEWER', { file, version: manifest.version })
  const folder = takeDataFolder(dataDir, clock)
  try {
    finishRestore(dataDir)
    const isOccupied = restoredNames.some((name) => holdsAnything(join(dataDir, name)))
    if (isOccupied && !options.replace) {
      throw new Failure('DATA_FOLDER_NOT_EMPTY', { folder: dataDir })
    }
    try {
      await build(options, manifest)
    } catch (error) {
      rmSync(restoringFolder(dataDir), { recursive: true, force: true })
      throw error
    }
    const stamp = clock
      .now()
      .toString({ smallestUnit: 'second' })
      .replace(/[^0-9TZ]/g, '')
    const before = `before-restore-${stamp}`
    await markComplete(dataDir, before)
    finishRestore(dataDir)
    const { takenAt, version, facts } = manifest
    const rows = facts.tables.reduce((sum, table) => sum + table.rows, 0)
    const kept = existsSync(join(dataDir, before)) ? before : null
    return { takenAt, version, facts: rows, before: kept }
  } catch (error) {
    throw folderFailure(error, dataDir)
  } finally {
    folder.release()
  }
}

async function build(options: RestoreOptions, manifest: Manifest): Promise<void> {
  const { config, log, file, told = () => {} } = options
  const work = restoringFolder(config.dataDir)
  makeFolders(work)
  // What is there of these must go, even where nothing comes in its place.
  for (const name of ['journal', 'imports', 'uploads']) mkdirSync(join(work, name), { mode: 0o700 })
  const there = { ...config, dataDir: work }
  const state = await openStateOf(there, log, { migrate: false })
  try {
    const { applied } = await migrationsOfState(state.store)
    if (applied > 0) await checkEmpty({ facts: null, state: state.store })
    if (applied > manifest.state.migrations) {
      // Its tables have columns by now that the backup does not know.
      throw new Failure('STORE_NOT_EMPTY', { store: 'state', table: '__drizzle_migrations' })
    }
    await migrateStateThrough(state.store.pool, manifest.state.migrations)
    const facts = await openFactsOf(there, log)
    try {
      await checkEmpty({ facts: facts.store, state: null })
      const target = { facts: facts.store, state: state.store, journal: join(work, 'journal') }
      await fillFrom(file, manifest, target, told)
      await migrateState(state.store.pool)
      // Later migrations may make something of the facts; each does no harm when it is run again.
      for (const { version, statements } of migrations) {
        if (version <= manifest.facts.migrations) continue
        for (const sql of statements(facts.store.layout)) await facts.store.everywhere(sql)
      }
    } finally {
      await facts.close()
    }
  } finally {
    await state.close()
  }
}

function holdsAnything(path: string): boolean {
  return existsSync(path) && readdirSync(path).length > 0
}
