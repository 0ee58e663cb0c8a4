import type { Comparison, MetricValue } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import type { CsvCell } from './csv.ts'
import { decimal, figure } from './figures.ts'
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
  previous: { en: 'vs period before', ja: '前期比' },
  year_before: { en: 'vs year before', ja: '前年同期比' },
  points: { en: ' pt', ja: 'ポイント' },
  tooFew: { en: 'too few cases', ja: '件数不足' },
  samePoint: { en: 'to the same point', ja: '同時点' },
  nothing: { en: 'No account matches.', ja: '該当する顧客はありません。' },
} as const satisfies Record<string, Text>

/** Titles of the CSV columns, the slices' named after their attributes. */
export function valueColumns(
  by: readonly string[],
  compare: readonly Comparison[] = [],
  interval = false,
): string[] {
  const before = ['metric', 'version', 'on', 'start', 'end']
  const slices = by.map((attribute) => `slice_${attribute}`)
  const after = ['account', 'numerator', 'denominator', 'value', 'n', 'unit', 'currency']
  const compared = compare.flatMap((name) =>
    ['value', 'change', 'change_ratio', 'same_point'].map((column) => `${name}_${column}`),
  )
  const ends = interval ? ['low', 'high', 'interval_reason'] : []
  return [...before, ...slices, ...after, 'complete', 'known_at', 'reason', ...ends, ...compared]
}

/** One value as cells in the order of `valueColumns`. */
export function valueRow(
  by: readonly string[],
  compare: readonly Comparison[] = [],
  interval = false,
): (value: MetricValue) => CsvCell[] {
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
    ...(interval
      ? [v.interval?.low ?? null, v.interval?.high ?? null, v.intervalReason ?? null]
      : []),
    ...compare.flatMap((name): CsvCell[] => {
      const { value, change, changeRatio, samePoint } = v.compared?.[name] ?? {}
      return [value ?? null, change ?? null, changeRatio ?? null, samePoint ?? null]
    }),
  ]
}

export const periodOf = (v: MetricValue): string => v.on ?? `${v.start ?? ''} – ${v.end ?? ''}`

/** A figure with its 95 % interval, where that was asked for. */
function figureWithEnds(v: MetricValue, terminal: Terminal): string {
  const shown = figure(v, terminal)
  if (v.interval === undefined || v.value === null) return shown
  if (v.interval === null) {
    return v.intervalReason === 'too_few_cases' ? `${shown} [${terminal.say(words.tooFew)}]` : shown
  }
  const [low, high] = [v.interval.low, v.interval.high].map((value) =>
    figure({ ...v, value }, terminal),
  )
  return `${shown} [${low} – ${high}]`
}

function figureWithN(v: MetricValue, terminal: Terminal): string {
  const shown = figureWithEnds(v, terminal)
  return v.n === null || v.unit === 'count' ? shown : `${shown}  n=${v.n}`
}

/** The comparisons that values carry, in their order. */
const comparisonsOf = (values: readonly MetricValue[]): Comparison[] =>
  (['previous', 'year_before'] as const).filter((name) =>
    values.some((v) => v.compared?.[name] !== undefined),
  )

/** A change such as +¥12,000 (+1.2 %); of a percentage in points. */
function changeOf(v: MetricValue, name: Comparison, terminal: Terminal): string {
  const compared = v.compared?.[name]
  if (compared === undefined) return ''
  const { change, changeRatio, samePoint } = compared
  const at = samePoint ? ` (${terminal.say(words.samePoint)})` : ''
  if (change === null) {
    const reason = v.value === null ? null : compared.reason
    return `${figure({ value: null, unit: v.unit, reason }, terminal)}${at}`
  }
  const size = typeof change === 'string' ? change.replace(/^-/, '') : Math.abs(change)
  const sign = Number(change) > 0 ? '+' : Number(change) < 0 ? '−' : '±'
  const amount =
    v.unit === 'percent'
      ? `${decimal(Number(size) * 100, terminal, 1)}${terminal.say(words.points)}`
      : figure({ value: size, unit: v.unit, currency: v.currency }, terminal)
  const share =
    changeRatio === null || v.unit === 'percent'
      ? ''
      : ` (${sign}${figure({ value: Math.abs(changeRatio), unit: 'percent' }, terminal)})`
  return `${sign}${amount}${share}${at}`
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
  const compared = comparisonsOf(values)
  const cellsOf = metrics.flatMap((metric) => [
    { key: metric, title: metric },
    ...compared.map((name) => ({ key: `${metric} ${name}`, title: terminal.say(words[name]) })),
  ])
  const lines = new Map<string, { head: readonly string[]; figures: Map<string, string> }>()
  for (const v of values) {
    const head = cells(v)
    const key = JSON.stringify(head)
    const line = lines.get(key) ?? { head, figures: new Map<string, string>() }
    line.figures.set(v.metric, figureWithN(v, terminal))
    for (const name of compared) {
      line.figures.set(`${v.metric} ${name}`, changeOf(v, name, terminal))
    }
    lines.set(key, line)
  }
  const columns = [
    ...titles.map((title) => ({ title })),
    ...cellsOf.map(({ title }) => ({ title, right: true })),
  ]
  const rows = [...lines.values()].map(({ head, figures }) => [
    ...head,
    ...cellsOf.map(({ key }) => figures.get(key) ?? ''),
  ])
  return table(columns, rows)
}

function downTable(values: readonly MetricValue[], by: readonly string[], terminal: Terminal) {
  const { say } = terminal
  const { titles, cells } = heading(values, by, terminal)
  const compared = comparisonsOf(values)
  const columns = [
    { title: say(words.metric) },
    ...titles.map((title) => ({ title })),
    { title: say(words.value), right: true },
    { title: say(words.n), right: true },
    ...compared.map((name) => ({ title: say(words[name]), right: true })),
  ]
  const rows = values.map((v) => [
    v.metric,
    ...cells(v),
    figureWithEnds(v, terminal),
    v.n === null ? '' : String(v.n),
    ...compared.map((name) => changeOf(v, name, terminal)),
  ])
  return table(columns, rows)
}
