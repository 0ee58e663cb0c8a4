import type { CohortValue } from '@tomoshibi/contract/metrics'
import { compileCohorts } from '@tomoshibi/metrics/cohorts'
import { isCohortSlice } from '@tomoshibi/metrics/sources/cohort-slices'
import type { Ports } from '../../call/context.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { checkAttributes, knownAtOf, periodsOf } from './question.ts'
import { accountsSeen } from './service.ts'

/**
 * What is left of the accounts that first paid in each month of a range, month by month.
 *
 * @throws Failure BAD_PERIOD or UNKNOWN_ATTRIBUTE, FactsError
 */
export async function cohorts(
  { facts, ...ports }: Ports,
  question: {
    readonly from: string
    readonly to: string
    readonly by: readonly string[]
    readonly knownAt?: string | undefined
  },
): Promise<CohortValue[]> {
  const { settings } = await getWorkspace(ports)
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const { from, to, by } = question
  if (by.length > 0) checkAttributes(by, await attributeKeys(facts, ports.workspaceId))
  const { query, rowSchema, decode } = compileCohorts({
    workspaceId: ports.workspaceId,
    settings,
    months: periodsOf({ from, to, grain: 'month' }, settings, today),
    by: [...new Set(by)].filter((key) => !isCohortSlice({ key })),
    ...accountsSeen(ports),
    knownAt: knownAtOf(question.knownAt, settings.timeZone),
    now: ports.clock.now().toString(),
  })
  return decode(await facts.query(query, rowSchema))
}
