/** Files of rejected rows, which imports leave in the data folder. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imports } from '@tomoshibi/state/schema/imports'
import type { StateStore } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import { compiled, withoutPerson } from './texts.ts'

/** Paths of the files of rejected rows of a workspace's imports. */
async function rejectFiles(
  state: StateStore,
  workspaceId: string,
  dataDir: string,
): Promise<string[]> {
  const rows = await state.db
    .select({ id: imports.id })
    .from(imports)
    .where(eq(imports.workspaceId, workspaceId))
  const ours = new Set(rows.map(({ id }) => id))
  const folder = join(dataDir, 'imports')
  const found: string[] = []
  for (const id of await readdir(folder).catch(() => [])) {
    if (!ours.has(id)) continue
    const names = await readdir(join(folder, id)).catch(() => [])
    for (const name of names) if (name.endsWith('.csv')) found.push(join(folder, id, name))
  }
  return found
}

/**
 * Takes a person out of the files of rejected rows of a workspace. Each is written anew beside itself, so that
 * none is half written after a crash.
 *
 * @returns how many files named the person
 */
export async function clearFiles(
  state: StateStore,
  workspaceId: string,
  dataDir: string,
  patterns: readonly string[],
): Promise<number> {
  const regular = compiled(patterns)
  let changed = 0
  for (const path of await rejectFiles(state, workspaceId, dataDir)) {
    const text = await readFile(path, 'utf8')
    const lines = text.split('\n')
    const cleared = lines.map((line) => withoutPerson(line, regular)).join('\n')
    if (cleared === text) continue
    await writeFile(`${path}.new`, cleared, { mode: 0o600 })
    await rename(`${path}.new`, path)
    changed += 1
  }
  return changed
}
