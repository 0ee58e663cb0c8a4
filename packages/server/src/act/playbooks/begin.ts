import { randomUUID } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { openLightings } from '../../light/lamps/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import type { PlaybookDefinition } from './definition.ts'
import { isHeldOut } from './hold-out.ts'
import { type Playbooks, readPlaybooks } from './registry.ts'
import { addRun, beginningsOf, episodesWithRun, lockBeginnings, type NewRun } from './store.ts'

interface Beginning {
  readonly accountId: string
  /** The lighting that begins it; null = somebody does. */
  readonly episodeId: string | null
  /** The user's id; null for a lamp or a program. */
  readonly begunBy: string | null
}

/** Why a run does not begin. */
type Refusal = 'limit' | 'open_run'

async function refusalOf(
  ports: Ports,
  { key, limit }: PlaybookDefinition,
  accountId: string,
): Promise<Refusal | null> {
  const after = limit === null ? null : ports.clock.now().subtract({ hours: 24 * limit.days })
  const of = { workspaceId: ports.workspaceId, playbook: key, accountId }
  const { isOpen, begun } = await beginningsOf(ports.state.db, of, after)
  if (isOpen) return 'open_run'
  return limit !== null && begun >= limit.times ? 'limit' : null
}

/** The run as it begins: at its first step, or held out, or skipped with the reason; each is kept. */
function runOf(
  { workspaceId, clock }: Ports,
  playbook: PlaybookDefinition,
  beginning: Beginning,
  refusal: Refusal | null,
): NewRun {
  const now = clock.now()
  const run = {
    id: randomUUID(),
    workspaceId,
    playbookKey: playbook.key,
    playbookVersion: playbook.version,
    ...beginning,
    begunAt: now,
  }
  if (refusal !== null) return { ...run, state: 'skipped', ending: refusal, endedAt: now }
  if (isHeldOut(workspaceId, playbook.key, beginning.accountId, playbook.holdOut)) {
    return { ...run, state: 'held_out', ending: 'hold_out', endedAt: now }
  }
  return { ...run, state: 'running', stepId: playbook.steps[0]?.id ?? null, nextAt: now }
}

/**
 * Begins a playbook on an account by hand. An account that is held out has a run that does nothing.
 *
 * @returns the id of the run
 * @throws Failure RUN_REFUSED where another run is open or the limit is reached
 */
export async function beginByHand(
  ports: Ports,
  playbook: PlaybookDefinition,
  beginning: Omit<Beginning, 'episodeId'>,
): Promise<string> {
  return ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    await lockBeginnings(tx, ports.workspaceId)
    const refusal = await refusalOf(inside, playbook, beginning.accountId)
    if (refusal !== null) throw new Failure('RUN_REFUSED', whyRefused[refusal])
    const run = runOf(inside, playbook, { ...beginning, episodeId: null }, null)
    await addRun(tx, run)
    return run.id
  })
}

const whyRefused: Readonly<Record<Refusal, { problem: string; problemJa: string }>> = {
  limit: {
    problem: 'it began as often as its limit allows',
    problemJa: '開始できる回数の上限に達しています',
  },
  open_run: {
    problem: 'another run of it is open',
    problemJa: 'この顧客で別の実行が進行中です',
  },
}

/**
 * Begins playbooks for the lamps that lit since they are bound to them, once for each lighting: what is held out or
 * not begun is kept as well, and not looked at again.
 *
 * @returns how many runs began
 */
export async function beginForLamps(ports: Ports): Promise<number> {
  const playbooks = await readPlaybooks(ports)
  let begun = 0
  for (const playbook of playbooks.newest) {
    if (playbook.begin !== 'by_hand') begun += await beginForLamp(ports, playbooks, playbook)
  }
  return begun
}

async function beginForLamp(
  ports: Ports,
  playbooks: Playbooks,
  playbook: PlaybookDefinition,
): Promise<number> {
  const { begin, key } = playbook
  if (begin === 'by_hand') return 0
  const from = await boundSince(ports, playbooks, key, begin.lamp)
  const lightings = await openLightings(ports, begin.lamp, from)
  if (lightings.length === 0) return 0
  return ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    await lockBeginnings(tx, ports.workspaceId)
    const of = { workspaceId: ports.workspaceId, playbook: key }
    const known = await episodesWithRun(
      tx,
      of,
      lightings.map(({ episodeId }) => episodeId),
    )
    let begun = 0
    for (const { accountId, episodeId } of lightings) {
      if (known.has(episodeId)) continue
      const refusal = await refusalOf(inside, playbook, accountId)
      const run = runOf(inside, playbook, { accountId, episodeId, begunBy: null }, refusal)
      if ((await addRun(tx, run)) && run.state === 'running') begun += 1
    }
    return begun
  })
}

/** The day (ISO date) from which on lightings of a lamp count: what burnt before the playbook was there does not. */
async function boundSince(
  ports: Ports,
  { all }: Playbooks,
  key: string,
  lamp: string,
): Promise<string> {
  const { settings } = await getWorkspace(ports)
  const bound = all.flatMap(({ definition, createdAt }) =>
    definition.key === key && definition.begin !== 'by_hand' && definition.begin.lamp === lamp
      ? [createdAt]
      : [],
  )
  const first = bound.toSorted(Temporal.Instant.compare)[0] ?? ports.clock.now()
  return first.toZonedDateTimeISO(settings.timeZone).toPlainDate().toString()
}
