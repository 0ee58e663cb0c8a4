import { join } from 'node:path'
import type { DefinitionKind, DefinitionsApplied } from '@tomoshibi/contract/definitions'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { readDefinitions, writeDefinitions } from '../definition-files.ts'
import { json } from '../output/json.ts'
import { lineDiff } from '../output/line-diff.ts'
import { clean, table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  apply: {
    en: 'apply a folder of metrics, scorecards, lamps, playbooks and goals, all or none',
    ja: '指標・スコアカード・ランプ・プレイブック・目標のフォルダーをまとめて適用',
  },
  export: {
    en: 'write metrics, scorecards, lamps, playbooks and goals to a folder',
    ja: '指標・スコアカード・ランプ・プレイブック・目標をフォルダーに書き出す',
  },
  plan: { en: 'only show the plan and what differs', ja: '変更せず、計画と差分だけを表示' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  change: { en: 'Change', ja: '変更' },
  kind: { en: 'Kind', ja: '種類' },
  key: { en: 'Key', ja: 'キー' },
  version: { en: 'Version', ja: 'バージョン' },
  file: { en: 'File', ja: 'ファイル' },
  nothing: { en: 'Nothing to change.', ja: '変更はありません。' },
  onlyTold: { en: 'Nothing was changed (--plan).', ja: '変更はしていません(--plan)。' },
} as const satisfies Record<string, Text>

const kinds = {
  metric: { en: 'metric', ja: '指標' },
  scorecard: { en: 'scorecard', ja: 'スコアカード' },
  lamp: { en: 'lamp', ja: 'ランプ' },
  playbook: { en: 'playbook', ja: 'プレイブック' },
  goal: { en: 'goal', ja: '目標' },
} as const satisfies Record<DefinitionKind, Text>

const changes = {
  created: { en: 'create', ja: '追加' },
  changed: { en: 'change', ja: '更新' },
  follows: { en: 'follows', ja: '追随' },
  unchanged: { en: 'same', ja: '変更なし' },
} as const satisfies Record<DefinitionsApplied['changes'][number]['change'], Text>

const folders: Readonly<Record<DefinitionKind, string>> = {
  metric: 'metrics',
  scorecard: 'scorecards',
  lamp: 'lamps',
  playbook: 'playbooks',
  goal: 'goals',
}

const applyOptions = z.object({
  json: z.boolean().default(false),
  plan: z.boolean().default(false),
})
const exportOptions = z.object({ json: z.boolean().default(false) })

/** `apply` and `export`: everything that a workspace defines, as files. */
export function addApply(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(program, 'apply', words.apply, terminal)
      .argument('<paths...>')
      .option('--plan', say(words.plan))
      .option('--json', say(words.json)),
    terminal,
    ['apply ./definitions --plan', 'apply ./definitions'],
  ).action(async (paths: readonly string[], _options, command: Command) => {
    const options = applyOptions.parse(command.opts())
    const files = await readDefinitions(paths, 'deep')
    await withClient(surroundings, command, async (client) => {
      const applied = await client.definitions.apply({ files, dryRun: options.plan })
      terminal.out(options.json ? json(applied) : planText(applied, terminal))
    })
  })

  examples(
    verb(program, 'export', words.export, terminal)
      .argument('<folder>')
      .option('--json', say(words.json)),
    terminal,
    ['export ./definitions'],
  ).action(async (folder: string, _options, command: Command) => {
    const options = exportOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const all = await client.definitions.export()
      for (const [kind, name] of Object.entries(folders)) {
        const some = all.filter((each) => each.kind === kind)
        if (some.length > 0) await writeDefinitions(join(folder, name), some)
      }
      const lines = all.map(({ kind, key }) => `${join(folder, folders[kind], `${key}.yaml`)}\n`)
      terminal.out(options.json ? json(all) : lines.join(''))
    })
  })
}

function planText({ dryRun, changes: all }: DefinitionsApplied, { say }: Terminal): string {
  const real = all.filter(({ change }) => change !== 'unchanged')
  const parts = [
    table(
      [words.change, words.kind, words.key, words.version, words.file].map((title) => ({
        title: say(title),
      })),
      all.map(({ change, kind, key, version, file }) => [
        say(changes[change]),
        say(kinds[kind]),
        key,
        String(version),
        file ?? '',
      ]),
    ).trimEnd(),
  ]
  for (const { kind, key, before, after } of real) {
    if (after === null || before === null) continue
    const lines = lineDiff(before, after)
    if (lines.length > 0) parts.push([`${say(kinds[kind])} ${key}`, ...lines.map(clean)].join('\n'))
  }
  if (real.length === 0) parts.push(say(words.nothing))
  else if (dryRun) parts.push(say(words.onlyTold))
  return `${parts.join('\n\n')}\n`
}
