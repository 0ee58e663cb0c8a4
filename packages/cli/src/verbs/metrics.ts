import type {
  Comparison,
  MetricDescription,
  MetricFacts,
  MetricSummary,
  MetricValue,
} from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { csv } from '../output/csv.ts'
import { explanationText } from '../output/explanation.ts'
import { factsText } from '../output/facts.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { valueColumns, valueRow, valueTable } from '../output/values.ts'
import {
  day,
  examples,
  listed,
  newCommand,
  onlyOne,
  type Surroundings,
  several,
  verb,
  wholeNumber,
  withClient,
} from '../verb.ts'
import { addCohorts } from './cohorts.ts'
import { addCustomMetrics } from './custom-metrics.ts'
import { type Asked, withFilesAsked } from './from-files.ts'
import { addMovements } from './movements.ts'

const words = {
  metrics: { en: 'figures and their definitions', ja: '指標とその定義' },
  list: { en: 'all metrics', ja: 'すべての指標' },
  describe: {
    en: 'what a metric means and how it is made',
    ja: '指標の意味と計算方法',
  },
  query: { en: 'values of metrics', ja: '指標の値' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  csv: { en: 'as CSV', ja: 'CSV で出力' },
  sql: { en: 'with the SQL', ja: 'SQL も表示' },
  on: { en: 'at the end of this day (default: today)', ja: 'この日の終わりの時点(既定: 今日)' },
  from: { en: 'first day', ja: '最初の日' },
  to: { en: 'first day after the last period', ja: '最後の期間の翌日' },
  grain: { en: 'length of a period', ja: '期間の長さ' },
  trailing: {
    en: 'figures of a period cover the months that end with each day or period',
    ja: '期間の指標を、各日・各期間の終わりまでの月数で計算',
  },
  by: { en: 'slice by account attributes', ja: '顧客の属性で分ける' },
  account: { en: 'only this account (repeatable)', ja: 'この顧客のみ(複数可)' },
  perAccount: { en: 'one value for each account', ja: '顧客ごとの値' },
  knownAt: {
    en: 'as known at this instant, or at the end of this day',
    ja: 'この時点(または日の終わり)で分かっていた事実による値',
  },
  compare: {
    en: 'compare with the period before, the same period a year before, or both (previous,year)',
    ja: '前の期間(previous)、前年同期(year)、またはその両方と比較',
  },
  files: {
    en: 'answer from these files, without a data folder (repeatable)',
    ja: 'データフォルダーを使わず、このファイルから直接計算(複数可)',
  },
  mapping: {
    en: 'with --files: the mapping (default: the suggested one)',
    ja: '--files で使うマッピング(既定: 推定したもの)',
  },
  set: {
    en: 'with --files: a setting, as key=value (repeatable)',
    ja: '--files で使う設定(キー=値、複数可)',
  },
  interval: { en: 'with a 95 % interval', ja: '95% 信頼区間も表示' },
  facts: {
    en: 'with one --account: the facts behind its figures, and what each adds',
    ja: '--account で指定した顧客の、値を構成する記録とその内訳',
  },
  table: { en: 'with --facts: only records of this table', ja: '--facts で表示する表' },
  limit: { en: 'with --facts: so many records of each table', ja: '--facts で表示する件数' },
  offset: { en: 'with --facts: leave out so many before them', ja: '--facts で読み飛ばす件数' },
  explain: { en: 'say how the figures were made', ja: '計算の過程も表示' },
  drill: {
    en: 'each figure followed by the accounts that make it',
    ja: '値を構成する顧客も表示',
  },
  key: { en: 'Key', ja: 'キー' },
  name: { en: 'Name', ja: '名前' },
  unit: { en: 'Unit', ja: '単位' },
  means: { en: 'Meaning', ja: '意味' },
  formula: { en: 'Formula', ja: '計算式' },
  settings: { en: 'Settings', ja: '設定' },
  uses: { en: 'Made of', ja: '元の指標' },
  steps: { en: 'Steps', ja: '手順' },
} as const satisfies Record<string, Text>

const listOptions = z.object({ json: z.boolean().default(false) })

const describeOptions = listOptions.extend({ sql: z.boolean().default(false) })

const queryOptions = z.object({
  on: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  grain: z.enum(['day', 'month', 'quarter', 'year']).optional(),
  trailing: z.enum(['1', '3', '12']).optional(),
  by: z.array(z.string()).default([]),
  account: z.array(z.string()).default([]),
  grainAccount: z.boolean().default(false),
  knownAt: z.string().optional(),
  drill: z.boolean().default(false),
  explain: z.boolean().default(false),
  facts: z.boolean().default(false),
  interval: z.boolean().default(false),
  files: z.array(z.string()).default([]),
  mapping: z.string().optional(),
  set: z.array(z.string()).default([]),
  table: z.string().optional(),
  limit: z.number().default(100),
  offset: z.number().default(0),
  compare: z.array(z.enum(['previous', 'year_before'])).default([]),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
})

/** `metrics list | describe | cohorts | movements | query`. */
export function addMetrics(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const metrics = newCommand('metrics', words.metrics, terminal)
  program.addCommand(metrics)

  verb(metrics, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = listOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.metrics.list()
        terminal.out(options.json ? json(all) : summaryTable(all, terminal))
      })
    })

  examples(
    verb(metrics, 'describe', words.describe, terminal)
      .argument('<key>')
      .option('--sql', say(words.sql))
      .option('--json', say(words.json)),
    terminal,
    ['metrics describe nrr --sql'],
  ).action(async (key: string, _options, command: Command) => {
    const options = describeOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const described = await client.metrics.describe({ key, sql: options.sql })
      terminal.out(options.json ? json(described) : description(described, terminal))
    })
  })

  addCohorts(metrics, surroundings)
  addCustomMetrics(metrics, surroundings)
  addMovements(metrics, surroundings)

  const grains = ['day', 'month', 'quarter', 'year']
  examples(
    verb(metrics, 'query', words.query, terminal)
      .argument('<key...>')
      .option('--on <day>', say(words.on), day)
      .option('--from <day>', say(words.from), day)
      .option('--to <day>', say(words.to), day)
      .addOption(new Option('--grain <grain>', say(words.grain)).choices(grains))
      .addOption(new Option('--trailing <months>', say(words.trailing)).choices(['1', '3', '12']))
      .option('--by <attributes>', say(words.by), listed)
      .option('--account <id>', say(words.account), several)
      .option('--grain-account', say(words.perAccount))
      .option('--known-at <when>', say(words.knownAt))
      .option('--drill', say(words.drill))
      .option('--interval', say(words.interval))
      .option('--facts', say(words.facts))
      .option('--table <name>', say(words.table))
      .option('--limit <count>', say(words.limit), wholeNumber(1, 1000))
      .option('--offset <count>', say(words.offset), wholeNumber(0, 100_000))
      .option('--explain', say(words.explain))
      .option('--files <path>', say(words.files), several)
      .option('--mapping <file>', say(words.mapping))
      .option('--set <setting>', say(words.set), several)
      .option('--compare <with>', say(words.compare), comparisons)
      .option('--json', say(words.json))
      .option('--csv', say(words.csv)),
    terminal,
    [
      'metrics query mrr nrr grr --on 2026-03-31',
      'metrics query mrr_start mrr_new mrr_churn mrr_end --from 2026-01-01 --to 2026-07-01 --grain month',
      'metrics query customer_churn_rate --from 2026-01-01 --to 2026-04-01 --grain quarter --by plan --csv',
      'metrics query mrr nrr --from 2026-03-01 --to 2026-04-01 --grain month --compare previous,year',
      'metrics query nrr grr --from 2026-01-01 --to 2026-07-01 --grain month --trailing 12',
      'metrics query mrr --account A-001 --facts',
      'metrics query mrr nrr --files exports --mapping mapping.yaml',
    ],
  ).action(async (keys: readonly string[], _options, command: Command) => {
    const options = queryOptions.parse(command.opts())
    onlyOne(options, ['json', 'csv'])
    onlyOne(options, ['on', 'from'])
    onlyOne(options, ['facts', 'csv'])
    onlyOne(options, ['facts', 'explain'])
    onlyOne(options, ['facts', 'drill'])
    const answer = async (metrics: Asked) => {
      const { on, from, to, grain, knownAt, trailing } = options
      const question = {
        metrics: [...keys],
        by: options.by,
        accounts: options.account,
        perAccount: options.grainAccount,
        drill: options.drill,
        compare: options.compare,
        intervals: options.interval,
        ...(on === undefined ? {} : { on }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(grain === undefined ? {} : { grain }),
        ...(knownAt === undefined ? {} : { knownAt }),
        ...(trailing === undefined ? {} : { trailing: monthsBefore[trailing] }),
      }
      if (options.facts) {
        const found = await factsOf(metrics, keys, options)
        const texts = () => found.map((one) => factsText(one, terminal)).join('\n')
        return terminal.out(options.json ? json(found) : texts())
      }
      if (options.explain) {
        const explained = await metrics.explain({ ...question, language: terminal.language })
        if (options.json) return terminal.out(json(explained))
        terminal.out(shown(explained.values, options, terminal))
        // A table of cells stays one that programs read.
        const write = options.csv ? terminal.err : terminal.out
        return write(explanationText(explained, terminal))
      }
      const values = await metrics.query(question)
      terminal.out(shown(values, options, terminal))
    }
    if (options.files.length > 0) return await withFilesAsked(options, terminal, answer)
    checkOnlyOfFiles(options)
    await withClient(surroundings, command, (client) => answer(client.metrics))
  })
}

/** What is said of files says nothing without them. */
function checkOnlyOfFiles({ mapping, set }: z.infer<typeof queryOptions>): void {
  if (mapping === undefined && set.length === 0) return
  throw new UsageError({
    en: '--mapping and --set belong to --files; import and workspace set do so for a data folder.',
    ja: '--mapping と --set は --files と一緒に指定します。データフォルダーには import と workspace set を使ってください。',
  })
}

/** The facts behind the figures of one account, metric by metric. */
async function factsOf(
  metrics: Asked,
  keys: readonly string[],
  options: z.infer<typeof queryOptions>,
): Promise<MetricFacts[]> {
  const { on, from, to, grain, knownAt, table, limit, offset } = options
  const [account, ...others] = options.account
  if (account === undefined || others.length > 0) {
    throw new UsageError({
      en: 'Facts are those of one account: name it with --account ID.',
      ja: '--account ID で顧客を 1 件指定してください。',
    })
  }
  const given = { on, from, to, grain, knownAt, table, limit, offset, account }
  const found: MetricFacts[] = []
  for (const metric of keys) found.push(await metrics.facts({ ...given, metric }))
  return found
}

const comparisonNames: ReadonlyMap<string, Comparison> = new Map([
  ['previous', 'previous'],
  ['year', 'year_before'],
  ['year_before', 'year_before'],
])

const monthsBefore = { '1': 'P1M', '3': 'P3M', '12': 'P12M' } as const

/** Parser of `--compare previous,year`. */
function comparisons(value: string): readonly Comparison[] {
  return listed(value).map((name) => {
    const found = comparisonNames.get(name)
    if (found !== undefined) return found
    throw new UsageError({
      en: `'${name}' is nothing to compare with; give previous, year, or previous,year.`,
      ja: `「${name}」とは比較できません。previous、year、または previous,year を指定してください。`,
    })
  })
}

function shown(
  values: readonly MetricValue[],
  options: z.infer<typeof queryOptions>,
  terminal: Terminal,
): string {
  if (options.json) return json(values)
  if (options.csv)
    return csv(
      valueColumns(options.by, options.compare, options.interval),
      values.map(valueRow(options.by, options.compare, options.interval)),
    )
  return valueTable(values, options.by, terminal)
}

function summaryTable(all: readonly MetricSummary[], { say }: Terminal): string {
  const columns = [words.key, words.name, words.unit, words.means]
  const rows = all.map((metric) => [metric.key, say(metric.name), metric.unit, say(metric.says)])
  return table(
    columns.map((title) => ({ title: say(title) })),
    rows,
  )
}

function description(metric: MetricDescription, { say }: Terminal): string {
  const settings =
    metric.settings.length > 0 ? [[say(words.settings), metric.settings.join(', ')]] : []
  const uses = metric.uses.map(({ key, version }) => `${key} v${version}`).join(', ')
  const facts = [
    [say(words.means), say(metric.says)],
    [say(words.formula), say(metric.formula)],
    ...(uses === '' ? [] : [[say(words.uses), uses]]),
    [say(words.unit), metric.unit],
    ...settings,
  ]
  const lines = [
    `${say(metric.name)}  (${metric.key}, v${metric.version})`,
    '',
    ...facts.map(([name, text]) => `${name}: ${text}`),
    '',
    `${say(words.steps)}:`,
    ...metric.plan.map((step, i) => `  ${i + 1}. ${say(step)}`),
  ]
  if (metric.sql !== null) {
    lines.push('', metric.sql, '', JSON.stringify(metric.params, null, 2))
  }
  return `${lines.join('\n')}\n`
}
