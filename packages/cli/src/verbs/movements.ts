import type { MovementEvent, Movements } from '@tomoshibi/contract/metrics'
import { noValueReason } from '@tomoshibi/contract/reasons'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { type CsvCell, csv } from '../output/csv.ts'
import { figure, money } from '../output/figures.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { day, examples, onlyOne, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  movements: {
    en: 'movements of recurring revenue event by event, every change dated',
    ja: '経常収益の増減を、変更ごとに日付つきで表示',
  },
  from: { en: 'first day', ja: '最初の日' },
  to: { en: 'first day after the period', ja: '期間の翌日' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  knownAt: {
    en: 'as known at this instant, or at the end of this day',
    ja: 'この時点(または日の終わり)で分かっていた事実による値',
  },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  csv: { en: 'the changes as CSV', ja: '変更を CSV で出力' },
  day: { en: 'Day', ja: '日付' },
  who: { en: 'Account', ja: '顧客' },
  kind: { en: 'Movement', ja: '増減' },
  amount: { en: 'Amount', ja: '金額' },
  after: { en: 'MRR after', ja: '変更後のMRR' },
  because: { en: 'Because of', ja: '理由' },
  none: { en: 'Nothing moved in this period.', ja: 'この期間に増減はありません。' },
  unfinished: { en: '(unfinished)', ja: '(未確定)' },
} as const satisfies Record<string, Text>

const totals = {
  start: { en: 'MRR at start', ja: '期首MRR' },
  new: { en: 'New', ja: '新規' },
  reactivation: { en: 'Reactivation', ja: '復活' },
  expansion: { en: 'Expansion', ja: '増額' },
  contraction: { en: 'Contraction', ja: '減額' },
  churn: { en: 'Churn', ja: '解約' },
  fx: { en: 'Exchange rates', ja: '為替' },
  end: { en: 'MRR at end', ja: '期末MRR' },
} as const satisfies Record<keyof Movements['totals'], Text>

type Cause = keyof Movements['causes']
const causes = {
  upgrade: { en: 'upgrade', ja: 'アップグレード' },
  seats: { en: 'seats', ja: '数量' },
  cross_sell: { en: 'cross-sell', ja: 'クロスセル' },
  price: { en: 'price', ja: '価格' },
  discount_end: { en: 'end of discount', ja: '割引終了' },
} as const satisfies Record<Cause, Text>

const movementOptions = z.object({
  from: z.string(),
  to: z.string(),
  account: z.string().optional(),
  knownAt: z.string().optional(),
  json: z.boolean().default(false),
  csv: z.boolean().default(false),
})

/** `metrics movements`. */
export function addMovements(metrics: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(metrics, 'movements', words.movements, terminal)
      .requiredOption('--from <day>', say(words.from), day)
      .requiredOption('--to <day>', say(words.to), day)
      .option('--account <id>', say(words.account))
      .option('--known-at <when>', say(words.knownAt))
      .option('--json', say(words.json))
      .option('--csv', say(words.csv)),
    terminal,
    ['metrics movements --from 2026-01-01 --to 2026-04-01'],
  ).action(async (_options, command: Command) => {
    const options = movementOptions.parse(command.opts())
    onlyOne(options, ['json', 'csv'])
    await withClient(surroundings, command, async (client) => {
      const { from, to, account, knownAt } = options
      const found = await client.metrics.movements({
        from,
        to,
        ...(account === undefined ? {} : { account }),
        ...(knownAt === undefined ? {} : { knownAt }),
      })
      if (options.json) terminal.out(json(found))
      else if (options.csv) terminal.out(csv(csvColumns, found.events.map(csvRow(found.currency))))
      else terminal.out(forReading(found, terminal))
    })
  })
}

const isLoss = (kind: string | null): boolean => kind === 'contraction' || kind === 'churn'

const causeKeys = ['upgrade', 'seats', 'cross_sell', 'price', 'discount_end'] as const
const csvColumns = [
  ...['account', 'on', 'at', 'until', 'kind', 'amount'],
  ...causeKeys.map((cause) => `expansion_${cause}`),
  ...['mrr_before', 'mrr_after', 'currency', 'reason'],
]

function csvRow(currency: string): (event: MovementEvent) => CsvCell[] {
  return (event) => [
    event.account,
    event.on,
    event.at,
    event.until,
    event.kind,
    event.amount,
    ...causeKeys.map((cause) => event.causes[cause] ?? null),
    event.mrrBefore,
    event.mrrAfter,
    currency,
    event.reason,
  ]
}

/** A row for each change, losses with a minus; below them how they lead from start to end. */
function forReading(found: Movements, terminal: Terminal): string {
  const { say } = terminal
  const { events, currency, reason } = found
  const shown = (value: string | null, why: string | null) =>
    figure({ value, unit: 'money', currency, reason: why }, terminal)
  const rows = events.map((event) => [
    event.on,
    event.account,
    event.kind === null ? '' : say(totals[event.kind]),
    shown(signed(event.kind, event.amount), event.reason),
    event.mrrAfter === null ? '' : shown(event.mrrAfter, null),
    causeKeys
      .flatMap((cause) => {
        const part = event.causes[cause]
        return part === undefined
          ? []
          : [`${say(causes[cause])} ${money(part, currency, terminal)}`]
      })
      .join(', '),
  ])
  const list =
    rows.length === 0
      ? `${say(reason === 'no_data' ? noValueReason(reason) : words.none)}\n`
      : table(
          [
            { title: say(words.day) },
            { title: say(words.who) },
            { title: say(words.kind) },
            { title: say(words.amount), right: true },
            { title: say(words.after), right: true },
            { title: say(words.because) },
          ],
          rows,
        )
  const kinds = ['start', 'new', 'reactivation', 'expansion', 'contraction', 'churn', 'fx'] as const
  const sums = [...kinds, 'end' as const].map((kind) => [
    `${say(totals[kind])}${kind === 'end' && !found.complete ? ` ${say(words.unfinished)}` : ''}`,
    shown(signed(kind, found.totals[kind]), reason),
  ])
  return `${list}\n${table([{ title: '' }, { title: '', right: true }], sums).trimStart()}`
}

const signed = (kind: string | null, amount: string | null): string | null =>
  amount !== null && amount !== '0' && isLoss(kind)
    ? amount.startsWith('-')
      ? amount.slice(1)
      : `-${amount}`
    : amount
