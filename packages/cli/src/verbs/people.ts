import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import type { Client } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  people: { en: 'who belongs to the workspace', ja: 'ワークスペースのメンバー' },
  list: { en: 'everybody, with role and team', ja: 'メンバーの一覧' },
  invite: { en: 'make a link with which somebody joins', ja: '招待リンクを作成' },
  password: {
    en: 'make a link with which somebody chooses a new password',
    ja: '新しいパスワードを設定するリンクを作成',
  },
  resetFactor: {
    en: 'take codes of an app and passkeys from who lost them',
    ja: 'アプリ・コード・パスキーを失った人の 2 段階認証を解除',
  },
  passkeys: { en: 'the passkeys of a person', ja: 'パスキーの一覧' },
  removePasskey: {
    en: 'remove a passkey, such as of a lost device; sessions of the person end',
    ja: 'パスキーを削除(端末の紛失時など)。本人はすべての端末からサインアウトされます',
  },
  passkey: { en: 'name or id of the passkey', ja: 'パスキーの名前または ID' },
  wasRemoved: {
    en: 'It is removed, and their sessions have ended.',
    ja: '削除し、すべての端末からサインアウトしました。',
  },
  columnId: { en: 'Id', ja: 'ID' },
  columnAdded: { en: 'Added', ja: '追加日時' },
  columnUsed: { en: 'Last used', ja: '最終使用' },
  wasReset: {
    en: 'It is off, and their sessions have ended.',
    ja: '解除し、すべての端末からサインアウトしました。',
  },
  hadNone: { en: 'They had neither.', ja: '2 段階認証もパスキーも設定されていません。' },
  email: { en: 'e-mail address', ja: 'メールアドレス' },
  role: { en: 'role (default: viewer)', ja: 'ロール（既定: viewer）' },
  team: { en: 'team', ja: 'チーム' },
  owner: {
    en: 'what the accounts’ attribute owner calls them',
    ja: '顧客属性 owner での担当者名',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  handOver: {
    en: 'Open this path at the address of the server. It is good once, and shown this once.',
    ja: 'サーバーのアドレスに続けてこのパスを開いてください。1 回だけ使え、再表示されません。',
  },
  columnName: { en: 'Name', ja: '名前' },
  columnEmail: { en: 'E-mail', ja: 'メールアドレス' },
  columnRole: { en: 'Role', ja: 'ロール' },
  columnTeam: { en: 'Team', ja: 'チーム' },
  columnOwner: { en: 'Owner of accounts as', ja: '担当者名' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const inviteOptions = asJson.extend({
  role: z.string().default('viewer'),
  team: z.string().default(''),
  owner: z.string().default(''),
})

/** `people list | invite | password-link | reset-second-factor | passkeys | remove-passkey`: also the way back for an owner who forgot their password. */
export function addPeople(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const people = newCommand('people', words.people, terminal)
  program.addCommand(people)

  verb(people, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.people.list()
        if (options.json) return out(json(all))
        const titles = [
          words.columnName,
          words.columnEmail,
          words.columnRole,
          words.columnTeam,
          words.columnOwner,
        ]
        out(
          table(
            titles.map((title) => ({ title: say(title) })),
            all.map((one) => [one.name, one.email, one.role, one.team, one.ownerName]),
          ),
        )
      })
    })

  examples(
    verb(people, 'invite', words.invite, terminal)
      .argument('<email>', say(words.email))
      .option('--role <role>', say(words.role))
      .option('--team <team>', say(words.team))
      .option('--owner <name>', say(words.owner))
      .option('--json', say(words.json)),
    terminal,
    ["people invite mei@example.com --role csm --owner 'Mei Sato'"],
  ).action(async (email: string, _options, command: Command) => {
    const { json: wantsJson, owner, ...whom } = inviteOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const made = await client.invitations.create({
        email,
        ...whom,
        ownerName: owner,
        language: terminal.language,
      })
      out(wantsJson ? json(made) : `${made.link}\n${say(words.handOver)}\n`)
    })
  })

  verb(people, 'password-link', words.password, terminal)
    .argument('<email>', say(words.email))
    .option('--json', say(words.json))
    .action(async (email: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const made = await client.people.passwordLink({ userId: await userIdOf(client, email) })
        out(options.json ? json(made) : `${made.link}\n${say(words.handOver)}\n`)
      })
    })

  verb(people, 'reset-second-factor', words.resetFactor, terminal)
    .argument('<email>', say(words.email))
    .option('--json', say(words.json))
    .action(async (email: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const userId = await userIdOf(client, email)
        const done = await client.people.resetSecondFactor({ userId })
        out(options.json ? json(done) : `${say(done.reset ? words.wasReset : words.hadNone)}\n`)
      })
    })

  addPasskeys(people, surroundings)
}

function addPasskeys(people: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal

  verb(people, 'passkeys', words.passkeys, terminal)
    .argument('<email>', say(words.email))
    .option('--json', say(words.json))
    .action(async (email: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.passkeys.ofMember({ userId: await userIdOf(client, email) })
        if (options.json) return out(json(all))
        const titles = [words.columnId, words.columnName, words.columnAdded, words.columnUsed]
        out(
          table(
            titles.map((title) => ({ title: say(title) })),
            all.map((one) => [one.id, one.name, one.createdAt, one.lastUsedAt ?? '']),
          ),
        )
      })
    })

  verb(people, 'remove-passkey', words.removePasskey, terminal)
    .argument('<email>', say(words.email))
    .argument('<passkey>', say(words.passkey))
    .option('--json', say(words.json))
    .action(async (email: string, passkey: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const userId = await userIdOf(client, email)
        const id = await passkeyIdOf(client, userId, passkey)
        const left = await client.passkeys.removeOfMember({ userId, id })
        out(options.json ? json(left) : `${say(words.wasRemoved)}\n`)
      })
    })
}

/** @throws UsageError when none or several go by the name */
async function passkeyIdOf(client: Client, userId: string, passkey: string): Promise<string> {
  const all = await client.passkeys.ofMember({ userId })
  const found = all.filter(({ id, name }) => id === passkey || name === passkey)
  const [one] = found
  if (one !== undefined && found.length === 1) return one.id
  throw new UsageError({
    en: `${found.length} passkeys go by '${passkey}'; 'tomoshibi people passkeys' shows their ids.`,
    ja: `「${passkey}」に当たるパスキーは ${found.length} 件です。tomoshibi people passkeys で ID を確認できます。`,
  })
}

/** @throws UsageError when nobody has the address */
async function userIdOf(client: Client, email: string): Promise<string> {
  const sought = email.trim().toLowerCase()
  const person = (await client.people.list()).find((one) => one.email === sought)
  if (person !== undefined) return person.userId
  throw new UsageError({
    en: `Nobody here has the address ${email}; 'tomoshibi people list' shows everybody.`,
    ja: `${email} のメンバーはいません。tomoshibi people list で確認できます。`,
  })
}
