import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { readDefinitions, writeDefinitions } from '../definition-files.ts'
import { appliedTable, retiredText, writtenFiles } from '../output/definitions.ts'
import { checksOf, courseOf, followedText, goalsOf, noticesOf } from '../output/goals.ts'
import { json } from '../output/json.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  goals: {
    en: 'goals: KGIs, the KPIs that serve them, and the traps',
    ja: '目標: KGI とそれを支える KPI、見落としやすい落とし穴',
  },
  list: { en: 'the tree of goals, and how each stands', ja: '目標のツリーと進捗' },
  offCourse: { en: 'only those that left their course', ja: '想定から外れたもののみ' },
  notices: {
    en: 'which goals left their course, and who was told',
    ja: '想定から外れた目標と知らせた相手',
  },
  follow: {
    en: 'look at all goals now, and tell of those that left their course; done every night',
    ja: 'すべての目標を今すぐ確認し、想定から外れたものを知らせる(毎晩実行)',
  },
  course: { en: 'the way of a goal, month by month', ja: '目標の月ごとの推移' },
  check: { en: 'the traps of the KPIs, with evidence', ja: 'KPI の落とし穴を根拠とともに確認' },
  verify: {
    en: 'ask the data anew whether each KPI has to do with its KGI',
    ja: '各 KPI と KGI の関係を自社のデータで確かめ直す',
  },
  apply: {
    en: 'add goals from YAML files, or new versions of them',
    ja: '目標を YAML ファイルから追加・更新',
  },
  export: { en: 'the files of the goals, as they were applied', ja: '目標のファイルを書き出す' },
  retire: { en: 'follow a goal no more', ja: '目標を廃止' },
  dryRun: { en: 'only tell what would change', ja: '変更せず、変わる内容だけを表示' },
  out: { en: 'folder to write the files to', ja: '書き出し先のフォルダー' },
  versions: { en: 'every version, retired ones included', ja: '廃止済みを含むすべてのバージョン' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const listOptions = asJson.extend({ offCourse: z.boolean().default(false) })
const applyOptions = asJson.extend({ dryRun: z.boolean().default(false) })
const exportOptions = asJson.extend({
  out: z.string().optional(),
  versions: z.boolean().default(false),
})

/** `goals list | notices | follow | course | check | verify | apply | export | retire`. */
export function addGoals(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const goals = newCommand('goals', words.goals, terminal)
  program.addCommand(goals)

  verb(goals, 'list', words.list, terminal)
    .option('--off-course', say(words.offCourse))
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const { json: wantsJson, offCourse } = listOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.goals.list({ offCourse })
        terminal.out(wantsJson ? json(found) : goalsOf(found, terminal))
      })
    })

  verb(goals, 'notices', words.notices, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const notices = await client.goals.notices()
        terminal.out(options.json ? json(notices) : noticesOf(notices, terminal))
      })
    })

  verb(goals, 'follow', words.follow, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const followed = await client.goals.follow()
        terminal.out(options.json ? json(followed) : followedText(followed, terminal))
      })
    })

  verb(goals, 'course', words.course, terminal)
    .argument('<key>')
    .option('--json', say(words.json))
    .action(async (key: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const course = await client.goals.course({ key })
        terminal.out(options.json ? json(course) : courseOf(course, terminal))
      })
    })

  for (const name of ['check', 'verify'] as const) {
    verb(goals, name, words[name], terminal)
      .argument('[key]')
      .option('--json', say(words.json))
      .action(async (key: string | undefined, _options, command: Command) => {
        const options = asJson.parse(command.opts())
        await withClient(surroundings, command, async (client) => {
          const found = await client.goals[name](key === undefined ? {} : { key })
          terminal.out(options.json ? json(found) : checksOf(found, terminal))
        })
      })
  }

  examples(
    verb(goals, 'apply', words.apply, terminal)
      .argument('<paths...>')
      .option('--dry-run', say(words.dryRun))
      .option('--json', say(words.json)),
    terminal,
    ['goals apply ./goals --dry-run'],
  ).action(async (paths: readonly string[], _options, command: Command) => {
    const options = applyOptions.parse(command.opts())
    const files = await readDefinitions(paths)
    await withClient(surroundings, command, async (client) => {
      const applied = await client.goals.apply({ files, dryRun: options.dryRun })
      terminal.out(
        options.json ? json(applied) : appliedTable(applied.dryRun, applied.goals, terminal),
      )
    })
  })

  verb(goals, 'export', words.export, terminal)
    .argument('[key]')
    .option('--out <folder>', say(words.out))
    .option('--versions', say(words.versions))
    .option('--json', say(words.json))
    .action(async (key: string | undefined, _options, command: Command) => {
      const { out, versions, json: wantsJson } = exportOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const files = await client.goals.export({
          versions,
          ...(key === undefined ? {} : { key }),
        })
        if (out !== undefined) await writeDefinitions(out, files)
        if (wantsJson) terminal.out(json(files))
        else if (out === undefined) terminal.out(files.map(({ yaml }) => yaml).join('---\n'))
        else terminal.out(writtenFiles(out, files))
      })
    })

  verb(goals, 'retire', words.retire, terminal)
    .argument('<key>')
    .option('--json', say(words.json))
    .action(async (key: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const goal = await client.goals.retire({ key })
        terminal.out(options.json ? json(goal) : `${say(retiredText(goal))}\n`)
      })
    })
}
