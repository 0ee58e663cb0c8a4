/** The embedded fact engine: a ClickHouse server from npm as a child of this process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FactsError } from '../errors.ts'
import { type EngineCluster, serverConfig, usersConfig } from './config.ts'
import { freePort } from './free-port.ts'

export interface EngineOptions {
  /** The program's data folder; the engine keeps its own in `facts` below it. */
  readonly dataDir: string
  /** Bound of the whole engine; one query may take two thirds of it. Default 1.2 GB. */
  readonly memoryBytes?: number
  /** Takes one line for each thing worth knowing, such as a restart. */
  readonly log: (line: string) => void
  /** Only where this engine is a shard of a cluster. */
  readonly shard?: {
    readonly tcpPort: number
    readonly cluster: EngineCluster
    readonly password: string
  }
}

export interface Engine {
  /** Address on loopback, without user and password. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  /** A user who may only read the fact tables. */
  readonly reader: { readonly username: string; readonly password: string }
  /** The cluster that this engine is a shard of. */
  readonly cluster: string | undefined
  /** Process id of the running child; undefined between a fall and the restart. */
  pid(): number | undefined
  /** How often it fell and was started again. */
  restarts(): number
  /**
   * Ends the child, which is then started again. At its start the engine puts parts aside that can't be
   * read, and takes those again that they were merged of, which are kept for eight minutes.
   */
  renew(): void
  /** Settles when the engine has given up for good; the value says why. Never rejects. */
  readonly failed: Promise<FactsError>
  /** Lets running queries finish for up to five seconds, then ends the child. */
  stop(): Promise<void>
}

const DEFAULT_MEMORY_BYTES = 1_200_000_000
const READY_WITHIN_MS = 60_000
const DRAIN_WITHIN_MS = 5_000
/** A child that fell within this time of its start counts as a quick failure. */
const QUICK_FAILURE_MS = 10_000
const QUICK_FAILURES_ALLOWED = 5
const STDERR_KEPT_CHARACTERS = 4_000

const childProgram = fileURLToPath(new URL('../../child/engine.mjs', import.meta.url))

const WAIT_FOR_EVER =
  'SELECT sleepEachRow(3) FROM system.numbers FORMAT Null SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0'

/**
 * Starts the engine and waits until it answers.
 *
 * The child listens on loopback only, with random passwords; it ends with this process however that
 * ends; when it falls it is started again with the same address and passwords. After five quick
 * failures in a row it stays down and `failed` settles.
 *
 * @throws FactsError FACTS_ENGINE_FAILED when it can't be started.
 */
export const startEngine = async (options: EngineOptions): Promise<Engine> => {
  // Absolute, because the child runs in a folder of its own.
  const root = resolve(options.dataDir, 'facts')
  const folders = {
    data: join(root, 'data'),
    log: join(root, 'log'),
    config: join(root, 'config'),
    backups: join(root, 'backups'),
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })

  const memoryBytes = options.memoryBytes ?? DEFAULT_MEMORY_BYTES
  const secret = (): string => randomBytes(24).toString('base64url')
  const writer = { username: 'tomoshibi', password: options.shard?.password ?? secret() }
  const reader = { username: 'tomoshibi_reader', password: secret() }
  const database = 'tomoshibi'
  // HTTP last: once it answers, the engine is ready in every way.
  const listen = options.shard === undefined ? ['HTTP'] : ['TCP', 'HTTP']
  const ownStatements = [
    ...listen.map((protocol) => `SYSTEM START LISTEN ${protocol}`),
    WAIT_FOR_EVER,
  ]
  const config = {
    folder: folders.data,
    logFolder: folders.log,
    memoryBytes,
    queryMemoryBytes: Math.floor((memoryBytes * 2) / 3),
    writer,
    reader,
    database,
    backupFolder: folders.backups,
    ownStatements: ownStatements.length,
    cluster: options.shard?.cluster,
  }
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // Named after the port: a second start on the same folder, which the engine's lock will refuse, must
  // not overwrite the passwords that the first one restarts with.
  const configFile = join(folders.config, `engine-${port}.xml`)
  const usersFile = join(folders.config, `users-${port}.xml`)
  await writeFile(usersFile, usersConfig(config), { mode: 0o600 })
  await writeFile(configFile, serverConfig(config, usersFile), { mode: 0o600 })

  const args = [
    childProgram,
    'clickhouse',
    `--config-file=${configFile}`,
    `--path=${folders.data}`,
    `--http_port=${port}`,
    ...(options.shard === undefined ? [] : [`--tcp_port=${options.shard.tcpPort}`]),
    `--query=${ownStatements.join('; ')}`,
  ]
  const logFile = join(folders.log, 'process.log')

  let child: ChildProcess | undefined
  let stopping = false
  let said = ''
  let quickFailures = 0
  let restarts = 0
  let giveUp: (error: FactsError) => void = () => {}
  const failed = new Promise<FactsError>((settle) => {
    giveUp = settle
  })

  const engineFailed = (what: string): FactsError =>
    new FactsError('FACTS_ENGINE_FAILED', `${what} Its last words: ${said.trim() || 'none'}`, {
      engineMessage: said.trim(),
      logFile,
    })

  const launch = (): ChildProcess => {
    said = ''
    // Detached, so that Ctrl+C in the terminal reaches this process alone, which then stops in order.
    const started = spawn(process.execPath, args, {
      cwd: folders.data,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Nothing of this process's environment: it holds secrets and Node's own options.
      env: { TZ: 'UTC' },
    })
    const log = createWriteStream(logFile, { flags: 'w', mode: 0o600 })
    log.on('error', () => {})
    let logged = 0
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-STDERR_KEPT_CHARACTERS)
      if (logged < 1_000_000) log.write(text)
      logged += text.length
    })
    started.on('error', (error) => {
      said += error.message
    })
    started.once('close', () => log.end())
    return started
  }

  const gone = (process: ChildProcess): boolean =>
    process.exitCode !== null || process.signalCode !== null || process.pid === undefined

  const answers = async (): Promise<boolean> => {
    try {
      // With the password, so that another server that happens to hold the port is not taken for ours.
      const response = await fetch(url, {
        method: 'POST',
        body: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`,
        headers: { 'X-ClickHouse-User': writer.username, 'X-ClickHouse-Key': writer.password },
        signal: AbortSignal.timeout(10_000),
      })
      await response.text()
      return response.ok
    } catch {
      return false
    }
  }

  const ready = async (process: ChildProcess): Promise<boolean> => {
    for (let waitedMs = 0; waitedMs < READY_WITHIN_MS && !stopping; waitedMs += 25) {
      if (gone(process)) return false
      if (await answers()) return true
      await sleep(25)
    }
    return false
  }

  const supervise = (process: ChildProcess): void => {
    let quick = true
    const settled = setTimeout(() => {
      quick = false
      quickFailures = 0
    }, QUICK_FAILURE_MS)
    settled.unref()
    process.once('exit', (exitCode, signal) => {
      clearTimeout(settled)
      if (stopping) return
      child = undefined
      if (quick) quickFailures += 1
      if (quickFailures > QUICK_FAILURES_ALLOWED) {
        giveUp(engineFailed('The fact engine fell again and again and stays down.'))
        return
      }
      options.log(`The fact engine ended (${signal ?? exitCode}); starting it again.`)
      void restart()
    })
  }

  const restart = async (): Promise<void> => {
    await sleep(Math.min(100 * 2 ** quickFailures, 5_000))
    if (stopping) return
    restarts += 1
    child = launch()
    supervise(child)
  }

  const removeConfig = async (): Promise<void> => {
    await rm(usersFile, { force: true })
    await rm(configFile, { force: true })
  }

  child = launch()
  const first = child
  if (!(await ready(first))) {
    stopping = true
    first.kill('SIGKILL')
    await removeConfig()
    throw engineFailed('The fact engine did not start.')
  }
  supervise(first)
  // The folder is ours now, so what killed processes left of their configuration is dead.
  for (const file of await readdir(folders.config)) {
    if (!file.endsWith(`-${port}.xml`)) await rm(join(folders.config, file), { force: true })
  }

  const idle = async (): Promise<boolean> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: "SELECT count() FROM system.processes WHERE user != '' AND query_id != queryID()",
        headers: { 'X-ClickHouse-User': writer.username, 'X-ClickHouse-Key': writer.password },
        signal: AbortSignal.timeout(1_000),
      })
      return (await response.text()).trim() === '0'
    } catch {
      return true
    }
  }

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    stopping = true
    const running = child
    child = undefined
    if (running === undefined || gone(running)) return
    for (let waitedMs = 0; waitedMs < DRAIN_WITHIN_MS && !(await idle()); waitedMs += 100) {
      await sleep(100)
    }
    const ended = new Promise<void>((settle) => running.once('exit', () => settle()))
    running.kill('SIGKILL')
    if (!gone(running)) await ended
    await removeConfig()
  }

  return {
    url,
    username: writer.username,
    password: writer.password,
    database,
    reader,
    cluster: options.shard?.cluster.name,
    pid: () => child?.pid,
    restarts: () => restarts,
    renew: () => void child?.kill('SIGKILL'),
    failed,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
