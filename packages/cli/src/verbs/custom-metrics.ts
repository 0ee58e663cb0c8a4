import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { readDefinitions, writeDefinitions } from '../definition-files.ts'
import { UsageError } from '../failure.ts'
import { appliedTable, retiredText, writtenFiles } from '../output/definitions.ts'
import { json } from '../output/json.ts'
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
  nothing: { en: 'There are no metrics of your own.', ja: '独自の指標はありません。' },
} as const satisfies Record<string, Text>

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
      terminal.out(
        options.json ? json(applied) : appliedTable(applied.dryRun, applied.metrics, terminal),
      )
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
      else terminal.out(files.length === 0 ? `${say(words.nothing)}\n` : writtenFiles(out, files))
    })
  })

  verb(metrics, 'retire', words.retire, terminal)
    .argument('<key>')
    .option('--json', say(words.json))
    .action(async (key: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const metric = await client.metrics.retire({ key })
        terminal.out(options.json ? json(metric) : `${say(retiredText(metric))}\n`)
      })
    })
}
