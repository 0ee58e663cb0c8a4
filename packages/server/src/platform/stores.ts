import { startEngine } from '@tomoshibi/facts/engine/engine'
import { FactsError } from '@tomoshibi/facts/errors'
import { type FactStore, openFacts } from '@tomoshibi/facts/store'
import { startPostgres } from '@tomoshibi/state/engine/postgres'
import { StateError } from '@tomoshibi/state/errors'
import { openState, type StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { diskFull } from './data-folder.ts'

/** Both stores, with their tables up to date. */
export interface Stores {
  readonly facts: FactStore
  readonly state: StateStore
  /** Settles with the reason when an engine of ours is down for good. Never rejects. */
  readonly failed: Promise<Error>
  /** Closes the connections, then ends the children that are ours; safe to call twice. */
  close(): Promise<void>
}

/** What `openStores` needs of the configuration. */
export type StoresConfig = Pick<
  Config,
  'dataDir' | 'clickhouseUrl' | 'databaseUrl' | 'factsMemoryBytes'
>

/** One store with the child that it may need. */
interface Opened<T> {
  readonly store: T
  readonly failed: Promise<Error>
  close(): Promise<void>
}

const never = new Promise<never>(() => {})

/**
 * Opens both stores at once, starting a child for each that has no address. The data folder must be
 * ours. When one cannot be opened, nothing is left running.
 *
 * @throws FactsError, StateError, or Failure DATA_FOLDER_FULL.
 */
export async function openStores(config: StoresConfig, log: Logger): Promise<Stores> {
  const opening = await Promise.allSettled([openOurFacts(config, log), openOurState(config, log)])
  const [facts, state] = opening
  if (facts.status === 'rejected' || state.status === 'rejected') {
    for (const one of opening) if (one.status === 'fulfilled') await one.value.close()
    throw storeFailure(opening.find((one) => one.status === 'rejected')?.reason, config.dataDir)
  }
  let closing: Promise<void> | null = null
  return {
    facts: facts.value.store,
    state: state.value.store,
    failed: Promise.race([facts.value.failed, state.value.failed]),
    close: () => {
      closing ??= Promise.all([facts.value.close(), state.value.close()]).then(() => {})
      return closing
    },
  }
}

/** A full disk is the folder's trouble, whichever store met it first. */
function storeFailure(error: unknown, dataDir: string): unknown {
  const code = error instanceof FactsError || error instanceof StateError ? error.code : null
  const full = code === 'FACTS_DISK_FULL' || code === 'STATE_DISK_FULL'
  return full ? diskFull(dataDir, error) : error
}

async function openOurFacts(config: StoresConfig, log: Logger): Promise<Opened<FactStore>> {
  if (config.clickhouseUrl !== null) {
    const store = await openFacts(config.clickhouseUrl)
    return { store, failed: never, close: () => store.close() }
  }
  const engine = await startEngine({
    dataDir: config.dataDir,
    log: (line) => log.info({ store: 'facts' }, line),
    ...(config.factsMemoryBytes === null ? {} : { memoryBytes: config.factsMemoryBytes }),
  })
  return withChild(engine, engine.failed, () => openFacts(engine))
}

async function openOurState(config: StoresConfig, log: Logger): Promise<Opened<StateStore>> {
  if (config.databaseUrl !== null) {
    const store = await openState(config.databaseUrl)
    return { store, failed: never, close: () => store.close() }
  }
  const postgres = await startPostgres({
    dataDir: config.dataDir,
    log: log.child({ store: 'state' }),
  })
  return withChild(postgres, never, () => openState(postgres.url))
}

async function withChild<T extends { close(): Promise<void> }>(
  child: { stop(): Promise<void> },
  failed: Promise<Error>,
  open: () => Promise<T>,
): Promise<Opened<T>> {
  try {
    const store = await open()
    const close = async () => {
      await store.close()
      await child.stop()
    }
    return { store, failed, close }
  } catch (error) {
    await child.stop()
    throw error
  }
}
