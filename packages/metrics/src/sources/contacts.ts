import type { PlanNode } from '../plan/node.ts'
import { factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** People who have been users by the window's end, whether or not they left since. */
const knownUsers = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'known_users',
  says: {
    en: 'Contacts with a user id or an invitation by then; several with one user id are one person',
    ja: 'その時点までにユーザーIDがあるか招待された担当者(同じユーザーIDは1人とする)',
  },
  inputs: [],
  sql: `
SELECT
  i, account_id,
  if(user_id = '', record_id, user_id) AS person, user_id = '' AS unnamed,
  max(ifNull(left_at >= window_end, true)) AS still_there
FROM (${factVersions({
    table: 'contacts',
    columns: ['user_id', 'invited_at', 'left_at'],
    someAccounts,
  })}
)
${eachWindow('end', 'known')}
WHERE ${KNOWN_IN_WINDOW}
  AND (user_id != '' OR invited_at IS NOT NULL) AND ifNull(invited_at < window_end, true)
GROUP BY i, account_id, person, unnamed`,
})

const measures = { known_users: 'countIf(still_there)' }

/** One row for each account of which any user was ever known; without one there is no value. */
export const contacts: Source = {
  name: 'contacts',
  measures: {
    known_users: {
      type: 'count',
      says: { en: 'invited or known users who have not left', ja: '招待済みの在籍ユーザー数' },
    },
  },
  node: (wanted, context) => ({
    name: 'account_contacts',
    says: {
      en: 'Per account: users who are known and have not left',
      ja: '顧客ごと: 在籍している既知のユーザー数',
    },
    inputs: [knownUsers(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM known_users
GROUP BY i, account_id`,
  }),
}
