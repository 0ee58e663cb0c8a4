import type {
  Goal,
  GoalCheck,
  GoalCourse,
  GoalFinding,
  GoalNotice,
  GoalsFollowed,
} from '@tomoshibi/contract/goals'
import type { Text } from '@tomoshibi/contract/text'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  none: {
    en: "There are no goals. Write one in YAML and apply it: 'tomoshibi goals apply FILE'.",
    ja: '目標がありません。YAML で書いて tomoshibi goals apply FILE で適用してください。',
  },
  nothing: { en: 'Nothing was found.', ja: '問題は見つかりませんでした。' },
  owner: { en: 'Owner', ja: '担当' },
  told: { en: 'Off course; to be told', ja: '想定から外れています。連絡先' },
  day: { en: 'Day', ja: '日' },
  value: { en: 'Value', ja: '値' },
  expected: { en: 'Expected', ja: '想定' },
  wayOut: { en: 'Way out', ja: '対処' },
  verified: { en: 'Verified', ja: '検証' },
} as const satisfies Record<string, Text>

const severities = {
  trap: { en: 'TRAP', ja: '落とし穴' },
  warning: { en: 'look at', ja: '要確認' },
  open: { en: 'open', ja: '未確定' },
} as const satisfies Record<GoalFinding['severity'], Text>

export function goalsOf(goals: readonly Goal[], { say }: Terminal): string {
  if (goals.length === 0) return `${say(words.none)}\n`
  return goals
    .map((goal) => {
      const indent = '  '.repeat(goal.depth)
      const lines = [
        `${indent}${say(goal.name)} (${goal.key})  ${say(words.owner)}: ${goal.owner}`,
        `${indent}  ${say(goal.says)}`,
      ]
      if (goal.noForecast !== null) lines.push(`${indent}  ${say(goal.noForecast)}`)
      if (goal.offCourse) lines.push(`${indent}  ${say(words.told)}: ${goal.tell.join(', ')}`)
      return lines.join('\n')
    })
    .join('\n\n')
    .concat('\n')
}

export function courseOf({ points }: GoalCourse, { say }: Terminal): string {
  const number = (value: number | null) =>
    value === null ? '–' : String(Number(value.toPrecision(8)))
  return table(
    [
      { title: say(words.day) },
      { title: say(words.value), right: true },
      { title: say(words.expected), right: true },
    ],
    points.map(({ on, value, expected }) => [on, number(value), number(expected)]),
  )
}

export function checksOf(checks: readonly GoalCheck[], { say }: Terminal): string {
  if (checks.length === 0) return `${say(words.none)}\n`
  return checks
    .map(({ key, name, findings, verification }) => {
      const lines = [`${say(name)} (${key})`]
      if (verification !== null) {
        lines.push(`  ${say(words.verified)}: ${verification.checkedAt.slice(0, 10)}`)
      }
      if (findings.length === 0) lines.push(`  ${say(words.nothing)}`)
      for (const { severity, says, wayOut } of findings) {
        lines.push(`  [${say(severities[severity])}] ${say(says)}`)
        lines.push(`    ${say(words.wayOut)}: ${say(wayOut)}`)
      }
      return lines.join('\n')
    })
    .join('\n\n')
    .concat('\n')
}

const noticeWords = {
  goal: { en: 'Goal', ja: '目標' },
  left: { en: 'Left its course', ja: '外れた日' },
  told: { en: 'Told', ja: '知らせた相手' },
  ended: { en: 'Ended', ja: '終了' },
  says: { en: 'As it stood then', ja: '当時の状況' },
  none: { en: 'No goal has left its course.', ja: '想定から外れた目標はありません。' },
} as const satisfies Record<string, Text>

const endings = {
  returned: { en: 'came back', ja: '想定に復帰' },
  over: { en: 'its time is over', ja: '期間終了' },
  retired: { en: 'retired', ja: '廃止' },
} as const satisfies Record<NonNullable<GoalNotice['ending']>, Text>

export function noticesOf(notices: readonly GoalNotice[], { say }: Terminal): string {
  if (notices.length === 0) return `${say(noticeWords.none)}\n`
  return table(
    [
      { title: say(noticeWords.goal) },
      { title: say(noticeWords.left) },
      { title: say(noticeWords.told) },
      { title: say(noticeWords.ended) },
      { title: say(noticeWords.says) },
    ],
    notices.map((notice) => [
      `${say(notice.name)} (${notice.goal})`,
      notice.leftOn,
      notice.told.join(', '),
      notice.ending === null ? '' : `${notice.endedOn ?? ''} ${say(endings[notice.ending])}`,
      say(notice.says),
    ]),
  )
}

export function followedText({ goals, left, ended }: GoalsFollowed, { say }: Terminal): string {
  const list = (keys: readonly string[]) => (keys.length === 0 ? '–' : keys.join(', '))
  return `${say({
    en: `Looked at ${goals} goals. Left their course: ${list(left)}. No longer off it: ${list(ended)}.`,
    ja: `${goals}件の目標を確認しました。想定から外れた目標: ${list(left)}。外れた状態が終わった目標: ${list(ended)}。`,
  })}\n`
}
