import type { Workspace as WorkspaceView } from '@tomoshibi/contract/workspace'
import type { BoundQuery } from '@tomoshibi/facts/bound-query'
import { factTables } from '@tomoshibi/facts/tables'
import { lampEvaluations } from '@tomoshibi/state/schema/lamps'
import { eq, min } from 'drizzle-orm'
import * as z from 'zod'
import { afterCommit, type Call, type Ports } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import {
  chosenSettings,
  getWorkspace,
  updateWorkspace,
  type WorkspaceChanges,
} from '../../platform/workspace.ts'
import { describeSettings } from '../../platform/workspace-settings.ts'
import { version } from '../../version.ts'
import { latestVersions } from '../accounts/latest.ts'
import { keepRollupsBehind } from '../rollups/service.ts'

/** The workspace with its settings and how fresh its data is. */
export async function showWorkspace(ports: Ports): Promise<WorkspaceView> {
  const workspace = await getWorkspace(ports)
  const { timeZone, fiscalYearStartMonth, currency } = workspace.settings
  const [{ accounts, knownThrough }, evaluatedThrough, chosen] = await Promise.all([
    readFreshness(ports),
    readEvaluatedThrough(ports),
    chosenSettings(ports),
  ])
  return {
    id: workspace.id,
    name: workspace.name,
    timeZone,
    fiscalYearStartMonth,
    currency,
    today: todayIn(ports.clock, timeZone).toString(),
    accounts,
    factsKnownThrough: knownThrough,
    lampsEvaluatedThrough: evaluatedThrough,
    version,
    settings: describeSettings(workspace.settings, chosen),
  }
}

/** Changes settings and shows the workspace as it then is. @throws Failure BAD_INPUT */
export async function configureWorkspace(
  ports: Ports & Pick<Call, 'noteBefore'>,
  changes: WorkspaceChanges,
): Promise<WorkspaceView> {
  const before = await getWorkspace(ports)
  ports.noteBefore?.({ name: before.name, settings: await chosenSettings(ports) })
  const after = await updateWorkspace(ports, changes)
  // Days begin at other instants now; until it is done, figures are made of the facts.
  if (after.settings.timeZone !== before.settings.timeZone)
    afterCommit(ports, (state) => void keepRollupsBehind({ ...ports, state }, 'this one'))
  return await showWorkspace(ports)
}

const freshnessRow = z.object({
  accounts: z.coerce.number(),
  knownThrough: z.string().nullable(),
})

async function readFreshness({ facts, workspaceId }: Ports) {
  const newest = Object.keys(factTables).map(
    (name) =>
      `SELECT maxOrNull(known_at) AS known FROM ${name} WHERE workspace_id = {workspace_id:String}`,
  )
  const bound: BoundQuery = {
    sql: `
SELECT
  (SELECT uniqExact(account_id)
   FROM (${latestVersions('account_attributes', { ofOneAccount: false })})) AS accounts,
  (SELECT max(known) FROM (${newest.join(' UNION ALL ')})) AS knownThrough`,
    params: { workspace_id: workspaceId },
  }
  const [row] = await facts.query(bound, freshnessRow)
  return row ?? { accounts: 0, knownThrough: null }
}

/** Last day for which all lamps were evaluated; null where some never was. */
export async function readEvaluatedThrough({ state, workspaceId }: Ports): Promise<string | null> {
  const [row] = await state.db
    .select({ through: min(lampEvaluations.evaluatedThrough) })
    .from(lampEvaluations)
    .where(eq(lampEvaluations.workspaceId, workspaceId))
  return row?.through ?? null
}
