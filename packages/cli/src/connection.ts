import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { contract } from '@tomoshibi/contract/contract'
import type { Diagnosis, Finding } from '@tomoshibi/contract/upkeep'
import { Failure } from '@tomoshibi/server/call/failure'
import { type Config, readConfig } from '@tomoshibi/server/platform/config'
import { type Owner, readOwner } from '@tomoshibi/server/platform/owner'

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
 * @throws Failure DATA_FOLDER_OWNED when another program has the folder and does not answer.
 */
export async function connect(dataDir: string | undefined): Promise<Connection> {
  const config = configFor(dataDir)
  const owner = await settledOwner(config.dataDir)
  if (owner === null) return await openFolder(config)
  const { address, pid, since, token } = owner
  const url = address && `http://${address.host}:${address.port}`
  if (url === null || !(await isHealthy(url))) {
    throw new Failure('DATA_FOLDER_OWNED', { folder: config.dataDir, pid: String(pid), since })
  }
  return { client: remoteClient(url, token), close: async () => {} }
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

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(healthWithinMs) })
    return answer.ok
  } catch {
    return false
  }
}

function remoteClient(url: string, token: string): Client {
  const link = new OpenAPILink(contract, {
    url: `${url}/api`,
    headers: { authorization: `Bearer ${token}` },
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

async function openFolder(config: Config): Promise<Connection> {
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
  return { client: app.caller, close: () => app.close() }
}
