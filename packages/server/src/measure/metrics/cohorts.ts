import type { CohortValue } from '@tomoshibi/contract/metrics'
import { compileCohorts } from '@tomoshibi/metrics/cohorts'
import type { Ports } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { knownAtOf, periodsOf } from './question.ts'

/**
 * What is left of the accounts that first paid in each month of a range, month by month.
 *
 * @throws Failure BAD_PERIOD, FactsError
 */
export async function cohorts(
  { facts, ...ports }: Ports,
  question: {
    readonly from: string
    readonly to: string
    readonly knownAt?: string | undefined
  },
): Promise<CohortValue[]> {
  const { settings } = await getWorkspace(ports)
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const { from, to } = question
  const { query, rowSchema, decode } = compileCohorts({
    workspaceId: ports.workspaceId,
    settings,
    months: periodsOf({ from, to, grain: 'month' }, settings, today),
    knownAt: knownAtOf(question.knownAt, settings.timeZone),
    now: ports.clock.now().toString(),
  })
  return decode(await facts.query(query, rowSchema))
}
