import type { AuditChain, AuditEntry } from '@tomoshibi/contract/audit'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { writeOut, written } from '../output/write-out.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  audit: { en: 'who did what', ja: '監査ログ' },
  list: { en: 'show entries, newest first', ja: '記録を新しい順に表示' },
  export: {
    en: 'write entries to a file of JSON lines, oldest first',
    ja: '記録を JSON Lines のファイルに古い順に書き出す',
  },
  verify: {
    en: 'reckon the hashes of all entries anew, of all workspaces',
    ja: '全ワークスペースの記録のハッシュを再計算して検査',
  },
  search: { en: 'only what has this text', ja: 'このテキストを含むもの' },
  refused: { en: 'only what was refused', ja: '拒否されたもの' },
  from: { en: 'from this instant on, ISO 8601', ja: 'この日時以降(ISO 8601)' },
  to: { en: 'before this instant', ja: 'この日時より前' },
  limit: { en: 'so many at most (default: 50)', ja: '最大件数(既定: 50)' },
  out: { en: 'file to write', ja: '書き出すファイル' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  columnSeq: { en: 'No.', ja: '番号' },
  columnAt: { en: 'When', ja: '日時' },
  columnWho: { en: 'Who', ja: '実行者' },
  columnWhat: { en: 'What', ja: '操作' },
  columnOutcome: { en: 'Outcome', ja: '結果' },
  columnFrom: { en: 'From', ja: '接続元' },
  done: { en: 'done', ja: '完了' },
  machine: { en: 'command line', ja: 'コマンドライン' },
  nobody: { en: 'not signed in', ja: '未サインイン' },
} as const satisfies Record<string, Text>

const options = z.object({
  search: z.string().default(''),
  refused: z.boolean().default(false),
  from: z.string().optional(),
  to: z.string().optional(),
  limit: z.number().default(50),
  out: z.string().default(''),
  json: z.boolean().default(false),
})

/** `audit list | export | verify`. */
export function addAudit(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out, err } = terminal
  const audit = newCommand('audit', words.audit, terminal)
  program.addCommand(audit)
  const searching = (name: string, says: Text) =>
    verb(audit, name, says, terminal)
      .option('--search <text>', say(words.search))
      .option('--refused', say(words.refused))
      .option('--from <instant>', say(words.from))
      .option('--to <instant>', say(words.to))
  const sought = (command: Command) => {
    const { search, refused, from, to, ...rest } = options.parse(command.opts())
    const question = {
      search,
      ...(refused ? { outcome: 'refused' as const } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }
    return { question, ...rest }
  }

  examples(
    searching('list', words.list)
      .option('--limit <n>', say(words.limit), wholeNumber(1, 500))
      .option('--json', say(words.json)),
    terminal,
    ['audit list', 'audit list --refused --search people.'],
  ).action(async (_options, command: Command) => {
    const { question, limit, json: asJson } = sought(command)
    await withClient(surroundings, command, async (client) => {
      const entries = await client.audit.list({ ...question, limit })
      out(asJson ? json(entries) : listed(entries, terminal))
    })
  })

  examples(
    searching('export', words.export).requiredOption('--out <file>', say(words.out)),
    terminal,
    [
      'audit export --out audit.jsonl',
      'audit export --from 2026-11-01T00:00:00Z --out november.jsonl',
    ],
  ).action(async (_options, command: Command) => {
    const { question, out: path } = sought(command)
    await withClient(surroundings, command, async (client) => {
      const bytes = new Uint8Array(await (await client.audit.export(question)).arrayBuffer())
      await writeOut(path, bytes)
      err(`${say(written(path, bytes.length))}\n`)
    })
  })

  verb(audit, 'verify', words.verify, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const { json: asJson } = options.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const chain = await client.audit.verify()
        out(asJson ? json(chain) : `${say(verdict(chain))}\n`)
        if (chain.brokenAt !== null) process.exitCode = 1
      })
    })
}

const listed = (entries: readonly AuditEntry[], { say }: Terminal): string =>
  table(
    [
      words.columnSeq,
      words.columnAt,
      words.columnWho,
      words.columnWhat,
      words.columnOutcome,
      words.columnFrom,
    ].map((title) => ({ title: say(title) })),
    entries.map(({ seq, at, actor, action, code, address }) => [
      String(seq),
      at,
      actor.kind === 'program' ? say(words.machine) : actor.name || say(words.nobody),
      action,
      code ?? say(words.done),
      address ?? '–',
    ]),
  )

function verdict({ entries, lastHash, brokenAt, erased }: AuditChain): Text {
  if (brokenAt !== null) {
    return {
      en: `Entry ${brokenAt} is missing or not as it was written; the ${entries} before it are.`,
      ja: `${brokenAt} 番の記録が欠けているか、書き込み時と異なります。それより前の ${entries} 件は書き込み時のままです。`,
    }
  }
  const taken: Text =
    erased === 0
      ? { en: '', ja: '' }
      : {
          en: ` Out of ${erased} of them a person was taken, as entries of erasures say.`,
          ja: `うち ${erased} 件は、消去の記録のとおり個人データが取り除かれています。`,
        }
  return {
    en: `${entries} entries, each as it was written.${taken.en} The last hash, to be kept elsewhere: ${lastHash}`,
    ja: `${entries} 件の記録はすべて書き込み時のままです。${taken.ja}最後のハッシュ（別の場所に控えてください）: ${lastHash}`,
  }
}
