import { eachPartOfWindows, inEachWindow, partKey, windowsOfList } from '../sql/per-window.ts'
import { FAR, knownFacts } from '../sql/versions.ts'
import { LINE_COUNTS } from './contract-lines.ts'
import { list, type Source, selected } from './source.ts'

/** Of a contract line at an instant: not known, not begun, ended, or one that applies. */
const [UNKNOWN, NONE, ENDED, APPLIES] = [0, 1, 2, 3]

const measures = {
  // A trial or a pause is no end; an account without contracts never was a customer.
  former: `toUInt64(state = ${ENDED})`,
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
  node: (wanted, context) => ({
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
  SELECT
    account_id${partKey(context)},
    maxForEach(${inEachWindow(
      context,
      ['end'],
      [],
      `multiIf(effective_from > window_end, ${NONE}, window_end < ends_at, ${APPLIES}, counts, ${ENDED}, ${NONE})`,
      `${UNKNOWN}`,
    )}) AS states
  FROM (
    SELECT
      *, ifNull(effective_to, if(state = 'ended', effective_from, ${FAR})) AS ends_at,
      ${LINE_COUNTS} AS counts
    FROM (${knownFacts(
      {
        table: 'contract_lines',
        columns: ['state', 'effective_from', 'effective_to'],
        someAccounts: context.someAccounts,
      },
      context,
    )}
    )
  )
  ${eachPartOfWindows(context)}
  GROUP BY account_id${partKey(context)}
)
ARRAY JOIN ${windowsOfList(context)} AS i, states AS state
WHERE state > ${UNKNOWN}`,
  }),
}
