import type { CohortValue } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { type CsvCell, csv } from '../output/csv.ts'
import { figure } from '../output/figures.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { day, examples, listed, onlyOne, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  cohorts: {
    en: 'what is left of the accounts that first paid in each month',
    ja: '初回支払月ごとの継続率(コホート)',
  },
  from: { en: 'first day of the first month', ja: '最初の月の初日' },
  to: { en: 'first day after the last month', ja: '最後の月の翌月初日' },
  by: {
    en: 'cut further by account attributes, as they were at the first payment',
    ja: '顧客の属性(初回支払時点)でさらに分ける',
  },
  none: { en: '(none)', ja: '(なし)' },
  revenue: { en: 'revenue instead of accounts', ja: '顧客数の代わりに売上で表示' },
  knownAt: {
    en: 'as known at this instant, or at the end of this day',
    ja: 'この時点(または日の終わり)で分かっていた事実による値',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  csv: { en: 'as CSV, a line for each cohort and month', ja: 'CSV で出力(コホートと月ごとに1行)' },
  cohort: { en: 'Cohort', ja: 'コホート' },
  accounts: { en: 'Accounts', ja: '顧客数' },
  nobody: {
    en: 'No account first paid in these months.',
    ja: 'この期間に初めて支払った顧客はありません。',
  },
} as const satisfies Record<string, Text>

const cohortOptions = z.object({
  from: z.string(),
  to: z.string(),
  by: z.array(z.string()).default([]),
  revenue: z.boolean().default(false),
  knownAt: z.string().optional(),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
})

/** `metrics cohorts`. */
export function addCohorts(metrics: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(metrics, 'cohorts', words.cohorts, terminal)
      .requiredOption('--from <day>', say(words.from), day)
      .requiredOption('--to <day>', say(words.to), day)
      .option('--by <attributes>', say(words.by), listed)
      .option('--revenue', say(words.revenue))
      .option('--known-at <when>', say(words.knownAt))
      .option('--json', say(words.json))
      .option('--csv', say(words.csv)),
    terminal,
    [
      'metrics cohorts --from 2026-01-01 --to 2026-07-01',
      'metrics cohorts --from 2026-01-01 --to 2026-07-01 --by plan --revenue',
    ],
  ).action(async (_options, command: Command) => {
    const options = cohortOptions.parse(command.opts())
    onlyOne(options, ['json', 'csv'])
    onlyOne(options, ['csv', 'revenue'])
    const { from, to, by, knownAt } = options
    await withClient(surroundings, command, async (client) => {
      const values = await client.metrics.cohorts({
        ...{ from, to, by },
        ...(knownAt === undefined ? {} : { knownAt }),
      })
      if (options.json) terminal.out(json(values))
      else if (options.csv) terminal.out(csv(csvColumns(by), values.map(csvRow(by))))
      else terminal.out(cohortTable(values, by, options.revenue, terminal))
    })
  })
}

function csvColumns(by: readonly string[]): string[] {
  const slices = by.map((attribute) => `slice_${attribute}`)
  const logos = ['accounts', 'accounts_retained', 'logo_retention']
  const revenue = ['mrr_at_first', 'mrr_retained', 'revenue_retention', 'currency']
  return ['cohort', ...slices, 'month', ...logos, ...revenue, 'complete', 'reason']
}

function csvRow(by: readonly string[]): (value: CohortValue) => CsvCell[] {
  return (v) => [
    v.cohort,
    ...by.map((attribute) => v.slice[attribute] ?? null),
    ...[v.month, v.accounts, v.accountsRetained, v.logoRetention],
    ...[v.mrrAtFirst, v.mrrRetained, v.revenueRetention, v.currency, v.complete, v.reason],
  ]
}

/** A row for each cohort, a column for each month since its first. */
function cohortTable(
  values: readonly CohortValue[],
  by: readonly string[],
  ofRevenue: boolean,
  terminal: Terminal,
): string {
  const { say } = terminal
  if (values.length === 0) return `${say(words.nobody)}\n`
  const rowOf = ({ cohort, slice }: CohortValue) => JSON.stringify([cohort, slice])
  const cohorts = new Map<string, CohortValue[]>()
  for (const value of values) {
    cohorts.set(rowOf(value), [...(cohorts.get(rowOf(value)) ?? []), value])
  }
  const last = Math.max(...values.map(({ month }) => month))
  const months = Array.from({ length: last + 1 }, (_, month) => month)
  const shown = (value: CohortValue | undefined): string => {
    if (value === undefined) return ''
    const share = ofRevenue ? value.revenueRetention : value.logoRetention
    return figure({ value: share, unit: 'percent', reason: value.reason }, terminal)
  }
  const rows = [...cohorts.values()].map((mine) => {
    const [first] = mine
    const cells = months.map((month) => shown(mine.find((value) => value.month === month)))
    const slices = by.map((attribute) => first?.slice[attribute] ?? say(words.none))
    return [first?.cohort.slice(0, 7) ?? '', ...slices, String(first?.accounts ?? 0), ...cells]
  })
  return table(
    [
      { title: say(words.cohort) },
      ...by.map((title) => ({ title })),
      { title: say(words.accounts), right: true },
      ...months.map((month) => ({ title: `+${month}`, right: true })),
    ],
    rows,
  )
}
