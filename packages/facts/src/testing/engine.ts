/** A fact store of its own for a test file: start it in `beforeAll`, stop it in `afterAll`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FactsConnection, parseConnection } from '../connection.ts'
import { type Engine, startEngine } from '../engine/engine.ts'
import { freePort } from '../engine/free-port.ts'
import { type FactStore, openFacts } from '../store.ts'

export interface TestFacts {
  readonly store: FactStore
  /** The engine that the store talks to; on a cluster the first shard. */
  readonly engine: Engine
  /** Opens the same facts again. */
  readonly connection: FactsConnection
  readonly dataDir: string
  /** Ends every engine and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts an engine in a fresh temporary folder, with all tables made. Takes about a second. With
 * `TOMOSHIBI_TEST_STORES` it is a given server (`given`) or a cluster of two shards (`cluster`), so that
 * the same tests run on each.
 */
export const startTestFacts = async (memoryBytes = 1_200_000_000): Promise<TestFacts> => {
  const stores = process.env.TOMOSHIBI_TEST_STORES
  if (stores === 'cluster') return startTestCluster()
  if (stores === 'given') return startGivenFacts(memoryBytes)
  if (stores !== undefined) throw new Error(`TOMOSHIBI_TEST_STORES cannot be ${stores}`)
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-facts-'))
  const engine = await startEngine({ dataDir, memoryBytes, log: () => {} })
  const { url, username, password, database, reader } = engine
  const connection = { url, username, password, database, reader }
  return opened(engine, dataDir, connection, async () => {
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
}

/**
 * An engine that stands for a server that a company runs itself: the store knows its address and nothing
 * else, and the user has the settings of any new user.
 */
const startGivenFacts = async (memoryBytes: number): Promise<TestFacts> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-facts-'))
  const engine = await startEngine({ dataDir, memoryBytes, log: () => {} })
  const address = new URL(engine.url)
  await forgetSettings(join(dataDir, 'facts', 'config', `users-${address.port}.xml`), engine)
  address.username = engine.username
  address.password = engine.password
  address.pathname = '/given'
  return opened(engine, dataDir, parseConnection(address.href), async () => {
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
}

/** Takes the settings that our own engine gives to its users away from them. */
const forgetSettings = async (usersFile: string, engine: Engine): Promise<void> => {
  const users = await readFile(usersFile, 'utf8')
  await writeFile(usersFile, users.replace(/<default>[\s\S]*?<\/default>/, '<default></default>'))
  // It reads them at its start; it is started again with the same files.
  const pid = engine.pid()
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  const headers = { 'X-ClickHouse-User': engine.username, 'X-ClickHouse-Key': engine.password }
  const body = "SELECT getSetting('join_use_nulls')"
  for (let tries = 0; tries < 200; tries++) {
    await sleep(50)
    const response = await fetch(engine.url, { method: 'POST', body, headers }).catch(() => null)
    const kept = (await response?.text())?.trim()
    if (kept === 'false' || kept === '0') return
  }
  throw new Error('the settings of our own engine are still there')
}

/** As `startTestFacts`, over two engines that are the shards of one cluster. */
export const startTestCluster = async (): Promise<TestFacts> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-facts-'))
  const ports = [await freePort(), await freePort()]
  const cluster = { name: 'shards', shards: ports.map((port) => ({ host: '127.0.0.1', port })) }
  const engines = await Promise.all(
    ports.map((tcpPort) =>
      startEngine({
        dataDir: join(dataDir, String(tcpPort)),
        log: () => {},
        shard: { tcpPort, cluster, password: 'shared by the shards' },
      }),
    ),
  )
  const [first] = engines
  if (first === undefined) throw new Error('A cluster has at least one shard.')
  const { url, username, password, database, reader } = first
  const nodes = engines.map((engine) => engine.url)
  const connection = { url, username, password, database, reader }
  return opened(
    first,
    dataDir,
    { ...connection, cluster: { name: cluster.name, nodes } },
    async () => {
      await Promise.all(engines.map((engine) => engine.stop()))
      await rm(dataDir, { recursive: true, force: true })
    },
  )
}

const opened = async (
  engine: Engine,
  dataDir: string,
  connection: FactsConnection,
  end: () => Promise<void>,
): Promise<TestFacts> => {
  try {
    const store = await openFacts(connection)
    return {
      store,
      engine,
      connection,
      dataDir,
      stop: async () => {
        await store.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}
