import type { Text } from '@tomoshibi/contract/text'
import type { Badge, BadgeState } from '@tomoshibi/contract/verification'
import { clean, table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  name: { en: 'Lamp or metric', ja: 'ランプ・指標' },
  key: { en: 'Key', ja: 'キー' },
  badge: { en: 'Badge', ja: '検証' },
  checked: { en: 'Verified on', ja: '検証日' },
  says: { en: 'What was found', ja: '結果' },
  old: { en: ' (over 90 days ago)', ja: '(90日より前)' },
} as const satisfies Record<string, Text>

const states: Readonly<Record<BadgeState, Text>> = {
  never_verified: { en: 'never verified', ja: '未検証' },
  holds: { en: 'verified', ja: '検証済み' },
  faded: { en: 'faded', ja: '関係が薄れた' },
  turned_round: { en: 'turned round', ja: '関係が逆転' },
  no_relation_seen: { en: 'no relation seen', ja: '関係なし' },
  cannot_tell: { en: 'cannot tell', ja: '判定できない' },
}

/** How many were verified just now. */
export const checkedText = (checked: number): Text => ({
  en: `Verified just now: ${checked}.`,
  ja: `今回検証した件数: ${checked}`,
})

const dayOf = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(Date.parse(instant))

/** Badges one under the other, each with what was found. @param timeZone in which a check has its day */
export function badgesTable(
  badges: readonly Badge[],
  timeZone: string,
  { say }: Pick<Terminal, 'say'>,
): string {
  const columns = [words.name, words.key, words.badge, words.checked, words.says]
  const rows = badges.map(({ name, key, state, checkedAt, isOld, says }) => [
    clean(say(name)),
    key,
    say(states[state]),
    checkedAt === null ? '–' : dayOf(checkedAt, timeZone) + (isOld ? say(words.old) : ''),
    says === null ? '' : clean(say(says)),
  ])
  return table(
    columns.map((title) => ({ title: say(title) })),
    rows,
  )
}
