import type { Text } from '@tomoshibi/contract/text'
import type { Freshness, Setting, Workspace } from '@tomoshibi/contract/workspace'
import { settingOf } from '@tomoshibi/server/platform/setting-text'
import type { Command } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import {
  examples,
  newCommand,
  type Surroundings,
  several,
  verb,
  wholeNumber,
  withClient,
} from '../verb.ts'

const words = {
  workspace: { en: 'settings and freshness of the data', ja: '設定とデータの鮮度' },
  show: { en: 'show the workspace', ja: 'ワークスペースを表示' },
  freshness: {
    en: 'how fresh each kind of data is, and what is still on its way',
    ja: 'データの種類ごとの鮮度と、処理中のものを表示',
  },
  kind: { en: 'Data', ja: 'データ' },
  newest: { en: 'Newest known at', ja: '最新の記録時刻' },
  none: { en: 'none yet', ja: 'まだありません' },
  upToDate: {
    en: 'Figures and lamps have seen every fact.',
    ja: '指標とランプに、すべてのデータが反映されています。',
  },
  eventsWaiting: {
    en: 'Events on their way to the figures, since',
    ja: '反映待ちのイベント(最古の受信時刻)',
  },
  lampsWaiting: {
    en: 'Facts that the lamps have not seen yet, since',
    ja: 'ランプへの反映待ち(最古の時刻)',
  },
  set: { en: 'change settings', ja: '設定を変更' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  name: { en: 'name', ja: '名前' },
  timeZone: { en: 'time zone, such as Asia/Tokyo', ja: 'タイムゾーン(例: Asia/Tokyo)' },
  currency: { en: 'reporting currency, such as JPY', ja: 'レポート通貨(例: JPY)' },
  setting: {
    en: 'any setting, as key=value (YAML or JSON)',
    ja: '任意の設定(キー=値、YAML または JSON)',
  },
  reset: { en: 'let the default of this setting hold again', ja: 'この設定を既定値に戻す' },
  key: { en: 'Setting', ja: '設定' },
  value: { en: 'Value', ja: '値' },
  byDefault: { en: 'Default', ja: '既定値' },
  meaning: { en: 'Meaning', ja: '意味' },
  chosen: { en: '* chosen for this workspace', ja: '* このワークスペースで選ばれた値' },
  fiscal: { en: 'first month of the fiscal year, 1 to 12', ja: '会計年度の開始月(1〜12)' },
} as const satisfies Record<string, Text>

const labels: Readonly<Record<string, Text>> = {
  name: { en: 'Name', ja: '名前' },
  today: { en: 'Today', ja: '今日' },
  accounts: { en: 'Accounts', ja: '顧客数' },
  factsKnownThrough: { en: 'Newest fact known at', ja: '最新の事実の記録時刻' },
  lampsEvaluatedThrough: { en: 'Lamps evaluated through', ja: 'ランプの評価済み日' },
  version: { en: 'Version', ja: 'バージョン' },
}

const showOptions = z.object({ json: z.boolean().default(false) })
const setOptions = showOptions.extend({
  name: z.string().optional(),
  timeZone: z.string().optional(),
  currency: z.string().optional(),
  fiscalYearStart: z.number().optional(),
  reset: z.array(z.string()).default([]),
})

/** `workspace show | freshness | set`. */
export function addWorkspace(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const workspace = newCommand('workspace', words.workspace, terminal)
  program.addCommand(workspace)

  verb(workspace, 'show', words.show, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = showOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        terminal.out(shown(await client.workspace.get(), options.json, terminal))
      })
    })

  verb(workspace, 'freshness', words.freshness, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = showOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.workspace.freshness()
        terminal.out(options.json ? json(found) : freshnessTable(found, terminal))
      })
    })

  examples(
    verb(workspace, 'set', words.set, terminal)
      .argument('[key=value...]', say(words.setting))
      .option('--reset <key>', say(words.reset), several)
      .option('--name <text>', say(words.name))
      .option('--time-zone <zone>', say(words.timeZone))
      .option('--currency <code>', say(words.currency))
      .option('--fiscal-year-start <month>', say(words.fiscal), wholeNumber(1, 12))
      .option('--json', say(words.json)),
    terminal,
    [
      'workspace set --currency USD',
      'workspace set --time-zone Europe/Berlin --fiscal-year-start 1',
      'workspace set renewalGraceDays=45 churnDate=cancellation_notice',
      'workspace set --reset renewalGraceDays',
    ],
  ).action(async (given: readonly string[], _options, command: Command) => {
    const { name, timeZone, currency, fiscalYearStart, reset, ...options } = setOptions.parse(
      command.opts(),
    )
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(currency === undefined ? {} : { currency: currency.toUpperCase() }),
      ...(fiscalYearStart === undefined ? {} : { fiscalYearStartMonth: fiscalYearStart }),
      ...(given.length === 0 ? {} : { settings: Object.fromEntries(given.map(settingOf)) }),
      ...(reset.length === 0 ? {} : { reset }),
    }
    if (Object.keys(change).length === 0) {
      throw new UsageError({
        en: "Name at least one setting, such as renewalGraceDays=45; 'tomoshibi workspace show' lists them.",
        ja: 'renewalGraceDays=45 のように、設定を 1 つ以上指定してください。tomoshibi workspace show で一覧を確認できます。',
      })
    }
    await withClient(surroundings, command, async (client) => {
      terminal.out(shown(await client.workspace.configure(change), options.json, terminal))
    })
  })
}

function shown(workspace: Workspace, asJson: boolean, terminal: Terminal): string {
  if (asJson) return json(workspace)
  const { say } = terminal
  const values = new Map<string, unknown>(Object.entries(workspace))
  const rows = Object.entries(labels).map(([key, label]) => [
    say(label),
    String(values.get(key) ?? '–'),
  ])
  const facts = table([{ title: '' }, { title: '' }], rows)
    .split('\n')
    .slice(1)
    .join('\n')
  return `${facts}\n${settingsTable(workspace.settings, terminal)}`
}

function freshnessTable(freshness: Freshness, { say }: Terminal): string {
  const rows = freshness.kinds.map(({ name, newestKnownAt }) => [
    say(name),
    newestKnownAt ?? say(words.none),
  ])
  const waiting = [
    [words.eventsWaiting, freshness.eventsWaitingSince] as const,
    [words.lampsWaiting, freshness.lampsWaitingSince] as const,
  ].flatMap(([text, since]) => (since === null ? [] : [`${say(text)} ${since}`]))
  const end = waiting.length === 0 ? [say(words.upToDate)] : waiting
  const columns = [{ title: say(words.kind) }, { title: say(words.newest) }]
  return `${table(columns, rows)}${end.join('\n')}\n`
}

function settingsTable(settings: readonly Setting[], { say }: Terminal): string {
  const columns = [words.key, words.value, words.byDefault, words.meaning]
  const rows = settings.map((setting) => [
    setting.key,
    `${written(setting.value)}${setting.chosen ? ' *' : ''}`,
    written(setting.default),
    say(setting.says),
  ])
  return `${table(
    columns.map((title) => ({ title: say(title) })),
    rows,
  )}${say(words.chosen)}\n`
}

/** A value as `set` reads it. */
const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null)
