import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { embeddedBinaries, type PostgresBinaries } from './binaries.ts'
import {
  type ClusterFolder,
  clusterFolder,
  engineFailure,
  initialise,
  owner,
  postgresEnv,
  reown,
} from './cluster-folder.ts'
import { type Guarded, startGuarded } from './guarded.ts'
import { launch } from './launch.ts'
import { clearLeftover, leaveFolder, takeFolder } from './leftover.ts'
import type { StateLog } from './log.ts'

/** A PostgreSQL that this program owns. */
export interface Postgres {
  /** `postgresql://…` with the password; the same for as long as it runs, restarts included. */
  readonly url: string
  /** The postmaster's process id, or null while it is down. */
  pid(): number | null
  /** How often it fell and was started again. */
  restarts(): number
  /** Ends it gracefully; safe to call twice. */
  stop(): Promise<void>
}

/** Ways to start it that differ from the default. */
export interface PostgresOptions {
  readonly dataDir: string
  readonly log: StateLog
  /** Another PostgreSQL than the npm package's. */
  readonly binaries?: PostgresBinaries
}

/** Recovery after a crash replays at most `max_wal_size` of log, which takes far less than this. */
const readyWithinMs = 120_000
const portAttempts = 5

/** SQLSTATEs of a server that starts, recovers or still has others connected; waiting helps. */
const comesRight = new Set(['57P01', '57P02', '57P03', '53300'])

/** What our own asking makes it say while it comes up. */
const noise = /the database system is (starting up|not yet accepting)|Consistent recovery state/

/**
 * Small, because it serves one program; durable, because an acknowledged change must survive a crash:
 * `fsync`, `synchronous_commit` and `full_page_writes` stay on.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '30',
  max_wal_senders: '0',
  wal_level: 'minimal',
  max_wal_size: '256MB',
  work_mem: '8MB',
  // Parallel workers want shared memory that containers often keep at 64 MB.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  // What it says goes to the program's log, which has no personal data: no rows, keys or statements.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/**
 * Starts PostgreSQL on `<dataDir>/state`, making the cluster first when there is none, and returns when
 * it answers. It listens on a free loopback port with a random password, is started again on the same
 * port when it falls, and ends when this program ends, however that ends.
 *
 * @throws StateError STATE_ENGINE_MISSING, STATE_ENGINE_FAILED, STATE_FOLDER_UNREACHABLE or
 * STATE_FOLDER_OWNED.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = clusterFolder(options.dataDir)
  const binaries = options.binaries ?? embeddedBinaries(`${folder.root}/lib`)
  takeFolder(folder)
  try {
    await clearLeftover(folder, options.log)
    await initialise(folder, binaries)
    reown(folder)
    const supervised = new Supervised(folder, binaries, options.log)
    await supervised.begin()
    return supervised
  } catch (error) {
    leaveFolder(folder)
    throw error
  }
}

class Supervised implements Postgres {
  readonly #folder: ClusterFolder
  readonly #binaries: PostgresBinaries
  readonly #log: StateLog
  /** The last lines that PostgreSQL said, for the message when it does not come up. */
  readonly #said: string[] = []
  #port = 0
  #current: Guarded | null = null
  #stopping = false
  #restarts = 0
  #watch: Promise<void> = Promise.resolve()

  constructor(folder: ClusterFolder, binaries: PostgresBinaries, log: StateLog) {
    this.#folder = folder
    this.#binaries = binaries
    this.#log = log
  }

  get url(): string {
    return this.#urlOf(owner)
  }

  pid(): number | null {
    return this.#current?.pid ?? null
  }

  restarts(): number {
    return this.#restarts
  }

  async begin(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await freePort()
      try {
        await this.#start()
        break
      } catch (error) {
        // Another program may take the port between our finding it free and PostgreSQL's taking it.
        const taken = this.#said.some((line) => line.includes('Address already in use'))
        if (!taken || attempt === portAttempts) throw error
        this.#said.length = 0
      }
    }
    this.#watch = this.#supervise()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#current?.stop()
    await this.#watch
    leaveFolder(this.#folder)
  }

  async #start(): Promise<void> {
    const set = Object.entries({ ...settings, port: String(this.#port) })
    const args = [
      '-D',
      this.#folder.cluster,
      ...set.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]
    const how = launch(this.#binaries.postgres, args, [this.#folder.cluster])
    const guarded = await startGuarded(how, postgresEnv(this.#binaries), (line) => this.#hear(line))
    try {
      await this.#ready(guarded)
    } catch (error) {
      await guarded.stop()
      throw error
    }
    this.#current = guarded
    guarded.unref()
  }

  /** Starts it again whenever it ends unasked; gives up only when the program stops it. */
  async #supervise(): Promise<void> {
    for (let waitMs = 100; !this.#stopping; waitMs = Math.min(waitMs * 2, 5_000)) {
      if (this.#current !== null) {
        const how = await this.#current.ended
        this.#current = null
        if (this.#stopping) return
        this.#log.warn({ how }, 'PostgreSQL ended; starting it again')
        waitMs = 100
      }
      try {
        await clearLeftover(this.#folder, this.#log)
        await this.#start()
        this.#restarts += 1
        this.#log.info({ pid: this.pid() }, 'PostgreSQL is back')
      } catch (error) {
        this.#log.error({ err: error }, 'PostgreSQL does not come back yet; trying again')
        await delay(waitMs, undefined, { ref: false })
      }
    }
    // Asked to stop while it was coming back.
    await this.#current?.stop()
  }

  async #ready(guarded: Guarded): Promise<void> {
    let gone: string | null = null
    void guarded.ended.then((how) => {
      gone = how
    })
    let last: unknown
    for (let waited = 0; waited < readyWithinMs && gone === null; waited += 50) {
      try {
        return await ensureDatabase(this.#urlOf('postgres'))
      } catch (error) {
        last = error
        if (error instanceof pg.DatabaseError && !comesRight.has(error.code ?? '')) break
        await delay(50)
      }
    }
    const why = gone ?? (last instanceof Error ? last.message : 'no answer')
    const said = this.#said.join('\n')
    throw engineFailure(`PostgreSQL did not come up (${why})`, said, this.#folder, last)
  }

  #hear(line: string): void {
    if (!noise.test(line)) this.#said.push(line)
    if (this.#said.length > 20) this.#said.shift()
    this.#log.debug({ line }, 'PostgreSQL says')
  }

  #urlOf(database: string): string {
    return `postgresql://${owner}:${this.#folder.password}@127.0.0.1:${this.#port}/${database}`
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // A connection that breaks while it is being used also rejects the query; this one is only noise.
  client.on('error', () => {})
  try {
    await client.connect()
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [owner])
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(owner)}`)
    }
  } finally {
    await client.end().catch(() => {})
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
