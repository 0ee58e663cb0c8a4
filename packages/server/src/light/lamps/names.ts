import type { FactStore } from '@tomoshibi/facts/store'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { NameEntry, NameScope, ValueType } from '@tomoshibi/metrics/condition/scope'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { type Catalogue, catalogueOf } from '../../measure/custom/service.ts'
import type { Workspace } from '../../platform/workspace.ts'
import { attributeColumn, metricColumn } from './frame.ts'
import { calendarEntries, yearAgoEntry, yearAgoName } from './season.ts'

/** The names of conditions, with the metrics among them. */
export interface LampScope extends NameScope {
  readonly catalogue: Catalogue
}

/**
 * The names that conditions of a workspace may use: every metric that an account has at the end of a
 * day, the same a year before, the calendar of the day, and every attribute that any account has. A metric
 * goes before an attribute of its name, and an attribute before the calendar.
 *
 * @param metrics those that there will be, in place of those that there are
 */
export async function readNames(
  ports: Ports,
  workspace: Workspace,
  metrics?: Catalogue,
): Promise<LampScope> {
  const catalogue = metrics ?? (await catalogueOf(ports))
  const attributes = await readAttributeTypes(ports.facts, workspace.id)
  const names = new Map<string, NameEntry>(calendarEntries)
  for (const [key, type] of attributes) {
    names.set(key, { type, column: attributeColumn(key), label: { en: key, ja: key } })
  }
  for (const [key, entry] of metricNames(workspace.settings.currency, catalogue)) {
    names.set(key, entry)
  }
  return { names, catalogue }
}

/** The metrics that conditions may use, now and a year before. @param currency of money, ISO 4217 */
export function metricNames(
  currency: string,
  catalogue: Catalogue = builtInMetrics,
): Map<string, NameEntry> {
  const names = new Map<string, NameEntry>()
  for (const [key, { name, unit, time, grains }] of catalogue) {
    if (time !== 'instant' || !grains.includes('account')) continue
    // `lampFrame` makes them so.
    const kind = unit === 'money' ? { currency, exact: true } : { finite: true }
    const entry = {
      type: 'number',
      column: metricColumn(key),
      label: name,
      unit,
      ...kind,
    } as const
    names.set(key, entry)
    // A metric of its own goes by its own name.
    if (!catalogue.has(yearAgoName(key))) names.set(yearAgoName(key), yearAgoEntry(key, entry))
  }
  return names
}

const attributeRow = z.object({ attribute: z.string(), kinds: z.array(z.string()) })

/** Names as the condition language writes them; others can't be used in conditions. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

async function readAttributeTypes(
  facts: FactStore,
  workspaceId: string,
): Promise<Map<string, ValueType>> {
  const rows = await facts.query(
    {
      sql: `
SELECT attribute, groupUniqArray(value_kind) AS kinds
FROM account_attributes
WHERE workspace_id = {workspace_id:String} AND NOT deleted AND value_kind != 'removed'
GROUP BY attribute
ORDER BY attribute`,
      params: { workspace_id: workspaceId },
    },
    attributeRow,
  )
  return new Map(
    rows
      .filter(({ attribute }) => identifier.test(attribute))
      .map(({ attribute, kinds }) => [attribute, typeOf(kinds)]),
  )
}

/** An attribute that was written in several ways is a text, which every value is. */
function typeOf([kind, ...others]: readonly string[]): ValueType {
  if (others.length > 0) return 'string'
  return kind === 'number' || kind === 'bool' || kind === 'date' ? kind : 'string'
}
