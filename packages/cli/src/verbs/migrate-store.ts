import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { configFor } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { examples, type Surroundings, verb } from '../verb.ts'

const words = {
  migrate: {
    en: 'copy the stores of the data folder to your own ClickHouse and PostgreSQL, and compare every figure',
    ja: 'データフォルダーのストアを既存の ClickHouse と PostgreSQL に複製し、すべての数値を照合する',
  },
  clickhouse: {
    en: 'http://user:password@host:8123/database, empty',
    ja: 'http://user:password@host:8123/database(空であること)',
  },
  postgres: {
    en: 'postgresql://user:password@host:5432/database, empty',
    ja: 'postgresql://user:password@host:5432/database(空であること)',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  reading: { en: 'Reading what is there …', ja: '今あるデータを読み出しています…' },
  comparing: { en: 'Comparing every figure …', ja: 'すべての数値を照合しています…' },
} as const satisfies Record<string, Text>

const options = z.object({
  data: z.string().optional(),
  toClickhouse: z.string().optional(),
  toPostgres: z.string().optional(),
  json: z.boolean().default(false),
})

/** `migrate-store`. */
export function addMigrateStore(program: Command, { terminal }: Surroundings): void {
  const { say } = terminal
  examples(
    verb(program, 'migrate-store', words.migrate, terminal)
      .option('--to-clickhouse <url>', say(words.clickhouse))
      .option('--to-postgres <url>', say(words.postgres))
      .option('--json', say(words.json)),
    terminal,
    ['migrate-store --to-clickhouse http://me:secret@ch:8123/tomoshibi'],
  ).action(async (_options, command: Command) => {
    const given = options.parse(command.optsWithGlobals())
    const { toClickhouse = null, toPostgres = null } = given
    if (toClickhouse === null && toPostgres === null) {
      throw new UsageError({
        en: 'Say where to: --to-clickhouse URL, --to-postgres URL, or both.',
        ja: '--to-clickhouse URL か --to-postgres URL、またはその両方で移し先を指定してください。',
      })
    }
    const [{ moveStores }, { systemClock }, { createLog }] = await Promise.all([
      import('@tomoshibi/server/upkeep/moving/service'),
      import('@tomoshibi/server/platform/clock'),
      import('@tomoshibi/server/platform/log'),
    ])
    const config = configFor(given.data)
    let phase = ''
    const moved = await moveStores({
      config,
      clock: systemClock,
      log: () => createLog(config.dataDir, { level: config.logLevel }),
      toClickhouse,
      toPostgres,
      told: (step) => {
        if (step.phase === 'copying') terminal.err(`  ${step.part}\n`)
        else if (step.phase !== phase) terminal.err(`${say(words[step.phase])}\n`)
        phase = step.phase
      },
    })
    if (given.json) return terminal.out(json(moved))
    const names = [
      ...(toClickhouse === null ? [] : ['CLICKHOUSE_URL']),
      ...(toPostgres === null ? [] : ['DATABASE_URL']),
    ].join(', ')
    const said = {
      en: `Copied, and ${moved.figures} figures are the same on both sides. Set ${names} to the new address and start the server.`,
      ja: `複製しました。${moved.figures} 件の数値はすべて一致しています。${names} に新しいアドレスを設定して、サーバーを起動してください。`,
    }
    terminal.err(`${say(said)}\n`)
  })
}
