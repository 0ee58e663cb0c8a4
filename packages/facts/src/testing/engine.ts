/** A fact store of its own for a test file: start it in `beforeAll`, stop it in `afterAll`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FactsConnection } from '../connection.ts'
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

/** Starts an engine in a fresh temporary folder, with all tables made. Takes about a second. */
export const startTestFacts = async (memoryBytes = 1_200_000_000): Promise<TestFacts> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tomoshibi-facts-'))
  const engine = await startEngine({ dataDir, memoryBytes, log: () => {} })
  const { url, username, password, database, reader } = engine
  const connection = { url, username, password, database, reader }
  return opened(engine, dataDir, connection, async () => {
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
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
