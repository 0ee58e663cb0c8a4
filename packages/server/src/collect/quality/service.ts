import type { QualityFinding } from '@tomoshibi/contract/collect'
import type { FactStore } from '@tomoshibi/facts/store'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { countWithExamples, type QualityCheck, type QualityScope } from './check.ts'
import { qualityChecks } from './checks.ts'

const exampleRow = z.tuple([z.string(), z.array(z.string()), z.array(z.string()), z.string()])
const foundRow = z.object({ found: z.coerce.number(), examples: z.array(exampleRow) })

/**
 * The contradictions in the stored facts of a workspace, as known at the end of a day. Contradictory
 * facts are kept and used; this names them.
 *
 * @param on calendar day in the workspace's time zone, ISO
 * @returns a finding for each check that found something, in the report's order
 * @throws FactsError
 */
export async function qualityReport(
  facts: FactStore,
  workspace: { readonly id: string; readonly timeZone: string },
  on: string,
): Promise<QualityFinding[]> {
  const end = Temporal.PlainDate.from(on).add({ days: 1 }).toZonedDateTime(workspace.timeZone)
  const scope: QualityScope = {
    workspaceId: workspace.id,
    timeZone: workspace.timeZone,
    at: engineInstant(end.toInstant()),
  }
  const findings: QualityFinding[] = []
  // One after the other: each may use as much of the engine's memory as a query may.
  for (const check of qualityChecks) {
    const finding = await findingOf(facts, check, scope)
    if (finding.count > 0) findings.push(finding)
  }
  return findings
}

/** A bound instant of the engine takes no Z; it is UTC by its type. */
function engineInstant(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' }).replace('Z', '')
}

async function findingOf(
  facts: FactStore,
  check: QualityCheck,
  scope: QualityScope,
): Promise<QualityFinding> {
  const [row] = await facts.query(countWithExamples(check, scope), foundRow)
  const { key, name, says, values } = check
  return {
    check: key,
    name,
    says,
    count: row?.found ?? 0,
    examples: (row?.examples ?? []).map(([account, records, details, source]) => ({
      account: account === '' ? null : account,
      records,
      values: Object.fromEntries(values.map((value, i) => [value, details[i] ?? ''])),
      source: source === '' ? null : source,
    })),
  }
}
