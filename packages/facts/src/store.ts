/** The fact store: bound queries in, checked rows out, over one ClickHouse server or cluster. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClickHouseClient, createClient, drainStream } from '@clickhouse/client'
import { type ZodType, z } from 'zod'
import type { BoundQuery } from './bound-query.ts'
import { type FactsConnection, parseConnection, sameConnection } from './connection.ts'
import { type Layout, onCluster } from './ddl.ts'
import { planningSettings, querySettings } from './engine/config.ts'
import type { Engine } from './engine/engine.ts'
import { asFactsError, FactsError, type FactsErrorCode, wasCutOff, wasRefused } from './errors.ts'
import { migrate } from './migrations/migrate.ts'

export interface QueryStats {
  readonly queryId: string
  readonly rowsRead: number
  readonly bytesRead: number
  readonly elapsedMs: number
}

export interface QueryOptions {
  /** Ends the query in the engine as well, not only the wait for it. */
  readonly signal?: AbortSignal
}

export type InsertRow = Readonly<Record<string, unknown>>

/** What a statement took, waiting for a restarting engine included; it says nothing of what it was. */
export interface StatementTaken {
  readonly kind: 'query' | 'insert' | 'command'
  readonly elapsedMs: number
  /** Null when it did not fail. */
  readonly failure: FactsErrorCode | null
}

export interface OpenFactsOptions {
  /** Told of each statement when it has ended. Must not throw. */
  readonly onStatement?: (taken: StatementTaken) => void
  /** False leaves the tables as they are, for looking at them only. */
  readonly migrate?: boolean
}

export interface FactStore {
  readonly layout: Layout
  /**
   * Runs one reading statement as a user who may only read, and checks every row.
   * Decimals and 64-bit integers arrive as strings, instants as ISO text in UTC.
   *
   * @throws FactsError
   */
  query<T>(bound: BoundQuery, row: ZodType<T>, options?: QueryOptions): Promise<T[]>
  /** As `query`, with what it cost. */
  queryWithStats<T>(
    bound: BoundQuery,
    row: ZodType<T>,
    options?: QueryOptions,
  ): Promise<{ readonly rows: T[]; readonly stats: QueryStats }>
  /** As `query`, in constant memory. An error may come after rows have been given out. */
  stream<T>(bound: BoundQuery, row: ZodType<T>, options?: QueryOptions): AsyncGenerator<T, void>
  /**
   * Inserts rows, durable when it returns. When the connection breaks meanwhile, they may be there in
   * part: fact rows may then simply be inserted again, since equal versions of a record are one.
   * Pass `repeatable` to have that done here.
   */
  insert(
    table: string,
    rows: readonly InsertRow[],
    options?: { readonly repeatable?: boolean },
  ): Promise<void>
  /** As `insert`, for many rows: JSON objects, one a line. Columns that the table lacks are refused. */
  insertLines(
    table: string,
    lines: string,
    options?: { readonly repeatable?: boolean },
  ): Promise<void>
  /** As `insert`, for rows that `RowBinary` wrote, with these columns in this order. */
  insertBinary(
    table: string,
    columns: readonly string[],
    rows: Buffer,
    options?: { readonly repeatable?: boolean },
  ): Promise<void>
  /**
   * The answer to a reading statement as bytes: `Native` blocks, compressed by the engine with zstd.
   * An error after the first bytes ends the stream with it. Runs as the user who may write.
   */
  readBytes(bound: BoundQuery): Promise<Readable>
  /** Inserts what `readBytes` gave for the same columns. It may be there in part when this rejects. */
  writeBytes(table: string, columns: readonly string[], bytes: Readable): Promise<void>
  /** Runs a writing statement, such as `INSERT … SELECT`. */
  command(bound: BoundQuery, options?: { readonly repeatable?: boolean }): Promise<void>
  /** Runs a DDL statement that holds no values on every server of the cluster, or on the one. */
  everywhere(sql: string): Promise<void>
  /** Milliseconds that the engine took to answer. @throws FactsError FACTS_UNAVAILABLE */
  ping(): Promise<number>
  /** Whatever is still asked fails with FACTS_UNAVAILABLE; running queries may end. */
  close(): Promise<void>
}

/** How long a restarting engine is waited for. */
const RESTART_WITHIN_MS = 15_000
const QUERY_WITHIN_MS = 150_000
const QUERY_MEMORY_BYTES = 800_000_000

const summaryShape = z.object({
  read_rows: z.coerce.number().catch(0),
  read_bytes: z.coerce.number().catch(0),
  elapsed_ns: z.coerce.number().catch(0),
})

const statsOf = (queryId: string, header: unknown): QueryStats => {
  const text = Array.isArray(header) ? header[0] : header
  const summary = summaryShape.parse(typeof text === 'string' ? JSON.parse(text) : {})
  return {
    queryId,
    rowsRead: summary.read_rows,
    bytesRead: summary.read_bytes,
    elapsedMs: summary.elapsed_ns / 1e6,
  }
}

/**
 * Opens the store, brings its tables to the newest version, and returns it.
 *
 * @param target an engine of this process, a connection, or an address such as
 *   `http://user:password@host:8123/database?cluster=name`
 * @throws FactsError FACTS_UNAVAILABLE, FACTS_ACCESS_REFUSED, FACTS_SCHEMA_NEWER
 */
export const openFacts = async (
  target: Engine | FactsConnection | string,
  options: OpenFactsOptions = {},
): Promise<FactStore> => {
  const connection = typeof target === 'string' ? parseConnection(target) : sameConnection(target)
  const store = connect(connection, options)
  try {
    if (options.migrate !== false) await migrate(store, store.layout)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

const connect = (connection: FactsConnection, { onStatement }: OpenFactsOptions): FactStore => {
  const { cluster } = connection
  const layout: Layout =
    cluster === undefined
      ? { kind: 'single' }
      : {
          kind: 'cluster',
          cluster: cluster.name,
          database: connection.database,
          replicated: cluster.nodes === undefined,
        }

  // An engine of ours has these settings in its users' profiles, where a reader can't change them.
  const settings = connection.reader === undefined ? querySettings(QUERY_MEMORY_BYTES) : {}
  const client = (url: string, user: { username: string; password: string }, more = {}) =>
    createClient({
      url,
      username: user.username,
      password: user.password,
      database: connection.database,
      application: 'tomoshibi',
      request_timeout: QUERY_WITHIN_MS,
      max_open_connections: 16,
      clickhouse_settings: { ...settings, ...more },
      log: { level: 127 },
    })
  const writer = client(connection.url, connection)
  const reader =
    connection.reader === undefined
      ? client(connection.url, connection, { readonly: '1', max_execution_time: 120 })
      : client(connection.url, connection.reader)
  const nodes = (cluster?.nodes ?? []).map((url) => client(url, connection))

  let closed = false
  let databaseMade: Promise<void> | undefined
  const makeDatabase = async (): Promise<void> => {
    const urls = cluster?.nodes ?? [connection.url]
    for (const url of urls) {
      const bootstrap = createClient({
        url,
        username: connection.username,
        password: connection.password,
        log: { level: 127 },
      })
      try {
        await attempt(true, (queryId) =>
          bootstrap.command({
            query: `CREATE DATABASE IF NOT EXISTS ${connection.database}${onCluster(layout)}`,
            query_id: queryId,
          }),
        )
      } finally {
        await bootstrap.close()
      }
    }
  }

  /**
   * Runs `action` again while the engine restarts: always when no connection was made, and when one
   * broke only if doing it twice is the same as doing it once. Once the store is closed nothing is asked
   * or waited for: whoever still works must not hold up the end of the program.
   */
  const attempt = async <T>(
    repeatable: boolean,
    action: (queryId: string) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const giveUpAt = performance.now() + RESTART_WITHIN_MS
    for (let waitMs = 25; ; waitMs = Math.min(waitMs * 2, 500)) {
      const queryId = randomUUID()
      if (closed) throw new FactsError('FACTS_UNAVAILABLE', 'The fact store is closed.')
      try {
        return await action(queryId)
      } catch (error) {
        const again = wasRefused(error) || (repeatable && wasCutOff(error))
        if (!again || signal?.aborted === true || performance.now() > giveUpAt) {
          throw asFactsError(error, queryId)
        }
        await sleep(waitMs)
      }
    }
  }

  const timed = async <T>(kind: StatementTaken['kind'], work: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now()
    const told = (failure: FactsErrorCode | null) =>
      onStatement?.({ kind, elapsedMs: performance.now() - startedMs, failure })
    try {
      const done = await work()
      told(null)
      return done
    } catch (error) {
      told(error instanceof FactsError ? error.code : 'FACTS_QUERY_FAILED')
      throw error
    }
  }

  const checked = <T>(rows: unknown, row: ZodType<T>, queryId: string): T[] => {
    const parsed = z.array(row).safeParse(rows)
    if (parsed.success) return parsed.data
    throw new FactsError(
      'FACTS_ROWS_UNEXPECTED',
      `Rows of query ${queryId} are not as expected: ${z.prettifyError(parsed.error)}`,
      { queryId },
      parsed.error,
    )
  }

  /** Those of the planner's settings that a given server knows; an engine of ours has them in its profiles. */
  const askPlanning = async (): Promise<Record<string, string>> => {
    if (connection.reader !== undefined) return {}
    const result = await reader.query({
      query: 'SELECT name FROM system.settings WHERE name IN {names:Array(String)}',
      query_params: { names: Object.keys(planningSettings) },
      format: 'JSONEachRow',
    })
    const known = new Set(
      z
        .array(z.object({ name: z.string() }))
        .parse(await result.json())
        .map(({ name }) => name),
    )
    return Object.fromEntries(Object.entries(planningSettings).filter(([name]) => known.has(name)))
  }
  let planning: Record<string, string> | undefined

  const request = (bound: BoundQuery, queryId: string, options: QueryOptions) => ({
    query: bound.sql,
    query_params: { ...bound.params },
    query_id: queryId,
    use_multipart_params_auto: true,
    ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
  })

  const queryWithStats: FactStore['queryWithStats'] = (bound, row, options = {}) =>
    timed('query', () =>
      attempt(
        true,
        async (queryId) => {
          planning ??= await askPlanning()
          const result = await reader.query({
            ...request(bound, queryId, options),
            format: 'JSONEachRow',
            // The answer is held back until it is whole: an error then comes as an error, and the
            // figures of what was read are final.
            clickhouse_settings: { ...planning, wait_end_of_query: 1 },
          })
          const rows = checked(await result.json(), row, queryId)
          return { rows, stats: statsOf(queryId, result.response_headers['x-clickhouse-summary']) }
        },
        options.signal,
      ),
    )

  return {
    layout,
    queryWithStats,
    query: async (bound, row, options) => (await queryWithStats(bound, row, options)).rows,
    async *stream(bound, row, options = {}) {
      const { result, id } = await timed('query', () =>
        attempt(
          true,
          async (queryId) => {
            planning ??= await askPlanning()
            const result = await reader.query({
              ...request(bound, queryId, options),
              format: 'JSONEachRow',
              clickhouse_settings: planning,
            })
            return { id: queryId, result }
          },
          options.signal,
        ),
      )
      try {
        for await (const batch of result.stream()) {
          yield* checked(
            batch.map((item) => item.json()),
            row,
            id,
          )
        }
      } catch (error) {
        throw asFactsError(error, id)
      } finally {
        result.close()
      }
    },
    insert: (table, rows, options = {}) =>
      timed('insert', () =>
        attempt(options.repeatable ?? false, async (queryId) => {
          const values = [...rows]
          await writer.insert({ table, values, format: 'JSONEachRow', query_id: queryId })
        }),
      ),
    insertLines: (table, lines, options = {}) =>
      timed('insert', () =>
        attempt(options.repeatable ?? false, async (queryId) => {
          // `insert` of the client takes objects and turns each into text again.
          const result = await writer.exec({
            query: `INSERT INTO ${table} FORMAT JSONEachRow`,
            values: Readable.from([lines], { objectMode: false }),
            query_id: queryId,
            clickhouse_settings: { input_format_skip_unknown_fields: 0 },
          })
          await drainStream(result.stream)
        }),
      ),
    insertBinary: (table, columns, rows, options = {}) =>
      timed('insert', () =>
        attempt(options.repeatable ?? false, async (queryId) => {
          const result = await writer.exec({
            query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
            values: Readable.from([rows], { objectMode: false }),
            query_id: queryId,
          })
          await drainStream(result.stream)
        }),
      ),
    readBytes: (bound) =>
      timed('query', () =>
        attempt(true, async (queryId) => {
          const result = await writer.exec({
            ...request({ ...bound, sql: `${bound.sql}\nFORMAT Native` }, queryId, {}),
            clickhouse_settings: {
              enable_http_compression: 1,
              http_write_exception_in_output_format: 0,
            },
            http_headers: { 'accept-encoding': 'zstd' },
            decompress_response_stream: false,
          })
          return result.stream
        }),
      ),
    writeBytes: (table, columns, bytes) =>
      timed('insert', () =>
        attempt(false, async (queryId) => {
          const result = await writer.exec({
            query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT Native`,
            values: bytes,
            query_id: queryId,
            http_headers: { 'content-encoding': 'zstd' },
          })
          await drainStream(result.stream)
        }),
      ),
    command: (bound, options = {}) =>
      timed('command', () =>
        attempt(options.repeatable ?? false, async (queryId) => {
          await writer.command(request(bound, queryId, {}))
        }),
      ),
    everywhere: async (sql) => {
      databaseMade ??= makeDatabase()
      await databaseMade
      const clients: ClickHouseClient[] = nodes.length === 0 ? [writer] : nodes
      for (const each of clients) {
        await attempt(true, (queryId) => each.command({ query: sql, query_id: queryId }))
      }
    },
    ping: async () => {
      if (closed) throw new FactsError('FACTS_UNAVAILABLE', 'The fact store is closed.')
      const startedMs = performance.now()
      const result = await reader.ping({ select: true })
      if (!result.success) throw asFactsError(result.error, undefined)
      return performance.now() - startedMs
    },
    close: async () => {
      closed = true
      await Promise.all([writer, reader, ...nodes].map((each) => each.close()))
    },
  }
}
