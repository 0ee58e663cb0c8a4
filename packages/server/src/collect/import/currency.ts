import type { Problem } from '@tomoshibi/contract/errors'
import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { chosenSettings, getWorkspace, updateWorkspaceSettings } from '../../platform/workspace.ts'

const currencyRow = z.object({ currency: z.string(), hasRate: z.coerce.boolean() })

/** The currencies of the amounts that there are, and whether a rate to the reporting one is known. */
const currencies = (workspaceId: string, reporting: string): BoundQuery => ({
  sql: `
SELECT currency, max(has_rate) AS hasRate
FROM (
  SELECT DISTINCT currency, 0 AS has_rate FROM contract_lines
  WHERE workspace_id = {workspace_id:String} AND NOT deleted
  UNION ALL
  SELECT DISTINCT currency, 0 FROM invoices
  WHERE workspace_id = {workspace_id:String} AND NOT deleted
  UNION ALL
  SELECT DISTINCT currency, 1 FROM exchange_rates
  WHERE workspace_id = {workspace_id:String} AND NOT deleted
    AND reporting_currency = {reporting:String}
)
GROUP BY currency
HAVING min(has_rate) = 0
ORDER BY currency`,
  params: { workspace_id: workspaceId, reporting },
})

/**
 * Sees to it that the amounts that came in can be shown. Where nobody has chosen a reporting currency
 * and all amounts are in one, that one is it; otherwise every currency without a rate is named, since
 * figures that contain it have no value.
 *
 * @returns what was done or is to be done, as notes of the import
 */
export async function settleCurrency(ports: Ports): Promise<Problem[]> {
  const { settings } = await getWorkspace(ports)
  const chosen = 'currency' in (await chosenSettings(ports))
  const { adopt, notes } = await currencyFor(ports, settings.currency, chosen)
  if (adopt !== null) await updateWorkspaceSettings(ports, { currency: adopt })
  return notes
}

/**
 * The reporting currency that fits the amounts.
 *
 * @param reporting the one so far
 * @param chosen somebody chose it
 * @returns the only currency that there is, where nobody has chosen one; and what there is to be said
 */
export async function currencyFor(
  { facts, workspaceId }: Pick<Ports, 'facts' | 'workspaceId'>,
  reporting: string,
  chosen: boolean,
): Promise<{ readonly adopt: string | null; readonly notes: Problem[] }> {
  const found = await facts.query(currencies(workspaceId, reporting), currencyRow)
  const [only] = found
  if (!chosen && found.length === 1 && only && !only.hasRate) {
    const notes = only.currency === reporting ? [] : [adopted(only.currency)]
    return { adopt: only.currency, notes }
  }
  const notes = found
    .filter(({ currency, hasRate }) => !hasRate && currency !== reporting)
    .map(({ currency }) => withoutRate(currency, reporting))
  return { adopt: null, notes }
}

const adopted = (currency: string): Problem => ({
  code: 'CURRENCY_ADOPTED',
  text: {
    en: `All amounts are in ${currency}, so it is the reporting currency now. 'tomoshibi workspace set --currency' changes it.`,
    ja: `金額がすべて ${currency} のため、報告通貨を ${currency} にしました。tomoshibi workspace set --currency で変更できます。`,
  },
  suggestions: [],
})

const withoutRate = (currency: string, reporting: string): Problem => ({
  code: 'CURRENCY_WITHOUT_RATE',
  text: {
    en: `There are amounts in ${currency} and no exchange rate to ${reporting}: figures that contain them have no value. Import exchange_rates, or report in ${currency} with 'tomoshibi workspace set --currency ${currency}'.`,
    ja: `${currency} の金額がありますが、${reporting} への為替レートがないため、これを含む指標は値なしになります。exchange_rates を取り込むか、tomoshibi workspace set --currency ${currency} で報告通貨を変更してください。`,
  },
  suggestions: [],
})
