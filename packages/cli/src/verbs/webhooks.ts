import type { Text } from '@tomoshibi/contract/text'
import { type Webhook, webhookEvents } from '@tomoshibi/contract/webhooks'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  webhooks: {
    en: 'addresses that are told when lamps light or go out',
    ja: 'ランプの点灯・消灯を知らせる Webhook',
  },
  create: {
    en: 'make one, and show the secret this once',
    ja: 'Webhook を追加（シークレットの表示は一度だけ）',
  },
  list: { en: 'list all webhooks', ja: 'Webhook の一覧' },
  test: { en: 'send a message now that says it is a test', ja: 'テストメッセージを送信' },
  messages: { en: 'the latest messages of one', ja: '最近の送信の一覧' },
  retry: { en: 'send a message once more', ja: 'メッセージを再送' },
  on: { en: 'switch one on', ja: 'Webhook を再開' },
  off: { en: 'switch one off', ja: 'Webhook を停止' },
  renew: {
    en: 'sign with a new secret; for a day with the old one as well',
    ja: 'シークレットを更新（1 日間は古いものでも署名）',
  },
  remove: { en: 'remove one with its messages', ja: 'Webhook を送信履歴とともに削除' },
  name: { en: 'what it is for', ja: '用途' },
  url: { en: 'where messages go', ja: '宛先の URL' },
  id: { en: 'id of the webhook', ja: 'Webhook の ID' },
  message: { en: 'id of the message', ja: 'メッセージの ID' },
  event: { en: 'told of this alone; can be given again', ja: '知らせる内容（複数可）' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  made: {
    en: 'This is the secret. Keep it, and give it to the receiver; it is not shown again.',
    ja: '署名用のシークレットです。再表示されないため、控えて受信側に設定してください。',
  },
  tested: { en: 'The receiver answered', ja: '宛先の応答:' },
  done: { en: 'Done.', ja: '完了しました。' },
  none: {
    en: "There are no webhooks; 'tomoshibi webhooks create NAME URL' makes one.",
    ja: 'Webhook はありません。tomoshibi webhooks create NAME URL で追加できます。',
  },
  columnId: { en: 'Id', ja: 'ID' },
  columnName: { en: 'Name', ja: '名前' },
  columnUrl: { en: 'Address', ja: '宛先' },
  columnOn: { en: 'On', ja: '動作' },
  columnWaiting: { en: 'Waiting', ja: '送信待ち' },
  columnProblem: { en: 'Problem', ja: '問題' },
  columnAt: { en: 'Made', ja: '作成日時' },
  columnType: { en: 'What', ja: '内容' },
  columnState: { en: 'State', ja: '状態' },
  columnAttempts: { en: 'Attempts', ja: '試行' },
} as const satisfies Record<string, Text>

const options = z.object({
  json: z.boolean().default(false),
  event: z.array(z.enum(webhookEvents)).default([...webhookEvents]),
})

/** `webhooks create | list | test | messages | retry | on | off | renew-secret | remove`. */
export function addWebhooks(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const webhooks = newCommand('webhooks', words.webhooks, terminal)
  program.addCommand(webhooks)

  examples(
    verb(webhooks, 'create', words.create, terminal)
      .argument('<name>', say(words.name))
      .argument('<url>', say(words.url))
      .addOption(new Option('--event <event...>', say(words.event)).choices(webhookEvents))
      .option('--json', say(words.json)),
    terminal,
    ["webhooks create 'Our CRM' https://crm.example.com/hooks/tomoshibi --event lamp.lit"],
  ).action(async (name: string, url: string, _options, command: Command) => {
    const { json: asJson, event } = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const made = await client.webhooks.create({ name, url, events: event })
      out(asJson ? json(made) : `${made.secret}\n${say(words.made)}\n`)
    })
  })

  verb(webhooks, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const asJson = options.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.webhooks.list()
        out(asJson ? json(all) : listOf(all, terminal))
      })
    })

  verb(webhooks, 'test', words.test, terminal)
    .argument('<id>', say(words.id))
    .action(async (id: string, _options, command: Command) => {
      await withClient(surroundings, command, async (client) => {
        const { status } = await client.webhooks.test({ id })
        out(`${say(words.tested)} ${status}\n`)
      })
    })

  verb(webhooks, 'messages', words.messages, terminal)
    .argument('<id>', say(words.id))
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const asJson = options.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.webhooks.messages({ id })
        const { columnId, columnAt, columnType, columnState, columnAttempts } = words
        const titles = [columnId, columnAt, columnType, columnState, columnAttempts]
        out(
          asJson
            ? json(all)
            : table(
                [...titles, words.columnProblem].map((title) => ({ title: say(title) })),
                all.map((one) => [
                  one.id,
                  one.createdAt,
                  one.type,
                  one.state,
                  String(one.attempts),
                  one.problem === null ? '–' : say(one.problem),
                ]),
              ),
        )
      })
    })

  verb(webhooks, 'retry', words.retry, terminal)
    .argument('<id>', say(words.id))
    .argument('<message>', say(words.message))
    .action(async (id: string, message: string, _options, command: Command) => {
      await withClient(surroundings, command, async (client) => {
        await client.webhooks.retry({ id, message })
        out(`${say(words.done)}\n`)
      })
    })

  for (const [name, says, on] of [
    ['on', words.on, true],
    ['off', words.off, false],
  ] as const) {
    verb(webhooks, name, says, terminal)
      .argument('<id>', say(words.id))
      .action(async (id: string, _options, command: Command) => {
        await withClient(surroundings, command, async (client) => {
          await client.webhooks.change({ id, on })
          out(`${say(words.done)}\n`)
        })
      })
  }

  verb(webhooks, 'renew-secret', words.renew, terminal)
    .argument('<id>', say(words.id))
    .action(async (id: string, _options, command: Command) => {
      await withClient(surroundings, command, async (client) => {
        const { secret } = await client.webhooks.renewSecret({ id })
        out(`${secret}\n${say(words.made)}\n`)
      })
    })

  verb(webhooks, 'remove', words.remove, terminal)
    .argument('<id>', say(words.id))
    .action(async (id: string, _options, command: Command) => {
      await withClient(surroundings, command, async (client) => {
        await client.webhooks.remove({ id })
        out(`${say(words.done)}\n`)
      })
    })
}

function listOf(all: readonly Webhook[], { say }: Terminal): string {
  if (all.length === 0) return `${say(words.none)}\n`
  const { columnId, columnName, columnUrl, columnOn, columnWaiting, columnProblem } = words
  return table(
    [columnId, columnName, columnUrl, columnOn, columnWaiting, columnProblem].map((title) => ({
      title: say(title),
    })),
    all.map(({ id, name, url, on, waiting, problem }) => [
      id,
      name,
      url,
      on ? '✓' : '–',
      String(waiting),
      problem === null ? '–' : say(problem),
    ]),
  )
}
