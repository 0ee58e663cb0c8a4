import { startEngine } from '@tomoshibi/facts/engine/engine'
import { FactsError } from '@tomoshibi/facts/errors'
import { type FactStore, openFacts, type StatementTaken } from '@tomoshibi/facts/store'
import { startPostgres } from '@tomoshibi/state/engine/postgres'
import { StateError } from '@tomoshibi/state/errors'
import { openState, type StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { diskFull } from './data-folder.ts'
import { engineMender } from './engine-mender.ts'

/** What can be seen of an engine that runs as a child of ours. */
export interface EngineProcess {
  /** Null while it is down. */
  pid(): number | null
  /** How often it fell and was started again. */
  restarts(): number
}

/** Told what each statement took, when it has ended. */
export type StatementObserver = (taken: {
  readonly store: 'facts' | 'state'
  readonly kind: 'query' | 'insert' | 'command' | 'statement'
  readonly elapsedMs: number
  readonly failed: boolean
}) => void

/** Both stores, with their tables up to date. */
export interface Stores {
  readonly facts: FactStore
  readonly state: StateStore
  /** The children that are ours; null where the store was given. */
  readonly engines: { readonly facts: EngineProcess | null; readonly state: EngineProcess | null }
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
export interface Opened<T> {
  readonly store: T
  readonly engine: EngineProcess | null
  readonly failed: Promise<Error>
  close(): Promise<void>
}

const never = new Promise<never>(() => {})

export interface OpenStoreOptions {
  readonly observe?: StatementObserver
  /** False leaves the tables as they are, for looking at them only. */
  readonly migrate?: boolean
}

/**
 * Opens both stores at once, starting a child for each that has no address. The data folder must be
 * ours. When one cannot be opened, nothing is left running.
 *
 * @throws FactsError, StateError, or Failure DATA_FOLDER_FULL.
 */
export async function openStores(
  config: StoresConfig,
  log: Logger,
  observe: StatementObserver = () => {},
): Promise<Stores> {
  const opening = await Promise.allSettled([
    openFactsOf(config, log, { observe }),
    openStateOf(config, log, { observe }),
  ])
  const [facts, state] = opening
  if (facts.status === 'rejected' || state.status === 'rejected') {
    for (const one of opening) if (one.status === 'fulfilled') await one.value.close()
    throw storeFailure(opening.find((one) => one.status === 'rejected')?.reason, config.dataDir)
  }
  let closing: Promise<void> | null = null
  return {
    facts: facts.value.store,
    state: state.value.store,
    engines: { facts: facts.value.engine, state: state.value.engine },
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

/** Opens the fact store alone; see `openStores`. */
export async function openFactsOf(
  config: StoresConfig,
  log: Logger,
  { observe, migrate = true }: OpenStoreOptions = {},
): Promise<Opened<FactStore>> {
  let mend: ReturnType<typeof engineMender> = () => {}
  const onStatement = (taken: StatementTaken) => {
    const { kind, elapsedMs, failure } = taken
    observe?.({ store: 'facts', kind, elapsedMs, failed: failure !== null })
    mend(taken)
  }
  const options = { onStatement, migrate }
  if (config.clickhouseUrl !== null) {
    const store = await openFacts(config.clickhouseUrl, options)
    return { store, engine: null, failed: never, close: () => store.close() }
  }
  const engine = await startEngine({
    dataDir: config.dataDir,
    log: (line) => log.info({ store: 'facts' }, line),
    ...(config.factsMemoryBytes === null ? {} : { memoryBytes: config.factsMemoryBytes }),
  })
  const renew = (why: string) => {
    log.warn({ store: 'facts', why }, 'the engine is started again')
    engine.renew()
  }
  mend = engineMender(renew, () => performance.now())
  const seen = { pid: () => engine.pid() ?? null, restarts: () => engine.restarts() }
  return withChild(engine, seen, engine.failed, () => openFacts(engine, options))
}

/** Opens the state store alone; see `openStores`. */
export async function openStateOf(
  config: StoresConfig,
  log: Logger,
  { observe, migrate = true }: OpenStoreOptions = {},
): Promise<Opened<StateStore>> {
  const onStatement = (taken: { elapsedMs: number; failed: boolean }) =>
    observe?.({ store: 'state', kind: 'statement', ...taken })
  const options = { onStatement, migrate }
  if (config.databaseUrl !== null) {
    const store = await openState(config.databaseUrl, options)
    return { store, engine: null, failed: never, close: () => store.close() }
  }
  const postgres = await startPostgres({
    dataDir: config.dataDir,
    log: log.child({ store: 'state' }),
  })
  return withChild(postgres, postgres, never, () => openState(postgres.url, options))
}

async function withChild<T extends { close(): Promise<void> }>(
  child: { stop(): Promise<void> },
  engine: EngineProcess,
  failed: Promise<Error>,
  open: () => Promise<T>,
): Promise<Opened<T>> {
  try {
    const store = await open()
    const close = async () => {
      await store.close()
      await child.stop()
    }
    return { store, engine, failed, close }
  } catch (error) {
    await child.stop()
    throw error
  }
}
