import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import type { Source } from './source.ts'

/** One row for each account that has entered an onboarding programme before the window's end. */
export const milestones: Source = {
  name: 'milestones',
  measures: {
    days_in_onboarding: {
      type: 'count',
      says: {
        en: 'days since entering a programme that is not complete',
        ja: '完了していないオンボーディングの経過日数',
      },
    },
  },
  node: (_wanted, { someAccounts }) => ({
    name: 'account_milestones',
    says: {
      en: 'Per account: days since it entered a programme whose required milestones are not all met',
      ja: '顧客ごと: 必須マイルストーンが残るプログラムの開始からの日数',
    },
    inputs: [],
    sql: `
SELECT i, account_id, maxOrNullIf(days, missing > 0) AS days_in_onboarding
FROM (
  SELECT
    i, account_id, programme,
    countIf(required AND (met_at IS NULL OR met_at >= window_end)) AS missing,
    dateDiff('day', toDate32(min(entered_at), {time_zone:String}), any(window_last_day)) AS days
  FROM (${factVersions({
    table: 'milestones',
    columns: ['programme', 'required', 'entered_at', 'met_at'],
    someAccounts,
  })}
  )
  ${eachWindow('end', 'known', 'last_day')}
  WHERE ${KNOWN_IN_WINDOW} AND entered_at < window_end
  GROUP BY i, account_id, programme
)
GROUP BY i, account_id`,
  }),
}
