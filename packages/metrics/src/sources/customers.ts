import type { PlanNode } from '../plan/node.ts'
import { eachPartOfWindows, inEachWindow, partKey, windowsOfList } from '../sql/per-window.ts'
import { FAR, knownFacts, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { LINE_COUNTS } from './contract-lines.ts'
import type { SourceContext } from './source.ts'

type Context = Pick<SourceContext, 'someAccounts' | 'windows'>

const lines = (columns: readonly string[], context: Context): string =>
  `(${knownFacts(
    {
      table: 'contract_lines',
      columns: [...columns, 'state', 'effective_from', 'effective_to'],
      someAccounts: context.someAccounts,
    },
    context,
  )}
)`
const APPLIES = `effective_from <= window_end AND window_end < ifNull(effective_to, ${FAR})`

const withPlans = (context: Context): string => `
SELECT i, account_id, groupUniqArray(toString(plan)) AS plans
FROM ${lines(['plan'], context)}
${eachWindow('end', 'known')}
${whereAll(...knownThere(context), `(${LINE_COUNTS})`, APPLIES)}
GROUP BY i, account_id`

const alone = (context: Context): string => `
SELECT i, account_id
FROM (
  SELECT account_id${partKey(context)}, maxForEach(${inEachWindow(context, ['end'], [APPLIES], '1', '0')}) AS customer_then
  FROM ${lines([], context)}
  ${eachPartOfWindows(context)}
  WHERE ${LINE_COUNTS}
  GROUP BY account_id${partKey(context)}
)
ARRAY JOIN ${windowsOfList(context)} AS i, customer_then AS is_there
WHERE is_there = 1`

/**
 * The accounts that are customers at each window's end, with the plans of their lines. One that does
 * nothing has facts of nothing; that it is a customer makes its use 0, where use is recorded at all.
 */
export const customers = (context: Pick<SourceContext, 'someAccounts' | 'windows'>): PlanNode => ({
  name: 'customers',
  says: {
    en: 'Customers at the end of the period: a contract line counts and applies then',
    ja: '期末時点の契約顧客(有効な契約明細がある顧客)',
  },
  inputs: [],
  sql: (read) => (read.has('plans') ? withPlans(context) : alone(context)),
})
