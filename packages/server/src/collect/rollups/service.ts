import { currentCuts } from '@tomoshibi/facts/retention/cuts'
import type { FactStore } from '@tomoshibi/facts/store'
import {
  ensureUseRollup,
  readUseRollup,
  withholdStaleUse,
} from '@tomoshibi/facts/use-rollup/refresh'
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
}): Promise<Rollups> => {
  // Before the roll-up: a cut that is noted in between is then not taken for one whose use is in it already.
  const [cuts, use] = [
    await currentCuts(facts, workspaceId),
    await readUseRollup(facts, workspaceId),
  ]
  return { use, cuts }
}

type UpkeepPorts = Pick<Ports, 'facts' | 'state' | 'clock' | 'log' | 'workspaceId'>

/** Brings the roll-ups of a workspace about, in its time zone of today. @throws FactsError, StateError */
export async function keepRollups(ports: UpkeepPorts): Promise<void> {
  const { settings } = await getWorkspace(ports)
  const scope = { workspaceId: ports.workspaceId, timeZone: settings.timeZone }
  await ensureUseRollup(ports.facts, scope, { turn: (work) => inTurn(ports.facts, work) })
}

const allWorkspaces = async ({ state }: Pick<Ports, 'state'>): Promise<string[]> =>
  (await state.db.select({ id: workspaces.id }).from(workspaces)).map(({ id }) => id)

/** Sees to it, before anything is asked, that no roll-up is read that a crash left behind its facts. */
export async function withholdStaleRollups(ports: UpkeepPorts): Promise<void> {
  for (const workspaceId of await allWorkspaces(ports)) {
    await withholdStaleUse(ports.facts, workspaceId)
  }
}

/**
 * The same for every workspace, or for one, behind what else goes on. What fails is logged, and done at
 * the next start; figures are made of the facts meanwhile.
 */
export async function keepRollupsBehind(
  ports: UpkeepPorts,
  which: 'all' | 'this one',
  isClosed: () => boolean = () => false,
): Promise<void> {
  try {
    const ids = which === 'this one' ? [ports.workspaceId] : await allWorkspaces(ports)
    for (const workspaceId of ids) await keepRollups({ ...ports, workspaceId })
  } catch (error) {
    if (isClosed()) return
    ports.log.warn({ err: error }, 'roll-ups could not be made; figures are made of the facts')
  }
}
