import { readFileSync } from 'node:fs'
import type { IdentityProvider } from '@tomoshibi/contract/identity-providers'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  group: {
    en: 'identity providers with which people sign in (OpenID Connect)',
    ja: 'サインインに使う認証プロバイダー(OpenID Connect)',
  },
  list: { en: 'show them', ja: '一覧' },
  set: {
    en: 'add one, or change what is named of one; the secret is read from standard input',
    ja: '追加、または指定した項目を変更(シークレットは標準入力から)',
  },
  remove: {
    en: 'forget one, who signs in with it, and their sessions',
    ja: '削除(連携とそのセッションも終了)',
  },
  try: { en: 'ask one for its description', ja: '接続を確認' },
  endSessions: {
    en: 'end all sessions that began with one',
    ja: 'そのプロバイダーで始まったセッションをすべて終了',
  },
  id: { en: 'its id, in the redirect address', ja: 'ID(リダイレクト先のアドレスに含まれる)' },
  name: { en: 'its name on the button', ja: 'ボタンに表示する名前' },
  issuer: { en: 'its issuer, an https address', ja: '発行者(issuer、https のアドレス)' },
  clientId: { en: 'id of our client there', ja: 'クライアント ID' },
  secretStdin: {
    en: 'read the secret of the client from standard input',
    ja: 'クライアントのシークレットを標準入力から読む',
  },
  domains: {
    en: 'domains of e-mail addresses for which its word counts',
    ja: '確認を信頼するメールアドレスのドメイン',
  },
  joins: {
    en: 'workspace and role for people whom nobody knows yet, such as main:viewer; none = nowhere',
    ja: '未登録の人を参加させるワークスペースとロール(例: main:viewer)。none で参加させない',
  },
  trusts: {
    en: 'whether its second factor stands for ours: yes or no',
    ja: '2 段階認証をプロバイダーに任せるか: yes または no',
  },
  enabled: {
    en: 'whether it lets people in: yes or no',
    ja: 'サインインを許可するか: yes または no',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'There are no identity providers.', ja: '認証プロバイダーはありません。' },
  columnId: { en: 'Id', ja: 'ID' },
  columnName: { en: 'Name', ja: '名前' },
  columnIssuer: { en: 'Issuer', ja: '発行者' },
  columnOn: { en: 'On', ja: '有効' },
  columnPeople: { en: 'People', ja: '利用者' },
  columnRedirect: { en: 'Redirect address', ja: 'リダイレクト先' },
  yes: { en: 'yes', ja: 'はい' },
  no: { en: 'no', ja: 'いいえ' },
  ended: { en: 'Sessions that ended:', ja: '終了したセッション:' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const yesOrNo = z.enum(['yes', 'no']).transform((text) => text === 'yes')
const setOptions = asJson.extend({
  name: z.string().optional(),
  issuer: z.string().optional(),
  clientId: z.string().optional(),
  domain: z.array(z.string()).optional(),
  joins: z.string().optional(),
  trustsSecondFactor: yesOrNo.optional(),
  enabled: yesOrNo.optional(),
  secretStdin: z.boolean().default(false),
})

/** `identity-providers list | set | remove | try | end-sessions`. */
export function addIdentityProviders(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const group = newCommand('identity-providers', words.group, terminal)
  program.addCommand(group)

  verb(group, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.identityProviders.list()
        out(options.json ? json(all) : shown(all, terminal))
      })
    })

  examples(
    verb(group, 'set', words.set, terminal)
      .argument('<id>', say(words.id))
      .option('--name <name>', say(words.name))
      .option('--issuer <address>', say(words.issuer))
      .option('--client-id <id>', say(words.clientId))
      .option('--secret-stdin', say(words.secretStdin))
      .option('--domain <domain...>', say(words.domains))
      .option('--joins <workspace:role>', say(words.joins))
      .option('--trusts-second-factor <yes|no>', say(words.trusts))
      .option('--enabled <yes|no>', say(words.enabled))
      .option('--json', say(words.json)),
    terminal,
    [
      "identity-providers set company --name 'Company ID' --issuer https://id.example.com --client-id tomoshibi --domain example.com --secret-stdin < secret.txt",
      'identity-providers set company --enabled no',
    ],
  ).action(async (id: string, _options, command: Command) => {
    const parsed = setOptions.safeParse(command.opts())
    if (!parsed.success) throw wrongOption(parsed.error)
    const options = parsed.data
    // Not an option: arguments can be read by everybody on the machine.
    const secret = options.secretStdin ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : undefined
    await withClient(surroundings, command, async (client) => {
      const before = (await client.identityProviders.list()).find((one) => one.id === id)
      const next = await client.identityProviders.set({
        id,
        name: options.name ?? before?.name ?? id,
        issuer: options.issuer ?? before?.issuer ?? '',
        clientId: options.clientId ?? before?.clientId ?? '',
        domains: options.domain ?? before?.domains ?? [],
        joins: options.joins === undefined ? (before?.joins ?? null) : joinsOf(options.joins),
        trustsSecondFactor: options.trustsSecondFactor ?? before?.trustsSecondFactor ?? false,
        enabled: options.enabled ?? before?.enabled ?? true,
        secret,
      })
      out(options.json ? json(next) : shown(next, terminal))
    })
  })

  verb(group, 'remove', words.remove, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const next = await client.identityProviders.remove({ id })
        out(options.json ? json(next) : shown(next, terminal))
      })
    })

  verb(group, 'try', words.try, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.identityProviders.try({ id })
        out(options.json ? json(found) : `${found.issuer}\n${found.signInUrl}\n`)
      })
    })

  verb(group, 'end-sessions', words.endSessions, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const done = await client.identityProviders.endSessions({ id })
        out(options.json ? json(done) : `${say(words.ended)} ${done.ended}\n`)
      })
    })
}

function wrongOption({ issues }: z.ZodError): UsageError {
  const name = String(issues[0]?.path[0] ?? '').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
  return new UsageError({
    en: `--${name} takes yes or no.`,
    ja: `--${name} には yes か no を指定してください。`,
  })
}

function joinsOf(text: string): IdentityProvider['joins'] {
  if (text === 'none') return null
  const [workspaceId = '', role = '', ...more] = text.split(':')
  if (workspaceId === '' || role === '' || more.length > 0) {
    throw new UsageError({
      en: '--joins takes a workspace and a role such as main:viewer, or none.',
      ja: '--joins には main:viewer のようにワークスペースとロールを指定するか、none を指定してください。',
    })
  }
  return { workspaceId, role }
}

function shown(all: readonly IdentityProvider[], { say }: Terminal): string {
  if (all.length === 0) return `${say(words.none)}\n`
  const { columnId, columnName, columnIssuer, columnOn, columnPeople, columnRedirect } = words
  return table(
    [columnId, columnName, columnIssuer, columnOn, columnPeople, columnRedirect].map((title) => ({
      title: say(title),
    })),
    all.map((one) => [
      one.id,
      one.name,
      one.issuer,
      say(one.enabled ? words.yes : words.no),
      String(one.people),
      one.redirectUrl,
    ]),
  )
}
