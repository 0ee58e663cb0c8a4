import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { contract } from '@tomoshibi/contract/contract'
import { errorCodes, errorDataSchema } from '@tomoshibi/contract/errors'
import type { Diagnosis, Finding } from '@tomoshibi/contract/upkeep'
import { workspaceHeader } from '@tomoshibi/contract/workspaces'
import type { App } from '@tomoshibi/server/app'
import { Failure } from '@tomoshibi/server/call/failure'
import { type Config, readConfig } from '@tomoshibi/server/platform/config'
import { type Owner, readOwner } from '@tomoshibi/server/platform/owner'
import type { Manifest } from '@tomoshibi/server/upkeep/backup/manifest'
import * as z from 'zod'

/** Every operation, whether a server answers or this process itself. */
export type Client = ContractRouterClient<typeof contract>

export interface Connection {
  readonly client: Client
  close(): Promise<void>
}

/** How long a server that has just been started, or a short command, is waited for. */
const patienceMs = 20_000
const askEveryMs = 200
const healthWithinMs = 5_000

/** The environment, with the data folder of `--data` where it was given. */
export function configFor(dataDir: string | undefined): Config {
  const config = readConfig()
  return dataDir === undefined ? config : { ...config, dataDir: resolve(dataDir) }
}

/**
 * Opens the operations on a data folder: over HTTP when a server owns it, else by opening its stores in
 * this process. Both go through the same guard.
 *
 * @param workspace its id; left out = the first one
 * @throws Failure DATA_FOLDER_OWNED when another program has the folder and does not answer,
 *   WORKSPACE_NOT_FOUND
 */
export async function connect(
  dataDir: string | undefined,
  workspace?: string,
): Promise<Connection> {
  const config = configFor(dataDir)
  const owner = await settledOwner(config.dataDir)
  if (owner === null) {
    const app = await openFolder(config)
    try {
      return { client: await app.callerIn(workspace), close: () => app.close() }
    } catch (error) {
      await app.close()
      throw error
    }
  }
  const url = await answering(owner, config.dataDir)
  return { client: remoteClient(url, owner.token, workspace), close: async () => {} }
}

/** Where the owner of a folder answers. @throws Failure DATA_FOLDER_OWNED when it does not */
async function answering({ address, pid, since }: Owner, folder: string): Promise<string> {
  const url = address && `http://${address.host}:${address.port}`
  if (url !== null && (await isHealthy(url))) return url
  throw new Failure('DATA_FOLDER_OWNED', { folder, pid: String(pid), since })
}

/** The folder's owner once it answers, or null when there is none (any more). */
async function settledOwner(folder: string): Promise<Owner | null> {
  for (let waitedMs = 0; ; waitedMs += askEveryMs) {
    const owner = readOwner(folder)
    if (owner === null || owner.address !== null || waitedMs >= patienceMs) return owner
    await sleep(askEveryMs)
  }
}

/**
 * Looks at what is there: the server that has the data folder, as it sees itself, or the folder and its
 * stores. What cannot be seen is a finding.
 */
export async function examine(dataDir: string | undefined): Promise<Diagnosis> {
  const config = configFor(dataDir)
  const [{ examineFolder }, { systemClock }] = await Promise.all([
    import('@tomoshibi/server/upkeep/doctor/service'),
    import('@tomoshibi/server/platform/clock'),
  ])
  const owner = existsSync(config.dataDir) ? await settledOwner(config.dataDir) : null
  const url = owner?.address && `http://${owner.address.host}:${owner.address.port}`
  // A server that does not answer is what the doctor finds at the lock.
  if (!owner || !url || !(await isHealthy(url))) return await examineFolder(config, systemClock)
  const found = await remoteClient(url, owner.token).upkeep.doctor()
  const pid = String(owner.pid)
  const lock: Finding = {
    check: 'lock',
    level: 'ok',
    what: {
      en: `Process ${pid} has the folder since ${owner.since} and answers at ${url}.`,
      ja: `プロセス ${pid} が ${owner.since} から使用中で、${url} で応答しています。`,
    },
    mend: null,
  }
  return { ...found, findings: [lock, ...found.findings] }
}

/**
 * Writes a backup to a file: of the server that has the data folder, which goes on meanwhile, or of the
 * folder itself.
 *
 * @throws Failure BACKUP_NOT_WRITTEN, BACKUP_RUNNING, DATA_FOLDER_OWNED, SERVER_GONE
 */
export async function takeBackup(
  dataDir: string | undefined,
  file: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const config = configFor(dataDir)
  const { saveBackup } = await import('@tomoshibi/server/upkeep/backup/file')
  const owner = await settledOwner(config.dataDir)
  if (owner !== null) {
    const url = await answering(owner, config.dataDir)
    return await saveBackup(file, (sink) => receive(`${url}/api/backup`, owner.token, sink, signal))
  }
  if (!existsSync(config.dataDir)) {
    const problem = `${config.dataDir} is not there`
    throw new Failure('BAD_CONFIGURATION', { name: 'TOMOSHIBI_DATA', problem })
  }
  const { writeBackup } = await import('@tomoshibi/server/upkeep/backup/take')
  const app = await openFolder(config)
  try {
    return await saveBackup(file, async (sink) => {
      const stop = () => sink.destroy(new Error('interrupted'))
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      await writeBackup(app, sink)
    })
  } finally {
    await app.close()
  }
}

/** Takes what the server sends into a sink. */
async function receive(
  url: string,
  token: string,
  sink: Writable,
  signal: AbortSignal,
): Promise<void> {
  let answer: Response
  try {
    const headers = { authorization: `Bearer ${token}` }
    answer = await fetch(url, { method: 'POST', headers, signal })
  } catch (error) {
    throw new Failure('SERVER_GONE', { address: url }, [], { cause: error })
  }
  if (!answer.ok || answer.body === null) {
    const told = refusal.safeParse(await answer.json().catch(() => null))
    const code = errorCodes.find((each) => each === told.data?.code) ?? 'INTERNAL'
    throw new Failure(code, told.data?.data.details)
  }
  const body = Readable.fromWeb(answer.body)
  let broken: unknown = null
  body.once('error', (error) => {
    broken = error
  })
  await pipeline(body, sink, { signal }).catch((error: unknown) => {
    throw broken === null
      ? error
      : new Failure('SERVER_GONE', { address: url }, [], { cause: broken })
  })
}

const refusal = z.object({ code: z.string(), data: errorDataSchema })

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(healthWithinMs) })
    return answer.ok
  } catch {
    return false
  }
}

function remoteClient(url: string, token: string, workspace?: string): Client {
  const link = new OpenAPILink(contract, {
    url: `${url}/api`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(workspace === undefined ? {} : { [workspaceHeader]: workspace }),
    },
    fetch: async (request, init) => {
      try {
        return await fetch(request, init)
      } catch (error) {
        throw new Failure('SERVER_GONE', { address: url }, [], { cause: error })
      }
    },
  })
  return createORPCClient(link)
}

async function openFolder(config: Config): Promise<App> {
  // The server and its engines are loaded only here: help and remote calls do without them.
  const [{ openApp }, { systemClock }, { createLog }] = await Promise.all([
    import('@tomoshibi/server/app'),
    import('@tomoshibi/server/platform/clock'),
    import('@tomoshibi/server/platform/log'),
  ])
  const app = await openApp({
    config,
    clock: systemClock,
    log: () => createLog(config.dataDir, { level: config.logLevel }),
  })
  // A server that was killed may have left events that are acknowledged and not facts yet.
  await app.ingestion.settled()
  return app
}
