import type {
  BandCounts,
  HealthBand,
  HealthExplanation,
  HealthHistory,
  HealthOverride,
  HealthOverview,
  HealthPreview,
  ScorecardSummary,
} from '@tomoshibi/contract/health'
import type { Text } from '@tomoshibi/contract/text'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  account: { en: 'Account', ja: '顧客' },
  name: { en: 'Name', ja: '名前' },
  score: { en: 'Score', ja: 'スコア' },
  band: { en: 'Band', ja: '区分' },
  computed: { en: 'Computed', ja: '計算値' },
  coverage: { en: 'Coverage', ja: '充足率' },
  scorecard: { en: 'Scorecard', ja: 'スコアカード' },
  byHand: { en: 'By hand until', ja: '手動(期限)' },
  measure: { en: 'Measure', ja: '項目' },
  value: { en: 'Value', ja: '値' },
  points: { en: 'Points', ja: '点数' },
  share: { en: 'Weight', ja: '重み' },
  adds: { en: 'Adds', ja: '寄与' },
  sum: { en: 'Score', ja: '合計' },
  moved: { en: 'Moved', ja: '変化' },
  from: { en: 'From', ja: '変化前' },
  to: { en: 'To', ja: '変化後' },
  facts: { en: 'Facts', ja: '事実' },
  day: { en: 'Day', ja: '日' },
  version: { en: 'Version', ja: 'バージョン' },
  order: { en: 'Order', ja: '順' },
  for: { en: 'For', ja: '対象' },
  setBy: { en: 'By', ja: '設定者' },
  reason: { en: 'Reason', ja: '理由' },
  state: { en: 'State', ja: '状態' },
  until: { en: 'Until', ja: '期限' },
  mrr: { en: 'MRR', ja: 'MRR' },
  before: { en: 'Before', ja: '変更前' },
  after: { en: 'After', ja: '変更後' },
  nobody: { en: 'There is no account with contracts.', ja: '契約中の顧客はありません。' },
  none: { en: 'There are none.', ja: 'ありません。' },
  nothing: { en: 'Nobody would change.', ja: '変わる顧客はありません。' },
} as const satisfies Record<string, Text>

const bandWords = {
  red: { en: 'red', ja: '赤' },
  yellow: { en: 'yellow', ja: '黄' },
  green: { en: 'green', ja: '緑' },
} as const satisfies Record<HealthBand, Text>

const stateWords = {
  counts: { en: 'counts', ja: '有効' },
  ended: { en: 'ended', ja: '終了' },
  withdrawn: { en: 'taken back', ja: '取り消し' },
} as const satisfies Record<HealthOverride['state'], Text>

/** Rounded down, so that a score is not shown in a band that it has not reached. */
const scoreText = (score: number | null): string =>
  score === null ? '–' : (Math.floor(score * 10 + 1e-9) / 10).toFixed(1)
const percent = (share: number | null): string =>
  share === null ? '–' : `${Math.floor(share * 100)}%`
const bandText = (band: HealthBand | null, { say }: Terminal): string =>
  band === null ? '–' : say(bandWords[band])

const countsText = (counts: BandCounts, terminal: Terminal): string =>
  terminal.say({
    en: `${counts.red} red, ${counts.yellow} yellow, ${counts.green} green, ${counts.none} without a score`,
    ja: `赤 ${counts.red}、黄 ${counts.yellow}、緑 ${counts.green}、スコアなし ${counts.none}`,
  })

export function overviewOf(overview: HealthOverview, terminal: Terminal): string {
  const { say } = terminal
  if (overview.total === 0) return `${say(words.nobody)}\n`
  const shown = table(
    [
      { title: say(words.account) },
      { title: say(words.name) },
      { title: say(words.score), right: true },
      { title: say(words.band) },
      { title: say(words.computed), right: true },
      { title: say(words.coverage), right: true },
      { title: say(words.scorecard) },
      { title: say(words.byHand) },
    ],
    overview.accounts.map((account) => [
      account.account,
      account.name,
      scoreText(account.score),
      bandText(account.band, terminal),
      scoreText(account.computed),
      percent(account.coverage),
      account.scorecard ?? '–',
      account.override?.endsOn ?? '',
    ]),
  )
  return `${shown}\n${countsText(overview.counts, terminal)}\n`
}

export function explanationOf(explained: HealthExplanation, terminal: Terminal): string {
  const { say } = terminal
  const parts = [`${explained.name} (${explained.account}), ${explained.on}`, say(explained.says)]
  if (explained.contributions.length > 0) {
    const rows = explained.contributions.map((each) => [
      say(each.name),
      say(each.shown),
      each.points ?? '–',
      each.metric === null ? '' : percent(each.share),
      each.adds ?? '–',
    ])
    parts.push(
      table(
        [
          { title: say(words.measure) },
          { title: say(words.value), right: true },
          { title: say(words.points), right: true },
          { title: say(words.share), right: true },
          { title: say(words.adds), right: true },
        ],
        [...rows, [say(words.sum), '', '', percent(explained.coverage), explained.shown ?? '–']],
      ).trimEnd(),
    )
  }
  const moved = explained.since.moved.filter((each) => Number(each.moved) !== 0)
  if (moved.length > 0) {
    parts.push(
      table(
        [
          { title: say(words.moved), right: true },
          { title: say(words.measure) },
          { title: say(words.from), right: true },
          { title: say(words.to), right: true },
          { title: say(words.facts) },
        ],
        moved.map((each) => [
          each.moved,
          say(each.name),
          say(each.from),
          say(each.to),
          each.facts
            .map(({ label, came, went }) => `${say(label)} +${came} −${went}`)
            .join(terminal.language === 'ja' ? '、' : ', '),
        ]),
      ).trimEnd(),
    )
  }
  return `${parts.join('\n\n')}\n`
}

export function historyOf({ points, says }: HealthHistory, terminal: Terminal): string {
  const { say } = terminal
  const shown = table(
    [
      { title: say(words.day) },
      { title: say(words.score), right: true },
      { title: say(words.band) },
      { title: say(words.computed), right: true },
      { title: say(words.coverage), right: true },
      { title: say(words.scorecard) },
    ],
    points.map((point) => [
      point.on,
      scoreText(point.score),
      bandText(point.band, terminal),
      scoreText(point.computed),
      percent(point.coverage),
      point.scorecard === null ? '–' : `${point.scorecard} v${point.scorecardVersion ?? ''}`,
    ]),
  )
  return `${shown}\n${say(says)}\n`
}

export function scorecardsOf(cards: readonly ScorecardSummary[], { say }: Terminal): string {
  if (cards.length === 0) return `${say(words.none)}\n`
  return cards
    .map((card) => {
      const head = `${card.order}  ${card.key} v${card.version}  ${say(card.name)}: ${say(card.says)}`
      const problems = card.problems.map((problem) => `  ! ${say(problem)}`)
      const measures = card.measures.map(
        ({ name, groups, share }) =>
          `  ${percent(share).padStart(4)}  ${[...groups, name].map(say).join(' › ')}`,
      )
      return [head, ...problems, ...measures].join('\n')
    })
    .join('\n\n')
    .concat('\n')
}

export function overridesOf(overrides: readonly HealthOverride[], terminal: Terminal): string {
  const { say } = terminal
  if (overrides.length === 0) return `${say(words.none)}\n`
  return table(
    [
      { title: say(words.account) },
      { title: say(words.score), right: true },
      { title: say(words.band) },
      { title: say(words.until) },
      { title: say(words.state) },
      { title: say(words.setBy) },
      { title: say(words.reason) },
    ],
    overrides.map((each) => [
      each.account,
      scoreText(each.score),
      bandText(each.band, terminal),
      each.endsOn,
      say(stateWords[each.state]),
      each.setBy ?? '–',
      each.reason,
    ]),
  )
}

export function previewOf(preview: HealthPreview, terminal: Terminal): string {
  const { say } = terminal
  const { before, after, history } = preview
  const parts = [
    `${say(words.before)}: ${countsText(before, terminal)}\n${say(words.after)}: ${countsText(after, terminal)}`,
  ]
  parts.push(
    preview.accounts.length === 0
      ? say(words.nothing)
      : table(
          [
            { title: say(words.account) },
            { title: say(words.name) },
            { title: say(words.mrr), right: true },
            { title: say(words.before), right: true },
            { title: say(words.after), right: true },
          ],
          preview.accounts.map(({ account, name, mrr, before: was, after: is }) => [
            account,
            name,
            mrr ?? '–',
            `${scoreText(was.score)} ${bandText(was.band, terminal)}`,
            `${scoreText(is.score)} ${bandText(is.band, terminal)}`,
          ]),
        ).trimEnd(),
  )
  if (history !== null) {
    parts.push(
      [
        `${say(words.before)}: ${say(history.before.says)}`,
        `${say(words.after)}: ${say(history.after.says)}`,
      ].join('\n'),
    )
  }
  return `${parts.join('\n\n')}\n`
}
