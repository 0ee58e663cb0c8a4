import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  sessions: { en: 'how long sessions of the page hold', ja: '画面のセッションの有効期間' },
  show: { en: 'show it', ja: '表示' },
  set: { en: 'choose it; what is left out is the default', ja: '設定(省略したものは既定値)' },
  idle: {
    en: 'minutes after the last use (default: 20160, two weeks)',
    ja: '最後の利用からの分数(既定: 20160、2 週間)',
  },
  longest: {
    en: 'hours after signing in, however much it is used (default: without end)',
    ja: 'サインインからの時間数(既定: 制限なし)',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
} as const satisfies Record<string, Text>

const asJson = z.object({ json: z.boolean().default(false) })
const setOptions = asJson.extend({
  idleMinutes: z.number().optional(),
  longestHours: z.number().nullable().default(null),
})

/** `sessions show | set`. */
export function addSessions(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const sessions = newCommand('sessions', words.sessions, terminal)
  program.addCommand(sessions)
  const told = (policy: { idleMinutes: number; longestHours: number | null }) =>
    `${say({
      en: `${policy.idleMinutes} minutes after the last use, ${policy.longestHours === null ? 'without another end' : `${policy.longestHours} hours after signing in at the latest`}`,
      ja: `最後の利用から ${policy.idleMinutes} 分、${policy.longestHours === null ? 'ほかの期限なし' : `長くてもサインインから ${policy.longestHours} 時間`}`,
    })}\n`

  verb(sessions, 'show', words.show, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.installation.get()
        out(options.json ? json(found.sessions) : told(found.sessions))
      })
    })

  examples(
    verb(sessions, 'set', words.set, terminal)
      .option('--idle-minutes <minutes>', say(words.idle), wholeNumber(5, 86_400))
      .option('--longest-hours <hours>', say(words.longest), wholeNumber(1, 8_760))
      .option('--json', say(words.json)),
    terminal,
    ['sessions set --idle-minutes 30 --longest-hours 12'],
  ).action(async (_options, command: Command) => {
    const { json: wantsJson, ...policy } = setOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const next = await client.installation.setSessions(policy)
      out(wantsJson ? json(next.sessions) : told(next.sessions))
    })
  })
}
