import type { Text } from '../text.ts'
import { define } from './define.ts'

interface Hours {
  readonly key: string
  readonly of: string
  readonly name: Text
  readonly did: Text
}

const both: readonly Hours[] = [
  {
    key: 'resolution_time',
    of: 'resolution',
    name: { en: 'Resolution time', ja: '解決時間' },
    did: { en: 'resolved', ja: '解決' },
  },
  {
    key: 'first_response_time',
    of: 'first_response',
    name: { en: 'First response time', ja: '初回回答時間' },
    did: { en: 'first answered', ja: '初回回答' },
  },
]

const shown = { group: 'support', unit: 'hours', better: 'lower' } as const

/** Median and 90th percentile of the hours that tickets took, elapsed and in business hours. */
const hours = ({ key, of, name, did }: Hours) =>
  [false, true].flatMap((business) =>
    [0.5, 0.9].map((level) => {
      const median = level === 0.5
      const kind = {
        en: [business ? 'business hours' : '', median ? '' : '90th percentile'],
        ja: [business ? '営業時間' : '', median ? '' : '90パーセンタイル'],
      }
      const said = (words: readonly string[]) => words.filter((word) => word !== '')
      const en = [name.en, ...said(kind.en)].join(', ')
      const ja = said(kind.ja).length > 0 ? `${name.ja}(${said(kind.ja).join('・')})` : name.ja
      const counted = business
        ? {
            en: 'hours of support since opening; nights, days on which it does not work and holidays do not count',
            ja: '起票からの営業時間(夜間・休業日・祝日を除く)',
          }
        : { en: 'hours elapsed since opening', ja: '起票からの経過時間' }
      return define({
        ...shown,
        key: `${key}${business ? '_business' : ''}${median ? '' : '_p90'}`,
        name: { en, ja },
        says: {
          en: `${median ? 'Half of the tickets' : 'Nine of ten tickets'} resolved in the period were ${did.en} within this time${business ? ', counted in business hours' : ''}.`,
          ja: `期間内に解決したチケットの${median ? '半数' : '9割'}が、この時間${business ? '(営業時間)' : ''}内に${did.ja}されました。`,
        },
        formula: {
          en: `${median ? 'Median' : '90th percentile'} of the ${counted.en}, over tickets resolved in the period.`,
          ja: `期間内に解決したチケットの、${counted.ja}の${median ? '中央値' : '90パーセンタイル'}。`,
        },
        time: 'period',
        headlinePeriod: 'P1M',
        settings: ['timeZone', ...(business ? ['businessHours', 'holidays', 'extraHolidays'] : [])],
        measure: {
          kind: 'quantile',
          of: `tickets.${of}${business ? '_business' : ''}_hours`,
          level,
        },
      })
    }),
  )

/** How quickly and how much the company helps. */
export const supportMetrics = [
  ...both.flatMap(hours),
  define({
    key: 'tickets_open',
    name: { en: 'Open tickets', ja: '未解決チケット数' },
    says: {
      en: 'Tickets that are open at the end of the day.',
      ja: '日末に未解決のチケットの数です。',
    },
    formula: {
      en: 'Tickets opened and not resolved by then.',
      ja: 'それまでに起票され、解決していないチケットの数。',
    },
    group: 'support',
    unit: 'count',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'sum', of: ['tickets.open'] },
  }),
  define({
    key: 'ticket_rate',
    name: { en: 'Ticket rate', ja: '問い合わせ率' },
    says: {
      en: 'How many tickets 100 active users open in 28 days. Ask for it by ticket_kind to see of which kind.',
      ja: '28日間にアクティブユーザー100人あたり何件の問い合わせがあったかを示します。種類(ticket_kind)ごとに確認できます。',
    },
    formula: {
      en: '100 × tickets opened in 28 days ÷ users active in those days.',
      ja: '100×28日間に起票されたチケット数÷同じ期間の利用者数。',
    },
    group: 'support',
    unit: 'ratio',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: {
      kind: 'ratio',
      of: ['tickets.opened'],
      over: 'usage.users_28',
      times: 100,
      whenZero: 'no_active_users',
    },
    breakdown: { by: 'ticket_kind', of: 'tickets.opened_by_kind' },
    n: 'usage.users_28',
  }),
  define({
    key: 'how_to_tickets',
    name: { en: 'How-to tickets', ja: '使い方の問い合わせ数' },
    says: {
      en: 'Tickets of the last 60 days that ask how something is done.',
      ja: '直近60日の、使い方に関する問い合わせの数です。',
    },
    formula: {
      en: 'Tickets opened in 60 days whose kind is one of those that the workspace names as how-to. A customer without any has 0, where the workspace records tickets.',
      ja: '直近60日に起票されたチケットのうち、設定で使い方の問い合わせとされた種類の数。チケットの記録があるワークスペースでは、記録のない契約顧客は0です。',
    },
    group: 'support',
    unit: 'count',
    better: 'lower',
    time: 'instant',
    settings: ['howToTicketKinds', 'timeZone'],
    measure: { kind: 'sum', of: ['tickets.how_to'] },
  }),
]
