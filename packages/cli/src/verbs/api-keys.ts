import type { ApiKey } from '@tomoshibi/contract/api-keys'
import { type Permission, permissions } from '@tomoshibi/contract/operation'
import type { Text } from '@tomoshibi/contract/text'
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
  keys: {
    en: 'API keys, with which programs call operations',
    ja: 'プログラムから操作を呼び出す API キー',
  },
  create: { en: 'make a key and show it this once', ja: 'キーを作成（表示は一度だけ）' },
  list: { en: 'list all keys', ja: 'キーの一覧' },
  revoke: { en: 'take a key no longer', ja: 'キーを無効化' },
  name: { en: 'what it is for', ja: '用途' },
  id: { en: 'id of the key', ja: 'キーの ID' },
  permission: {
    en: 'what it may do; may be given several times',
    ja: '付与する権限（複数指定可）',
  },
  days: { en: 'days for which it holds (default: 90)', ja: '有効日数（既定: 90）' },
  forever: { en: 'it holds until it is revoked', ja: '無効にするまで有効' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  made: {
    en: 'This is the API key. Keep it; it is not shown again.',
    ja: 'API キーです。再表示されないため、控えておいてください。',
  },
  revoked: { en: 'The key is revoked.', ja: 'キーを無効にしました。' },
  none: {
    en: "There are no API keys; 'tomoshibi api-keys create NAME --permission accounts:read' makes one.",
    ja: 'API キーはありません。tomoshibi api-keys create NAME --permission accounts:read で作成できます。',
  },
  columnId: { en: 'Id', ja: 'ID' },
  columnName: { en: 'Name', ja: '名前' },
  columnHint: { en: 'Begins with', ja: '先頭' },
  columnPermissions: { en: 'May', ja: '権限' },
  columnExpires: { en: 'Ends', ja: '有効期限' },
  columnUsed: { en: 'Last used', ja: '最終使用' },
  columnRevoked: { en: 'Revoked', ja: '無効化日時' },
} as const satisfies Record<string, Text>

const listOptions = z.object({ json: z.boolean().default(false) })
const createOptions = listOptions.extend({
  permission: z.array(z.string()).default([]),
  days: z.number().default(90),
  forever: z.boolean().default(false),
})

function checkedPermissions(given: readonly string[]): Permission[] {
  const known = permissions.filter((one) => given.includes(one))
  const wrong = given.find((one) => !permissions.some((permission) => permission === one))
  if (wrong === undefined && known.length > 0) return known
  throw new UsageError({
    en: `Name what the key may do with --permission; there are: ${permissions.join(', ')}.`,
    ja: `--permission で権限を指定してください: ${permissions.join(', ')}`,
  })
}

/** `api-keys create | list | revoke`. */
export function addApiKeys(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const keys = newCommand('api-keys', words.keys, terminal)
  program.addCommand(keys)

  examples(
    verb(keys, 'create', words.create, terminal)
      .argument('<name>', say(words.name))
      .option('--permission <permission>', say(words.permission), several)
      .option('--days <days>', say(words.days), wholeNumber(1, 3650))
      .option('--forever', say(words.forever))
      .option('--json', say(words.json)),
    terminal,
    ['api-keys create reports --permission accounts:read --permission metrics:read'],
  ).action(async (name: string, _options, command: Command) => {
    const options = createOptions.parse(command.opts())
    const expiresInDays = options.forever ? null : options.days
    const may = checkedPermissions(options.permission)
    await withClient(surroundings, command, async (client) => {
      const made = await client.apiKeys.create({ name, permissions: may, expiresInDays })
      out(options.json ? json(made) : `${made.key}\n${say(words.made)}\n`)
    })
  })

  verb(keys, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const asJson = listOptions.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.apiKeys.list()
        out(asJson ? json(all) : listOf(all, terminal))
      })
    })

  verb(keys, 'revoke', words.revoke, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const asJson = listOptions.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.apiKeys.revoke({ id })
        out(asJson ? json(all) : `${say(words.revoked)}\n`)
      })
    })
}

function listOf(all: readonly ApiKey[], { say }: Terminal): string {
  if (all.length === 0) return `${say(words.none)}\n`
  const columns = [
    words.columnId,
    words.columnName,
    words.columnHint,
    words.columnPermissions,
    words.columnExpires,
    words.columnUsed,
    words.columnRevoked,
  ]
  return table(
    columns.map((title) => ({ title: say(title) })),
    all.map((key) => [
      key.id,
      key.name,
      `${key.hint}…`,
      key.permissions.join(', '),
      key.expiresAt ?? '–',
      key.lastUsedAt ?? '–',
      key.revokedAt ?? '–',
    ]),
  )
}
