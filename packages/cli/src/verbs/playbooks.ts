import {
  type Playbook,
  type PlaybookPreview,
  type PlaybookRun,
  type PlaybookRunState,
  playbookRunStates,
} from '@tomoshibi/contract/playbooks'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { clean, table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { readText } from '../text-file.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  playbooks: {
    en: 'playbooks: steps that run once, on time',
    ja: 'プレイブック: 決めた手順を一度だけ、時間どおりに',
  },
  list: { en: 'the playbooks in force, their steps and runs', ja: 'プレイブックと手順・実行数' },
  define: {
    en: 'add a playbook, or a new version of one, from a YAML file',
    ja: 'YAML ファイルからプレイブック（またはその新しいバージョン）を追加',
  },
  preview: {
    en: 'what each step would say to a customer today; nothing is sent',
    ja: '各ステップの内容を実際の顧客で確認（送信はしません）',
  },
  begin: { en: 'begin a playbook on an account by hand', ja: '顧客でプレイブックを開始' },
  runs: { en: 'runs, the newest first', ja: '実行の一覧（新しい順）' },
  run: { en: 'one run, step by step', ja: '実行の詳細' },
  pause: { en: 'do nothing more in a run until it is resumed', ja: '実行を一時停止' },
  resume: { en: 'go on with a paused run', ja: '一時停止した実行を再開' },
  retry: { en: 'try the step again that failed', ja: '失敗したステップを再試行' },
  cancel: { en: 'end a run for good', ja: '実行をキャンセル' },
  playbook: { en: 'only this playbook', ja: 'このプレイブックのみ' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  ofState: { en: 'only those that stand so', ja: 'この状態のみ' },
  file: {
    en: 'a file that is being written, in place of a key',
    ja: '作成中のファイル（キーの代わりに指定）',
  },
  limit: { en: 'at most so many', ja: '最大件数' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'There is no playbook yet.', ja: 'プレイブックはまだありません。' },
  noRuns: { en: 'No runs.', ja: '実行はありません。' },
  heldOut: {
    en: 'This customer is held out: nothing would be done.',
    ja: 'この顧客は比較用のため、何も行われません。',
  },
  to: { en: 'to', ja: '宛先' },
  more: { en: 'more; see --limit', ja: '件が残っています。--limit を参照してください' },
  begunTitle: { en: 'Begun', ja: '開始' },
  accountTitle: { en: 'Account', ja: '顧客' },
  playbookTitle: { en: 'Playbook', ja: 'プレイブック' },
  stateTitle: { en: 'State', ja: '状態' },
  stepTitle: { en: 'Step', ja: 'ステップ' },
  whatTitle: { en: 'What it does', ja: '内容' },
  becameTitle: { en: 'What became of it', ja: '結果' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const runsOptions = asJson.extend({
  playbook: z.string().optional(),
  account: z.string().optional(),
  state: z.enum(playbookRunStates).optional(),
  limit: z.number(),
})
const previewOptions = asJson.extend({ file: z.string().optional() })

/** `playbooks list | define | preview | begin | runs | run | pause | resume | retry | cancel`. */
export function addPlaybooks(program: Command, surroundings: Surroundings): void {
  const playbooks = newCommand('playbooks', words.playbooks, surroundings.terminal)
  program.addCommand(playbooks)
  addDefinitions(playbooks, surroundings)
  addRuns(playbooks, surroundings)
  addMoves(playbooks, surroundings)
}

function addDefinitions(playbooks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal

  verb(playbooks, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const { json: wantsJson } = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.playbooks.list()
        if (wantsJson) return out(json(found))
        out(found.length === 0 ? `${say(words.none)}\n` : '')
        for (const playbook of found) out(playbookLines(playbook, terminal))
      })
    })

  examples(
    verb(playbooks, 'define', words.define, terminal)
      .argument('<file>')
      .option('--json', say(words.json)),
    terminal,
    ['playbooks define rescue.yaml'],
  ).action(async (file: string, _options, command: Command) => {
    const { json: wantsJson } = asJson.parse(command.opts())
    const yaml = await readText(file)
    await withClient(surroundings, command, async (client) => {
      const playbook = await client.playbooks.define({ yaml })
      out(wantsJson ? json(playbook) : playbookLines(playbook, terminal))
    })
  })

  examples(
    verb(playbooks, 'preview', words.preview, terminal)
      .argument('<account>')
      .argument('[key]')
      .option('--file <file>', say(words.file))
      .option('--json', say(words.json)),
    terminal,
    ['playbooks preview ACC-0042 rescue', 'playbooks preview ACC-0042 --file rescue.yaml'],
  ).action(async (account: string, key: string | undefined, _options, command: Command) => {
    const { json: wantsJson, file } = previewOptions.parse(command.opts())
    const yaml = file === undefined ? undefined : await readText(file)
    await withClient(surroundings, command, async (client) => {
      const preview = await client.playbooks.preview({
        account,
        ...(key === undefined ? {} : { key }),
        ...(yaml === undefined ? {} : { yaml }),
      })
      out(wantsJson ? json(preview) : previewLines(preview, terminal))
    })
  })
}

function addRuns(playbooks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  examples(
    verb(playbooks, 'begin', words.begin, terminal)
      .argument('<playbook>')
      .argument('<account>')
      .option('--json', say(words.json)),
    terminal,
    ['playbooks begin rescue ACC-0042'],
  ).action(async (playbook: string, account: string, _options, command: Command) => {
    const { json: wantsJson } = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const run = await client.playbooks.begin({ playbook, account })
      out(wantsJson ? json(run) : runTable([run], terminal))
    })
  })

  examples(
    verb(playbooks, 'runs', words.runs, terminal)
      .option('--playbook <key>', say(words.playbook))
      .option('--account <id>', say(words.account))
      .addOption(new Option('--state <state>', say(words.ofState)).choices(playbookRunStates))
      .option('--limit <n>', say(words.limit), wholeNumber(1, 500), 100)
      .option('--json', say(words.json)),
    terminal,
    ['playbooks runs --state failed'],
  ).action(async (_options, command: Command) => {
    const { json: wantsJson, playbook, account, state, limit } = runsOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const { total, rows } = await client.playbooks.runs({
        limit,
        ...(playbook === undefined ? {} : { playbook }),
        ...(account === undefined ? {} : { account }),
        ...(state === undefined ? {} : { state }),
      })
      if (wantsJson) return out(json({ total, rows }))
      out(runTable(rows, terminal))
      if (total > rows.length) out(`${total - rows.length} ${say(words.more)}\n`)
    })
  })

  verb(playbooks, 'run', words.run, terminal)
    .argument('<id>')
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const { json: wantsJson } = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.playbooks.run({ id })
        if (wantsJson) return out(json(found))
        out(runTable([found.run], terminal))
        if (found.run.problem !== null) out(`\n${clean(say(found.run.problem))}\n`)
        const rows = found.steps.map((step) => [
          step.id,
          say(step.says),
          step.at?.slice(0, 10) ?? '–',
          step.became === null ? '–' : say(step.became),
        ])
        const titles = [words.stepTitle, words.whatTitle, words.begunTitle, words.becameTitle]
        out(
          `\n${table(
            titles.map((title) => ({ title: say(title) })),
            rows,
          )}`,
        )
      })
    })
}

function addMoves(playbooks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  for (const move of ['pause', 'resume', 'retry', 'cancel'] as const) {
    verb(playbooks, move, words[move], terminal)
      .argument('<id>')
      .option('--json', say(words.json))
      .action(async (id: string, _options, command: Command) => {
        const { json: wantsJson } = asJson.parse(command.opts())
        await withClient(surroundings, command, async (client) => {
          const run = await client.playbooks[move]({ id })
          out(wantsJson ? json(run) : runTable([run], terminal))
        })
      })
  }
}

function playbookLines(playbook: Playbook, { say }: Terminal): string {
  const { name, key, version, begins, steps, runs } = playbook
  const states: readonly PlaybookRunState[] = playbookRunStates
  const counts = states.flatMap((state) => (runs[state] > 0 ? [`${state} ${runs[state]}`] : []))
  const lines = [
    `${say(name)} (${key}, ${version})`,
    `  ${say(begins)}`,
    ...steps.map(({ id, says }) => `  ${id}: ${say(says)}`),
    ...(counts.length > 0 ? [`  ${counts.join(', ')}`] : []),
  ]
  return `${lines.map(clean).join('\n')}\n`
}

function previewLines({ begins, heldOut, steps }: PlaybookPreview, { say }: Terminal): string {
  const lines = steps.flatMap(({ id, says, to, title, body, problem }) => [
    '',
    `${id}: ${say(says)}`,
    ...(to === null ? [] : [`  ${say(words.to)}: ${to}`]),
    ...(title === null ? [] : [`  ${say(title)}`]),
    ...(body === null
      ? []
      : say(body)
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`)),
    ...(problem === null ? [] : [`  ! ${say(problem)}`]),
  ])
  const first = [say(begins), ...(heldOut ? [say(words.heldOut)] : [])]
  return `${[...first, ...lines].map(clean).join('\n')}\n`
}

function runTable(runs: readonly PlaybookRun[], { say }: Terminal): string {
  if (runs.length === 0) return `${say(words.noRuns)}\n`
  return table(
    [
      { title: say(words.begunTitle) },
      { title: say(words.accountTitle) },
      { title: say(words.playbookTitle) },
      { title: say(words.stateTitle) },
      { title: say(words.stepTitle) },
      { title: 'Id' },
    ],
    runs.map((run) => [
      run.begunAt.slice(0, 10),
      `${run.accountName} (${run.account})`,
      `${say(run.name)} (${run.playbook}, ${run.version})`,
      say(run.says),
      run.step ?? '–',
      run.id,
    ]),
  )
}
