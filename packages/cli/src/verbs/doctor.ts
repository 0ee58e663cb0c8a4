import type { Text } from '@tomoshibi/contract/text'
import type { Diagnosis, Finding } from '@tomoshibi/contract/upkeep'
import type { Command } from 'commander'
import * as z from 'zod'
import { examine } from '../connection.ts'
import { AlreadyTold } from '../failure.ts'
import { json } from '../output/json.ts'
import { clean } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, type Surroundings, verb } from '../verb.ts'

const words = {
  doctor: {
    en: 'look for trouble in the installation, the stores and the data folder, and how to mend it',
    ja: 'インストール・ストア・データフォルダーの異常と、その直し方を調べる',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  healthy: { en: 'All is well.', ja: '異常はありません。' },
  warned: { en: 'It works; see the warnings.', ja: '動作しています。警告をご確認ください。' },
  ill: { en: 'There is trouble.', ja: '異常があります。' },
} as const satisfies Record<string, Text>

const levels: Readonly<Record<Finding['level'], { readonly mark: string; readonly word: Text }>> = {
  ok: { mark: '✓', word: { en: 'ok', ja: '正常' } },
  warning: { mark: '!', word: { en: 'warning', ja: '警告' } },
  trouble: { mark: '✗', word: { en: 'trouble', ja: '異常' } },
}

const doctorOptions = z.object({
  data: z.string().optional(),
  json: z.boolean().default(false),
})

/** `doctor`: exit 1 where there is trouble; warnings alone are 0. */
export function addDoctor(program: Command, { terminal }: Surroundings): void {
  examples(
    verb(program, 'doctor', words.doctor, terminal).option('--json', terminal.say(words.json)),
    terminal,
    ['doctor', 'doctor --json'],
  ).action(async (_options, command: Command) => {
    const { data, json: asJson } = doctorOptions.parse(command.optsWithGlobals())
    const found = await examine(data)
    terminal.out(asJson ? json(found) : shown(found, terminal))
    if (!found.healthy) throw new AlreadyTold()
  })
}

function shown({ findings, healthy }: Diagnosis, { say }: Terminal): string {
  const lines = findings.flatMap(({ level, what, mend }) => {
    const { mark, word } = levels[level]
    const line = level === 'ok' ? say(what) : `${say(word)}: ${say(what)}`
    return [`${mark} ${clean(line)}`, ...(mend === null ? [] : [`  → ${clean(say(mend))}`])]
  })
  const isWarned = findings.some(({ level }) => level === 'warning')
  const end = healthy ? (isWarned ? words.warned : words.healthy) : words.ill
  return `${[...lines, say(end)].join('\n')}\n`
}
