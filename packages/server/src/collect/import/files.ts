import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SourceError } from './formats/source.ts'

/** A file that was given to import. */
export interface GivenFile {
  readonly path: string
  readonly name: string
}

/**
 * The files that paths name; of a folder, those in it (hidden ones and sub-folders left out).
 *
 * @throws SourceError when there is nothing at a path, or no permission
 */
export async function givenFiles(paths: readonly string[]): Promise<GivenFile[]> {
  const files = new Map<string, GivenFile>()
  for (const path of paths) {
    const name = basename(path)
    const found = await lookAt(path, name)
    if (found === 'file') files.set(path, { path, name })
    else {
      for (const entry of found) files.set(entry.path, entry)
    }
  }
  return [...files.values()]
}

const noRegularFile = {
  en: 'it is a pipe or a device; give a file',
  ja: 'パイプまたはデバイスです。ファイルを指定してください',
}

/** Follows a link; one that leads nowhere is no file. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}

async function lookAt(path: string, name: string): Promise<'file' | GivenFile[]> {
  try {
    const found = await stat(path)
    if (found.isFile()) return 'file'
    // A file is read more than once; a pipe would wait for ever, and a device might never end.
    if (!found.isDirectory()) throw new SourceError(name, noRegularFile)
    const files: GivenFile[] = []
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const file = { path: join(path, entry.name), name: entry.name }
      if (entry.name.startsWith('.')) continue
      if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(file.path)))) files.push(file)
    }
    return files.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (error instanceof SourceError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EACCES' || code === 'EPERM') {
      throw new SourceError(name, {
        en: 'there is no permission to read it',
        ja: '読み取る権限がありません',
      })
    }
    throw new SourceError(path, { en: 'there is no such file', ja: 'ファイルがありません' })
  }
}
