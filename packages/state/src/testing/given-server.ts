import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PostgresBinaries } from '../engine/binaries.ts'
import { silentLog } from '../engine/log.ts'
import { startPostgres } from '../engine/postgres.ts'

/**
 * A PostgreSQL that stands for one that a company runs itself: the system's own (Debian's packages)
 * where there is one, which is then of another major version, or else one more embedded one. Tests know
 * its address and nothing else.
 */
export async function startGivenServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-given-'))
  const binaries = systemBinaries()
  const server = await startPostgres({ dataDir, log: silentLog, ...(binaries && { binaries }) })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function systemBinaries(): PostgresBinaries | null {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return null
  for (const version of readdirSync(root)) {
    const [initdb, postgres] = ['initdb', 'postgres'].map((p) => join(root, version, 'bin', p))
    if (initdb && postgres && existsSync(initdb) && existsSync(postgres)) {
      return { initdb, postgres, libraryPath: null }
    }
  }
  return null
}
