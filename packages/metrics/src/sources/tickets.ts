import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, selected } from './source.ts'

const hoursTo = (instant: string): string =>
  `groupArrayIf(dateDiff('millisecond', opened_at, assumeNotNull(${instant})) / 3600000,
    resolved_at >= window_start AND resolved_at < window_end AND ${instant} >= opened_at)`

const measures = {
  resolution_hours: hoursTo('resolved_at'),
  first_response_hours: hoursTo('first_response_at'),
  open: 'countIf(resolved_at IS NULL OR resolved_at >= window_end)',
}

/** One row for each account with a ticket opened before the window's end. */
export const tickets: Source = {
  name: 'tickets',
  measures: {
    resolution_hours: {
      type: 'samples',
      says: { en: 'hours from opening to resolution', ja: '起票から解決までの時間' },
    },
    first_response_hours: {
      type: 'samples',
      says: { en: 'hours from opening to the first answer', ja: '起票から初回回答までの時間' },
    },
    open: { type: 'count', says: { en: 'open tickets', ja: '未解決のチケット数' } },
  },
  node: (wanted, { someAccounts }) => ({
    name: 'account_tickets',
    says: {
      en: 'Per account: hours of tickets resolved in the period, and tickets open at its end',
      ja: '顧客ごと: 期間内に解決したチケットの所要時間と、期末の未解決件数',
    },
    inputs: [],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM (${factVersions({
      table: 'tickets',
      columns: ['opened_at', 'first_response_at', 'resolved_at'],
      someAccounts,
    })}
)
${eachWindow('start', 'end', 'known')}
WHERE ${KNOWN_IN_WINDOW} AND opened_at < window_end
GROUP BY i, account_id`,
  }),
}
