import type { Retention, RetentionOutcome } from '@tomoshibi/contract/retention'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  retention: { en: 'how long facts are kept', ja: 'データの保存期間' },
  show: {
    en: 'show the period of each kind of fact, and what was deleted',
    ja: '種類ごとの保存期間と削除の記録を表示',
  },
  set: { en: 'choose how long facts of a kind are kept', ja: '種類ごとの保存期間を設定' },
  apply: {
    en: 'delete what is past its period now, as happens every night',
    ja: '保存期間を過ぎたデータを今すぐ削除(通常は毎晩実行)',
  },
  kind: { en: 'kind of fact, such as usage_events', ja: 'データの種類(例: usage_events)' },
  months: {
    en: "whole months before the running one, such as 24, or 'forever'",
    ja: '当月より前の月数(例: 24)、または forever',
  },
  dryRun: { en: 'only say what would be deleted', ja: '削除せず、対象だけを表示' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  columnKind: { en: 'Facts', ja: 'データ' },
  columnMonths: { en: 'Kept', ja: '保存期間' },
  columnDeleted: { en: 'Deleted before', ja: '削除済み(これより前)' },
  columnRows: { en: 'Rows', ja: '行数' },
  columnAge: { en: 'Age, or why they stay', ja: '期間の数え方、または削除しない理由' },
  forEver: { en: 'for ever', ja: '無期限' },
  unfinished: { en: '(not done yet)', ja: '(処理中)' },
  chosen: {
    en: 'It holds from the next night on; tomoshibi retention apply --dry-run says what will be deleted.',
    ja: '次の夜から適用されます。対象は tomoshibi retention apply --dry-run で確認できます。',
  },
  nothing: {
    en: "No kind of fact has a period; 'tomoshibi retention set usage_events 24' gives one.",
    ja: '保存期間が設定されたデータはありません。tomoshibi retention set usage_events 24 のように設定できます。',
  },
} as const satisfies Record<string, Text>

const options = z.object({ json: z.boolean().default(false), dryRun: z.boolean().default(false) })

/** `retention show | set | apply`. */
export function addRetention(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out, err } = terminal
  const retention = newCommand('retention', words.retention, terminal)
  program.addCommand(retention)

  verb(retention, 'show', words.show, terminal)
    .option('--json', say(words.json))
    .action(async (_options, command: Command) => {
      const asJson = options.parse(command.opts()).json
      await withClient(surroundings, command, async (client) => {
        const all = await client.retention.show()
        out(asJson ? json(all) : shown(all, terminal))
      })
    })

  examples(
    verb(retention, 'set', words.set, terminal)
      .argument('<kind>', say(words.kind))
      .argument('<months>', say(words.months), monthsOf)
      .option('--json', say(words.json)),
    terminal,
    ['retention set usage_events 24', 'retention set tickets forever'],
  ).action(async (kind: string, months: number | null, _options, command: Command) => {
    const asJson = options.parse(command.opts()).json
    await withClient(surroundings, command, async (client) => {
      const chosen = await client.retention.set({ table: kind, months })
      out(asJson ? json(chosen) : shown([chosen], terminal))
      if (!asJson && months !== null) err(`${say(words.chosen)}\n`)
    })
  })

  examples(
    verb(retention, 'apply', words.apply, terminal)
      .option('--dry-run', say(words.dryRun))
      .option('--json', say(words.json)),
    terminal,
    ['retention apply --dry-run', 'retention apply'],
  ).action(async (_options, command: Command) => {
    const { json: asJson, dryRun } = options.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const all = await client.retention.apply({ dryRun })
      if (asJson) return out(json(all))
      out(
        all.length === 0
          ? `${say(words.nothing)}\n`
          : all.map((each) => `${say(told(each))}\n`).join(''),
      )
    })
  })
}

/** null = for ever. */
function monthsOf(text: string): number | null {
  if (text === 'forever') return null
  const months = Number(text)
  if (/^\d{1,3}$/.test(text) && months >= 1 && months <= 120) return months
  throw new UsageError({
    en: `'${text}' is neither a number of months from 1 to 120 nor 'forever'.`,
    ja: `「${text}」は 1 から 120 の月数でも forever でもありません。`,
  })
}

function shown(all: readonly Retention[], { say }: Terminal): string {
  const { columnKind, columnMonths, columnDeleted, columnRows, columnAge } = words
  return table(
    [columnKind, columnMonths, columnDeleted, columnRows, columnAge].map((title) => ({
      title: say(title),
    })),
    all.map(({ table: kind, months, age, keptBecause, cuts }) => {
      const [last] = cuts
      const rows = cuts.reduce((sum, cut) => sum + cut.rows, 0)
      const period =
        months === null ? words.forEver : { en: `${months} months`, ja: `${months} か月` }
      const unfinished = last?.doneAt === null ? ` ${say(words.unfinished)}` : ''
      return [
        kind,
        say(period),
        last === undefined ? '–' : `${last.before}${unfinished}`,
        last === undefined ? '–' : String(rows),
        say(keptBecause ?? age),
      ]
    }),
  )
}

function told(outcome: RetentionOutcome): Text {
  const { table: kind, before, rows, neededBy } = outcome
  switch (outcome.outcome) {
    case 'deleted':
      return {
        en: `${kind}: ${rows} rows of before ${before} deleted`,
        ja: `${kind}: ${before} より前の ${rows} 行を削除しました`,
      }
    case 'would_delete':
      return {
        en: `${kind}: ${rows} rows of before ${before} would be deleted (${outcome.firstMonth} to ${outcome.lastMonth})`,
        ja: `${kind}: ${before} より前の ${rows} 行が削除対象です(${outcome.firstMonth}〜${outcome.lastMonth})`,
      }
    case 'nothing_old':
      return {
        en: `${kind}: nothing of before ${before} is left to delete`,
        ja: `${kind}: ${before} より前に削除するものはありません`,
      }
    case 'needed':
      return {
        en: `${kind}: nothing deleted, since figures of today need what is older than ${before}: ${neededBy.join(', ')}`,
        ja: `${kind}: ${before} より前のデータが今日の指標に必要なため、削除していません: ${neededBy.join(', ')}`,
      }
    case 'not_rolled_up':
      return {
        en: `${kind}: nothing deleted, since the roll-up of use is not whole in the workspace's time zone; try again later`,
        ja: `${kind}: 利用の集計がワークスペースのタイムゾーンで完了していないため、削除していません。しばらくしてからお試しください`,
      }
  }
}
