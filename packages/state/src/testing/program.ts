/** A program with an embedded PostgreSQL in the folder given, for tests that kill such programs. */
import { silentLog } from '../engine/log.ts'
import { startPostgres } from '../engine/postgres.ts'
import { StateError } from '../errors.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const postgres = await startPostgres({ dataDir, log: silentLog })
  process.stdout.write(`${JSON.stringify({ url: postgres.url, pid: postgres.pid() })}\n`)
  setInterval(() => {}, 60_000)
} catch (error) {
  const code = error instanceof StateError ? error.code : String(error)
  process.stdout.write(`${JSON.stringify({ code })}\n`)
}
