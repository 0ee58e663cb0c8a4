import type { CohortValue } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { figure } from '../output/figures.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { day, examples, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  cohorts: {
    en: 'what is left of the accounts that first paid in each month',
    ja: '初回支払月ごとの継続率(コホート)',
  },
  from: { en: 'first day of the first month', ja: '最初の月の初日' },
  to: { en: 'first day after the last month', ja: '最後の月の翌月初日' },
  revenue: { en: 'revenue instead of accounts', ja: '顧客数の代わりに売上で表示' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
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
  revenue: z.boolean().default(false),
  json: z.boolean().default(false),
})

/** `metrics cohorts`. */
export function addCohorts(metrics: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(metrics, 'cohorts', words.cohorts, terminal)
      .requiredOption('--from <day>', say(words.from), day)
      .requiredOption('--to <day>', say(words.to), day)
      .option('--revenue', say(words.revenue))
      .option('--json', say(words.json)),
    terminal,
    ['metrics cohorts --from 2026-01-01 --to 2026-07-01'],
  ).action(async (_options, command: Command) => {
    const options = cohortOptions.parse(command.opts())
    const { from, to } = options
    await withClient(surroundings, command, async (client) => {
      const values = await client.metrics.cohorts({ from, to })
      terminal.out(options.json ? json(values) : cohortTable(values, options.revenue, terminal))
    })
  })
}

/** A row for each cohort, a column for each month since its first. */
function cohortTable(
  values: readonly CohortValue[],
  ofRevenue: boolean,
  terminal: Terminal,
): string {
  const { say } = terminal
  if (values.length === 0) return `${say(words.nobody)}\n`
  const cohorts = [...new Set(values.map(({ cohort }) => cohort))].sort()
  const last = Math.max(...values.map(({ month }) => month))
  const months = Array.from({ length: last + 1 }, (_, month) => month)
  const shown = (value: CohortValue | undefined): string => {
    if (value === undefined) return ''
    const share = ofRevenue ? value.revenueRetention : value.logoRetention
    return figure({ value: share, unit: 'percent', reason: value.reason }, terminal)
  }
  const rows = cohorts.map((cohort) => {
    const mine = values.filter((value) => value.cohort === cohort)
    const cells = months.map((month) => shown(mine.find((value) => value.month === month)))
    return [cohort.slice(0, 7), String(mine[0]?.accounts ?? 0), ...cells]
  })
  return table(
    [
      { title: say(words.cohort) },
      { title: say(words.accounts), right: true },
      ...months.map((month) => ({ title: `+${month}`, right: true })),
    ],
    rows,
  )
}
