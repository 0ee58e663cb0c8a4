import type { LampEvidence } from '@tomoshibi/contract/lamp-evidence'
import type { Evaluation, LampDefinition, LampState } from '@tomoshibi/contract/light'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import type { Client } from '../connection.ts'
import { figure } from '../output/figures.ts'
import { json } from '../output/json.ts'
import { table, widthOf } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { readText } from '../text-file.ts'
import { day, examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

import { addLampRetirements } from './lamp-retirements.ts'
import { addLampSilences } from './lamp-silences.ts'
import { addLampTemplates } from './lamp-templates.ts'

const words = {
  lamps: {
    en: 'lamps: what needs you, and does it hold?',
    ja: 'ランプ: 対応が必要な顧客と、その確かさ',
  },
  evaluate: {
    en: 'evaluate all lamps through a day, each day as known then',
    ja: '指定日まで、各日の時点で分かっていた事実でランプを評価',
  },
  evaluating: { en: 'Evaluating lamps …', ja: 'ランプを評価しています…' },
  on: { en: 'through this day (default: today)', ja: 'この日まで(既定: 今日)' },
  replay: {
    en: 'forget what the data decided and begin anew; acts of people stay',
    ja: 'データによる判定を最初からやり直す(人の操作は残す)',
  },
  list: {
    en: 'lamps by account, the most urgent first',
    ja: '顧客ごとのランプ(緊急度の高い順)',
  },
  lit: { en: 'only those lit or acted on', ja: '点灯中・対応中のみ' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  define: {
    en: 'add a lamp, or a new version of one, from a YAML file',
    ja: 'YAML ファイルからランプ(またはその新しいバージョン)を追加',
  },
  evidence: {
    en: 'does each lamp announce churn, by this history?',
    ja: '各ランプが解約の予兆になっているか(実績による検証)',
  },
  start: { en: 'start acting on a lit lamp', ja: '点灯中のランプへの対応を始める' },
  done: {
    en: 'the task is done; the data will put the lamp out',
    ja: 'タスクを完了にする(消灯はデータが判断します)',
  },
  snooze: {
    en: 'put a lit lamp off until a day, or until a condition is true',
    ja: '指定日まで、または条件を満たすまでランプをスヌーズする',
  },
  condition: {
    en: "lit again as soon as this is true, such as 'active_users > 10'",
    ja: "この条件を満たしたら再点灯(例: 'active_users > 10')",
  },
  undo: { en: 'take back the last act on a lamp', ja: '直前の操作を取り消す' },
  note: { en: 'what was done', ja: '対応内容のメモ' },
  until: {
    en: 'until this day (with --condition, default: 90 days ahead)',
    ja: 'この日までスヌーズ(--condition のみの場合は90日後まで)',
  },
  snoozedUntil: { en: 'Snoozed until', ja: 'スヌーズ期限:' },
  cause: { en: 'One cause,', ja: '共通の原因' },
  silenced: { en: 'Silenced', ja: 'ミュート中' },
  escalated: { en: 'Escalated', ja: 'エスカレーション済み' },
  reason: { en: 'why', ja: '理由' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  accountTitle: { en: 'Account', ja: '顧客' },
  lampTitle: { en: 'Lamp', ja: 'ランプ' },
  severity: { en: 'Severity', ja: '重要度' },
  urgency: { en: 'Urgency', ja: '緊急度' },
  state: { en: 'State', ja: '状態' },
  since: { en: 'Since', ja: 'いつから' },
  mrr: { en: 'MRR', ja: 'MRR' },
  why: { en: 'Why', ja: '理由' },
  todo: { en: 'To do', ja: 'やること' },
  due: { en: 'Due', ja: '期限' },
  nothingLit: { en: 'No lamp is lit.', ja: '点灯中のランプはありません。' },
  precision: { en: 'Precision', ja: '的中率' },
  recall: { en: 'Recall', ja: '捕捉率' },
  lead: { en: 'Lead', ja: '猶予' },
  base: { en: 'Base rate', ja: '基準率' },
  litTimes: { en: 'Lit', ja: '点灯' },
} as const satisfies Record<string, Text>

const states = {
  off: { en: 'off', ja: '消灯' },
  lit: { en: 'lit', ja: '点灯' },
  acting: { en: 'acting', ja: '対応中' },
  snoozed: { en: 'snoozed', ja: 'スヌーズ' },
} as const satisfies Record<LampState['state'], Text>

const severities = {
  info: { en: 'info', ja: '情報' },
  warning: { en: 'warning', ja: '注意' },
  critical: { en: 'critical', ja: '重大' },
} as const satisfies Record<LampState['severity'], Text>

const asJson = z.object({ json: z.boolean().default(false) })
const evaluateOptions = asJson.extend({
  on: z.string().optional(),
  replay: z.boolean().default(false),
})
const listOptions = asJson.extend({
  lit: z.boolean().default(false),
  account: z.string().optional(),
})
const doneOptions = asJson.extend({ note: z.string().optional() })
const snoozeOptions = asJson.extend({
  until: z.string().optional(),
  condition: z.string().optional(),
  reason: z.string(),
})

/** `lamps evaluate | list | define | evidence | start | done | snooze | silence | undo` and more. */
export function addLamps(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const lamps = newCommand('lamps', words.lamps, terminal)
  program.addCommand(lamps)

  examples(
    verb(lamps, 'evaluate', words.evaluate, terminal)
      .option('--on <day>', say(words.on), day)
      .option('--replay', say(words.replay))
      .option('--json', say(words.json)),
    terminal,
    ['lamps evaluate', 'lamps evaluate --replay --on 2026-03-31'],
  ).action(async (_options, command: Command) => {
    const { on, replay, json: wantsJson } = evaluateOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      // A long history takes a while.
      if (terminal.watched) terminal.err(`${say(words.evaluating)}\n`)
      const evaluation = await client.lamps.evaluate({
        replay,
        ...(on === undefined ? {} : { on }),
      })
      terminal.out(wantsJson ? json(evaluation) : `${say(evaluated(evaluation))}\n`)
    })
  })

  examples(
    verb(lamps, 'list', words.list, terminal)
      .option('--lit', say(words.lit))
      .option('--account <id>', say(words.account))
      .option('--json', say(words.json)),
    terminal,
    ['lamps list --lit'],
  ).action(async (_options, command: Command) => {
    const { lit, account, json: wantsJson } = listOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const all = await client.lamps.list({ lit, ...(account === undefined ? {} : { account }) })
      terminal.out(wantsJson ? json(all) : stateTable(all, terminal))
    })
  })

  verb(lamps, 'evidence', words.evidence, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const options = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const evidence = await client.evidence.lamps()
        terminal.out(options.json ? json(evidence) : evidenceTable(evidence, terminal))
      })
    })

  examples(
    verb(lamps, 'define', words.define, terminal)
      .argument('<file>')
      .option('--json', say(words.json)),
    terminal,
    ['lamps define ./many-tickets.lamp.yaml'],
  ).action(async (file: string, _options, command: Command) => {
    const options = asJson.parse(command.opts())
    const yaml = await readText(file)
    await withClient(surroundings, command, async (client) => {
      const lamp = await client.lamps.define({ yaml })
      terminal.out(options.json ? json(lamp) : `${say(defined(lamp))}\n`)
    })
  })

  addLampTemplates(lamps, surroundings)
  addLampSilences(lamps, surroundings)
  addLampRetirements(lamps, surroundings)
  addActs(lamps, surroundings)
}

function defined({ key, version, says }: LampDefinition): Text {
  return {
    en: `Lamp ${key}, version ${version}: ${says.en}. 'tomoshibi lamps evaluate' evaluates it.`,
    ja: `ランプ ${key}(バージョン ${version}): ${says.ja}。tomoshibi lamps evaluate で評価します。`,
  }
}

type Act = (client: Client, target: { account: string; lamp: string }) => Promise<LampState>

/** What people do with a lit lamp. */
function addActs(lamps: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const act = (name: string, says: Text, ...shown: readonly string[]) =>
    examples(
      verb(lamps, name, says, terminal)
        .argument('<account>')
        .argument('<lamp>')
        .option('--json', say(words.json)),
      terminal,
      [...shown],
    )
  const run = (account: string, lamp: string, command: Command, perform: Act) =>
    withClient(surroundings, command, async (client) => {
      const state = await perform(client, { account, lamp })
      const options = asJson.parse(command.opts())
      terminal.out(options.json ? json(state) : stateTable([state], terminal))
    })

  act('start', words.start, 'lamps start ACC-0042 silence').action(
    async (account: string, lamp: string, _options, command: Command) =>
      run(account, lamp, command, (client, target) => client.lamps.start(target)),
  )
  act('done', words.done, "lamps done ACC-0042 silence --note 'Met on Tuesday'")
    .option('--note <text>', say(words.note))
    .action(async (account: string, lamp: string, _options, command: Command) => {
      const { note } = doneOptions.parse(command.opts())
      await run(account, lamp, command, (client, target) =>
        client.lamps.done({ ...target, ...(note === undefined ? {} : { note }) }),
      )
    })
  act(
    'snooze',
    words.snooze,
    "lamps snooze ACC-0042 silence --until 2026-12-15 --reason 'Year-end closing'",
    "lamps snooze ACC-0042 falling_use --condition 'active_users > 10' --reason 'Roll-out in January'",
  )
    .option('--until <day>', say(words.until), day)
    .option('--condition <condition>', say(words.condition))
    .requiredOption('--reason <text>', say(words.reason))
    .action(async (account: string, lamp: string, _options, command: Command) => {
      const { until, condition, reason } = snoozeOptions.parse(command.opts())
      await run(account, lamp, command, (client, target) =>
        client.lamps.snooze({
          ...{ ...target, reason },
          ...(until === undefined ? {} : { until }),
          ...(condition === undefined ? {} : { condition }),
        }),
      )
    })
  act('undo', words.undo, 'lamps undo ACC-0042 silence').action(
    async (account: string, lamp: string, _options, command: Command) =>
      run(account, lamp, command, (client, target) => client.lamps.undo(target)),
  )
}

function evaluated(e: Evaluation): Text {
  if (e.from === null || e.through === null) {
    return {
      en: `Nothing was left to evaluate. ${e.openNow} lamps are lit.`,
      ja: `評価の必要な日はありませんでした。点灯中のランプ: ${e.openNow}`,
    }
  }
  return {
    en: `Evaluated ${e.days} ${e.days === 1 ? 'day' : 'days'}, ${e.from} to ${e.through}: ${e.lit} lit, ${e.cleared} went out, ${e.tasksCreated} tasks made. ${e.openNow} lamps are lit now.`,
    ja: `${e.from} から ${e.through} までの ${e.days} 日を評価しました。点灯 ${e.lit}、消灯 ${e.cleared}、作成したタスク ${e.tasksCreated}。現在の点灯数: ${e.openNow}`,
  }
}

function stateTable(all: readonly LampState[], terminal: Terminal): string {
  const { say } = terminal
  if (all.length === 0) return `${say(words.nothingLit)}\n`
  const columns = [
    { title: say(words.urgency), right: true },
    { title: say(words.mrr), right: true },
    { title: say(words.accountTitle) },
    { title: say(words.lampTitle) },
    { title: say(words.severity) },
    { title: say(words.state) },
    { title: say(words.since) },
    { title: say(words.due) },
  ]
  const rows = all.map((lamp) => [
    urgencyText(lamp.urgency),
    figure({ value: lamp.mrr, unit: 'money', currency: lamp.currency }, terminal),
    `${lamp.accountName} (${lamp.account})`,
    `${say(lamp.name)} (${lamp.lamp})`,
    say(severities[lamp.severity]),
    say(states[lamp.state]),
    lamp.since,
    lamp.task?.dueOn ?? '',
  ])
  const todos = all.map((lamp) => (lamp.task ? say(lamp.task.title) : ''))
  const reasons = all.map((lamp) =>
    [
      ...(lamp.why ? [say(lamp.why)] : []),
      ...standingOf(lamp, terminal),
      ...sameCause(lamp, all, terminal),
    ].join(' '),
  )
  const wide = table(
    [...columns, { title: say(words.todo) }, { title: say(words.why) }],
    rows.map((row, i) => [...row, todos[i] ?? '', reasons[i] ?? '']),
  )
  if (widthOf(wide) <= terminal.columns) return wide
  const [head = '', ...lines] = table(columns, rows).trimEnd().split('\n')
  const below = (text: string | undefined) => (text ? [`    ${text}`] : [])
  return `${[
    head,
    ...lines.flatMap((line, i) => [line, ...below(reasons[i]), ...below(todos[i])]),
  ].join('\n')}\n`
}

/** The points and what they are made of: severity + revenue + renewal. */
const urgencyText = ({ points, severity, revenue, renewal }: LampState['urgency']): string =>
  `${points} (${severity}+${revenue ?? '–'}+${renewal ?? '–'})`

/** The other lamps that are lit for the same account and cause. */
function sameCause(lamp: LampState, all: readonly LampState[], { say }: Terminal): string[] {
  const { cause } = lamp
  const isLit = ({ state, silenced }: LampState) =>
    (state === 'lit' || state === 'acting') && silenced === null
  if (cause === null || !isLit(lamp)) return []
  const others = all.filter(
    (other) =>
      isLit(other) &&
      other.account === lamp.account &&
      other.lamp !== lamp.lamp &&
      other.cause?.key === cause.key &&
      other.outcome === lamp.outcome,
  )
  if (others.length === 0) return []
  return [`[${say(words.cause)} ${say(cause.name)}: + ${others.map((one) => one.lamp).join(', ')}]`]
}

/** What keeps a lamp from asking, and who was told that it asks in vain. */
function standingOf(lamp: LampState, { say }: Terminal): string[] {
  const { snoozedUntil, snoozeCondition, snoozeReason, silenced, escalated } = lamp
  const parts: string[] = []
  if (snoozedUntil !== null) {
    const or = snoozeCondition ? ` / ${say(snoozeCondition.says)}` : ''
    parts.push(`[${say(words.snoozedUntil)} ${snoozedUntil}${or}: ${snoozeReason ?? ''}]`)
  }
  if (silenced !== null) {
    parts.push(`[${say(words.silenced)} ${silenced.until ?? ''}: ${silenced.reason}]`)
  }
  if (escalated !== null) {
    parts.push(`[${say(words.escalated)} ${escalated.on}: ${escalated.to.join(', ')}]`)
  }
  return parts
}

type Share = LampEvidence['precision']

function shareWithParts(share: Share, terminal: Terminal): string {
  const shown = figure({ value: share.value, unit: 'percent' }, terminal)
  return `${shown} (${share.numerator}/${share.denominator})`
}

/** How often lamps lit, how right and how early, with a sentence for each. */
export function evidenceTable(all: readonly LampEvidence[], terminal: Terminal): string {
  const { say } = terminal
  const columns = [
    { title: say(words.lampTitle) },
    { title: say(words.litTimes), right: true },
    { title: say(words.precision), right: true },
    { title: say(words.base), right: true },
    { title: say(words.recall), right: true },
    { title: say(words.lead), right: true },
  ]
  const rows = all.map((lamp) => [
    `${say(lamp.name)} (${lamp.lamp})`,
    String(lamp.lit),
    shareWithParts(lamp.precision, terminal),
    shareWithParts(lamp.baseRate, terminal),
    shareWithParts(lamp.recall, terminal),
    `${figure({ value: lamp.leadDays.median, unit: 'days' }, terminal)} n=${lamp.leadDays.n}`,
  ])
  const sentences = all.map((lamp) => `${say(lamp.name)}: ${say(lamp.says)}\n`)
  return `${table(columns, rows)}\n${sentences.join('')}`
}
