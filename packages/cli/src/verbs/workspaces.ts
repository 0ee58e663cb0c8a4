import type { Text } from '@tomoshibi/contract/text'
import type { OwnWorkspace } from '@tomoshibi/contract/workspaces'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  workspaces: { en: 'the workspaces of the installation', ja: 'ワークスペースの一覧と作成' },
  list: { en: 'show all workspaces', ja: 'ワークスペースの一覧' },
  create: { en: 'make a workspace', ja: 'ワークスペースを作成' },
  name: { en: 'its name', ja: '名前' },
  id: { en: 'its id (default: a random one)', ja: 'ID(既定: 無作為な値)' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  columnId: { en: 'Id', ja: 'ID' },
  columnName: { en: 'Name', ja: '名前' },
  next: {
    en: 'It has no owner yet: tomoshibi people invite <e-mail> --role owner --workspace',
    ja: 'まだオーナーがいません: tomoshibi people invite <メールアドレス> --role owner --workspace',
  },
} as const satisfies Record<string, Text>

const options = z.object({ id: z.string().optional(), json: z.boolean().default(false) })

/** `workspaces list | create`. */
export function addWorkspaces(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out, err } = terminal
  const group = newCommand('workspaces', words.workspaces, terminal)
  program.addCommand(group)
  const shown = (all: readonly OwnWorkspace[]) =>
    table(
      [words.columnId, words.columnName].map((title) => ({ title: say(title) })),
      all.map(({ id, name }) => [id, name]),
    )

  verb(group, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const given = options.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.workspaces.list()
        out(given.json ? json(all) : shown(all))
      })
    })

  examples(
    verb(group, 'create', words.create, terminal)
      .argument('<name>', say(words.name))
      .option('--id <id>', say(words.id))
      .option('--json', say(words.json)),
    terminal,
    ["workspaces create 'Second company' --id second"],
  ).action(async (name: string, _options, command: Command) => {
    const { id, json: asJson } = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const made = await client.workspaces.create({ name, ...(id === undefined ? {} : { id }) })
      out(asJson ? json(made) : shown([made]))
      if (!asJson) err(`${say(words.next)} ${made.id}\n`)
    })
  })
}
