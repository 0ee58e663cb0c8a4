import type { Text } from '../text.ts'
import { define } from './define.ts'

const hours = (key: string, of: string, level: number, name: Text, what: Text) =>
  define({
    key,
    name,
    says: {
      en: `${level === 0.5 ? 'Half of the tickets' : 'Nine of ten tickets'} resolved in the period were ${what.en} within this time.`,
      ja: `期間内に解決したチケットの${level === 0.5 ? '半数' : '9割'}が、この時間内に${what.ja}されました。`,
    },
    formula: {
      en: `${level === 0.5 ? 'Median' : '90th percentile'} of the hours elapsed since opening, over tickets resolved in the period.`,
      ja: `期間内に解決したチケットの、起票からの経過時間の${level === 0.5 ? '中央値' : '90パーセンタイル'}。`,
    },
    group: 'support',
    unit: 'hours',
    better: 'lower',
    time: 'period',
    headlinePeriod: 'P1M',
    settings: ['timeZone'],
    measure: { kind: 'quantile', of, level },
  })

/** How quickly and how much the company helps. */
export const supportMetrics = [
  hours(
    'resolution_time',
    'tickets.resolution_hours',
    0.5,
    { en: 'Resolution time', ja: '解決時間' },
    { en: 'resolved', ja: '解決' },
  ),
  hours(
    'resolution_time_p90',
    'tickets.resolution_hours',
    0.9,
    { en: 'Resolution time, 90th percentile', ja: '解決時間(90パーセンタイル)' },
    { en: 'resolved', ja: '解決' },
  ),
  hours(
    'first_response_time',
    'tickets.first_response_hours',
    0.5,
    { en: 'First response time', ja: '初回回答時間' },
    { en: 'first answered', ja: '初回回答' },
  ),
  hours(
    'first_response_time_p90',
    'tickets.first_response_hours',
    0.9,
    { en: 'First response time, 90th percentile', ja: '初回回答時間(90パーセンタイル)' },
    { en: 'first answered', ja: '初回回答' },
  ),
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
]
