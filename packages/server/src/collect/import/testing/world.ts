import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportCounts, ImportSummary } from '@tomoshibi/contract/collect'
import type { FactStore } from '@tomoshibi/facts/store'
import { contentHashColumn, type FactTableName, factTables } from '@tomoshibi/facts/tables'
import { startTestFacts } from '@tomoshibi/facts/testing/engine'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { type ImportRequest, runImport } from '../service.ts'

const anyRow = z.record(z.string(), z.unknown())

export type Files = Readonly<Record<string, string | Buffer>>

/** A fact store and folders for tests of the import. */
export interface ImportWorld {
  readonly facts: FactStore
  /** Writes files into a new folder and returns it. */
  folder(files: Files): Promise<string>
  /** Imports files from a new folder, a minute later than the import before. */
  run(
    workspaceId: string,
    files: Files,
    mapping: string,
    more?: Partial<ImportRequest> & { facts?: FactStore },
  ): Promise<ImportSummary>
  /** Every stored version of a table, in order. */
  versions(workspaceId: string, table: FactTableName): Promise<Record<string, unknown>[]>
  /** What is stored in all tables, but for when it was imported. */
  stored(workspaceId: string): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

export async function startImportWorld(): Promise<ImportWorld> {
  const { store, stop } = await startTestFacts()
  const root = await mkdtemp(join(tmpdir(), 'tomoshibi-import-test-'))
  let folders = 0
  let now = Temporal.Instant.from('2026-11-21T00:00:00Z')
  const clock = { now: () => now }

  const folder = async (files: Files) => {
    folders += 1
    const path = join(root, String(folders))
    await mkdir(path)
    for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
    return path
  }
  return {
    facts: store,
    folder,
    async run(workspaceId, files, mapping, { facts = store, ...more } = {}) {
      now = now.add({ minutes: 1 })
      const paths = [await folder(files)]
      const request = { workspaceId, timeZone: 'Asia/Tokyo', paths, mapping, ...more }
      return runImport({ facts, clock }, request)
    },
    versions: (workspaceId, table) =>
      store.query(
        {
          sql: `SELECT * EXCEPT (workspace_id, version) FROM ${table} FINAL
WHERE workspace_id = {workspace_id:String} ORDER BY record_id, known_at, account_id`,
          params: { workspace_id: workspaceId },
        },
        anyRow,
      ),
    stored: (workspaceId) =>
      store.query(
        {
          sql: `SELECT * FROM (${Object.keys(factTables)
            .map(
              (table) => `
SELECT '${table}' AS table, account_id, record_id, deleted, ${contentHashColumn},
  if(known_at >= '2026-11-21', NULL, known_at) AS known
FROM ${table} FINAL WHERE workspace_id = {workspace_id:String}`,
            )
            .join(' UNION ALL ')}) ORDER BY table, record_id, known, account_id`,
          params: { workspace_id: workspaceId },
        },
        anyRow,
      ),
    stop: async () => {
      await stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The counts that are not 0, for short expectations. */
export function countsOf(summary: ImportSummary): Record<string, unknown>[] {
  return summary.files.map((file) =>
    Object.fromEntries(Object.entries(file).filter(([, value]) => value !== 0)),
  )
}

/** Rows that are accounted for; must equal `read`. */
export function accountedFor(counts: ImportCounts): number {
  const { stored, updated, unchanged, superseded, leftOut, rejected } = counts
  return stored + updated + unchanged + superseded + leftOut + rejected
}
