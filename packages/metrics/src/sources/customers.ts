import type { PlanNode } from '../plan/node.ts'
import { FAR, factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { LINE_COUNTS } from './contract-lines.ts'
import type { SourceContext } from './source.ts'

/**
 * The accounts that are customers at each window's end, with the plans of their lines. One that does
 * nothing has facts of nothing; that it is a customer makes its use 0, where use is recorded at all.
 */
export const customers = ({ someAccounts }: Pick<SourceContext, 'someAccounts'>): PlanNode => ({
  name: 'customers',
  says: {
    en: 'Customers at the end of the period: a contract line counts and applies then',
    ja: '期末時点の契約顧客(有効な契約明細がある顧客)',
  },
  inputs: [],
  sql: `
SELECT i, account_id, groupUniqArray(toString(plan)) AS plans
FROM (${factVersions({
    table: 'contract_lines',
    columns: ['plan', 'state', 'effective_from', 'effective_to'],
    someAccounts,
  })}
)
${eachWindow('end', 'known')}
WHERE ${KNOWN_IN_WINDOW}
  AND (${LINE_COUNTS}) AND effective_from <= window_end AND window_end < ifNull(effective_to, ${FAR})
GROUP BY i, account_id`,
})
