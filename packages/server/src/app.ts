import { createRouterClient, type RouterClient } from '@orpc/server'
import type { Logger } from 'pino'
import { playbooksOperations } from './act/playbooks/operations.ts'
import { tasksOperations } from './act/tasks/operations.ts'
import { auditOperations } from './audit/operations.ts'
import { type Caller, noVisit, program, type Visit } from './call/caller.ts'
import { type Call, type Disk, operations, type Ports, type Underway } from './call/context.ts'
import { accountsOperations } from './collect/accounts/operations.ts'
import { factsOperations } from './collect/bulk/operations.ts'
import { dropUnfinishedUploads } from './collect/bulk/upload.ts'
import { importsOperations } from './collect/import/operations.ts'
import { ImportRuns, settleAbandoned } from './collect/import/runs.ts'
import { Ingestion } from './collect/ingest/service.ts'
import { qualityOperations } from './collect/quality/operations.ts'
import { keepRollupsBehind, withholdStaleRollups } from './collect/rollups/service.ts'
import { workspaceOperations } from './collect/workspace/operations.ts'
import { writeKeysOperations } from './collect/write-keys/operations.ts'
import { WriteKeys } from './collect/write-keys/service.ts'
import { installationOperations } from './installation/operations.ts'
import { definitionsOperations } from './light/definitions/operations.ts'
import { goalsOperations } from './light/goals/operations.ts'
import { lampsOperations } from './light/lamps/operations.ts'
import { LampWatch } from './light/lamps/watch.ts'
import { Mails } from './mail/service.ts'
import { healthOperations } from './measure/health/operations.ts'
import { metricsOperations } from './measure/metrics/operations.ts'
import { passwordLinkFor } from './people/forgotten.ts'
import { apiKeysOperations } from './people/keys/operations.ts'
import { ApiKeys } from './people/keys/service.ts'
import {
  invitationsOperations,
  peopleOperations,
  sessionOperations,
  workspacesOperations,
} from './people/operations.ts'
import { passkeysOperations } from './people/passkeys/operations.ts'
import type { Hasher } from './people/password-hash.ts'
import {
  identityProvidersOperations,
  singleSignOnOperations,
} from './people/providers/operations.ts'
import { People } from './people/service.ts'
import { checkWorkspace } from './people/workspaces.ts'
import { personalDataOperations } from './personal-data/operations.ts'
import { PublicAddress } from './platform/address.ts'
import type { Clock } from './platform/clock.ts'
import type { Config, Installation } from './platform/config.ts'
import { type DataFolder, takeDataFolder } from './platform/data-folder.ts'
import { openStores, type Stores } from './platform/stores.ts'
import { mainWorkspaceId } from './platform/workspace.ts'
import { keySourceOf } from './secrets/keys.ts'
import { secretsOperations } from './secrets/operations.ts'
import { Secrets } from './secrets/service.ts'
import { finishRestore } from './upkeep/backup/finish.ts'
import { examineServer, type Patient } from './upkeep/doctor/service.ts'
import { upkeepOperations } from './upkeep/operations.ts'
import { retentionOperations } from './upkeep/retention/operations.ts'
import { Telemetry } from './upkeep/telemetry/telemetry.ts'
import { evidenceOperations } from './verify/evidence/operations.ts'
import { version } from './version.ts'
import { webhooksOperations } from './webhooks/operations.ts'
import { Webhooks } from './webhooks/service.ts'

/** Every operation implemented; one that is missing does not compile. */
export const router = operations.router({
  workspace: workspaceOperations,
  workspaces: workspacesOperations,
  session: sessionOperations,
  singleSignOn: singleSignOnOperations,
  people: peopleOperations,
  invitations: invitationsOperations,
  passkeys: passkeysOperations,
  audit: auditOperations,
  imports: importsOperations,
  writeKeys: writeKeysOperations,
  apiKeys: apiKeysOperations,
  facts: factsOperations,
  quality: qualityOperations,
  metrics: metricsOperations,
  health: healthOperations,
  accounts: accountsOperations,
  lamps: lampsOperations,
  tasks: tasksOperations,
  playbooks: playbooksOperations,
  goals: goalsOperations,
  definitions: definitionsOperations,
  evidence: evidenceOperations,
  installation: installationOperations,
  identityProviders: identityProvidersOperations,
  webhooks: webhooksOperations,
  secrets: secretsOperations,
  upkeep: upkeepOperations,
  retention: retentionOperations,
  personalData: personalDataOperations,
})

/** The operations over given stores; starts and owns nothing. */
export interface Operations {
  readonly version: string
  readonly router: typeof router
  readonly ports: Ports
  /** The data folder, for files on their way. */
  readonly dataDir: string
  readonly imports: ImportRuns
  readonly writeKeys: WriteKeys
  readonly apiKeys: ApiKeys
  readonly people: People
  readonly secrets: Secrets
  readonly mails: Mails
  readonly webhooks: Webhooks
  readonly address: PublicAddress
  readonly disk: Disk
  /** The context of a call by somebody. */
  call(caller: Caller, visit?: Visit): Call
  /** Calls in this process with every permission, through the same guard as over HTTP. */
  readonly caller: RouterClient<typeof router>
  /** The same in another workspace. @throws Failure WORKSPACE_NOT_FOUND */
  callerIn(workspaceId: string | undefined): Promise<RouterClient<typeof router>>
}

/** What a process puts around the operations. */
interface Around {
  /** What the doctor sees of the process; without it, the data folder and the stores. */
  readonly patient?: Patient
  /** What this process has taken and not done yet; without it, nothing. */
  readonly underway?: (workspaceId: string) => Underway
  /** How passwords are hashed, where that is to cost less than it should. */
  readonly hasher?: Hasher
}

const nothingUnderway = (): Underway => ({ eventsSinceMs: null, lampsSinceMs: null })

export function operationsOver(
  ports: Ports,
  installation: Installation,
  { patient, underway = nothingUnderway, hasher }: Around = {},
): Operations {
  const { dataDir } = installation
  const address = new PublicAddress(installation)
  const secrets = new Secrets(ports, keySourceOf(installation))
  const mails = new Mails({
    ...ports,
    secrets,
    address,
    passwordLinkFor: (email) => passwordLinkFor(ports, email),
  })
  const reach = { privateAddresses: installation.webhookPrivate }
  const webhooks = new Webhooks({ ...ports, secrets, reach })
  const imports = new ImportRuns(dataDir)
  const writeKeys = new WriteKeys(ports)
  const apiKeys = new ApiKeys(ports)
  const people = new People({ ...ports, dataDir, hasher })
  const disk: Disk = {
    dataDir,
    clearJournal: async () => {
      await patient?.ingestion?.clearJournal()
      return patient?.ingestion != null
    },
  }
  const call = (caller: Caller, visit: Visit = noVisit): Call => ({
    ...ports,
    workspaceId: caller.workspaceId,
    caller,
    permissions: caller.permissions,
    visit,
    people,
    apiKeys,
    secrets,
    mails,
    webhooks,
    address,
    imports,
    writeKeys,
    underway,
    examine: () =>
      examineServer(ports, secrets, patient ?? { dataDir, engines: null, ingestion: null }),
    disk,
  })
  return {
    version,
    router,
    ports,
    dataDir,
    imports,
    writeKeys,
    apiKeys,
    people,
    secrets,
    mails,
    webhooks,
    address,
    disk,
    call,
    caller: createRouterClient(router, { context: call(program(ports.workspaceId)) }),
    callerIn: async (workspaceId = ports.workspaceId) => {
      if (workspaceId !== ports.workspaceId) await checkWorkspace(ports.state, workspaceId)
      return createRouterClient(router, { context: call(program(workspaceId)) })
    },
  }
}

/** The operations over a data folder that this process owns. */
export interface App extends Operations {
  readonly folder: DataFolder
  readonly ingestion: Ingestion
  readonly engines: Stores['engines']
  readonly telemetry: Telemetry
  /** From now on lamps follow the facts as they arrive, until the end. Safe to call twice. */
  watchLamps(): LampWatch
  /** Settles with the reason when a store of ours is down for good. Never rejects. */
  readonly failed: Promise<Error>
  /**
   * Closes the stores and gives the folder up; safe to call twice.
   *
   * @param settleWithinMs how long events that were taken may take to become facts before that
   */
  close(settleWithinMs?: number): Promise<void>
}

export interface AppOptions {
  readonly config: Config
  readonly clock: Clock
  /** Makes the log once the data folder, in which it is, is ours. */
  readonly log: () => Logger
  /** What else must hold before the stores are started, which takes a while. */
  readonly before?: () => Promise<void>
}

/**
 * Takes the data folder, opens the stores and composes the operations. When it fails, nothing is left
 * running and the folder is free.
 *
 * @throws Failure DATA_FOLDER_OWNED, DATA_FOLDER_READ_ONLY, DATA_FOLDER_FULL; FactsError, StateError
 */
export async function openApp(options: AppOptions): Promise<App> {
  const { config, clock } = options
  const folder = takeDataFolder(config.dataDir, clock)
  try {
    await options.before?.()
    // A restore that was whole and cut off while it was put in its place goes on here.
    finishRestore(config.dataDir)
    const log = options.log()
    const telemetry = new Telemetry()
    const stores = await openStores(config, log, telemetry.statement)
    const { facts, state, failed, engines } = stores
    const closeStores = async () => {
      await stores.close()
      folder.release()
    }
    try {
      const ports: Ports = { workspaceId: mainWorkspaceId, facts, state, clock, log }
      await settleAbandoned(ports)
      await dropUnfinishedUploads(config.dataDir)
      await withholdStaleRollups(ports)
      const observer = telemetry.ingestion
      const ingestion = await Ingestion.open(ports, config.dataDir, { observer })
      let closed = false
      let watch: LampWatch | null = null
      void keepRollupsBehind(ports, 'all', () => closed)
      const close = async (settleWithinMs?: number) => {
        closed = true
        await ingestion.close(settleWithinMs)
        await watch?.close()
        await closeStores()
      }
      const { dataDir } = config
      const underway = (workspaceId: string) => ({
        eventsSinceMs: ingestion.waitingSinceMs,
        lampsSinceMs: watch?.waitingSinceMs(workspaceId) ?? null,
      })
      const operations = operationsOver(ports, config, {
        patient: { dataDir, engines, ingestion },
        underway,
      })
      const watchLamps = () => {
        watch ??= LampWatch.start(ports, { observer: telemetry.lamps })
        return watch
      }
      return { ...operations, folder, ingestion, engines, telemetry, failed, watchLamps, close }
    } catch (error) {
      await closeStores()
      throw error
    }
  } catch (error) {
    folder.release()
    throw error
  }
}
