import type { PlanNode } from '../plan/node.ts'
import { eachPartOfWindows, inEachWindow, partKey, windowsOfList } from '../sql/per-window.ts'
import { knownFacts } from '../sql/versions.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

/** Of a person in a window: not known by then, known and left, or still there. */
const [UNKNOWN, LEFT, THERE] = [0, 1, 2]

/**
 * People with what they are in each window, as a list in the order of the windows: of many people over
 * many windows, rows for each of both would take far longer.
 */
const knownUsers = (context: SourceContext): PlanNode => ({
  name: 'known_users',
  says: {
    en: 'Contacts with a user id or an invitation by then, in each period; several with one user id are one person',
    ja: '各期末までにユーザーIDがあるか招待された担当者(同じユーザーIDは1人とする)',
  },
  inputs: [],
  sql: `
SELECT
  account_id${partKey(context)},
  if(user_id = '', concat('\\x1f', record_id), user_id) AS person,
  maxForEach(${inEachWindow(
    context,
    ['end'],
    ['ifNull(invited_at < window_end, true)'],
    `if(ifNull(left_at < window_end, false), ${LEFT}, ${THERE})`,
    `${UNKNOWN}`,
  )}) AS states
FROM (${knownFacts(
    {
      table: 'contacts',
      columns: ['user_id', 'invited_at', 'left_at'],
      someAccounts: context.someAccounts,
    },
    context,
  )}
)
${eachPartOfWindows(context)}
WHERE user_id != '' OR invited_at IS NOT NULL
GROUP BY account_id, person${partKey(context)}`,
})

const measures = { known_users: 'users' }

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
FROM (
  SELECT
    account_id${partKey(context)},
    sumForEach(arrayMap(state -> toUInt64(state = ${THERE}), states)) AS users_there,
    maxForEach(states) AS ever
  FROM known_users
  GROUP BY account_id${partKey(context)}
)
ARRAY JOIN ${windowsOfList(context)} AS i, users_there AS users, ever AS state
WHERE state > ${UNKNOWN}`,
  }),
}
