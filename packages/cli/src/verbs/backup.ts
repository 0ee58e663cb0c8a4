import { resolve } from 'node:path'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { configFor, takeBackup } from '../connection.ts'
import { Interrupted } from '../failure.ts'
import { json } from '../output/json.ts'
import { examples, type Surroundings, verb } from '../verb.ts'

const words = {
  backup: {
    en: 'write everything, as it is now, to one file; the server goes on meanwhile',
    ja: '現時点のすべてを 1 つのファイルに書き出す(サーバーは動いたままでよい)',
  },
  restore: {
    en: 'restore a backup into an empty data folder, or in place of what is there',
    ja: 'バックアップを空のデータフォルダーに、または今あるものに代えて復元する',
  },
  replace: {
    en: 'move what is there aside, within the data folder',
    ja: '今あるものを、データフォルダー内の別の場所に移す',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  checking: { en: 'Checking the backup …', ja: 'バックアップを確認しています…' },
} as const satisfies Record<string, Text>

const options = z.object({
  data: z.string().optional(),
  json: z.boolean().default(false),
  replace: z.boolean().default(false),
})

/** `backup`. */
export function addBackup(program: Command, { terminal }: Surroundings): void {
  const { say } = terminal
  examples(
    verb(program, 'backup', words.backup, terminal)
      .argument('<file>')
      .option('--json', say(words.json)),
    terminal,
    ['backup tomoshibi-2026-06-01.tar'],
  ).action(async (given: string, _options, command: Command) => {
    const { data, json: asJson } = options.parse(command.optsWithGlobals())
    const file = resolve(given)
    const { takenAt, facts, state, journal } = await untilInterrupted((signal) =>
      takeBackup(data, file, signal),
    )
    const told = {
      file,
      takenAt,
      factRows: facts.tables.reduce((sum, { rows }) => sum + rows, 0),
      stateRows: state.tables.reduce((sum, { rows }) => sum + rows, 0),
      waitingEventBytes: journal.reduce((sum, { bytes }) => sum + bytes, 0),
    }
    if (asJson) return terminal.out(json(told))
    const said = {
      en: `Written and checked: ${told.factRows} facts, ${told.stateRows} rows of state, as they were at ${takenAt}.`,
      ja: `書き出して確認しました: ファクト ${told.factRows} 件、状態 ${told.stateRows} 行(${takenAt} 時点)。`,
    }
    terminal.out(`${file}\n`)
    terminal.err(`${say(said)}\n`)
  })
}

/** `restore`. */
export function addRestore(program: Command, { terminal }: Surroundings): void {
  const { say } = terminal
  examples(
    verb(program, 'restore', words.restore, terminal)
      .argument('<file>')
      .option('--replace', say(words.replace))
      .option('--json', say(words.json)),
    terminal,
    ['restore tomoshibi-2026-06-01.tar --data ./restored'],
  ).action(async (given: string, _options, command: Command) => {
    const { data, json: asJson, replace } = options.parse(command.optsWithGlobals())
    const config = configFor(data)
    terminal.err(`${say(words.checking)}\n`)
    const [{ restore }, { systemClock }, { silentLog }] = await Promise.all([
      import('@tomoshibi/server/upkeep/backup/restore'),
      import('@tomoshibi/server/platform/clock'),
      import('@tomoshibi/server/platform/log'),
    ])
    const restored = await restore({
      config,
      clock: systemClock,
      file: resolve(given),
      replace,
      log: silentLog,
      told: (part) => terminal.err(`  ${part}\n`),
    })
    if (asJson) return terminal.out(json({ ...restored, folder: config.dataDir }))
    const { takenAt, facts, before } = restored
    const said = {
      en: `Restored and checked: ${facts} facts, as they were at ${takenAt}.`,
      ja: `復元して確認しました: ファクト ${facts} 件(${takenAt} 時点)。`,
    }
    const aside = {
      en: `What was there is in ${config.dataDir}/${before}; delete it when you no longer need it.`,
      ja: `以前のデータは ${config.dataDir}/${before} にあります。不要になったら削除してください。`,
    }
    terminal.out(`${config.dataDir}\n`)
    terminal.err(`${say(said)}\n`)
    if (before !== null) terminal.err(`${say(aside)}\n`)
  })
}

/** Runs work that Ctrl+C and SIGTERM end in order: what it has begun is put away first. */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = () => controller.abort()
  const names = ['SIGINT', 'SIGTERM'] as const
  for (const name of names) process.once(name, stop)
  try {
    return await work(controller.signal)
  } catch (error) {
    throw controller.signal.aborted ? new Interrupted() : error
  } finally {
    for (const name of names) process.off(name, stop)
  }
}
