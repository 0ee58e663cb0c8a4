import { FAR, factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { LINE_COUNTS } from './contract-lines.ts'
import { list, type Source, selected } from './source.ts'

const measures = {
  // A trial or a pause is no end; an account without contracts never was a customer.
  former: `toUInt64(
    countIf((${LINE_COUNTS}) AND effective_from <= window_end) > 0
    AND countIf(effective_from <= window_end AND window_end < ends_at) = 0)`,
}

/** Where an account stands with us. It says nothing of what an account did, so it measures none. */
export const standing: Source = {
  name: 'standing',
  aside: true,
  measures: {
    former: {
      type: 'count',
      says: {
        en: '1 when the account was a customer and no contract of it applies any more',
        ja: '過去に契約があり、現在有効な契約がなければ1',
      },
    },
  },
  node: (wanted, { someAccounts }) => ({
    name: 'account_standing',
    says: {
      en: 'Former customers: they had a contract, and none applies at the end of the period',
      ja: '契約が終了した顧客(期末時点で有効な契約がない)',
    },
    inputs: [],
    sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM (
  SELECT *, ifNull(effective_to, if(state = 'ended', effective_from, ${FAR})) AS ends_at
  FROM (${factVersions({
    table: 'contract_lines',
    columns: ['state', 'effective_from', 'effective_to'],
    someAccounts,
  })}
  )
)
${eachWindow('end', 'known')}
WHERE ${KNOWN_IN_WINDOW}
GROUP BY i, account_id`,
  }),
}
