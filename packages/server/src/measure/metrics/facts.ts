import type { MetricFacts, MetricFactsQuery } from '@tomoshibi/contract/metrics'
import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import {
  addedUp,
  type Contribution,
  type FactsBehind,
  factsBehind,
  type TableBehind,
} from '@tomoshibi/metrics/behind/facts'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { plainDecimal } from '@tomoshibi/metrics/decode'
import { localDay } from '@tomoshibi/metrics/periods'
import * as z from 'zod'
import { Failure } from '../../call/failure.ts'
import { type Choices, type FactPorts, requestsFor, run } from './service.ts'

type Asked = MetricFactsQuery & {
  readonly withoutPart: boolean
  readonly limit: number
  readonly offset: number
}

/** Up to so many records of a table, what each adds is found out for all, to leave out what adds nothing. */
const MOST_SIFTED = 2_000

const columns = Object.fromEntries(
  Object.values(factTables).map((table) => [table.name, Object.keys(table.columns)]),
)

const recordRow = z
  .object({
    record_id: z.string(),
    source_id: z.string(),
    source: z.string(),
    known_at: z.string(),
    of_all: z.coerce.number(),
  })
  .loose()
type RecordRow = z.infer<typeof recordRow>

interface Found {
  readonly row: RecordRow
  readonly adds: Contribution | null
}

/**
 * The records that an account's figure was made of, and what each adds to it: a sum, both sides of a
 * ratio of sums, or a mean is made up by them exactly.
 *
 * @throws Failure UNKNOWN_METRIC, UNKNOWN_ACCOUNT, METRIC_HAS_NO_ACCOUNT_VALUE, BAD_PERIOD, BAD_INPUT
 */
export async function metricFacts(
  ports: FactPorts,
  asked: Asked,
  choices: Choices,
): Promise<MetricFacts> {
  const { metric, account, on, from, to, grain, knownAt } = asked
  const [request] = await requestsFor(
    ports,
    {
      ...{ metrics: [metric], accounts: [account], on, from, to, grain, knownAt },
      ...{ by: [], perAccount: true, drill: false, compare: [], intervals: false },
    },
    choices,
  )
  if (request.periods.length > 1) {
    throw new Failure('BAD_PERIOD', {
      problem: 'facts are told of one period at a time',
      problemJa: '事実を表示できる期間は 1 つだけです',
    })
  }
  const [value] = await run(ports, request)
  const definition = (request.catalogue ?? builtInMetrics).get(metric)
  if (value === undefined || definition === undefined) throw new Failure('UNKNOWN_METRIC')
  const behind = factsBehind({ ...request, definition, accountId: account, columns })
  const tables = behind.tables.filter(
    ({ table }) => asked.table === undefined || table === asked.table,
  )
  if (tables.length === 0 && asked.table !== undefined) throw noSuchTable(asked.table, behind)
  const { timeZone } = choices.settings
  const cuts: Readonly<Record<string, string | undefined>> = choices.rollups.cuts ?? {}
  const deletedBefore = ({ table, firstDay }: TableBehind): string | null => {
    const cut = cuts[table]
    if (cut === undefined) return null
    const day = localDay(cut, timeZone)
    return firstDay === null || firstDay < day ? day : null
  }
  // Without a side of its own the figure has no sum that facts could make up, nor without some of them.
  const isWhole = behind.tables.every((table) => deletedBefore(table) === null)
  const adds = behind.adds && value.numerator !== null && isWhole
  return {
    value,
    adds,
    madeOf: [...behind.madeOf],
    tables: await Promise.all(
      tables.map(async (table) => ({
        ...(await tableOf(ports, behind, table, adds, asked)),
        deletedBefore: deletedBefore(table),
      })),
    ),
  }
}

/** A record that a figure is made of, without what it adds. */
export interface RecordBehind {
  readonly record: string
  readonly sourceId: string
  readonly source: string
  readonly knownAt: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface RecordsBehind {
  readonly table: string
  readonly label: MetricFacts['tables'][number]['label']
  readonly rows: readonly RecordBehind[]
  /** There are more than were read. */
  readonly more: boolean
}

/**
 * The records that an account's figure was made of at the end of a day as known then, the oldest first,
 * with those of the metrics that it is computed of.
 *
 * @param most so many of each table at most
 * @throws Failure UNKNOWN_METRIC, UNKNOWN_ACCOUNT, METRIC_HAS_NO_ACCOUNT_VALUE, BAD_PERIOD
 */
export async function recordsBehind(
  ports: FactPorts,
  {
    metric,
    account,
    on,
  }: { readonly metric: string; readonly account: string; readonly on: string },
  choices: Choices,
  most: number,
): Promise<RecordsBehind[]> {
  const [request] = await requestsFor(
    ports,
    {
      ...{ metrics: [metric], accounts: [account], on, knownAt: on },
      ...{ by: [], perAccount: true, drill: false, compare: [], intervals: false },
    },
    choices,
  )
  const definition = choices.catalogue.get(metric)
  if (definition === undefined) throw new Failure('UNKNOWN_METRIC', { key: metric })
  const behind = factsBehind({ ...request, definition, accountId: account, columns })
  const own = await Promise.all(
    behind.tables.map(async (table): Promise<RecordsBehind> => {
      const rows = await ports.facts.query(
        behind.list(table, { limit: most, offset: 0 }),
        recordRow,
      )
      return {
        table: table.table,
        label: table.label,
        more: (rows[0]?.of_all ?? 0) > rows.length,
        rows: rows.map((row) => ({
          record: row.record_id,
          sourceId: row.source_id,
          source: row.source,
          knownAt: row.known_at,
          values: valuesOf(table, row),
        })),
      }
    }),
  )
  return own
}

async function tableOf(
  { facts }: FactPorts,
  behind: FactsBehind,
  table: TableBehind,
  adds: boolean,
  { withoutPart, limit, offset }: Asked,
): Promise<Omit<MetricFacts['tables'][number], 'deletedBefore'>> {
  // The records before a page say what it begins with, so all are read up to its end.
  const read = async (count: number) =>
    await facts.query(behind.list(table, { limit: count, offset: 0 }), recordRow)
  const upTo = offset + limit
  const first = await read(Math.max(upTo, adds && !withoutPart ? MOST_SIFTED : 0))
  const lookedAt = first[0]?.of_all ?? 0
  const sifts = adds && !withoutPart && lookedAt <= MOST_SIFTED
  const records = sifts ? first : first.slice(0, upTo)
  const start = sifts ? 0 : Math.min(offset, records.length)
  const { each, all } = adds
    ? await contributionsOf(facts, behind, table, records, start)
    : { each: [], all: null }
  const found = records
    .slice(start)
    .map((row, i): Found => ({ row, adds: adds ? (each[i] ?? {}) : null }))
  const kept = sifts ? found.filter(({ adds }) => adds === null || hasPart(adds)) : found
  const page = sifts ? kept.slice(offset, upTo) : kept
  return {
    table: table.table,
    label: table.label,
    columns: [...table.columns],
    total: sifts ? kept.length : lookedAt,
    lookedAt,
    added: all,
    offset,
    rows: page.map(({ row, adds }) => ({
      record: row.record_id,
      sourceId: row.source_id,
      source: row.source,
      knownAt: row.known_at,
      values: valuesOf(table, row),
      adds,
    })),
  }
}

async function contributionsOf(
  facts: FactPorts['facts'],
  behind: FactsBehind,
  { table }: TableBehind,
  records: readonly RecordRow[],
  start: number,
): Promise<{ readonly each: Contribution[]; readonly all: Contribution }> {
  const ids = records.map(({ record_id }) => record_id)
  const answers = await Promise.all(
    behind
      .contributions(table, ids, start)
      .map(async ({ query, rowSchema, decode }) => decode(await facts.query(query, rowSchema))),
  )
  return {
    each: ids.slice(start).map((_, i) => addedUp(answers.map(({ each }) => each[i] ?? {}))),
    all: addedUp(answers.map(({ all }) => all)),
  }
}

const hasPart = ({ numerator, denominator }: Contribution): boolean =>
  Number(numerator ?? 0) !== 0 || Number(denominator ?? 0) !== 0

const isTable = (name: string): name is FactTableName => Object.hasOwn(factTables, name)

/** Decimals as people write them; everything else as it is. */
function valuesOf({ table, columns }: TableBehind, row: RecordRow): Record<string, unknown> {
  const types = isTable(table) ? factTables[table].columns : {}
  return Object.fromEntries(
    columns.map((column) => {
      const value = row[column]
      const decimal = types[column]?.type.includes('Decimal') === true && value !== null
      return [column, decimal ? plainDecimal(String(value)) : value]
    }),
  )
}

function noSuchTable(table: string, { tables }: FactsBehind): Failure {
  const names = tables.map((each) => each.table).join(', ')
  return new Failure('BAD_INPUT', {
    problem: `table: the figure is made of ${names}, not of ${table}`,
    problemJa: `table: この指標は ${names} から計算され、${table} は使いません`,
  })
}
