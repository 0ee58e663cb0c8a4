import { join } from 'node:path'
import type { MetricFile, MetricsApplied } from '@tomoshibi/contract/metrics'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { readDefinitions, writeDefinitions } from '../definition-files.ts'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  apply: {
    en: 'add metrics of your own from YAML files, or new versions of them',
    ja: '独自の指標を YAML ファイルから追加・更新',
  },
  export: {
    en: 'the files of your own metrics, as they were applied',
    ja: '独自の指標のファイルを適用時のまま書き出す',
  },
  retire: { en: 'offer a metric of your own no more', ja: '独自の指標を廃止' },
  dryRun: { en: 'only tell what would change', ja: '変更せず、変わる内容だけを表示' },
  out: { en: 'folder to write the files to', ja: '書き出し先のフォルダー' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  change: { en: 'Change', ja: '変更' },
  key: { en: 'Key', ja: 'キー' },
  version: { en: 'Version', ja: 'バージョン' },
  name: { en: 'Name', ja: '名前' },
  file: { en: 'File', ja: 'ファイル' },
  nothing: { en: 'There are no metrics of your own.', ja: '独自の指標はありません。' },
  onlyTold: { en: 'Nothing was changed (--dry-run).', ja: '変更はしていません(--dry-run)。' },
} as const satisfies Record<string, Text>

const changes = {
  created: { en: 'created', ja: '追加' },
  changed: { en: 'changed', ja: '更新' },
  follows: { en: 'follows', ja: '追随' },
  unchanged: { en: 'unchanged', ja: '変更なし' },
} as const satisfies Record<MetricsApplied['metrics'][number]['change'], Text>

const asJson = z.object({ json: z.boolean().default(false) })
const applyOptions = asJson.extend({ dryRun: z.boolean().default(false) })
const exportOptions = asJson.extend({ out: z.string().optional() })

/** `metrics apply | export | retire`. */
export function addCustomMetrics(metrics: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal

  examples(
    verb(metrics, 'apply', words.apply, terminal)
      .argument('<paths...>')
      .option('--dry-run', say(words.dryRun))
      .option('--json', say(words.json)),
    terminal,
    ['metrics apply ./metrics --dry-run', 'metrics apply ./metrics/incidents_28d.yaml'],
  ).action(async (paths: readonly string[], _options, command: Command) => {
    const options = applyOptions.parse(command.opts())
    const files = await readDefinitions(paths)
    await withClient(surroundings, command, async (client) => {
      const applied = await client.metrics.apply({ files, dryRun: options.dryRun })
      terminal.out(options.json ? json(applied) : appliedTable(applied, terminal))
    })
  })

  examples(
    verb(metrics, 'export', words.export, terminal)
      .argument('[key]')
      .option('--out <folder>', say(words.out))
      .option('--json', say(words.json)),
    terminal,
    ['metrics export --out ./metrics', 'metrics export incidents_28d'],
  ).action(async (key: string | undefined, _options, command: Command) => {
    const { out, json: wantsJson } = exportOptions.parse(command.opts())
    if (key === undefined && out === undefined && !wantsJson) {
      throw new UsageError({
        en: 'Name a metric, or a folder with --out.',
        ja: '指標のキーか、--out でフォルダーを指定してください。',
      })
    }
    await withClient(surroundings, command, async (client) => {
      const files = await client.metrics.export(key === undefined ? {} : { key })
      if (out !== undefined) await writeDefinitions(out, files)
      if (wantsJson) terminal.out(json(files))
      else if (out === undefined) terminal.out(files.map(({ yaml }) => yaml).join(''))
      else terminal.out(exported(out, files, terminal))
    })
  })

  verb(metrics, 'retire', words.retire, terminal)
    .argument('<key>')
    .option('--json', say(words.json))
    .action(async (key: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const metric = await client.metrics.retire({ key })
        terminal.out(options.json ? json(metric) : `${say(retired(metric))}\n`)
      })
    })
}

const retired = ({ key, version }: MetricFile): Text => ({
  en: `${key} is retired after version ${version}. Applying its file again brings it back.`,
  ja: `${key} をバージョン ${version} で廃止しました。ファイルをもう一度適用すると復活します。`,
})

function appliedTable({ dryRun, metrics }: MetricsApplied, { say }: Terminal): string {
  const columns = [words.change, words.key, words.version, words.name, words.file]
  const rows = metrics.map(({ change, key, version, name, file }) => [
    say(changes[change]),
    key,
    String(version),
    say(name),
    file ?? '',
  ])
  const shown = table(
    columns.map((title) => ({ title: say(title) })),
    rows,
  )
  return dryRun ? `${shown}\n${say(words.onlyTold)}\n` : shown
}

function exported(folder: string, files: readonly MetricFile[], { say }: Terminal): string {
  if (files.length === 0) return `${say(words.nothing)}\n`
  return files.map(({ key, version }) => `${join(folder, `${key}.yaml`)}  (v${version})\n`).join('')
}
