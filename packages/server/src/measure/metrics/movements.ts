import type { Movements } from '@tomoshibi/contract/metrics'
import { compileMovements } from '@tomoshibi/metrics/movement-events'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { knownAtOf, periodOf } from './question.ts'
import { accountsSeen } from './service.ts'

/**
 * Every movement of recurring revenue in `[from, to)`, dated, and what they come to.
 *
 * @throws Failure BAD_PERIOD or UNKNOWN_ACCOUNT, FactsError
 */
export async function movements(
  { facts, ...ports }: Ports,
  question: {
    readonly from: string
    readonly to: string
    readonly account?: string | undefined
    readonly knownAt?: string | undefined
  },
): Promise<Movements> {
  const { workspaceId, clock } = ports
  const { settings } = await getWorkspace(ports)
  const { from, to, account } = question
  const period = periodOf(from, to, settings)
  const accountIds = account === undefined ? [] : [account]
  const [accountId] = await unknownAccounts(facts, workspaceId, accountIds)
  if (accountId !== undefined) throw new Failure('UNKNOWN_ACCOUNT', { accountId })
  const { query, rowSchema, decode } = compileMovements({
    workspaceId,
    settings,
    period,
    ...(account === undefined ? accountsSeen(ports) : { accountIds }),
    knownAt: knownAtOf(question.knownAt, settings.timeZone),
    now: clock.now().toString(),
  })
  const found = decode(await facts.query(query, rowSchema))
  return { ...found, events: [...found.events] }
}
