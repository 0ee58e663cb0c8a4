import { readFileSync } from 'node:fs'
import type { InstallationView } from '@tomoshibi/contract/installation'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  mail: { en: 'the server that sends e-mails', ja: 'メールを送信するサーバー' },
  show: { en: 'show the mail server', ja: 'メールサーバーを表示' },
  set: {
    en: 'choose the mail server; its password is read from standard input',
    ja: 'メールサーバーを設定(パスワードは標準入力から)',
  },
  remove: { en: 'send no e-mails any more', ja: 'メールの送信をやめる' },
  test: { en: 'send a test e-mail at once', ja: 'テストメールをすぐに送信' },
  list: { en: 'the latest e-mails and what became of them', ja: '最近のメールと送信結果' },
  retry: { en: 'try an e-mail again that failed', ja: '失敗したメールを再送' },
  host: { en: 'name or address of the server', ja: 'サーバーの名前またはアドレス' },
  port: {
    en: 'port (default: 465, 587 with starttls)',
    ja: 'ポート(既定: 465、starttls では 587)',
  },
  security: { en: 'tls (default), starttls or none', ja: 'tls(既定)、starttls、none' },
  user: { en: 'user, where the server asks for one', ja: 'ユーザー名(必要な場合)' },
  from: { en: 'address of the sender', ja: '差出人のアドレス' },
  fromName: { en: 'name of the sender', ja: '差出人の名前' },
  passwordStdin: {
    en: 'read the password from standard input',
    ja: 'パスワードを標準入力から読む',
  },
  to: { en: 'address to send it to', ja: '宛先' },
  id: { en: 'id, as list shows it', ja: 'list に表示される ID' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'No mail server is set up.', ja: 'メールサーバーは設定されていません。' },
  columnId: { en: 'Id', ja: 'ID' },
  columnKind: { en: 'E-mail', ja: 'メール' },
  columnTo: { en: 'To', ja: '宛先' },
  columnState: { en: 'State', ja: '状態' },
  columnAttempts: { en: 'Attempts', ja: '試行' },
  columnProblem: { en: 'Problem', ja: '問題' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const setOptions = asJson.extend({
  port: z.number().optional(),
  security: z.string().default('tls'),
  user: z.string().default(''),
  from: z.string(),
  fromName: z.string().default(''),
  passwordStdin: z.boolean().default(false),
})
const securities = ['tls', 'starttls', 'none'] as const

/** `mail show | set | remove | test | list | retry`. */
export function addMail(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const mail = newCommand('mail', words.mail, terminal)
  program.addCommand(mail)

  verb(mail, 'show', words.show, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.installation.get()
        out(options.json ? json(found) : shown(found, terminal))
      })
    })

  examples(
    verb(mail, 'set', words.set, terminal)
      .argument('<host>', say(words.host))
      .option('--port <port>', say(words.port), wholeNumber(1, 65_535))
      .option('--security <kind>', say(words.security))
      .option('--user <user>', say(words.user))
      .requiredOption('--from <address>', say(words.from))
      .option('--from-name <name>', say(words.fromName))
      .option('--password-stdin', say(words.passwordStdin))
      .option('--json', say(words.json)),
    terminal,
    ['mail set smtp.example.com --user cs --from cs@example.com --password-stdin < password.txt'],
  ).action(async (host: string, _options, command: Command) => {
    const { json: wantsJson, passwordStdin, ...chosen } = setOptions.parse(command.opts())
    const security = securities.find((one) => one === chosen.security)
    if (security === undefined) {
      throw new UsageError({
        en: `'${chosen.security}' is none of tls, starttls and none.`,
        ja: `「${chosen.security}」は tls、starttls、none のいずれでもありません。`,
      })
    }
    // Not an option: arguments can be read by everybody on the machine.
    const password = passwordStdin ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : undefined
    const port = chosen.port ?? (security === 'starttls' ? 587 : 465)
    await withClient(surroundings, command, async (client) => {
      const next = await client.installation.setMail({ ...chosen, host, port, security, password })
      out(wantsJson ? json(next) : shown(next, terminal))
    })
  })

  verb(mail, 'remove', words.remove, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const next = await client.installation.removeMail()
        out(options.json ? json(next) : shown(next, terminal))
      })
    })

  examples(
    verb(mail, 'test', words.test, terminal)
      .argument('<address>', say(words.to))
      .option('--json', say(words.json)),
    terminal,
    ['mail test hana@example.com'],
  ).action(async (to: string, _options, command: Command) => {
    const options = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const done = await client.installation.testMail({ to, language: terminal.language })
      out(options.json ? json(done) : `${done.answer}\n`)
    })
  })

  verb(mail, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const mails = await client.installation.mails()
        if (options.json) return out(json(mails))
        const { columnId, columnKind, columnTo, columnState, columnAttempts, columnProblem } = words
        out(
          table(
            [columnId, columnKind, columnTo, columnState, columnAttempts, columnProblem].map(
              (title) => ({ title: say(title) }),
            ),
            mails.map((one) => [
              one.id,
              one.kind,
              one.to,
              one.state,
              String(one.attempts),
              one.problem ?? '',
            ]),
          ),
        )
      })
    })

  verb(mail, 'retry', words.retry, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const mails = await client.installation.retryMail({ id })
        out(options.json ? json(mails) : '')
      })
    })
}

function shown({ publicUrl, mail }: InstallationView, { say }: Terminal): string {
  if (mail === null) return `${say(words.none)}\n`
  const sender = mail.fromName === '' ? mail.from : `${mail.fromName} <${mail.from}>`
  return `${mail.host}:${mail.port} (${mail.security}) ${mail.user}\n${sender}\n${publicUrl}\n`
}
