import { workspaces } from '@tomoshibi/state/schema/workspaces'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import { eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import type { Clock } from './clock.ts'
import {
  checkedSettings,
  checkSettingNames,
  type WorkspaceSettings,
  workspaceSettings,
} from './workspace-settings.ts'

/** The one workspace that there is until people and permissions arrive. */
export const mainWorkspaceId = 'main'

/** A workspace with all its settings, defaults filled in. */
export interface Workspace {
  readonly id: string
  readonly name: string
  readonly settings: WorkspaceSettings
  readonly createdAt: Temporal.Instant
}

/** What the functions here work with; every call of an operation has it. */
export interface WorkspacePorts {
  readonly workspaceId: string
  readonly state: StateStore
  readonly clock: Clock
}

export interface WorkspaceChanges {
  readonly name?: string | undefined
  /** Settings to change, unchecked; the others stay. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  /** Names of settings whose default is to hold again. */
  readonly reset?: readonly string[] | undefined
}

/** Only what was set by hand is stored, so that a better default reaches workspaces that never chose. */
const storedSettings = z.record(z.string(), z.unknown())

/** The workspace; it is made with the default settings when it is not there. */
export async function getWorkspace(ports: WorkspacePorts): Promise<Workspace> {
  const { workspaceId, state, clock } = ports
  const found = await find(state.db, workspaceId)
  if (found !== null) return asWorkspace(found)
  await state.db
    .insert(workspaces)
    .values({ id: workspaceId, name: 'Tomoshibi', settings: {}, createdAt: clock.now() })
    .onConflictDoNothing()
  return getWorkspace(ports)
}

/** The settings that were chosen for this workspace; all others are defaults. */
export async function chosenSettings(
  ports: WorkspacePorts,
): Promise<Readonly<Record<string, unknown>>> {
  const row = await find(ports.state.db, ports.workspaceId)
  return row === null ? {} : storedSettings.parse(row.settings)
}

/**
 * Changes the name or some settings; what is not named stays.
 *
 * @throws Failure BAD_INPUT with every setting that is unknown or wrong; nothing was changed.
 */
export async function updateWorkspace(
  ports: WorkspacePorts,
  changes: WorkspaceChanges,
): Promise<Workspace> {
  checkSettingNames(changes.reset ?? [])
  await getWorkspace(ports)
  return ports.state.transaction(async (tx) => {
    const row = await find(tx, ports.workspaceId, 'locked')
    if (row === null) throw new Error(`workspace ${ports.workspaceId} is gone`)
    const given = Object.entries(changes.settings ?? {}).filter(([, value]) => value !== undefined)
    const kept = Object.entries(storedSettings.parse(row.settings)).filter(
      ([key]) => !changes.reset?.includes(key),
    )
    const settings = Object.fromEntries([...kept, ...given])
    const checked = checkedSettings(settings)
    const name = changes.name ?? row.name
    await tx.update(workspaces).set({ name, settings }).where(eq(workspaces.id, row.id))
    return { id: row.id, name, settings: checked, createdAt: row.createdAt }
  })
}

/** As `updateWorkspace`, for settings alone. */
export const updateWorkspaceSettings = (
  ports: WorkspacePorts,
  settings: Readonly<Record<string, unknown>>,
): Promise<Workspace> => updateWorkspace(ports, { settings })

type Row = typeof workspaces.$inferSelect

async function find(db: StateDb, id: string, lock?: 'locked'): Promise<Row | null> {
  const query = db.select().from(workspaces).where(eq(workspaces.id, id))
  const [row] = lock === undefined ? await query : await query.for('update')
  return row ?? null
}

const asWorkspace = ({ id, name, settings, createdAt }: Row): Workspace => ({
  id,
  name,
  settings: workspaceSettings.parse(settings),
  createdAt,
})
