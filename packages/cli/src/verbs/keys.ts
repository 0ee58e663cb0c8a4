import type { Text } from '@tomoshibi/contract/text'
import type { WriteKey } from '@tomoshibi/contract/write-keys'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  keys: { en: 'write keys, with which products send events', ja: 'イベント送信用の書き込みキー' },
  create: { en: 'make a key and show it this once', ja: 'キーを作成（表示は一度だけ）' },
  list: { en: 'list all keys', ja: 'キーの一覧' },
  revoke: { en: 'take a key no longer', ja: 'キーを無効化' },
  name: { en: 'what it is for', ja: '用途' },
  id: { en: 'id of the key', ja: 'キーの ID' },
  days: {
    en: 'days for which it holds (default: until it is revoked)',
    ja: '有効日数（既定: 無効にするまで）',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  made: {
    en: 'This is the write key. Keep it; it is not shown again.',
    ja: '書き込みキーです。再表示されないため、控えておいてください。',
  },
  revoked: { en: 'The key is revoked.', ja: 'キーを無効にしました。' },
  none: {
    en: "There are no write keys; 'tomoshibi keys create NAME' makes one.",
    ja: '書き込みキーはありません。tomoshibi keys create NAME で作成できます。',
  },
  columnId: { en: 'Id', ja: 'ID' },
  columnName: { en: 'Name', ja: '名前' },
  columnHint: { en: 'Begins with', ja: '先頭' },
  columnCreated: { en: 'Made', ja: '作成日時' },
  columnExpires: { en: 'Ends', ja: '有効期限' },
  columnUsed: { en: 'Last used', ja: '最終使用' },
  columnRevoked: { en: 'Revoked', ja: '無効化日時' },
} as const satisfies Record<string, Text>

const options = z.object({ json: z.boolean().default(false) })
const createOptions = options.extend({ days: z.number().optional() })

/** `keys create | list | revoke`. */
export function addKeys(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const keys = newCommand('keys', words.keys, terminal)
  program.addCommand(keys)

  examples(
    verb(keys, 'create', words.create, terminal)
      .argument('<name>', say(words.name))
      .option('--days <days>', say(words.days), wholeNumber(1, 3650))
      .option('--json', say(words.json)),
    terminal,
    ['keys create website'],
  ).action(async (name: string, _options, command: Command) => {
    const { json: asJson, days = null } = createOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const made = await client.writeKeys.create({ name, expiresInDays: days })
      out(asJson ? json(made) : `${made.key}\n${say(words.made)}\n`)
    })
  })

  verb(keys, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const asJson = options.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.writeKeys.list()
        out(asJson ? json(all) : listOf(all, terminal))
      })
    })

  verb(keys, 'revoke', words.revoke, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const asJson = options.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const revoked = await client.writeKeys.revoke({ id })
        out(asJson ? json(revoked) : `${say(words.revoked)}\n`)
      })
    })
}

function listOf(all: readonly WriteKey[], { say }: Terminal): string {
  if (all.length === 0) return `${say(words.none)}\n`
  const { columnId, columnName, columnHint, columnCreated, columnExpires, columnUsed } = words
  const columns = [
    ...[columnId, columnName, columnHint, columnCreated],
    ...[columnExpires, columnUsed, words.columnRevoked],
  ]
  return table(
    columns.map((title) => ({ title: say(title) })),
    all.map(({ id, name, hint, createdAt, expiresAt, lastUsedAt, revokedAt }) => [
      id,
      name,
      `${hint}…`,
      createdAt,
      expiresAt ?? '–',
      lastUsedAt ?? '–',
      revokedAt ?? '–',
    ]),
  )
}
