import type { HealthBand, HealthPreview } from '@tomoshibi/contract/health'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { readDefinitions, writeDefinitions } from '../definition-files.ts'
import { UsageError } from '../failure.ts'
import { appliedTable, retiredText, writtenFiles } from '../output/definitions.ts'
import {
  explanationOf,
  historyOf,
  overridesOf,
  overviewOf,
  previewOf,
  scorecardsOf,
} from '../output/health.ts'
import { json } from '../output/json.ts'
import {
  day,
  examples,
  newCommand,
  type Surroundings,
  several,
  verb,
  wholeNumber,
  withClient,
} from '../verb.ts'

const words = {
  health: { en: 'health scores and their scorecards', ja: 'ヘルススコアとスコアカード' },
  list: { en: 'accounts by health, the lowest first', ja: '顧客のヘルススコア(低い順)' },
  show: {
    en: 'the score of an account, what makes it, and what moved it',
    ja: '顧客のスコアの内訳と変化の理由',
  },
  history: { en: 'the score of an account over time', ja: '顧客のスコアの推移' },
  scorecards: { en: 'the scorecards in force', ja: '有効なスコアカード' },
  preview: {
    en: 'what changed scorecards would do, before they are saved',
    ja: 'スコアカードの変更による影響を保存前に確認',
  },
  apply: {
    en: 'add scorecards from YAML files, or new versions of them',
    ja: 'スコアカードを YAML ファイルから追加・更新',
  },
  export: {
    en: 'the files of the scorecards, as they were applied',
    ja: 'スコアカードのファイルを適用時のまま書き出す',
  },
  retire: { en: 'score nobody by a scorecard any more', ja: 'スコアカードを廃止' },
  override: {
    en: 'set the score of an account by hand until a day',
    ja: '顧客のスコアを指定日まで手動で設定',
  },
  withdraw: { en: 'take back a score that was set by hand', ja: '手動のスコアを取り消す' },
  overrides: { en: 'scores that were set by hand', ja: '手動で設定したスコア' },
  on: { en: 'at the end of this day (default: today)', ja: 'この日の終わりの時点(既定: 今日)' },
  since: {
    en: 'what moved since this day (default: 7 days before)',
    ja: 'この日からの変化(既定: 7日前)',
  },
  band: { en: 'only this band', ja: 'この区分のみ' },
  limit: { en: 'so many accounts at most (default: 100)', ja: '表示する件数(既定: 100)' },
  from: { en: 'first day (default: a year before)', ja: '最初の日(既定: 1年前)' },
  to: { en: 'last day (default: today)', ja: '最後の日(既定: 今日)' },
  every: { en: 'a point for each of these', ja: '表示する間隔' },
  under: {
    en: 'by the scorecards in force on each day, or by those of now',
    ja: '各日に有効だったスコアカード(then)または現在のもの(now)で計算',
  },
  retireKey: {
    en: 'also without this scorecard (repeatable)',
    ja: 'このスコアカードを廃止(複数可)',
  },
  onHistory: {
    en: 'also how it would have done on history (takes longer)',
    ja: '過去の実績での成績も表示(時間がかかります)',
  },
  horizon: { en: 'days within which an account is lost', ja: '解約までの日数' },
  dryRun: { en: 'only tell what would change', ja: '変更せず、変わる内容だけを表示' },
  out: { en: 'folder to write the files to', ja: '書き出し先のフォルダー' },
  score: { en: 'from 0 to 100', ja: '0〜100' },
  until: { en: 'the last day on which it counts', ja: '有効な最後の日' },
  reason: { en: 'why', ja: '理由' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  all: { en: 'also those that ended or were taken back', ja: '終了・取り消し済みも表示' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
} as const satisfies Record<string, Text>

const bands: readonly (HealthBand | 'none')[] = ['red', 'yellow', 'green', 'none']

const asJson = z.object({ json: z.boolean().default(false) })
const listOptions = asJson.extend({
  on: z.string().optional(),
  band: z.enum(['red', 'yellow', 'green', 'none']).optional(),
  limit: z.number().default(100),
})
const showOptions = asJson.extend({ on: z.string().optional(), since: z.string().optional() })
const historyOptions = asJson.extend({
  from: z.string().optional(),
  to: z.string().optional(),
  every: z.enum(['day', 'week', 'month']).default('week'),
  under: z.enum(['then', 'now']).default('then'),
})
const previewOptions = asJson.extend({
  retire: z.array(z.string()).default([]),
  history: z.boolean().default(false),
  horizon: z.number().optional(),
})
const applyOptions = asJson.extend({ dryRun: z.boolean().default(false) })
const exportOptions = asJson.extend({ out: z.string().optional() })
const overrideOptions = asJson.extend({
  score: z.string(),
  until: z.string(),
  reason: z.string(),
})
const overridesOptions = asJson.extend({
  account: z.string().optional(),
  all: z.boolean().default(false),
})

/** `health list | show | history | scorecards | preview | apply | export | retire | override | …`. */
export function addHealth(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const health = newCommand('health', words.health, terminal)
  program.addCommand(health)
  addReading(health, surroundings)
  addScorecards(health, surroundings)
  addOverrides(health, surroundings)
}

function addReading(health: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(health, 'list', words.list, terminal)
      .option('--on <day>', say(words.on), day)
      .addOption(new Option('--band <band>', say(words.band)).choices(bands))
      .option('--limit <count>', say(words.limit), wholeNumber(1, 10_000))
      .option('--json', say(words.json)),
    terminal,
    ['health list --band red'],
  ).action(async (_options, command: Command) => {
    const { json: wantsJson, on, band, limit } = listOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const overview = await client.health.overview({
        limit,
        ...(on === undefined ? {} : { on }),
        ...(band === undefined ? {} : { band }),
      })
      terminal.out(wantsJson ? json(overview) : overviewOf(overview, terminal))
    })
  })

  examples(
    verb(health, 'show', words.show, terminal)
      .argument('<account>')
      .option('--on <day>', say(words.on), day)
      .option('--since <day>', say(words.since), day)
      .option('--json', say(words.json)),
    terminal,
    ['health show A-001 --since 2026-03-01'],
  ).action(async (account: string, _options, command: Command) => {
    const { json: wantsJson, on, since } = showOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const explained = await client.health.explain({
        account,
        ...(on === undefined ? {} : { on }),
        ...(since === undefined ? {} : { since }),
      })
      terminal.out(wantsJson ? json(explained) : explanationOf(explained, terminal))
    })
  })

  examples(
    verb(health, 'history', words.history, terminal)
      .argument('<account>')
      .option('--from <day>', say(words.from), day)
      .option('--to <day>', say(words.to), day)
      .addOption(new Option('--every <span>', say(words.every)).choices(['day', 'week', 'month']))
      .addOption(new Option('--under <which>', say(words.under)).choices(['then', 'now']))
      .option('--json', say(words.json)),
    terminal,
    ['health history A-001 --every month --under now'],
  ).action(async (account: string, _options, command: Command) => {
    const { json: wantsJson, from, to, every, under } = historyOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const history = await client.health.history({
        ...{ account, every, under },
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })
      terminal.out(wantsJson ? json(history) : historyOf(history, terminal))
    })
  })
}

function addScorecards(health: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  verb(health, 'scorecards', words.scorecards, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const cards = await client.health.scorecards()
        terminal.out(options.json ? json(cards) : scorecardsOf(cards, terminal))
      })
    })

  examples(
    verb(health, 'preview', words.preview, terminal)
      .argument('[paths...]')
      .option('--retire <key>', say(words.retireKey), several)
      .option('--history', say(words.onHistory))
      .option('--horizon <days>', say(words.horizon), wholeNumber(7, 730))
      .option('--json', say(words.json)),
    terminal,
    ['health preview ./scorecards --history'],
  ).action(async (paths: readonly string[], _options, command: Command) => {
    const { json: wantsJson, retire, history, horizon } = previewOptions.parse(command.opts())
    if (paths.length === 0 && retire.length === 0) {
      throw new UsageError({
        en: 'Name files of scorecards, or one to retire with --retire.',
        ja: 'スコアカードのファイルか、--retire で廃止するものを指定してください。',
      })
    }
    const files = paths.length === 0 ? [] : await readDefinitions(paths)
    await withClient(surroundings, command, async (client) => {
      const preview: HealthPreview = await client.health.preview({
        ...{ files, retire: [...retire], history },
        ...(horizon === undefined ? {} : { horizon }),
      })
      terminal.out(wantsJson ? json(preview) : previewOf(preview, terminal))
    })
  })

  examples(
    verb(health, 'apply', words.apply, terminal)
      .argument('<paths...>')
      .option('--dry-run', say(words.dryRun))
      .option('--json', say(words.json)),
    terminal,
    ['health apply ./scorecards --dry-run'],
  ).action(async (paths: readonly string[], _options, command: Command) => {
    const options = applyOptions.parse(command.opts())
    const files = await readDefinitions(paths)
    await withClient(surroundings, command, async (client) => {
      const applied = await client.health.apply({ files, dryRun: options.dryRun })
      terminal.out(
        options.json ? json(applied) : appliedTable(applied.dryRun, applied.scorecards, terminal),
      )
    })
  })

  examples(
    verb(health, 'export', words.export, terminal)
      .argument('[key]')
      .option('--out <folder>', say(words.out))
      .option('--json', say(words.json)),
    terminal,
    ['health export --out ./scorecards', 'health export standard'],
  ).action(async (key: string | undefined, _options, command: Command) => {
    const { out, json: wantsJson } = exportOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const files = await client.health.export(key === undefined ? {} : { key })
      if (out !== undefined) await writeDefinitions(out, files)
      if (wantsJson) terminal.out(json(files))
      else if (out === undefined) terminal.out(files.map(({ yaml }) => yaml).join('---\n'))
      else terminal.out(writtenFiles(out, files))
    })
  })

  verb(health, 'retire', words.retire, terminal)
    .argument('<key>')
    .option('--json', say(words.json))
    .action(async (key: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const card = await client.health.retire({ key })
        terminal.out(options.json ? json(card) : `${say(retiredText(card))}\n`)
      })
    })
}

function addOverrides(health: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(health, 'override', words.override, terminal)
      .argument('<account>')
      .requiredOption('--score <score>', say(words.score))
      .requiredOption('--until <day>', say(words.until), day)
      .requiredOption('--reason <text>', say(words.reason))
      .option('--json', say(words.json)),
    terminal,
    ['health override A-001 --score 30 --until 2026-09-30 --reason "Their sponsor has left"'],
  ).action(async (account: string, _options, command: Command) => {
    const { json: wantsJson, score, until, reason } = overrideOptions.parse(command.opts())
    const number = Number(score)
    if (score.trim() === '' || !(number >= 0 && number <= 100)) {
      throw new UsageError({
        en: `'${score}' is not a score from 0 to 100.`,
        ja: `「${score}」は0〜100のスコアではありません。`,
      })
    }
    await withClient(surroundings, command, async (client) => {
      const set = await client.health.override({ account, score: number, until, reason })
      terminal.out(wantsJson ? json(set) : overridesOf([set], terminal))
    })
  })

  verb(health, 'withdraw', words.withdraw, terminal)
    .argument('<account>')
    .option('--json', say(words.json))
    .action(async (account: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const gone = await client.health.withdraw({ account })
        terminal.out(options.json ? json(gone) : overridesOf([gone], terminal))
      })
    })

  verb(health, 'overrides', words.overrides, terminal)
    .option('--account <id>', say(words.account))
    .option('--all', say(words.all))
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const { json: wantsJson, account, all } = overridesOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.health.overrides({
          all,
          ...(account === undefined ? {} : { account }),
        })
        terminal.out(wantsJson ? json(found) : overridesOf(found, terminal))
      })
    })
}
