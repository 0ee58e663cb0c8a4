import type { Engine } from './engine/engine.ts'
import { FactsError } from './errors.ts'

export interface FactsConnection {
  /** Address without user and password, such as `http://127.0.0.1:8123`. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  /** A user whose profile is read-only already; without one, each reading query asks to be so. */
  readonly reader?: { readonly username: string; readonly password: string }
  readonly cluster?: {
    readonly name: string
    /**
     * Addresses of all servers of a cluster without a keeper; the DDL is run on each. Without them
     * the cluster replicates its tables and spreads DDL by itself.
     */
    readonly nodes?: readonly string[]
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const named = (what: string, name: string): string => {
  if (NAME.test(name)) return name
  throw new FactsError(
    'FACTS_UNAVAILABLE',
    `The ${what} in CLICKHOUSE_URL must be a plain name of letters, digits and underscores.`,
  )
}

/**
 * Reads an address such as `https://user:password@host:8443/database?cluster=name`.
 * User, password and database default to `default`, none and `tomoshibi`. The servers of a cluster
 * without a keeper are named as well: `?cluster=name&nodes=host1:8443,host2:8443`.
 *
 * @throws FactsError FACTS_UNAVAILABLE when it is no such address; the message never repeats it, since
 *   it holds a password.
 */
export const parseConnection = (address: string): FactsConnection => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new FactsError(
      'FACTS_UNAVAILABLE',
      'CLICKHOUSE_URL must be an address such as http://user:password@host:8123/database.',
    )
  }
  const cluster = url.searchParams.get('cluster')
  const nodes = url.searchParams.get('nodes')?.split(',').map(nodeOf(url.protocol))
  return {
    url: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: named('database', decodeURIComponent(url.pathname.slice(1)) || 'tomoshibi'),
    ...(cluster === null
      ? {}
      : {
          cluster: { name: named('cluster', cluster), ...(nodes === undefined ? {} : { nodes }) },
        }),
  }
}

const nodeOf =
  (protocol: string) =>
  (node: string): string => {
    const address = `${protocol}//${node}`
    if (/^[A-Za-z0-9.-]+(:\d+)?$/.test(node) && URL.canParse(address))
      return new URL(address).origin
    throw new FactsError(
      'FACTS_UNAVAILABLE',
      'The nodes in CLICKHOUSE_URL must be the servers of the cluster, such as host1:8123,host2:8123.',
    )
  }

/** The connection of an engine that this process runs, or the connection as given. */
export const sameConnection = (target: Engine | FactsConnection): FactsConnection => {
  if (!('stop' in target)) return target
  const { url, username, password, database, reader } = target
  return { url, username, password, database, reader }
}
