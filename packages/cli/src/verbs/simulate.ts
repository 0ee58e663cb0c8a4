import { resolve } from 'node:path'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { day, examples, type Surroundings, verb, wholeNumber } from '../verb.ts'

const words = {
  simulate: {
    en: 'write a plausible company as files in the import format, with its hidden truth apart',
    ja: '架空の会社のデータを取り込み形式で書き出す(正解データは別ファイル)',
  },
  accounts: { en: 'how many accounts', ja: '顧客数' },
  months: { en: 'how many months of history', ja: '履歴の月数' },
  seed: { en: 'the same seed gives the same bytes', ja: '同じシードからは同じデータができます' },
  out: { en: 'folder to write to', ja: '出力先フォルダー' },
  endsOn: {
    en: 'the day on which the files are exported; history ends the day before (default: today)',
    ja: 'ファイルを書き出した日。履歴は前日まで(既定: 今日)',
  },
} as const satisfies Record<string, Text>

const simulateOptions = z.object({
  accounts: z.number(),
  months: z.number(),
  seed: z.number(),
  out: z.string(),
  endsOn: z.string().optional(),
})

/** `simulate`. */
export function addSimulate(program: Command, { terminal }: Surroundings): void {
  const { say } = terminal
  examples(
    verb(program, 'simulate', words.simulate, terminal)
      .requiredOption('--accounts <count>', say(words.accounts), wholeNumber(1, 100_000))
      .requiredOption('--months <count>', say(words.months), wholeNumber(1, 120))
      .requiredOption('--seed <number>', say(words.seed), wholeNumber(0, 2 ** 32 - 1))
      .requiredOption('--out <folder>', say(words.out))
      .option('--ends-on <day>', say(words.endsOn), day),
    terminal,
    [
      'simulate --accounts 300 --months 18 --seed 7 --out company --ends-on 2026-09-30',
      'import company/*.csv --mapping company/mapping.yaml',
    ],
  ).action(async (_options, command: Command) => {
    const { out, endsOn, ...options } = simulateOptions.parse(command.opts())
    const [{ writeCompany }, { systemClock, todayIn }] = await Promise.all([
      import('@tomoshibi/server/collect/simulate/company'),
      import('@tomoshibi/server/platform/clock'),
    ])
    const last = endsOn ?? todayIn(systemClock, 'Asia/Tokyo').toString()
    const written = await writeCompany({ ...options, endsOn: last }, resolve(out))
    for (const file of written.files) terminal.out(`${file}\n`)
    terminal.out(`${written.mappingFile}\n${written.truthFile}\n`)
  })
}
