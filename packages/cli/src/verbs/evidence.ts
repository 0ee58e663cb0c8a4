import { outcomeSchema } from '@tomoshibi/contract/outcome'
import { panelEvery } from '@tomoshibi/contract/panel'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { badgesTable, checkedText } from '../output/badges.ts'
import { fileEvidenceTables } from '../output/evidence.ts'
import { json } from '../output/json.ts'
import { metricEvidenceText } from '../output/metric-evidence.ts'
import { scoreText } from '../output/score.ts'
import { writeOut, written } from '../output/write-out.ts'
import {
  day,
  examples,
  listed,
  newCommand,
  type Surroundings,
  verb,
  wholeNumber,
  withClient,
} from '../verb.ts'
import { evidenceTable } from './lamps.ts'

const words = {
  evidence: {
    en: 'does a figure mean what we think? checked on our own data',
    ja: '指標が本当に意味を持つかを、自社のデータで検証',
  },
  file: {
    en: 'the statistics on any table, to check them against other tools',
    ja: '任意の表に同じ統計を適用(ほかのツールとの照合用)',
  },
  csv: { en: 'CSV, TSV, JSON Lines or Parquet file', ja: 'CSV・TSV・JSON Lines・Parquet ファイル' },
  outcome: {
    en: 'column of the outcome, 0 and 1; or COL=VALUE, COL>=NUMBER',
    ja: '結果の列(0 か 1)。または COL=値、COL>=数値',
  },
  time: { en: 'column with how long each row was watched', ja: '観察した長さの列' },
  event: {
    en: 'whether the outcome ended it (default: the outcome)',
    ja: '観察が結果の発生で終わったか(既定: 結果の列)',
  },
  exposure: {
    en: 'what may be a cause: a column of 0 and 1, or COL=VALUE, COL>=NUMBER',
    ja: '要因の列(0 か 1)。または COL=値、COL>=数値',
  },
  adjust: {
    en: 'columns that both may depend on, with commas',
    ja: '調整に使う列(カンマ区切り)',
  },
  columns: { en: 'only these columns, with commas', ja: '対象の列(カンマ区切り)' },
  bins: { en: 'bins of equal count (default 5)', ja: '等しい件数に区切る数(既定 5)' },
  metric: {
    en: 'does a metric go before churn, or another outcome, in this history?',
    ja: '指標が解約などの予兆になっているか(実績による検証)',
  },
  metricOutcome: { en: 'what follows (default churn)', ja: '結果(既定 churn)' },
  horizon: { en: 'days within which it follows (default 90)', ja: '結果までの日数(既定 90)' },
  from: { en: 'first day of the history', ja: '対象期間の最初の日' },
  to: { en: 'last day of the history', ja: '対象期間の最後の日' },
  panel: {
    en: 'accounts by days, with metrics as known then and what followed, as a file',
    ja: '顧客×日の表(当時わかっていた指標と、その後の結果)をファイルに出力',
  },
  lamp: { en: 'does a lamp announce churn?', ja: 'ランプが解約の予兆になっているか' },
  score: {
    en: 'a score learned from all metrics, if it beats the best of them',
    ja: 'すべての指標から学習したスコア(最良の指標に勝る場合だけ提供)',
  },
  against: {
    en: 'a metric that it must beat as well, such as a score made by hand',
    ja: '勝るべき指標(手作りのスコアなど)',
  },
  limit: { en: 'accounts to show (default 20)', ja: '表示する顧客数(既定 20)' },
  report: {
    en: 'all of it as one HTML file with plots, to read and to print',
    ja: '検証結果をグラフ付きの HTML ファイル1つに出力(閲覧・印刷用)',
  },
  reportOut: { en: 'file to write, .html', ja: '出力先(.html)' },
  reportMetrics: {
    en: 'metrics to judge, with commas (default: use, sentiment, contacts and support)',
    ja: '検証する指標(カンマ区切り。既定は利用・所感・接触・サポート)',
  },
  badges: {
    en: 'was each lamp, and each metric in use, verified on our data?',
    ja: 'ランプと使用中の指標が、自社のデータで検証済みかを表示',
  },
  check: {
    en: 'verify lamps and metrics in use anew, and keep what comes of it',
    ja: 'ランプと使用中の指標を検証し、結果を保存',
  },
  all: { en: 'also what was verified within the last week', ja: '直近1週間に検証したものも含める' },
  every: { en: 'last days of these (default month)', ja: '期間ごとの最終日(既定 month)' },
  metrics: {
    en: 'only these metrics, with commas (default: all)',
    ja: '対象の指標(カンマ区切り。既定はすべて)',
  },
  attributes: { en: 'attributes to add, with commas', ja: '加える属性(カンマ区切り)' },
  out: { en: 'file to write, .parquet or .csv', ja: '出力先(.parquet または .csv)' },
  panelTo: {
    en: 'last day (default: the last one known)',
    ja: '最後の日(既定: 判明している最後の日)',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
} as const satisfies Record<string, Text>

const fileOptions = z.object({
  csv: z.string(),
  outcome: z.string(),
  time: z.string().optional(),
  event: z.string().optional(),
  exposure: z.string().optional(),
  adjust: z.array(z.string()).optional(),
  columns: z.array(z.string()).optional(),
  bins: z.number().optional(),
  json: z.boolean().default(false),
})

const metricOptions = z.object({
  outcome: outcomeSchema.default('churn'),
  horizon: z.number().default(90),
  from: z.string().optional(),
  to: z.string().optional(),
  json: z.boolean().default(false),
})

const panelOptions = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  every: z.enum(panelEvery).default('month'),
  outcome: outcomeSchema.default('churn'),
  horizon: z.number().default(90),
  metrics: z.array(z.string()).optional(),
  attributes: z.array(z.string()).default([]),
  out: z.string(),
})

const lampOptions = z.object({ json: z.boolean().default(false) })

const checkOptions = lampOptions.extend({ all: z.boolean().default(false) })

const scoreOptions = z.object({
  outcome: outcomeSchema.default('churn'),
  horizon: z.number().default(90),
  against: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  limit: z.number().default(20),
  json: z.boolean().default(false),
})

const reportOptions = z.object({
  outcome: outcomeSchema.default('churn'),
  horizon: z.number().default(90),
  metrics: z.array(z.string()).optional(),
  out: z.string(),
})

/** `evidence metric | lamp | badges | check | score | report | panel | file`. */
export function addEvidence(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const evidence = newCommand('evidence', words.evidence, terminal)
  program.addCommand(evidence)

  examples(
    verb(evidence, 'metric', words.metric, terminal)
      .argument('<key>')
      .addOption(
        new Option('--outcome <outcome>', say(words.metricOutcome)).choices(outcomeSchema.options),
      )
      .option('--horizon <days>', say(words.horizon), wholeNumber(7, 730))
      .option('--from <day>', say(words.from), day)
      .option('--to <day>', say(words.to), day)
      .option('--json', say(words.json)),
    terminal,
    ['evidence metric active_users', 'evidence metric nps --outcome downgrade --horizon 180'],
  ).action(async (key: string, _options, command: Command) => {
    const { json: wantsJson, from, to, ...question } = metricOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.evidence.metric({
        key,
        ...question,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })
      terminal.out(wantsJson ? json(found) : metricEvidenceText(found, terminal))
    })
  })

  examples(
    verb(evidence, 'lamp', words.lamp, terminal)
      .argument('<key>')
      .option('--json', say(words.json)),
    terminal,
    ['evidence lamp falling_use'],
  ).action(async (key: string, _options, command: Command) => {
    const { json: wantsJson } = lampOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.evidence.lamp({ key })
      terminal.out(wantsJson ? json(found) : evidenceTable([found], terminal))
    })
  })

  verb(evidence, 'badges', words.badges, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const { json: wantsJson } = lampOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const badges = await client.evidence.badges()
        const { timeZone } = await client.workspace.get()
        terminal.out(wantsJson ? json(badges) : badgesTable(badges, timeZone, terminal))
      })
    })

  examples(
    verb(evidence, 'check', words.check, terminal)
      .option('--all', say(words.all))
      .option('--json', say(words.json)),
    terminal,
    ['evidence check', 'evidence check --all'],
  ).action(async (_options, command: Command) => {
    const { json: wantsJson, all } = checkOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.evidence.check({ all })
      if (!wantsJson) terminal.err(`${say(checkedText(found.checked))}\n`)
      const { timeZone } = await client.workspace.get()
      terminal.out(wantsJson ? json(found) : badgesTable(found.badges, timeZone, terminal))
    })
  })

  examples(
    verb(evidence, 'score', words.score, terminal)
      .addOption(
        new Option('--outcome <outcome>', say(words.metricOutcome)).choices(outcomeSchema.options),
      )
      .option('--horizon <days>', say(words.horizon), wholeNumber(7, 730))
      .option('--against <key>', say(words.against))
      .option('--from <day>', say(words.from), day)
      .option('--to <day>', say(words.to), day)
      .option('--limit <n>', say(words.limit), wholeNumber(1, 100_000))
      .option('--json', say(words.json)),
    terminal,
    ['evidence score', 'evidence score --against health_by_hand --json'],
  ).action(async (_options, command: Command) => {
    const options = scoreOptions.parse(command.opts())
    const { json: wantsJson, limit, against, from, to, ...question } = options
    await withClient(surroundings, command, async (client) => {
      const found = await client.evidence.score({
        ...question,
        ...(against === undefined ? {} : { against }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })
      terminal.out(wantsJson ? json(found) : scoreText(found, limit, terminal))
    })
  })

  examples(
    verb(evidence, 'report', words.report, terminal)
      .requiredOption('--out <file>', say(words.reportOut))
      .addOption(
        new Option('--outcome <outcome>', say(words.metricOutcome)).choices(outcomeSchema.options),
      )
      .option('--horizon <days>', say(words.horizon), wholeNumber(7, 730))
      .option('--metrics <keys>', say(words.reportMetrics), listed),
    terminal,
    ['evidence report --out evidence.html'],
  ).action(async (_options, command: Command) => {
    const { out, metrics, ...question } = reportOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const file = await client.evidence.report({
        ...question,
        language: terminal.language,
        ...(metrics === undefined ? {} : { metrics: [...metrics] }),
      })
      const bytes = new Uint8Array(await file.arrayBuffer())
      await writeOut(out, bytes)
      terminal.out(`${say(written(out, bytes.length))}\n`)
    })
  })

  examples(
    verb(evidence, 'panel', words.panel, terminal)
      .requiredOption('--out <file>', say(words.out))
      .option('--from <day>', say(words.from), day)
      .option('--to <day>', say(words.panelTo), day)
      .addOption(new Option('--every <period>', say(words.every)).choices(panelEvery))
      .addOption(
        new Option('--outcome <outcome>', say(words.metricOutcome)).choices(outcomeSchema.options),
      )
      .option('--horizon <days>', say(words.horizon), wholeNumber(7, 730))
      .option('--metrics <keys>', say(words.metrics), listed)
      .option('--attributes <keys>', say(words.attributes), listed),
    terminal,
    [
      'evidence panel --out panel.parquet',
      'evidence panel --from 2025-01-31 --to 2026-06-30 --every month --outcome churn --horizon 90 --out panel.csv',
    ],
  ).action(async (_options, command: Command) => {
    const { out, from, to, metrics, attributes, ...question } = panelOptions.parse(command.opts())
    const format = formatOf(out)
    await withClient(surroundings, command, async (client) => {
      const file = await client.evidence.panel({
        ...question,
        format,
        attributes: [...attributes],
        ...(metrics === undefined ? {} : { metrics: [...metrics] }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })
      const bytes = new Uint8Array(await file.arrayBuffer())
      await writeOut(out, bytes)
      terminal.out(`${say(written(out, bytes.length))}\n`)
    })
  })

  examples(
    verb(evidence, 'file', words.file, terminal)
      .requiredOption('--csv <file>', say(words.csv))
      .requiredOption('--outcome <column>', say(words.outcome))
      .option('--time <column>', say(words.time))
      .option('--event <column>', say(words.event))
      .option('--exposure <column>', say(words.exposure))
      .option('--adjust <columns>', say(words.adjust), listed)
      .option('--columns <columns>', say(words.columns), listed)
      .option('--bins <n>', say(words.bins), wholeNumber(2, 100))
      .option('--json', say(words.json)),
    terminal,
    [
      'evidence file --csv panel.csv --outcome churned',
      'evidence file --csv panel.csv --outcome churned --time days --event churned',
      "evidence file --csv panel.csv --outcome status=lost --exposure 'users>=5' --adjust mrr,seats",
    ],
  ).action(async (_options, command: Command) => {
    const { csv, json: wantsJson, ...question } = fileOptions.parse(command.opts())
    // Runs here: neither a server nor a data folder is needed.
    const [{ readFileTable }, { evidenceOfTable }] = await Promise.all([
      import('@tomoshibi/server/verify/file-evidence/file-table'),
      import('@tomoshibi/server/verify/file-evidence/file-evidence'),
    ])
    const found = evidenceOfTable(await readFileTable(csv), question)
    terminal.out(wantsJson ? json(found) : fileEvidenceTables(found, terminal))
  })
}

function formatOf(path: string): 'parquet' | 'csv' {
  if (path.endsWith('.parquet')) return 'parquet'
  if (path.endsWith('.csv')) return 'csv'
  throw new UsageError({
    en: `'${path}' must end in .parquet or .csv, which says what is written.`,
    ja: `「${path}」の末尾を .parquet か .csv にしてください(出力形式を決めます)。`,
  })
}
