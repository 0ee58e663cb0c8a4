/** The same facts in the programs that are compared with. */
import { createWriteStream } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Engine } from '@tomoshibi/facts/engine/engine'
import { silentLog } from '@tomoshibi/state/engine/log'
import { startPostgres } from '@tomoshibi/state/engine/postgres'
import { openState } from '@tomoshibi/state/store'
import { type Dialect, duckdb, postgres } from './by-hand.ts'
import { WORKSPACE } from './company.ts'
import type { Answer } from './questions.ts'

export interface Other {
  readonly dialect: Dialect
  readonly version: string
  answer(sql: string): Promise<Answer>
  stop(): Promise<void>
}

/** The columns that the figures need, with their types and, for PostgreSQL, the indexes that serve. */
const tables: Readonly<Record<string, { columns: Record<string, string>; indexes: string[] }>> = {
  account_attributes: {
    columns: {
      account_id: 'text',
      attribute: 'text',
      value: 'text',
      effective_at: 'timestamp',
    },
    indexes: ['(attribute, account_id, effective_at) INCLUDE (value)'],
  },
  contract_lines: {
    columns: {
      account_id: 'text',
      amount: 'numeric(18, 2)',
      discount_percent: 'numeric(5, 2)',
      discount_until: 'timestamp',
      billing_unit: 'text',
      effective_from: 'timestamp',
      effective_to: 'timestamp',
    },
    indexes: ['(account_id, effective_from)', '(effective_from, effective_to)'],
  },
  usage_events: {
    columns: { account_id: 'text', user_id: 'text', occurred_at: 'timestamp' },
    indexes: ['(occurred_at, account_id, user_id)'],
  },
  survey_answers: {
    columns: {
      account_id: 'text',
      kind: 'text',
      respondent_id: 'text',
      score: 'double precision',
      answered_at: 'timestamp',
    },
    indexes: ['(kind, answered_at) INCLUDE (account_id, respondent_id, score)'],
  },
  tickets: {
    columns: { account_id: 'text', opened_at: 'timestamp', resolved_at: 'timestamp' },
    indexes: ['(opened_at, resolved_at) INCLUDE (account_id)', '(account_id)'],
  },
  invoices: {
    columns: {
      account_id: 'text',
      amount: 'numeric(18, 2)',
      issued_at: 'timestamp',
      due_at: 'timestamp',
      paid_at: 'timestamp',
    },
    indexes: ['(due_at, paid_at) INCLUDE (account_id, amount, issued_at)'],
  },
  touchpoints: {
    columns: { account_id: 'text', direction: 'text', occurred_at: 'timestamp' },
    indexes: ["(account_id, occurred_at) WHERE direction = 'two_way'"],
  },
}

/** Writes the facts as CSV files that another program reads. */
export const exportFacts = async (engine: Engine, folder: string): Promise<void> => {
  // The server that reads them may be another user.
  await chmod(folder, 0o755)
  for (const [table, { columns }] of Object.entries(tables)) {
    const list = Object.entries(columns).map(([name, type]) =>
      type === 'timestamp' ? `toString(${name}) AS ${name}` : name,
    )
    const response = await fetch(`${engine.url}/?database=${engine.database}`, {
      method: 'POST',
      body: `SELECT ${list.join(', ')} FROM ${table} WHERE workspace_id = '${WORKSPACE}'
        FORMAT CSV SETTINGS format_csv_null_representation = '', date_time_output_format = 'simple'`,
      headers: { 'X-ClickHouse-User': engine.username, 'X-ClickHouse-Key': engine.password },
    })
    if (!response.ok || response.body === null) throw new Error(await response.text())
    const file = join(folder, `${table}.csv`)
    await pipeline(response.body, createWriteStream(file))
    await chmod(file, 0o644)
  }
}

const ddl = (table: string): string =>
  `CREATE TABLE ${table} (${Object.entries(tables[table]?.columns ?? {})
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})`

/** An embedded PostgreSQL with the facts, indexed and analysed. */
export const startOtherPostgres = async (folder: string, dataDir: string): Promise<Other> => {
  const server = await startPostgres({ dataDir, log: silentLog })
  const state = await openState(server.url)
  const client = await state.pool.connect()
  await client.query('SET statement_timeout = 0')
  for (const [table, { indexes }] of Object.entries(tables)) {
    await client.query(ddl(table))
    await client.query(`COPY ${table} FROM '${join(folder, `${table}.csv`)}' WITH (FORMAT csv)`)
    for (const index of indexes) await client.query(`CREATE INDEX ON ${table} ${index}`)
    await client.query(`VACUUM ANALYZE ${table}`)
  }
  // What one would give it on a machine of this size; the default of 4 MB is for many at once.
  await client.query("SET work_mem = '512MB'")
  await client.query("SET TIME ZONE 'UTC'")
  const version = await client.query<{ server_version: string }>('SHOW server_version')
  return {
    dialect: postgres,
    version: version.rows[0]?.server_version ?? '',
    answer: async (sql) => {
      const { rows } = await client.query<{ what: string; value: string }>(sql)
      return new Map(rows.map(({ what, value }) => [what, Number(value)]))
    },
    stop: async () => {
      client.release()
      await state.close()
      await server.stop()
    },
  }
}

/** DuckDB in this process, with the facts in a database file. */
export const startDuckDb = async (folder: string, dataDir: string): Promise<Other> => {
  await mkdir(dataDir, { recursive: true })
  const instance = await DuckDBInstance.create(join(dataDir, 'facts.duckdb'), {
    memory_limit: '4GB',
  })
  const connection = await instance.connect()
  for (const table of Object.keys(tables)) {
    await connection.run(ddl(table))
    await connection.run(
      `COPY ${table} FROM '${join(folder, `${table}.csv`)}' (FORMAT csv, HEADER false)`,
    )
  }
  const version = await connection.runAndReadAll('SELECT version()')
  return {
    dialect: duckdb,
    version: String(version.getRows()[0]?.[0] ?? ''),
    answer: async (sql) => {
      const reader = await connection.runAndReadAll(sql)
      return new Map(reader.getRows().map(([what, value]) => [String(what), Number(value)]))
    },
    stop: async () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
