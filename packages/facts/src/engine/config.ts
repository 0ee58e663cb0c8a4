/** The configuration files of an engine that this process starts, as XML text. */

export interface RemoteServer {
  readonly host: string
  readonly port: number
}

export interface EngineCluster {
  readonly name: string
  /** One server for each shard, by its native (TCP) port. */
  readonly shards: readonly RemoteServer[]
}

export interface EngineConfig {
  readonly folder: string
  readonly logFolder: string
  readonly memoryBytes: number
  readonly queryMemoryBytes: number
  readonly writer: { readonly username: string; readonly password: string }
  readonly reader: { readonly username: string; readonly password: string }
  readonly database: string
  readonly backupFolder: string
  /** How many statements the program's own session runs. */
  readonly ownStatements: number
  readonly cluster?: EngineCluster | undefined
}

const MEBIBYTE = 1024 * 1024

/**
 * The engine begins no insert and no merge with less than this left on its disk. What it has begun then has
 * room to end: of a merge that runs out of space in its last bytes it may keep a part that can't be read.
 */
const KEPT_FREE_BYTES = 64 * MEBIBYTE

const escaped = (text: string): string =>
  text.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`)

const elements = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join('\n    ')

const remoteServers = (config: EngineConfig): string => {
  if (config.cluster === undefined) return ''
  const shards = config.cluster.shards.map(
    ({ host, port }) =>
      `<shard><internal_replication>false</internal_replication><replica>${elements({
        host,
        port,
        user: config.writer.username,
        password: config.writer.password,
        default_database: config.database,
      })}</replica></shard>`,
  )
  return `<remote_servers><${config.cluster.name}>${shards.join('')}</${config.cluster.name}></remote_servers>`
}

/** The server's own file. Caches count towards the server's memory, so each has a small bound. */
export const serverConfig = (config: EngineConfig, usersFile: string): string => `<clickhouse>
    ${elements({
      listen_host: '127.0.0.1',
      path: `${config.folder}/`,
      tmp_path: `${config.folder}/tmp/`,
      users_config: usersFile,
      'log-level': 'warning',
      max_server_memory_usage: config.memoryBytes,
      mark_cache_size: 64 * MEBIBYTE,
      index_mark_cache_size: 16 * MEBIBYTE,
      index_uncompressed_cache_size: 0,
      uncompressed_cache_size: 0,
      mmap_cache_size: 100,
      compiled_expression_cache_size: 16 * MEBIBYTE,
      query_condition_cache_size: 16 * MEBIBYTE,
      keep_alive_timeout: 60,
      background_pool_size: 2,
      background_schedule_pool_size: 8,
      background_fetches_pool_size: 1,
      background_move_pool_size: 1,
      background_common_pool_size: 1,
      background_buffer_flush_schedule_pool_size: 1,
      background_message_broker_schedule_pool_size: 1,
      background_distributed_schedule_pool_size: 2,
    })}
    <logger>${elements({
      log: `${config.logFolder}/engine.log`,
      errorlog: `${config.logFolder}/engine-errors.log`,
      size: '4M',
      count: 2,
    })}</logger>
    <storage_configuration><disks><default>${elements({
      keep_free_space_bytes: KEPT_FREE_BYTES,
    })}</default></disks></storage_configuration>
    <backups><allowed_path>${escaped(config.backupFolder)}/</allowed_path></backups>
    ${remoteServers(config)}
</clickhouse>
`

/**
 * Settings under which every query runs, a reader's and a writer's. A query spills to disk before it
 * reaches its bound. Decimals and 64-bit integers are quoted, since a JSON number would lose digits.
 */
export const querySettings = (queryMemoryBytes: number): Readonly<Record<string, string>> => ({
  max_memory_usage: String(queryMemoryBytes),
  // A panel of many metrics says a lot, each step with its words; the usual bound is 256 KiB.
  max_query_size: String(2 * MEBIBYTE),
  // Half, since putting groups back together takes about as much as they took before.
  max_bytes_before_external_group_by: String(Math.floor(queryMemoryBytes / 2)),
  max_bytes_before_external_sort: String(Math.floor(queryMemoryBytes / 4)),
  join_algorithm: 'parallel_hash,grace_hash,hash',
  max_bytes_in_join: String(Math.floor(queryMemoryBytes / 2)),
  // Compiled, the least of instants before 1970 can come out wrong, after some runs of a query.
  compile_aggregate_expressions: '0',
  output_format_json_quote_decimals: '1',
  output_format_json_quote_64bit_integers: '1',
  date_time_input_format: 'best_effort',
  date_time_output_format: 'iso',
  session_timezone: 'UTC',
  join_use_nulls: '1',
  http_max_field_value_size: String(64 * MEBIBYTE),
  cancel_http_readonly_queries_on_client_close: '1',
  max_http_get_redirects: '0',
  distributed_foreground_insert: '1',
})

/**
 * Rewrites that a compiled query has no use for, since nothing in it is said twice, and that cost the
 * planner more than the query takes: switched off, a query over 35 metrics is planned four times as
 * fast. A given server of another version may not know them all.
 */
export const planningSettings: Readonly<Record<string, string>> = {
  // Merged, the steps of a frame are one: each of many conditions, which the engine evaluates no further
  // than it must, then reckons what it names anew. Sixty lamps took five times as long.
  query_plan_merge_expressions: '0',
  optimize_aggregators_of_group_by_keys: '0',
  optimize_syntax_fuse_functions: '0',
  optimize_arithmetic_operations_in_aggregate_functions: '0',
  optimize_extract_common_expressions: '0',
  optimize_and_compare_chain: '0',
  optimize_min_equality_disjunction_chain_length: '1000000',
  optimize_min_inequality_conjunction_chain_length: '1000000',
}

/**
 * The users' file. The program that listens runs in a session of the user `default` from loopback, who
 * must have no password. So that user has the right to start the listener and to read the numbers that
 * keep it waiting, and a quota that these statements use up: nobody else can act as `default`.
 */
export const usersConfig = (config: EngineConfig): string => `<clickhouse>
  <profiles>
    <default>
    ${elements(querySettings(config.queryMemoryBytes))}
    </default>
    <reader>
    ${elements({
      ...querySettings(config.queryMemoryBytes),
      ...planningSettings,
      readonly: 1,
      max_execution_time: 120,
    })}
    </reader>
  </profiles>
  <quotas>
    <default></default>
    <session><interval><duration>2000000000</duration><queries>${config.ownStatements}</queries></interval></session>
  </quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>session</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT SELECT ON system.numbers</query>
      </grants>
    </default>
    <${config.writer.username}>
      <password>${escaped(config.writer.password)}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </${config.writer.username}>
    <${config.reader.username}>
      <password>${escaped(config.reader.password)}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>reader</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT SELECT ON ${config.database}.*</query>
      </grants>
    </${config.reader.username}>
  </users>
</clickhouse>
`
