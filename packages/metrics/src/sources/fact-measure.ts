import { checkCondition } from '../condition/check.ts'
import { type CompiledCondition, compileCondition } from '../condition/compile.ts'
import { namesIn } from '../condition/syntax.ts'
import { columnsOf, type FactColumn, type FactName, facts } from '../custom/facts.ts'
import type { FactMeasure } from '../custom/recipes.ts'
import { factScope, typedColumn } from '../custom/scope.ts'
import { measureWords } from '../custom/words.ts'
import { trailing } from '../periods.ts'
import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { converted, ZERO } from '../sql/money.ts'
import { knownFacts, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow, engineInstant } from '../sql/windows.ts'
import type { Text } from '../text.ts'
import { amongCustomers } from './among-customers.ts'
import { customers } from './customers.ts'
import { exchangeRates, rateAt, rateOf } from './exchange-rates.ts'
import { isList, list, type Measure, type Source, type SourceContext } from './source.ts'
import { workspaceUse } from './use-counts.ts'

/** One custom measure in a query: its definition, and what its columns are called. */
interface Registered {
  readonly id: string
  readonly measure: FactMeasure
  readonly condition: CompiledCondition | null
  /** Columns of the fact that it reads. */
  readonly columns: ReadonlySet<string>
}

const typeOf = (measure: FactMeasure): FactColumn['type'] | undefined =>
  measure.column === null ? undefined : columnsOf(measure.fact).get(measure.column)?.type

const register = (id: string, measure: FactMeasure): Registered => {
  const columns = new Set(measure.column === null ? [] : [measure.column])
  if (measure.where === null) return { id, measure, condition: null, columns }
  const checked = checkCondition(measure.where, factScope(measure.fact))
  if (!checked.ok) throw new Error(`A measure of ${measure.fact} was not checked.`)
  for (const name of namesIn(checked.condition)) columns.add(name)
  return { id, measure, columns, condition: compileCondition(checked.condition, id) }
}

const isMoney = (fact: FactName, names: Iterable<string>): boolean =>
  [...names].some((name) => columnsOf(fact).get(name)?.type === 'money')

/** The typed value of a column; NULL where there is none. */
const typed = (name: string, { type, sql }: FactColumn): string => {
  const raw = sql ?? name
  switch (type) {
    case 'text':
      return `nullIf(CAST(${raw} AS String), '')`
    case 'happened':
      return `if(${raw} < window_end, toDate32(${raw}, {time_zone:String}), NULL)`
    case 'planned':
      return `toDate32(${raw}, {time_zone:String})`
    case 'money':
      return `if(rate_then = 0 AND ${raw} != 0, NULL, ${converted(raw, 'rate_then')})`
    default:
      return raw
  }
}

const windowName = (window: string): string => `window_from_${window.toLowerCase()}`

/** The first instant at which a record counts, or nothing where all up to the end do. */
const startOf = ({ window }: FactMeasure): string | null =>
  window === 'all' ? null : window === 'period' ? 'window_start' : windowName(window)

/** Whether a record counts, and whether it would if its amounts could be converted. */
const flagsOf = ({ id, measure, condition, columns }: Registered): string[] => {
  const start = startOf(measure)
  const timely = `ifNull(${[
    `${measure.at} < window_end`,
    ...(start === null ? [] : [`${measure.at} >= ${start}`]),
  ].join(' AND ')}, false)`
  const holds = (unknown: string) =>
    condition === null ? timely : `(${timely} AND ifNull(${condition.sql}, ${unknown}) = 1)`
  return [
    `${holds('0')} AS ${id}_in`,
    ...(isMoney(measure.fact, columns)
      ? // What can't be converted might count; whoever leaves it out would tell too little.
        [`(rate_then = 0 AND ${holds('1')} AND rate_matters) AS ${id}_unknown`]
      : []),
  ]
}

const counted = ({ id, measure }: Registered): Record<string, string> => {
  const of = measure.column === null ? '' : typedColumn(measure.column)
  const counts = `${id}_in AND isNotNull(${of})`
  const none = `countIf(${counts}) = 0`
  switch (measure.statistic) {
    case 'records':
      return { [id]: `countIf(${id}_in)` }
    case 'distinct':
      // Where no record says who or what, nothing was counted: that is not 0.
      return { [id]: `if(countIf(isNotNull(${of})) = 0, NULL, uniqExactIf(${of}, ${counts}))` }
    case 'sum': {
      const zero = typeOf(measure) === 'money' ? ZERO : '0'
      return { [id]: `ifNull(sumIf(${of}, ${counts}), ${zero})` }
    }
    case 'mean':
      return {
        [id]: `if(${none}, NULL, sumIf(${of}, ${counts}))`,
        [`${id}_n`]: `nullIf(countIf(${counts}), 0)`,
      }
    case 'median':
    case 'p90':
      return { [id]: `groupArrayIf(toFloat64(assumeNotNull(${of})), ${counts})` }
    case 'max':
      return { [id]: `if(${none}, NULL, maxIf(${of}, ${counts}))` }
    case 'last':
      return {
        [id]: `if(${none}, NULL, argMaxIf(${of}, tuple(${measure.at}, record_id), ${counts}))`,
        [`${id}_n`]: `if(${none}, NULL, 1)`,
      }
    case 'days_since_last':
      return {
        [id]: `if(countIf(${id}_in) = 0, NULL, dateDiff('day',
      toDate32(maxIf(assumeNotNull(${measure.at}), ${id}_in), {time_zone:String}), any(window_last_day)))`,
      }
  }
}

const measuresOf = (each: Registered): Record<string, Measure> => {
  const { id, measure, columns } = each
  const says = measureWords(measure)
  const gap = isMoney(measure.fact, columns) ? { gap: `${id}_gap` } : {}
  const money = typeOf(measure) === 'money' ? 'money' : 'number'
  const cases: Text = { en: 'cases', ja: '件数' }
  const count = { type: 'count', says: cases } as const
  const gaps = gap.gap === undefined ? {} : { [gap.gap]: count }
  switch (measure.statistic) {
    case 'records':
    case 'distinct':
    case 'days_since_last':
      return { [id]: { type: 'count', says, ...gap }, ...gaps }
    case 'median':
    case 'p90':
      return { [id]: { type: 'samples', says, ...gap }, ...gaps }
    case 'mean':
    case 'last':
      return { [id]: { type: money, says, ...gap }, [`${id}_n`]: { ...count, ...gap }, ...gaps }
    case 'sum':
    case 'max':
      return { [id]: { type: money, says, ...gap }, ...gaps }
  }
}

/**
 * The source of all custom measures over one fact in one query, so that its table is read once. It has
 * a row for each account with a record that was there by the window's end: with none that counts, a
 * count is 0 there. A customer without any use, ticket or contact has 0 as well, where the workspace
 * records those.
 */
export const factMeasureSource = (
  fact: FactName,
  measures: ReadonlyMap<string, FactMeasure>,
): Source => {
  const registered = [...measures].map(([id, measure]) => register(id, measure))
  const name = `custom_${fact}`
  const byMeasure = new Map(
    registered.flatMap((each) => Object.keys(measuresOf(each)).map((key) => [key, each] as const)),
  )
  return {
    name,
    measures: Object.assign({}, ...registered.map(measuresOf)),
    reach: (measure, { start, end }, { settings }) => {
      const { table } = facts[fact]
      if (table !== 'usage_events' && table !== 'tickets' && table !== 'survey_answers') return {}
      const window = byMeasure.get(measure)?.measure.window ?? 'all'
      if (window === 'all') return { [table]: 'ever' }
      if (window === 'period') return { [table]: start }
      const period = { start, end, label: { on: '' } }
      return { [table]: trailing(period, window, settings.timeZone).start }
    },
    node: (wanted, context) => {
      const used = registered.filter(({ id }) => wanted.has(id) || wanted.has(`${id}_n`))
      return nodeOf(name, fact, used, wanted, context)
    },
  }
}

const nodeOf = (
  name: string,
  fact: FactName,
  used: readonly Registered[],
  wanted: ReadonlySet<string>,
  context: SourceContext,
): PlanNode => {
  const { settings, windows } = context
  const { table, since, label } = facts[fact]
  const known = columnsOf(fact)
  const typedNames = new Set(used.flatMap(({ columns }) => [...columns]))
  const typedColumns = [...known].filter(([column]) => typedNames.has(column))
  const raw = new Set([
    ...(since.match(/[a-z]+(_[a-z]+)+/g) ?? []),
    ...used.map(({ measure }) => measure.at),
    ...typedColumns.flatMap(([column, { reads }]) => reads ?? [column]),
  ])
  const money = isMoney(fact, typedNames)
  if (money) for (const column of ['currency', 'amount', facts[fact].at]) raw.add(column)
  const trailingWindows = [
    ...new Set(used.flatMap(({ measure: { window } }) => (window.startsWith('P') ? [window] : []))),
  ]
  const rows = `
SELECT i, account_id, record_id, ${[...raw].join(', ')},
  window_start, window_end, window_last_day, window_epoch${trailingWindows.map((window) => `, ${windowName(window)}`).join('')}
FROM (${knownFacts({ table, columns: [...raw], someAccounts: context.someAccounts }, context)}
)
${[
  eachWindow('start', 'end', 'known', 'last_day', 'epoch'),
  ...trailingWindows.map(
    (window) => `  {${windowName(window)}:Array(DateTime64(3, 'UTC'))} AS ${windowName(window)}`,
  ),
].join(',\n')}
${whereAll(...knownThere(context), `${since} < window_end`)}`
  const rated = `
SELECT fact.*, ${rateOf('rate', 'fact')} AS rate_then, fact.amount != 0 AS rate_matters
FROM (${rows}
) AS fact
${rateAt('rate', 'fact', facts[fact].at)}`
  const columns = typedColumns.map(
    ([column, description]) => `${typed(column, description)} AS ${typedColumn(column)}`,
  )
  const layers = [columns, used.flatMap(flagsOf)].filter((layer) => layer.length > 0)
  const expressions = used.flatMap((each) => {
    const gap = `${each.id}_gap`
    const all = {
      ...counted(each),
      ...(isMoney(fact, each.columns) ? { [gap]: `countIf(${each.id}_unknown)` } : {}),
    }
    return Object.entries(all)
      .filter(([measure]) => wanted.has(measure))
      .map(([measure, sql]) => `${sql} AS ${measure}`)
  })
  const perAccount = `
SELECT
${list('i', 'account_id', ...expressions)}
FROM (
${layered(money ? rated : rows, ...layers)}
)
GROUP BY i, account_id`
  const everyCustomer = fact === 'usage_events'
  const node: PlanNode = {
    name: `account_${name}`,
    says: wordsOf(label, used),
    inputs: [
      ...(money ? [exchangeRates(context)] : []),
      ...(everyCustomer ? [customers(context), workspaceUse(context)] : []),
    ],
    sql: everyCustomer ? withCustomers(perAccount, used, wanted) : perAccount,
    params: Object.assign(
      {},
      ...used.map(({ condition }) => condition?.params ?? {}),
      ...trailingWindows.map((window) => ({
        [windowName(window)]: windows.map(({ start, end }) =>
          engineInstant(
            trailing({ start, end, label: { on: '' } }, window, settings.timeZone).start,
          ),
        ),
      })),
    ),
  }
  if (fact !== 'tickets' && fact !== 'touchpoints') return node
  const kind = { table: fact, at: facts[fact].at } as const
  const measures = Object.fromEntries(used.flatMap((each) => Object.entries(measuresOf(each))))
  // Who or what a customer without records has had to do with is not known to be nobody.
  const counts = used
    .filter(({ measure }) => measure.statistic === 'records' || measure.statistic === 'sum')
    .map(({ id }) => id)
  return amongCustomers(node, [kind], measures, counts, wanted, context)
}

/**
 * Counts of use are 0 for a customer that nobody of uses, where the workspace records use at all (users
 * where it records who). Use, customers and what the workspace records are stacked and folded by
 * account, which needs no join.
 */
const withCustomers = (
  perAccount: string,
  used: readonly Registered[],
  wanted: ReadonlySet<string>,
): string => {
  const columns = used.flatMap((each) =>
    Object.entries(measuresOf(each)).flatMap(([name, measure]) =>
      wanted.has(name) ? [{ name, isSamples: isList(measure), each }] : [],
    ),
  )
  const nothing = columns.map(({ name, isSamples }) => `${isSamples ? '[]' : 'NULL'} AS ${name}`)
  const row = (from: string, flags: readonly string[], values: readonly string[]): string =>
    `  SELECT ${['i', 'account_id', ...flags, ...values].join(', ')}\n  FROM ${from}`
  const flags = (own: string, customer: string, person: string, any: string) => [
    `${own} AS own`,
    `${customer} AS customer`,
    `${person} AS by_person`,
    `${any} AS by_anyone`,
  ]
  const names = columns.map(({ name }) => name)
  const folded = `
SELECT
${list(
  'i',
  'account_id',
  'max(stacked.own) AS own',
  'max(stacked.customer) AS customer',
  'max(max(stacked.by_person)) OVER (PARTITION BY i) AS by_person',
  'max(max(stacked.by_anyone)) OVER (PARTITION BY i) AS by_anyone',
  ...columns.map(({ name, isSamples }) =>
    isSamples ? `groupArrayArray(stacked.${name}) AS ${name}` : `any(stacked.${name}) AS ${name}`,
  ),
)}
FROM (
${row(`(${perAccount}\n)`, flags('1', '0', '0', '0'), names)}
  UNION ALL
${row('customers', flags('0', '1', '0', '0'), nothing)}
  UNION ALL
${row('workspace_use', flags('0', '0', 'ever_recorded', 'ever_any_recorded'), nothing)}
) AS stacked
GROUP BY i, account_id`
  return `
SELECT
${list(
  'i',
  'account_id',
  ...columns.map(({ name, each: { id, measure } }) => {
    const counts = name === id && ['records', 'distinct', 'sum'].includes(measure.statistic)
    if (!counts) return name
    const recorded = measure.column === 'user_id' ? 'by_person' : 'by_anyone'
    return `ifNull(${name}, if(customer = 1 AND ${recorded} = 1, 0, NULL)) AS ${name}`
  }),
)}
FROM (${folded}
)
WHERE own = 1 OR (customer = 1 AND by_anyone = 1)`
}

const wordsOf = (label: Text, used: readonly Registered[]): Text => {
  const words = used.map(({ measure }) => measureWords(measure))
  return {
    en: `Per account, of its ${label.en}: ${words.map(({ en }) => en).join('; ')}`,
    ja: `顧客ごと、${label.ja}から: ${words.map(({ ja }) => ja).join('、')}`,
  }
}
