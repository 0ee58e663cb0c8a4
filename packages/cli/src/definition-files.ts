import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@tomoshibi/server/call/failure'
import { UsageError } from './failure.ts'
import { readText } from './text-file.ts'

/**
 * The YAML files of folders, and files as they are named, with what they hold.
 *
 * @param depth deep = also those in folders within the folders
 */
export async function readDefinitions(
  paths: readonly string[],
  depth: 'flat' | 'deep' = 'flat',
): Promise<{ name: string; yaml: string }[]> {
  const names = await filesAt(paths, depth)
  return await Promise.all(names.map(async (name) => ({ name, yaml: await readText(name) })))
}

/** The YAML files of folders, and files as they are named. @throws Failure FILE_UNREADABLE */
async function filesAt(paths: readonly string[], depth: 'flat' | 'deep'): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    const inside = await yamlFilesIn(path, depth)
    if (inside?.length === 0) {
      throw new UsageError({
        en: `There is no .yaml file in ${path}.`,
        ja: `${path} に .yaml ファイルがありません。`,
      })
    }
    found.push(...(inside ?? [path]))
  }
  return [...new Set(found)]
}

/** The YAML files of a folder by name; null where it is none. */
async function yamlFilesIn(path: string, depth: 'flat' | 'deep'): Promise<string[] | null> {
  try {
    if (!(await stat(path)).isDirectory()) return null
    const names = await readdir(path, { recursive: depth === 'deep' })
    return names
      .filter((name) => /\.ya?ml$/i.test(name) && !/(^|[\\/])\./.test(name))
      .sort()
      .map((name) => join(path, name))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure('FILE_UNREADABLE', { file: path, problem })
  }
}

/** Keys are small letters, digits and _, so a key is a safe name of a file. */
export async function writeDefinitions(
  folder: string,
  files: readonly { readonly key: string; readonly yaml: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const { key, yaml } of files) await writeFile(join(folder, `${key}.yaml`), yaml)
}
