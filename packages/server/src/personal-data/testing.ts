import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FactStore } from '@tomoshibi/facts/store'
import type { StateStore } from '@tomoshibi/state/store'
import * as z from 'zod'

const columnRow = z.object({ table: z.string(), name: z.string() })
const textRow = z.object({ text: z.string() })

/** Every text of every table of both stores, of whichever workspace, by table and column. */
export async function allTexts(
  facts: FactStore,
  state: StateStore,
): Promise<Map<string, string[]>> {
  const texts = new Map<string, string[]>()
  const inFacts = await facts.query(
    {
      sql: `SELECT table, name FROM system.columns
        WHERE database = currentDatabase() AND type LIKE '%String%' AND NOT endsWith(table, '_local')`,
      params: {},
    },
    columnRow,
  )
  for (const { table, name } of inFacts) {
    const rows = await facts.query(
      { sql: `SELECT DISTINCT toString(${name}) AS text FROM ${table}`, params: {} },
      textRow,
    )
    texts.set(
      `facts.${table}.${name}`,
      rows.map(({ text }) => text),
    )
  }
  const { rows: inState } = await state.pool.query(
    `SELECT table_schema || '.' || table_name AS table, column_name AS name FROM information_schema.columns
     WHERE table_schema IN ('public', 'jobs') AND data_type IN ('text', 'jsonb', 'ARRAY', 'uuid', 'character varying')`,
  )
  for (const { table, name } of z.array(columnRow).parse(inState)) {
    const { rows } = await state.pool.query(
      `SELECT DISTINCT coalesce("${name}"::text, '') AS text FROM ${table}`,
    )
    texts.set(
      `state.${table}.${name}`,
      z
        .array(textRow)
        .parse(rows)
        .map(({ text }) => text),
    )
  }
  return texts
}

/** Every file in a folder and below it, by its path. */
export async function allFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name)
    if ((await stat(path)).isFile()) files.set(name, await readFile(path, 'latin1'))
  }
  return files
}

/** Where any of these texts is found, whatever case it is written in. */
export function placesOf(
  texts: ReadonlyMap<string, readonly string[]>,
  sought: readonly string[],
): string[] {
  return [...texts].flatMap(([place, all]) => {
    const found = all.filter((text) => {
      const normal = text.normalize('NFKC').toLowerCase()
      return sought.some((one) => normal.includes(one.toLowerCase()))
    })
    return found.map((text) => `${place}: ${text.slice(0, 120)}`)
  })
}
