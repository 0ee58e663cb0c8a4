import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Diagnosis, Finding } from '@tomoshibi/contract/upkeep'
import type { FactStore } from '@tomoshibi/facts/store'
import type { StateStore } from '@tomoshibi/state/store'
import { checkChain } from '../../audit/service.ts'
import type { Ports } from '../../call/context.ts'
import { failureOf } from '../../call/failure.ts'
import { inspectJournal } from '../../collect/ingest/journal.ts'
import { type Ingestion, mostBacklogBytes, nextOfJournal } from '../../collect/ingest/service.ts'
import { showWorkspace } from '../../collect/workspace/service.ts'
import { jobCounts } from '../../jobs/counts.ts'
import { mailsFailedLately } from '../../mail/service.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import { folderFailure, takeDataFolder } from '../../platform/data-folder.ts'
import { silentLog } from '../../platform/log.ts'
import { migrationsOfFacts, migrationsOfState } from '../../platform/migrations.ts'
import { type Opened, openFactsOf, openStateOf, type Stores } from '../../platform/stores.ts'
import { mainWorkspaceId } from '../../platform/workspace.ts'
import { keySourceOf } from '../../secrets/keys.ts'
import { Secrets } from '../../secrets/service.ts'
import { retentionState } from '../retention/service.ts'
import {
  checkAudit,
  checkClock,
  checkDisk,
  checkImports,
  checkJobs,
  checkJournal,
  checkLamps,
  checkMail,
  checkMigrations,
  checkProgram,
  checkRestarts,
  checkRetention,
  checkSecrets,
  checkZones,
  diagnosis,
  type JournalState,
  ok,
  type StoreName,
  troubleOf,
} from './doctor.ts'
import { failedImport, zoneOffsets } from './store.ts'

/** What the doctor sees of a server that runs. */
export interface Patient {
  readonly dataDir: string
  /** Null where the stores were not opened by the process. */
  readonly engines: Stores['engines'] | null
  /** Null where it takes no events. */
  readonly ingestion: Ingestion | null
}

/** Looks at the server that runs in this process. Never rejects: what cannot be seen is a finding. */
export async function examineServer(
  ports: Ports,
  secrets: Secrets,
  patient: Patient,
): Promise<Diagnosis> {
  const { clock, facts, state } = ports
  const { dataDir, engines, ingestion } = patient
  const findings = [
    checkProgram(process.version),
    ...diskOf(dataDir),
    ...(await examineStore('facts', facts, () => migrationsOfFacts(facts))),
    ...(await examineStore('state', state, () => migrationsOfState(state))),
  ]
  for (const store of ['facts', 'state'] as const) {
    const engine = engines?.[store] ?? null
    if (engine !== null) findings.push(checkRestarts(store, engine.restarts()))
  }
  if (ingestion !== null) {
    const journal = { ...ingestion.waiting, damaged: [] }
    findings.push(...checkJournal(journal, clock.now().epochMilliseconds))
  }
  if (!hasTrouble(findings)) findings.push(...(await examineData(ports, secrets)))
  return diagnosis(findings, clock.now())
}

/**
 * Looks at a data folder that no server has, and at its stores, for as long as that takes; migrates and
 * settles nothing. Never rejects.
 */
export async function examineFolder(config: Config, clock: Clock): Promise<Diagnosis> {
  const { dataDir } = config
  const findings: Finding[] = [checkProgram(process.version)]
  if (!existsSync(dataDir)) {
    findings.push(
      ok('folder', `${dataDir} is not there yet.`, `${dataDir} はまだありません。`),
      ...diskOf(nearestFolder(dataDir)),
    )
    return diagnosis(findings, clock.now())
  }
  findings.push(writable(dataDir), ...diskOf(dataDir))
  if (hasTrouble(findings)) return diagnosis(findings, clock.now())
  try {
    const folder = takeDataFolder(dataDir, clock)
    try {
      findings.push(ok('lock', 'No program has the folder.', 'フォルダーは使用されていません。'))
      findings.push(...(await examineStores(config, clock)))
    } finally {
      folder.release()
    }
  } catch (error) {
    findings.push(findingOf('lock', error))
  }
  return diagnosis(findings, clock.now())
}

async function examineStores(config: Config, clock: Clock): Promise<Finding[]> {
  const looking = { migrate: false }
  const findings: Finding[] = []
  const [facts, state] = await Promise.all([
    opened('facts', openFactsOf(config, silentLog, looking), findings),
    opened('state', openStateOf(config, silentLog, looking), findings),
  ])
  try {
    if (facts !== null) {
      findings.push(
        ...(await examineStore('facts', facts.store, () => migrationsOfFacts(facts.store))),
      )
    }
    if (state !== null) {
      findings.push(
        ...(await examineStore('state', state.store, () => migrationsOfState(state.store))),
      )
    }
    const areCurrent = findings.every(({ level }) => level === 'ok')
    if (facts === null || state === null || !areCurrent) return findings
    const journal = await journalOf(config.dataDir, state.store)
    findings.push(...checkJournal(journal, clock.now().epochMilliseconds))
    const stores = { facts: facts.store, state: state.store }
    const ports = { workspaceId: mainWorkspaceId, ...stores, clock, log: silentLog }
    const secrets = new Secrets(ports, keySourceOf(config))
    findings.push(...(await examineData(ports, secrets)))
    return findings
  } finally {
    await Promise.all([facts?.close(), state?.close()])
  }
}

async function opened<T>(
  store: StoreName,
  opening: Promise<Opened<T>>,
  findings: Finding[],
): Promise<Opened<T> | null> {
  try {
    return await opening
  } catch (error) {
    findings.push(findingOf('stores', error, store))
    return null
  }
}

async function examineStore(
  store: StoreName,
  { ping }: Pick<FactStore | StateStore, 'ping'>,
  migrations: () => Promise<{ known: number; applied: number }>,
): Promise<Finding[]> {
  const startedMs = performance.now()
  try {
    await ping()
    const ms = Math.max(1, Math.round(performance.now() - startedMs))
    const name = store === 'facts' ? 'ClickHouse' : 'PostgreSQL'
    return [
      ok('stores', `${name} answers, in ${ms} ms.`, `${name} は応答しています(${ms} ms)。`),
      checkMigrations(store, await migrations()),
    ]
  } catch (error) {
    return [findingOf('stores', error, store)]
  }
}

/** What the data say, where both stores answer and are up to date. */
async function examineData(ports: Ports, secrets: Secrets): Promise<Finding[]> {
  const { facts, state, clock, workspaceId } = ports
  try {
    const workspace = await showWorkspace(ports)
    const { timeZone, today, factsKnownThrough, lampsEvaluatedThrough } = workspace
    const now = clock.now()
    // Half a year apart, so that summer time shows; and ahead, where zone data differ first.
    const instants = [0, 182, 365].map((days) => now.add({ hours: 24 * days }))
    const [zones, jobs, failed, retention, chain] = await Promise.all([
      zoneOffsets(facts, state, timeZone, instants),
      jobCounts(state),
      failedImport(state, workspaceId),
      retentionState(ports),
      checkChain(state.db),
    ])
    const newestAtMs = factsKnownThrough === null ? null : Date.parse(factsKnownThrough)
    return [
      checkZones(zones),
      checkClock(now.epochMilliseconds, newestAtMs),
      ...checkJobs(jobs.filter((each) => each.state === 'failed')),
      checkImports(failed),
      ...checkRetention(retention),
      checkAudit(chain),
      await secretsFinding(secrets),
      checkMail(await mailsFailedLately(ports)),
      // Without facts there is nothing to light.
      ...(newestAtMs === null ? [] : [checkLamps(lampsEvaluatedThrough, today)]),
    ]
  } catch (error) {
    return [findingOf('stores', error)]
  }
}

async function secretsFinding(secrets: Secrets): Promise<Finding> {
  try {
    return checkSecrets(await secrets.health())
  } catch (error) {
    return findingOf('secrets', error)
  }
}

const hasTrouble = (findings: readonly Finding[]): boolean =>
  findings.some(({ level }) => level === 'trouble')

function findingOf(
  check: 'lock' | 'stores' | 'folder' | 'secrets',
  error: unknown,
  store?: StoreName,
): Finding {
  const failure = failureOf(error)
  if (failure === null) {
    const id = error instanceof Error ? error.message : String(error)
    return troubleOf(check, 'INTERNAL', { id })
  }
  return troubleOf(check, failure.code, { ...(store && { store }), ...failure.details })
}

function writable(folder: string): Finding {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return ok('folder', `${folder} can be written to.`, `${folder} に書き込めます。`)
  } catch (error) {
    return findingOf('folder', folderFailure(error, folder))
  }
}

function diskOf(folder: string): Finding[] {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return [checkDisk(folder, bavail * bsize)]
  } catch (error) {
    return [findingOf('folder', folderFailure(error, folder))]
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path))
}

async function journalOf(dataDir: string, state: StateStore): Promise<JournalState> {
  const folder = join(dataDir, 'journal')
  const none = { bytes: 0, oldestAtMs: null, damaged: [] }
  const found = existsSync(folder) ? await inspectJournal(folder, await nextOfJournal(state)) : none
  return { ...found, mostBytes: mostBacklogBytes }
}
