import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  secrets: { en: 'passwords and keys that are kept sealed', ja: '暗号化して保管している秘密情報' },
  list: { en: 'which there are, never what they are', ja: '一覧(中身は表示しません)' },
  rotate: {
    en: 'seal all of them with a new key',
    ja: '新しい鍵ですべてを暗号化し直す',
  },
  forget: {
    en: 'remove those that cannot be opened any more, because their key is lost',
    ja: '鍵が失われて開けなくなったものを削除',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  columnScope: { en: 'Of', ja: '対象' },
  columnName: { en: 'Name', ja: '名前' },
  columnKey: { en: 'Key', ja: '鍵' },
  columnChanged: { en: 'Since', ja: '変更日時' },
  source: { en: 'Key from: ', ja: '鍵の場所: ' },
  environment: { en: 'TOMOSHIBI_SECRET_KEY', ja: 'TOMOSHIBI_SECRET_KEY' },
  file: { en: 'TOMOSHIBI_SECRET_KEY_FILE', ja: 'TOMOSHIBI_SECRET_KEY_FILE' },
  data_folder: {
    en: 'the data folder (whoever copies the folder has it as well)',
    ja: 'データフォルダー(フォルダーをコピーした人は鍵も入手できます)',
  },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })

/** `secrets list | rotate | forget`. */
export function addSecrets(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out, err } = terminal
  const secrets = newCommand('secrets', words.secrets, terminal)
  program.addCommand(secrets)

  verb(secrets, 'list', words.list, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.secrets.list()
        if (options.json) return out(json(found))
        const { columnScope, columnName, columnKey, columnChanged } = words
        out(
          table(
            [columnScope, columnName, columnKey, columnChanged].map((title) => ({
              title: say(title),
            })),
            found.secrets.map((one) => [one.scope, one.name, one.keyId, one.changedAt]),
          ),
        )
        err(`${say(words.source)}${say(words[found.source])}\n`)
      })
    })

  examples(
    verb(secrets, 'rotate', words.rotate, terminal).option('--json', say(words.json)),
    terminal,
    ['secrets rotate'],
  ).action(async (_options, command: Command) => {
    const options = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const { source } = await client.secrets.list()
      const done = await client.secrets.rotate()
      if (options.json) return out(json(done))
      const { sealed, keyId } = done
      out(
        `${say({
          en: `${sealed} secrets are sealed with the key ${keyId}.`,
          ja: `${sealed} 件を鍵 ${keyId} で暗号化しました。`,
        })}\n`,
      )
      if (source === 'environment') {
        err(
          `${say({
            en: 'It is the first of TOMOSHIBI_SECRET_KEY; others there are no longer needed.',
            ja: 'これは TOMOSHIBI_SECRET_KEY の先頭の鍵です。残りの鍵は不要になりました。',
          })}\n`,
        )
      }
    })
  })

  verb(secrets, 'forget', words.forget, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const done = await client.secrets.forget()
        const { forgotten } = done
        out(
          options.json
            ? json(done)
            : `${say({ en: `${forgotten} removed.`, ja: `${forgotten} 件を削除しました。` })}\n`,
        )
      })
    })
}
