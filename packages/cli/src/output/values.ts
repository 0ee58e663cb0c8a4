import type { MetricValue } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import type { CsvCell } from './csv.ts'
import { figure } from './figures.ts'
import { table, widthOf } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  metric: { en: 'Metric', ja: '指標' },
  period: { en: 'Period', ja: '期間' },
  account: { en: 'Account', ja: '顧客' },
  value: { en: 'Value', ja: '値' },
  n: { en: 'n', ja: 'n' },
  unfinished: { en: 'unfinished', ja: '未確定' },
  all: { en: 'all', ja: '全体' },
  none: { en: '(none)', ja: '(なし)' },
  nothing: { en: 'No account matches.', ja: '該当する顧客はありません。' },
} as const satisfies Record<string, Text>

/** Titles of the CSV columns, the slices' named after their attributes. */
export function valueColumns(by: readonly string[]): string[] {
  const before = ['metric', 'version', 'on', 'start', 'end']
  const slices = by.map((attribute) => `slice_${attribute}`)
  const after = ['account', 'numerator', 'denominator', 'value', 'n', 'unit', 'currency']
  return [...before, ...slices, ...after, 'complete', 'known_at', 'reason']
}

/** One value as cells in the order of `valueColumns`. */
export function valueRow(by: readonly string[]): (value: MetricValue) => CsvCell[] {
  return (v) => [
    v.metric,
    v.version,
    v.on ?? null,
    v.start ?? null,
    v.end ?? null,
    ...by.map((attribute) => v.slice[attribute] ?? null),
    v.account,
    v.numerator,
    v.denominator,
    v.value,
    v.n,
    v.unit,
    v.currency,
    v.complete,
    v.knownAt,
    v.reason,
  ]
}

const periodOf = (v: MetricValue): string => v.on ?? `${v.start ?? ''} – ${v.end ?? ''}`

function figureWithN(v: MetricValue, terminal: Terminal): string {
  const shown = figure(v, terminal)
  return v.n === null || v.unit === 'count' ? shown : `${shown}  n=${v.n}`
}

/**
 * Values for reading: a column for each metric where that fits the screen, else a line for each value.
 */
export function valueTable(
  values: readonly MetricValue[],
  by: readonly string[],
  terminal: Terminal,
): string {
  if (values.length === 0) return `${terminal.say(words.nothing)}\n`
  const across = acrossTable(values, by, terminal)
  return widthOf(across) <= terminal.columns ? across : downTable(values, by, terminal)
}

interface Heading {
  readonly titles: readonly string[]
  cells(v: MetricValue): readonly string[]
}

/** The columns that say what a figure is of. */
function heading(
  values: readonly MetricValue[],
  by: readonly string[],
  terminal: Terminal,
): Heading {
  const { say } = terminal
  const hasAccounts = values.some((v) => v.account !== null)
  const unfinished = (v: MetricValue) => (v.complete ? '' : ` (${say(words.unfinished)})`)
  return {
    titles: [say(words.period), ...by, ...(hasAccounts ? [say(words.account)] : [])],
    cells: (v) => [
      periodOf(v) + unfinished(v),
      ...by.map((attribute) => v.slice[attribute] ?? say(words.none)),
      ...(hasAccounts ? [v.account ?? say(words.all)] : []),
    ],
  }
}

function acrossTable(
  values: readonly MetricValue[],
  by: readonly string[],
  terminal: Terminal,
): string {
  const { titles, cells } = heading(values, by, terminal)
  const metrics = [...new Set(values.map((v) => v.metric))]
  const lines = new Map<string, { head: readonly string[]; figures: Map<string, string> }>()
  for (const v of values) {
    const head = cells(v)
    const key = JSON.stringify(head)
    const line = lines.get(key) ?? { head, figures: new Map<string, string>() }
    line.figures.set(v.metric, figureWithN(v, terminal))
    lines.set(key, line)
  }
  const columns = [
    ...titles.map((title) => ({ title })),
    ...metrics.map((title) => ({ title, right: true })),
  ]
  const rows = [...lines.values()].map(({ head, figures }) => [
    ...head,
    ...metrics.map((metric) => figures.get(metric) ?? ''),
  ])
  return table(columns, rows)
}

function downTable(values: readonly MetricValue[], by: readonly string[], terminal: Terminal) {
  const { say } = terminal
  const { titles, cells } = heading(values, by, terminal)
  const columns = [
    { title: say(words.metric) },
    ...titles.map((title) => ({ title })),
    { title: say(words.value), right: true },
    { title: say(words.n), right: true },
  ]
  const rows = values.map((v) => [
    v.metric,
    ...cells(v),
    figure(v, terminal),
    v.n === null ? '' : String(v.n),
  ])
  return table(columns, rows)
}
