import type { LampSilence } from '@tomoshibi/contract/light'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { day, examples, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  silence: {
    en: 'keep a lamp from asking anybody about one account',
    ja: '特定の顧客についてランプをミュートする',
  },
  unsilence: { en: 'take a silence back', ja: 'ミュートを解除する' },
  silences: { en: 'lamps that are silenced for accounts', ja: 'ミュート中のランプ' },
  until: {
    en: 'asks again on this day (default: until it is taken back)',
    ja: 'この日に再開(既定: 解除するまで)',
  },
  reason: { en: 'why', ja: '理由' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  all: { en: 'also those that ended', ja: '終了したものも表示' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'No lamp is silenced.', ja: 'ミュート中のランプはありません。' },
  accountTitle: { en: 'Account', ja: '顧客' },
  lamp: { en: 'Lamp', ja: 'ランプ' },
  state: { en: 'State', ja: '状態' },
  since: { en: 'Since', ja: '開始' },
  untilTitle: { en: 'Until', ja: '期限' },
  by: { en: 'By', ja: '設定者' },
  reasonTitle: { en: 'Reason', ja: '理由' },
} as const satisfies Record<string, Text>

const states = {
  counts: { en: 'counts', ja: '有効' },
  ended: { en: 'ended', ja: '終了' },
  withdrawn: { en: 'taken back', ja: '解除済み' },
} as const satisfies Record<LampSilence['state'], Text>

const asJson = z.object({ json: z.boolean().default(false) })
const silenceOptions = asJson.extend({ until: z.string().optional(), reason: z.string() })
const listOptions = asJson.extend({
  account: z.string().optional(),
  all: z.boolean().default(false),
})

/** `lamps silence | unsilence | silences`. */
export function addLampSilences(lamps: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const show = (all: readonly LampSilence[], wantsJson: boolean, shown: unknown) =>
    terminal.out(wantsJson ? json(shown) : silenceTable(all, terminal))

  examples(
    verb(lamps, 'silence', words.silence, terminal)
      .argument('<account>')
      .argument('<lamp>')
      .option('--until <day>', say(words.until), day)
      .requiredOption('--reason <text>', say(words.reason))
      .option('--json', say(words.json)),
    terminal,
    ["lamps silence ACC-0042 silence --reason 'Seasonal business'"],
  ).action(async (account: string, lamp: string, _options, command: Command) => {
    const { until, reason, json: wantsJson } = silenceOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const asked = { account, lamp, reason, ...(until === undefined ? {} : { until }) }
      const silence = await client.lamps.silence(asked)
      show([silence], wantsJson, silence)
    })
  })

  examples(
    verb(lamps, 'unsilence', words.unsilence, terminal)
      .argument('<account>')
      .argument('<lamp>')
      .option('--json', say(words.json)),
    terminal,
    ['lamps unsilence ACC-0042 silence'],
  ).action(async (account: string, lamp: string, _options, command: Command) => {
    const options = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const silence = await client.lamps.unsilence({ account, lamp })
      show([silence], options.json, silence)
    })
  })

  examples(
    verb(lamps, 'silences', words.silences, terminal)
      .option('--account <id>', say(words.account))
      .option('--all', say(words.all))
      .option('--json', say(words.json)),
    terminal,
    ['lamps silences', 'lamps silences --account ACC-0042 --all'],
  ).action(async (_options, command: Command) => {
    const { account, all, json: wantsJson } = listOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const asked = { all, ...(account === undefined ? {} : { account }) }
      const silences = await client.lamps.silences(asked)
      show(silences, wantsJson, silences)
    })
  })
}

function silenceTable(all: readonly LampSilence[], { say }: Terminal): string {
  if (all.length === 0) return `${say(words.none)}\n`
  return table(
    [
      { title: say(words.accountTitle) },
      { title: say(words.lamp) },
      { title: say(words.state) },
      { title: say(words.since) },
      { title: say(words.untilTitle) },
      { title: say(words.by) },
      { title: say(words.reasonTitle) },
    ],
    all.map((silence) => [
      `${silence.accountName} (${silence.account})`,
      `${say(silence.name)} (${silence.lamp})`,
      say(states[silence.state]),
      silence.silencedAt.slice(0, 10),
      silence.until ?? '–',
      silence.silencedBy ?? '–',
      silence.reason,
    ]),
  )
}
