import type { LampRetirement } from '@tomoshibi/contract/light'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, type Surroundings, verb, withClient } from '../verb.ts'
import { doWithoutText, loadTable } from './lamp-templates.ts'

const words = {
  load: {
    en: 'lamps per week of each CSM, and those to do without where it is too full',
    ja: '担当ごとの週の点灯数と、負担が大きい場合に見直すランプ',
  },
  retire: {
    en: 'evaluate a lamp no more; where it burns it ends with the reason',
    ja: 'ランプを廃止する(点灯中のものは理由とともに終了)',
  },
  restore: { en: 'take back that a lamp was retired', ja: 'ランプの廃止を取り消す' },
  retired: { en: 'lamps that are retired', ja: '廃止中のランプ' },
  reason: { en: 'why', ja: '理由' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'No lamp is retired.', ja: '廃止中のランプはありません。' },
  lamp: { en: 'Lamp', ja: 'ランプ' },
  since: { en: 'Retired', ja: '廃止' },
  by: { en: 'By', ja: '設定者' },
  back: { en: 'Taken back', ja: '取り消し' },
  reasonTitle: { en: 'Reason', ja: '理由' },
  nothingLit: {
    en: 'No lamp lit in these weeks.',
    ja: 'この期間に点灯したランプはありません。',
  },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const retireOptions = asJson.extend({ reason: z.string() })

/** `lamps load | retire | restore | retired`. */
export function addLampRetirements(lamps: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  verb(lamps, 'load', words.load, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const week = await client.lamps.load()
        const shown =
          week.load.length === 0 ? `${say(words.nothingLit)}\n` : loadTable(week.load, terminal)
        terminal.out(
          options.json
            ? json(week)
            : `${week.from} – ${week.through}\n\n${shown}${doWithoutText(week.retire, terminal)}`,
        )
      })
    })

  examples(
    verb(lamps, 'retire', words.retire, terminal)
      .argument('<lamp>')
      .requiredOption('--reason <text>', say(words.reason))
      .option('--json', say(words.json)),
    terminal,
    ["lamps retire silence --reason 'Tells no better than chance'"],
  ).action(async (lamp: string, _options, command: Command) => {
    const { reason, json: wantsJson } = retireOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const retirement = await client.lamps.retire({ lamp, reason })
      terminal.out(wantsJson ? json(retirement) : retiredTable([retirement], terminal))
    })
  })

  examples(
    verb(lamps, 'restore', words.restore, terminal)
      .argument('<lamp>')
      .option('--json', say(words.json)),
    terminal,
    ['lamps restore silence'],
  ).action(async (lamp: string, _options, command: Command) => {
    const options = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const retirement = await client.lamps.restore({ lamp })
      terminal.out(options.json ? json(retirement) : retiredTable([retirement], terminal))
    })
  })

  verb(lamps, 'retired', words.retired, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const retired = await client.lamps.retired()
        terminal.out(options.json ? json(retired) : retiredTable(retired, terminal))
      })
    })
}

function retiredTable(retired: readonly LampRetirement[], { say }: Terminal): string {
  if (retired.length === 0) return `${say(words.none)}\n`
  return table(
    [
      { title: say(words.lamp) },
      { title: say(words.since) },
      { title: say(words.by) },
      { title: say(words.back) },
      { title: say(words.reasonTitle) },
    ],
    retired.map((each) => [
      `${say(each.name)} (${each.lamp})`,
      each.retiredAt.slice(0, 10),
      each.retiredBy ?? '–',
      each.restoredAt?.slice(0, 10) ?? '',
      each.reason,
    ]),
  )
}
