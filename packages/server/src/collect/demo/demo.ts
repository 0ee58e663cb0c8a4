import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { demonstrations } from '@tomoshibi/state/schema/demonstrations'
import { imports } from '@tomoshibi/state/schema/imports'
import { eq } from 'drizzle-orm'
import type { Operations } from '../../app.ts'
import type { Ports } from '../../call/context.ts'
import type { DemoStep } from '../../http/serve.ts'
import { todayIn } from '../../platform/clock.ts'
import { updateWorkspace } from '../../platform/workspace.ts'
import { writeCompany } from '../simulate/company.ts'
import { showWorkspace } from '../workspace/service.ts'

/** The company of every demonstration, but for the day on which it ends. */
export interface DemonstrationCompany {
  readonly accounts: number
  readonly months: number
  readonly seed: number
}

const usualCompany: DemonstrationCompany = { accounts: 300, months: 18, seed: 20_260_401 }

type Demonstration = typeof demonstrations.$inferSelect

const askEveryMs = 200

/** Whether the workspace holds the demonstration company. */
export async function holdsDemonstration(ports: Ports): Promise<boolean> {
  return (await find(ports)) !== null
}

/**
 * Fills a workspace that is new (no accounts, never an import) with the demonstration company, and
 * finishes a filling that was cut off.
 *
 * @returns whether the workspace holds the demonstration company.
 */
export async function ensureDemonstration(
  { ports, caller, imports: runs }: Operations,
  onStep: (step: DemoStep) => void,
  company: DemonstrationCompany = usualCompany,
): Promise<boolean> {
  const begun = (await find(ports)) ?? ((await isNew(ports)) ? await begin(ports, company) : null)
  if (begun === null) return false
  if (begun.state === 'ready') return true
  const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-demonstration-'))
  try {
    onStep({ phase: 'simulating' })
    const { accounts, months, seed, endsOn } = begun
    const { files, mappingFile } = await writeCompany({ accounts, months, seed, endsOn }, folder)
    onStep({ phase: 'importing', progress: null })
    const mapping = await readFile(mappingFile, 'utf8')
    const id = await runs.start(ports, { paths: files, mapping, dryRun: false })
    for (;;) {
      const state = await caller.imports.get({ id })
      if (state.error) throw new Error(`the demonstration company: ${state.error.what.en}`)
      if (state.state === 'done') break
      onStep({ phase: 'importing', progress: state.progress })
      await sleep(askEveryMs)
    }
    await ports.state.db
      .update(demonstrations)
      .set({ state: 'ready' })
      .where(eq(demonstrations.workspaceId, ports.workspaceId))
    return true
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function find({ state, workspaceId }: Ports): Promise<Demonstration | null> {
  const [row] = await state.db
    .select()
    .from(demonstrations)
    .where(eq(demonstrations.workspaceId, workspaceId))
  return row ?? null
}

async function isNew(ports: Ports): Promise<boolean> {
  const [before] = await ports.state.db
    .select({ id: imports.id })
    .from(imports)
    .where(eq(imports.workspaceId, ports.workspaceId))
    .limit(1)
  if (before) return false
  const { accounts, factsKnownThrough } = await showWorkspace(ports)
  return accounts === 0 && factsKnownThrough === null
}

async function begin(ports: Ports, company: DemonstrationCompany): Promise<Demonstration> {
  const { settings } = await updateWorkspace(ports, { name: '灯台ソフト (demo)' })
  const demonstration: Demonstration = {
    workspaceId: ports.workspaceId,
    state: 'loading',
    ...company,
    endsOn: todayIn(ports.clock, settings.timeZone).toString(),
  }
  await ports.state.db.insert(demonstrations).values(demonstration)
  return demonstration
}
