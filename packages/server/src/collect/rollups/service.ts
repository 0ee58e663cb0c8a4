import type { FactStore } from '@tomoshibi/facts/store'
import { ensureUseRollup, readUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { Ports } from '../../call/context.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { inTurn } from '../turns.ts'

/**
 * The roll-ups that figures may be read from. Ask for them before the clock is asked what is now: what is
 * known now is then all that they hold.
 *
 * @throws FactsError
 */
export const readRollups = async ({
  facts,
  workspaceId,
}: {
  readonly facts: FactStore
  readonly workspaceId: string
}): Promise<Rollups> => ({ use: await readUseRollup(facts, workspaceId) })

type UpkeepPorts = Pick<Ports, 'facts' | 'state' | 'clock' | 'log' | 'workspaceId'>

/** Brings the roll-ups of a workspace about, in its time zone of today. @throws FactsError, StateError */
export async function keepRollups(ports: UpkeepPorts): Promise<void> {
  const { settings } = await getWorkspace(ports)
  const scope = { workspaceId: ports.workspaceId, timeZone: settings.timeZone }
  await ensureUseRollup(ports.facts, scope, { turn: (work) => inTurn(ports.facts, work) })
}

/**
 * The same for every workspace, or for one, behind what else goes on. What fails is logged, and done at
 * the next start; figures are made of the facts meanwhile.
 */
export async function keepRollupsBehind(
  ports: UpkeepPorts,
  which: 'all' | 'this one',
): Promise<void> {
  try {
    const ids =
      which === 'this one'
        ? [ports.workspaceId]
        : (await ports.state.db.select({ id: workspaces.id }).from(workspaces)).map(({ id }) => id)
    for (const workspaceId of ids) await keepRollups({ ...ports, workspaceId })
  } catch (error) {
    ports.log.warn({ err: error }, 'roll-ups could not be made; figures are made of the facts')
  }
}
