import * as z from 'zod'
import { builtInMetrics } from '../catalogue.ts'
import { facts } from '../custom/facts.ts'
import { usedMetrics } from '../custom/recipes.ts'
import { decimalDifference, decimalSum } from '../decimal.ts'
import { plainDecimal } from '../decode.ts'
import type { MetricDefinition } from '../definition.ts'
import { figureSet } from '../plan/figure-set.ts'
import { nodesInOrder, type PlanNode } from '../plan/node.ts'
import { nodeParams, renderTables } from '../plan/render.ts'
import { sharedParams } from '../plan/shared-params.ts'
import { windowsOf } from '../plan/windows.ts'
import type { BoundQuery } from '../query.ts'
import type { MetricRequest } from '../request.ts'
import type { Source, SourceContext } from '../sources/source.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import type { Text } from '../text.ts'
import type { Amount } from '../value.ts'
import { inTurn, type Layout, tablesOfAccounts, turnAccount } from './in-turn.ts'
import { type Side, type SideName, sideNames, sidesOf } from './sides.ts'

/** The facts behind one metric of one account in one period. */
export interface BehindRequest
  extends Pick<
    MetricRequest,
    'workspaceId' | 'settings' | 'periods' | 'knownAt' | 'now' | 'catalogue'
  > {
  readonly definition: MetricDefinition
  readonly accountId: string
  /** Content columns of each fact table, in their order. */
  readonly columns: Readonly<Record<string, readonly string[]>>
}

/** A table whose records an account's figure is made of. */
export interface TableBehind {
  readonly table: string
  readonly label: Text
  /** Columns that the figure depends on. */
  readonly columns: readonly string[]
  /** The column by which records come in order; none where there is no such one. */
  readonly at: string | null
  /** The first local day that matters to the figure; null = any may. */
  readonly firstDay: string | null
}

export type Contribution = Readonly<Partial<Record<SideName, Amount>>>

/** Asks what records add to a figure: for some of a table, in the order in which they were listed. */
export interface ContributionQuery {
  readonly query: BoundQuery
  readonly rowSchema: typeof turnRowSchema
  /** @returns what each record of the page adds, and what all records of the table add */
  decode(rows: readonly TurnRow[]): { readonly each: Contribution[]; readonly all: Contribution }
}

const turnRowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
type TurnRow = z.infer<typeof turnRowSchema>

export interface FactsBehind {
  readonly tables: readonly TableBehind[]
  /** Metrics that this one is computed of; their facts are asked for by their own keys. */
  readonly madeOf: readonly string[]
  /** Whether what records add is told: of sums, ratios of sums and means. */
  readonly adds: boolean
  /** Records of a table in their order, with how many there are (`of_all`). */
  list(table: TableBehind, page: { readonly limit: number; readonly offset: number }): BoundQuery
  /**
   * What records of a table add.
   *
   * @param records ids of all records up to the end of the page, in order
   * @param offset how many of them stand before the page
   */
  contributions(table: string, records: readonly string[], offset: number): ContributionQuery[]
}

const byTable: ReadonlyMap<string, (typeof facts)[keyof typeof facts]> = new Map(
  Object.values(facts).map((fact) => [fact.table, fact]),
)

/** What applies ahead of time, or has no time: its records matter whenever they begin. */
const planned: ReadonlySet<string> = new Set(['contract_lines', 'contacts'])

const mentioned = (plan: PlanNode, table: string, columns: readonly string[]): string[] => {
  const words = new Set(
    nodesInOrder(plan)
      .filter(({ sql }) => new RegExp(`\\bFROM ${table}\\b`).test(sql))
      .flatMap(({ sql }) => sql.match(/\b[a-z]+(?:_[a-z]+)*\b/g) ?? []),
  )
  return columns.filter((column) => words.has(column))
}

/**
 * Plans the way from an account's figure to its facts: which tables it was made of, their records, and
 * what each record adds.
 */
export const factsBehind = (request: BehindRequest): FactsBehind => {
  const { definition, settings, accountId } = request
  const set = figureSet([definition], request.catalogue ?? builtInMetrics, settings)
  const { windows, asked } = windowsOf({ ...request, by: [] }, [definition])
  const window = windows[asked[0]?.window ?? 0]
  if (window === undefined) throw new Error('Facts are asked for one period.')
  const context: SourceContext = { settings, windows: [window], someAccounts: true }

  const wanted = new Map<Source, Set<string>>()
  for (const { source, name, measure } of set.all.flatMap(({ measures }) => measures)) {
    const names = wanted.get(source) ?? new Set()
    wanted.set(source, names)
    names.add(name)
    if (measure.gap !== undefined) names.add(measure.gap)
  }
  const plans = new Map(
    [...wanted].map(([source, names]) => [source, source.node(names, context)] as const),
  )
  const params = sharedParams({ ...request, windows: [window], accountIds: [accountId] })
  const [figure] = set.shown
  const sides = figure === undefined ? [] : sidesOf(figure)

  const tables = new Map<string, TableBehind>()
  const firstDays = new Map<string, string>()
  for (const [source, plan] of plans) {
    const scanned = tablesOfAccounts(plan)
    // What compares an account with others reads all of them; its own records are listed all the same.
    const all = [...byTable.keys()].filter((table) =>
      nodesInOrder(plan).some(({ sql }) => new RegExp(`\\bFROM ${table}\\b`).test(sql)),
    )
    for (const table of scanned.length > 0 ? scanned : all) {
      const fact = byTable.get(table)
      if (fact === undefined) continue
      const before = tables.get(table)?.columns ?? []
      const columns = mentioned(plan, table, request.columns[table] ?? [])
      tables.set(table, {
        table,
        label: fact.label,
        columns: (request.columns[table] ?? []).filter(
          (column) => before.includes(column) || columns.includes(column),
        ),
        at: fact.at,
        firstDay: null,
      })
    }
    const first = source.firstDays?.(wanted.get(source) ?? new Set(), context) ?? {}
    for (const table of scanned) {
      const [known, day] = [firstDays.get(table), first[table]]
      // One that says nothing of it may look at all of them.
      firstDays.set(table, known === '' || day === undefined ? '' : earlier(known ?? day, day))
    }
  }

  const list: FactsBehind['list'] = ({ table, columns, at }, { limit, offset }) => {
    const fact = byTable.get(table)
    const firstDay = firstDays.get(table) || undefined
    const order = fact?.at ?? at ?? 'known_at'
    const read = new Set([
      'source_id',
      'source',
      ...columns,
      ...(`${order} ${fact?.since ?? ''}`.match(/\b[a-z]+_at\b|\b[a-z]+_from\b/g) ?? []),
    ])
    read.delete('known_at')
    return {
      sql: `
SELECT record_id, ${[...read].join(', ')}, known_at, count() OVER () AS of_all
FROM (${factVersions({ table, columns: [...read], someAccounts: true })}
)
${eachWindow('start', 'end', 'known')}
WHERE ${[
        KNOWN_IN_WINDOW,
        ...(fact === undefined || planned.has(table) ? [] : [`${fact.since} < window_end`]),
        ...(firstDay === undefined
          ? []
          : [`toDate32(${order}, {time_zone:String}) >= {facts_from:Date32}`]),
      ].join(' AND ')}
ORDER BY ${order}, record_id
LIMIT {facts_limit:UInt32} OFFSET {facts_offset:UInt32}`,
      params: {
        ...params,
        facts_limit: limit,
        facts_offset: offset,
        ...(firstDay === undefined ? {} : { facts_from: firstDay }),
      },
    }
  }

  const contributions: FactsBehind['contributions'] = (table, records, offset) =>
    [...new Set(sides.map(({ source }) => source))].flatMap((source): ContributionQuery[] => {
      const plan = source.node(
        new Set(sides.filter((side) => side.source === source).flatMap(({ measures }) => measures)),
        context,
      )
      const scanned = tablesOfAccounts(plan)
      const at = scanned.indexOf(table)
      if (at < 0) return []
      const layouts = new Map(
        scanned.map((each, i): [string, Layout] => [
          each,
          i < at ? 'all' : i === at ? 'listed' : 'none',
        ]),
      )
      const last = records.length + 1
      const turns = [...Array(records.length - offset + 1).keys()].map((k) => offset + k)
      const bare = offset === 0 ? [] : [0]
      const laid = inTurn(plan, layouts, {
        accountId,
        records,
        turns: [...bare, ...turns, last],
        last,
      })
      const own = sides.filter((side) => side.source === source)
      return [
        {
          rowSchema: turnRowSchema,
          query: {
            sql: `${renderTables(laid.plan)}
SELECT account_id, ${own.map(({ sql }, k) => `${sql} AS side_${k}`).join(', ')}
FROM ${laid.plan.name}
ORDER BY account_id`,
            params: { ...params, ...nodeParams(laid.plan), ...laid.params },
          },
          decode: (rows) => {
            const byAccount = new Map(rows.map((row) => [String(row.account_id), row]))
            const sum = (turn: number, side: Side, k: number): Amount => {
              const cell = byAccount.get(turnAccount(accountId, turn))?.[`side_${k}`] ?? 0
              return side.isMoney ? plainDecimal(String(cell)) : Number(cell)
            }
            const between = (from: number, to: number): Contribution =>
              addedUp(
                own.map((side, k) => ({
                  [side.side]: difference(sum(to, side, k), sum(from, side, k)),
                })),
              )
            return {
              each: turns.slice(1).map((turn) => between(turn - 1, turn)),
              all: between(0, last),
            }
          },
        },
      ]
    })

  const adds =
    sides.length > 0 &&
    sides.every((side) => {
      const plan = plans.get(side.source)
      return plan !== undefined && tablesOfAccounts(plan).length > 0
    })
  return {
    tables: [...tables.values()].map((each) => ({
      ...each,
      firstDay: firstDays.get(each.table) || null,
    })),
    madeOf: usedMetrics(definition.measure).map(({ metric }) => metric),
    adds,
    list,
    contributions,
  }
}

const earlier = (a: string, b: string): string => (a < b ? a : b)

const difference = (to: Amount, from: Amount): Amount =>
  typeof to === 'string' && typeof from === 'string'
    ? decimalDifference(to, from)
    : Number(to ?? 0) - Number(from ?? 0) + 0

const sum = (a: Amount | undefined, b: Amount | undefined): Amount => {
  if (a === undefined || a === null) return b ?? null
  if (b === undefined || b === null) return a
  return typeof a === 'string' && typeof b === 'string' ? decimalSum([a, b]) : Number(a) + Number(b)
}

/** Contributions added, side by side; exact for money. */
export const addedUp = (all: readonly Contribution[]): Contribution => {
  const total: Partial<Record<SideName, Amount>> = {}
  for (const each of all) {
    for (const side of sideNames) {
      if (each[side] !== undefined) total[side] = sum(total[side], each[side])
    }
  }
  return total
}
