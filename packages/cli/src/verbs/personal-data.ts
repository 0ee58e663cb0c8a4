import type { Erasure, FoundPerson, Receipt } from '@tomoshibi/contract/personal-data'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { writeOut, written } from '../output/write-out.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  personalData: { en: 'what is held of one person', ja: '個人データの確認・書き出し・消去' },
  find: {
    en: 'show what is held of a person, and under which ids and names',
    ja: '本人のデータがどこにあるかを表示',
  },
  export: {
    en: 'write everything that is held of a person to a file',
    ja: '本人のデータをファイルに書き出す',
  },
  erase: { en: 'erase a person everywhere', ja: '本人のデータをすべて消去' },
  receipts: { en: 'erasures that were done', ja: '消去の記録' },
  user: { en: "the person's id as a user of the product", ja: '製品でのユーザーID' },
  email: { en: "the person's e-mail address", ja: 'メールアドレス' },
  account: {
    en: 'only within this account, where user ids are told apart by account only',
    ja: 'この顧客の中だけ（ユーザーIDが顧客ごとに振られている場合）',
  },
  out: { en: 'file to write', ja: '書き出すファイル' },
  yes: {
    en: 'erase what is found; it cannot be undone',
    ja: '見つかったデータを消去（取り消せません）',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  columnTable: { en: 'Table', ja: 'テーブル' },
  columnOwn: { en: 'Their own rows', ja: '本人の行' },
  columnNaming: { en: 'Other rows that name them', ja: '本人に言及するほかの行' },
  columnErasure: { en: 'Receipt', ja: '証明' },
  columnDone: { en: 'Done at', ja: '完了日時' },
  columnRows: { en: 'Rows', ja: '行数' },
  columnLeft: { en: 'Still found', ja: '残存' },
  columnHash: { en: 'Hash', ja: 'ハッシュ' },
  nothingYet: {
    en: 'Nothing was erased. With --yes all of this is erased, and cannot be brought back.',
    ja: 'まだ何も消去していません。--yes を付けるとすべて消去され、元に戻せません。',
  },
  running: { en: 'running', ja: '処理中' },
} as const satisfies Record<string, Text>

const options = z.object({
  user: z.string().optional(),
  email: z.string().optional(),
  account: z.string().optional(),
  out: z.string().optional(),
  yes: z.boolean().default(false),
  json: z.boolean().default(false),
})
type Options = z.infer<typeof options>

function whom({ user, email, account }: Options) {
  if (user === undefined && email === undefined) {
    throw new UsageError({
      en: 'Say who is meant: --email, --user, or both.',
      ja: '対象者を --email か --user で指定してください。',
    })
  }
  return {
    ...(user === undefined ? {} : { userId: user }),
    ...(email === undefined ? {} : { email }),
    ...(account === undefined ? {} : { accountId: account }),
  }
}

/** `personal-data find | export | erase | receipts`. */
export function addPersonalData(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out, err } = terminal
  const group = newCommand('personal-data', words.personalData, terminal)
  program.addCommand(group)
  const about = (name: string, says: Text) =>
    verb(group, name, says, terminal)
      .option('--email <address>', say(words.email))
      .option('--user <id>', say(words.user))
      .option('--account <id>', say(words.account))

  examples(about('find', words.find).option('--json', say(words.json)), terminal, [
    'personal-data find --email hana@example.com',
  ]).action(async (_options, command: Command) => {
    const given = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.personalData.find(whom(given))
      out(given.json ? json(found) : shown(found, terminal))
    })
  })

  examples(about('export', words.export).requiredOption('--out <file>', say(words.out)), terminal, [
    'personal-data export --email hana@example.com --out hana.json',
  ]).action(async (_options, command: Command) => {
    const given = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const file = await client.personalData.export(whom(given))
      const bytes = new Uint8Array(await file.arrayBuffer())
      await writeOut(given.out ?? '', bytes)
      err(`${say(written(given.out ?? '', bytes.length))}\n`)
    })
  })

  examples(
    about('erase', words.erase).option('--yes', say(words.yes)).option('--json', say(words.json)),
    terminal,
    [
      'personal-data erase --email hana@example.com',
      'personal-data erase --email hana@example.com --yes',
    ],
  ).action(async (_options, command: Command) => {
    const given = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.personalData.find(whom(given))
      if (!given.yes) {
        out(given.json ? json(found) : shown(found, terminal))
        err(`${say(words.nothingYet)}\n`)
        return
      }
      const { fingerprint } = found
      const receipt = await client.personalData.erase({ ...whom(given), fingerprint })
      out(given.json ? json(receipt) : told(receipt, terminal))
    })
  })

  verb(group, 'receipts', words.receipts, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const given = options.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const all = await client.personalData.erasures()
        out(given.json ? json(all) : listed(all, terminal))
      })
    })
}

const heldTable = (held: FoundPerson['held'], { say }: Terminal): string =>
  table(
    [words.columnTable, words.columnOwn, words.columnNaming].map((title) => ({
      title: say(title),
    })),
    held.map(({ table: name, own, naming }) => [name, String(own), String(naming)]),
  )

function shown(found: FoundPerson, terminal: Terminal): string {
  const { say } = terminal
  const line = (title: Text, values: readonly string[]) =>
    values.length === 0 ? '' : `${say(title)}: ${values.join(', ')}\n`
  const ids = [...new Set(found.ids.map(({ id, account }) => `${id} (${account})`))]
  return [
    line({ en: 'Ids', ja: 'ID' }, ids),
    line({ en: 'Also', ja: '別の ID' }, found.aliases),
    line({ en: 'Addresses', ja: 'メールアドレス' }, found.emails),
    line({ en: 'Names', ja: '氏名' }, found.names),
    line(
      {
        en: 'Others have these as well, so that they stay where they stand in texts',
        ja: 'ほかの人と同じため、文章中では残るもの',
      },
      found.shared,
    ),
    line(
      { en: 'Too short to be looked for in texts', ja: '短いため、文章中では探さないもの' },
      found.notSought,
    ),
    line(
      { en: 'Belongs to this workspace', ja: 'このワークスペースのメンバー' },
      found.member === null ? [] : [found.member.email],
    ),
    heldTable(found.held, terminal),
  ].join('')
}

function told(receipt: Receipt, terminal: Terminal): string {
  const { say } = terminal
  const left = receipt.left.map(({ place, rows }) => `${place} (${rows})`)
  const done: Text =
    left.length === 0
      ? { en: 'Erased; nothing more is found.', ja: '消去しました。残りは見つかりません。' }
      : {
          en: `Erased; still found in ${left.join(', ')}`,
          ja: `消去しました。残っている箇所: ${left.join('、')}`,
        }
  return [
    `${say(done)}\n`,
    heldTable(receipt.held, terminal),
    ...receipt.notTouched.map((each) => `- ${say(each)}\n`),
    `${say(words.columnErasure)}: ${receipt.id}\n${say(words.columnHash)}: ${receipt.hash}\n`,
  ].join('')
}

const listed = (all: readonly Erasure[], { say }: Terminal): string =>
  table(
    [
      words.columnErasure,
      words.columnDone,
      words.columnRows,
      words.columnLeft,
      words.columnHash,
    ].map((title) => ({ title: say(title) })),
    all.map(({ id, receipt }) => [
      id,
      receipt?.doneAt ?? say(words.running),
      receipt === null
        ? '–'
        : String(receipt.held.reduce((sum, { own, naming }) => sum + own + naming, 0)),
      receipt === null ? '–' : String(receipt.left.length),
      receipt?.hash ?? '–',
    ]),
  )
