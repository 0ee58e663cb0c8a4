import { join } from 'node:path'
import type { LampPreview, LampTemplateView } from '@tomoshibi/contract/light'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { writeDefinitions } from '../definition-files.ts'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { readText } from '../text-file.ts'
import { examples, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  templates: {
    en: 'lamps for usual situations, with thresholds from your own accounts',
    ja: 'よくある状況のランプ(しきい値は自社の顧客から提案)',
  },
  preview: {
    en: 'what a lamp would have done on history, and to each week, before it is there',
    ja: 'ランプを追加した場合の実績と週の負担を事前に確認',
  },
  out: { en: 'folder to write the files to', ja: '書き出し先のフォルダー' },
  days: { en: 'so many days back (default: 365)', ja: 'さかのぼる日数(既定: 365)' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  key: { en: 'Key', ja: 'キー' },
  kind: { en: 'Kind', ja: '種類' },
  name: { en: 'Name', ja: '名前' },
  thresholds: { en: 'Thresholds', ja: 'しきい値' },
  risk: { en: 'risk', ja: 'リスク' },
  opportunity: { en: 'opportunity', ja: '機会' },
  csm: { en: 'CSM', ja: '担当' },
  before: { en: 'Now', ja: '現在' },
  added: { en: 'More', ja: '増加' },
  after: { en: 'Then', ja: '追加後' },
  budget: { en: 'Budget', ja: '上限' },
  nobody: { en: '(no owner)', ja: '(担当なし)' },
  over: { en: 'over', ja: '超過' },
  doWithout: {
    en: 'These lamps ask much and have shown little; consider doing without:',
    ja: '負担のわりに効果が示されていないランプです。見直しを検討してください:',
  },
} as const satisfies Record<string, Text>

const templateOptions = z.object({
  json: z.boolean().default(false),
  out: z.string().optional(),
})
const previewOptions = z.object({
  json: z.boolean().default(false),
  days: z.number().default(365),
})

/** `lamps templates | preview`. */
export function addLampTemplates(lamps: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(lamps, 'templates', words.templates, terminal)
      .argument('[key]')
      .option('--out <folder>', say(words.out))
      .option('--json', say(words.json)),
    terminal,
    ['lamps templates', 'lamps templates silent', 'lamps templates --out ./lamps'],
  ).action(async (key: string | undefined, _options, command: Command) => {
    const { json: wantsJson, out } = templateOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const all = await client.lamps.templates()
      const wanted = all.filter((template) => key === undefined || template.key === key)
      if (wanted.length === 0) {
        throw new UsageError({
          en: `There is no template '${key}'. 'tomoshibi lamps templates' shows all.`,
          ja: `テンプレート「${key}」はありません。tomoshibi lamps templates で一覧を確認できます。`,
        })
      }
      if (out !== undefined) await writeDefinitions(out, wanted)
      if (wantsJson) terminal.out(json(wanted))
      else if (out !== undefined) {
        terminal.out(wanted.map((each) => `${join(out, `${each.key}.yaml`)}\n`).join(''))
      } else if (key !== undefined) terminal.out(wanted[0]?.yaml ?? '')
      else terminal.out(templateTable(wanted, terminal))
    })
  })

  examples(
    verb(lamps, 'preview', words.preview, terminal)
      .argument('<file>')
      .option('--days <count>', say(words.days), wholeNumber(7, 730))
      .option('--json', say(words.json)),
    terminal,
    ['lamps preview ./lamps/silent.yaml'],
  ).action(async (file: string, _options, command: Command) => {
    const { json: wantsJson, days } = previewOptions.parse(command.opts())
    const yaml = await readText(file)
    await withClient(surroundings, command, async (client) => {
      const preview = await client.lamps.preview({ yaml, days })
      terminal.out(wantsJson ? json(preview) : previewText(preview, terminal))
    })
  })
}

function templateTable(
  templates: readonly LampTemplateView[],
  { say, language }: Terminal,
): string {
  return table(
    [
      { title: say(words.key) },
      { title: say(words.kind) },
      { title: say(words.name) },
      { title: say(words.thresholds) },
    ],
    templates.map(({ key, kind, name, thresholds }) => [
      key,
      say(words[kind]),
      say(name),
      thresholds
        .map(({ metric, value, from }) => `${metric} ${value}${from === 'usual' ? '*' : ''}`)
        .join(language === 'ja' ? '、' : ', '),
    ]),
  ).concat(
    `\n${say({
      en: '* usual value: too few accounts have one of their own.',
      ja: '* 値のある顧客が少ないため、一般的な値です。',
    })}\n`,
  )
}

function previewText(preview: LampPreview, terminal: Terminal): string {
  const { say } = terminal
  const parts = [
    say({
      en: `From ${preview.from} through ${preview.through} it would have lit ${preview.lit} times, ${perWeek(preview.perWeek)} a week; ${preview.open} would burn now.`,
      ja: `${preview.from}〜${preview.through}の間に${preview.lit}回点灯し(週${perWeek(preview.perWeek)}回)、現在は${preview.open}件が点灯中になります。`,
    }),
    say(preview.evidence.says),
  ]
  if (preview.load.length > 0) parts.push(loadTable(preview.load, terminal).trimEnd())
  if (preview.retire.length > 0) parts.push(doWithoutText(preview.retire, terminal).trimEnd())
  return `${parts.join('\n\n')}\n`
}

const perWeek = (value: number): string => value.toFixed(1)

/** Lamps per week of each CSM. */
export function loadTable(load: LampPreview['load'], { say }: Terminal): string {
  return table(
    [
      { title: say(words.csm) },
      { title: say(words.before), right: true },
      { title: say(words.added), right: true },
      { title: say(words.after), right: true },
      { title: say(words.budget), right: true },
      { title: '' },
    ],
    load.map(({ owner, before, added, after, budget, isOver }) => [
      owner ?? say(words.nobody),
      perWeek(before),
      perWeek(added),
      perWeek(after),
      perWeek(budget),
      isOver ? say(words.over) : '',
    ]),
  )
}

/** The lamps to do without, each with its evidence; nothing where there are none. */
export function doWithoutText(retire: LampPreview['retire'], { say }: Terminal): string {
  if (retire.length === 0) return ''
  const lines = retire.map(({ key, name, says }) => `  ${say(name)} (${key}): ${say(says)}`)
  return `${[say(words.doWithout), ...lines].join('\n')}\n`
}
