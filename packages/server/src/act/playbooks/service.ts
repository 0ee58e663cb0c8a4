import type {
  Playbook,
  PlaybookPreview,
  PlaybookRun,
  PlaybookRunState,
  PlaybookRunWithSteps,
} from '@tomoshibi/contract/playbooks'
import { textSchema } from '@tomoshibi/contract/text'
import { type Caller, userBehind } from '../../call/caller.ts'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { namedAccounts } from '../../collect/accounts/owned.ts'
import { unknownAccounts } from '../../collect/accounts/service.ts'
import { refusalDetails } from '../../light/definitions/versions.ts'
import { lampNames } from '../../light/lamps/service.ts'
import { userNames } from '../../people/names.ts'
import { beginByHand } from './begin.ts'
import { parsePlaybook } from './check.ts'
import { kindOfStep, type PlaybookDefinition } from './definition.ts'
import { outcomeSchema } from './effects.ts'
import { isHeldOut } from './hold-out.ts'
import { type Move, runAfter } from './moves.ts'
import { previewSteps } from './preview.ts'
import { applyPlaybooks, type Playbooks, playbookOf, readPlaybooks, readScope } from './registry.ts'
import { sayBegin, sayOutcome, sayRun, sayStep } from './say.ts'
import {
  changeRun,
  listRuns as listStored,
  runById,
  runCounts,
  type StoredRun,
  stepsOf,
} from './store.ts'

/** What playbooks need of a call. */
export interface PlaybookCall extends Ports {
  readonly caller: Caller
  readonly noteBefore?: (value: unknown) => void
}

/** The playbooks in force, with their runs counted over the accounts that are seen. */
export async function listPlaybooks(ports: Ports): Promise<Playbook[]> {
  const { newest } = await readPlaybooks(ports)
  const { names } = await readScope(ports)
  const lampName = await lampNames(ports)
  const counts = await runCounts(ports.state.db, {
    workspaceId: ports.workspaceId,
    seen: ports.seen,
  })
  return newest.map((playbook) => {
    const { key, version, name, begin, holdOut, steps } = playbook
    const own = counts.filter((each) => each.playbook === key)
    const of = (state: PlaybookRunState) => own.find((each) => each.state === state)?.runs ?? 0
    return {
      ...{ key, version, name, holdOut },
      lamp: begin === 'by_hand' ? null : begin.lamp,
      begins: sayBegin(playbook, names, lampName),
      steps: steps.map((step) => ({
        id: step.id,
        kind: kindOfStep(step),
        says: sayStep(step, names),
      })),
      runs: {
        running: of('running'),
        paused: of('paused'),
        failed: of('failed'),
        done: of('done'),
        stopped: of('stopped'),
        cancelled: of('cancelled'),
        held_out: of('held_out'),
        skipped: of('skipped'),
      },
    }
  })
}

/** Adds a playbook, or a new version of one. @throws Failure BAD_PLAYBOOK with every problem */
export async function definePlaybook(ports: Ports, yaml: string): Promise<Playbook> {
  const [change] = await applyPlaybooks(ports, [{ name: 'playbook.yaml', yaml }])
  const found = (await listPlaybooks(ports)).find(({ key }) => key === change?.key)
  if (found === undefined) throw new Error('a playbook that was defined is not there')
  return found
}

/** @throws Failure UNKNOWN_PLAYBOOK, UNKNOWN_ACCOUNT, BAD_PLAYBOOK, BAD_INPUT where neither is given */
export async function previewPlaybook(
  ports: Ports,
  { account, key, yaml }: { account: string; key?: string | undefined; yaml?: string | undefined },
): Promise<PlaybookPreview> {
  const definition = await definitionFor(ports, key, yaml)
  await checkAccount(ports, account)
  const { names } = await readScope(ports)
  return {
    key: definition.key,
    version: definition.version,
    name: definition.name,
    begins: sayBegin(definition, names, await lampNames(ports)),
    heldOut: isHeldOut(ports.workspaceId, definition.key, account, definition.holdOut),
    steps: await previewSteps(ports, definition, account, names),
  }
}

async function definitionFor(
  ports: Ports,
  key: string | undefined,
  yaml: string | undefined,
): Promise<PlaybookDefinition> {
  if (yaml !== undefined) {
    const parsed = parsePlaybook(yaml, await readScope(ports))
    if (parsed.ok) return parsed.definition
    throw new Failure('BAD_PLAYBOOK', refusalDetails(parsed.problems), parsed.problems)
  }
  if (key !== undefined) return playbookOf(await readPlaybooks(ports), key)
  throw new Failure('BAD_INPUT', {
    problem: 'give the key of a playbook, or its YAML.',
    problemJa: 'プレイブックのキーか YAML を指定してください。',
  })
}

async function checkAccount(ports: Ports, account: string): Promise<void> {
  const unknown = await unknownAccounts(ports.facts, ports.workspaceId, [account])
  if (unknown.length > 0) throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
}

/** @throws Failure UNKNOWN_PLAYBOOK, UNKNOWN_ACCOUNT, RUN_REFUSED */
export async function beginPlaybook(
  ports: PlaybookCall,
  { playbook: key, account }: { readonly playbook: string; readonly account: string },
): Promise<PlaybookRun> {
  const playbooks = await readPlaybooks(ports)
  const playbook = playbookOf(playbooks, key)
  await checkAccount(ports, account)
  const begunBy = userBehind(ports.caller)
  const id = await beginByHand(ports, playbook, { accountId: account, begunBy })
  return runView(ports, playbooks, await seenRun(ports, id))
}

/** @throws Failure RUN_NOT_FOUND, also where its account is not seen */
async function seenRun(ports: Ports, id: string, lock?: 'locked'): Promise<StoredRun> {
  const { state, workspaceId, seen } = ports
  const run = await runById(state.db, workspaceId, id, lock)
  if (run === null || seen?.has(run.accountId) === false) throw new Failure('RUN_NOT_FOUND')
  return run
}

/** Pauses a run, goes on with it, or ends it. @throws Failure RUN_NOT_FOUND, RUN_STATE */
export async function moveRun(ports: PlaybookCall, id: string, move: Move): Promise<PlaybookRun> {
  return ports.state.transaction(async (tx) => {
    const inside = within(ports, tx)
    // Waits for a step that is being done: what is begun is ended.
    const run = await seenRun(inside, id, 'locked')
    const playbooks = await readPlaybooks(inside)
    const state = runAfter(move, run.state)
    if (state === null) {
      const { en, ja } = sayRun(run.state, run.ending)
      throw new Failure('RUN_STATE', { state: en, stateJa: ja })
    }
    if (state !== run.state) {
      const now = ports.clock.now()
      const isOver = state === 'cancelled'
      await changeRun(tx, id, {
        state,
        problem: null,
        nextAt: state === 'running' ? now : null,
        endedAt: isOver ? now : null,
        ending: isOver ? 'person' : null,
      })
    }
    return runView(inside, playbooks, await seenRun(inside, id))
  })
}

export interface RunQuestion {
  readonly playbook?: string | undefined
  readonly account?: string | undefined
  readonly state?: PlaybookRunState | undefined
  readonly limit: number
  readonly offset: number
}

/** @throws Failure UNKNOWN_ACCOUNT */
export async function listRuns(
  ports: Ports,
  { playbook, account, state, limit, offset }: RunQuestion,
): Promise<{ total: number; rows: PlaybookRun[] }> {
  if (account !== undefined && ports.seen?.has(account) === false) {
    throw new Failure('UNKNOWN_ACCOUNT', { accountId: account })
  }
  const question = {
    ...{ workspaceId: ports.workspaceId, seen: ports.seen },
    ...{ playbook, account, state },
  }
  const { total, rows } = await listStored(ports.state.db, question, { limit, offset })
  return { total, rows: await runViews(ports, await readPlaybooks(ports), rows) }
}

/** @throws Failure RUN_NOT_FOUND */
export async function showRun(ports: Ports, id: string): Promise<PlaybookRunWithSteps> {
  const run = await seenRun(ports, id)
  const playbooks = await readPlaybooks(ports)
  const { names } = await readScope(ports)
  const gone = new Map((await stepsOf(ports.state.db, id)).map((step) => [step.stepId, step]))
  const { steps } = playbooks.version(run.playbookKey, run.playbookVersion)
  return {
    run: await runView(ports, playbooks, run),
    steps: steps.map((step) => {
      const done = gone.get(step.id)
      return {
        id: step.id,
        kind: kindOfStep(step),
        says: sayStep(step, names),
        became: done === undefined ? null : sayOutcome(outcomeSchema.parse(done.outcome)),
        at: done?.at.toString() ?? null,
        task: done?.taskId ?? null,
      }
    }),
  }
}

async function runViews(
  ports: Ports,
  playbooks: Playbooks,
  rows: readonly StoredRun[],
): Promise<PlaybookRun[]> {
  const accounts = await namedAccounts(
    ports,
    rows.map(({ accountId }) => accountId),
  )
  const people = await userNames(
    ports.state.db,
    rows.flatMap(({ begunBy }) => begunBy ?? []),
  )
  return rows.map((run) => ({
    id: run.id,
    playbook: run.playbookKey,
    version: run.playbookVersion,
    name: playbooks.version(run.playbookKey, run.playbookVersion).name,
    account: run.accountId,
    accountName: accounts.get(run.accountId)?.name ?? run.accountId,
    state: run.state,
    says: sayRun(run.state, run.ending),
    step: run.endedAt === null ? run.stepId : null,
    begunAt: run.begunAt.toString(),
    begunBy: run.begunBy === null ? null : (people.get(run.begunBy) ?? null),
    byLamp: run.episodeId !== null,
    nextAt: run.nextAt?.toString() ?? null,
    endedAt: run.endedAt?.toString() ?? null,
    problem: run.problem === null ? null : textSchema.parse(run.problem),
  }))
}

async function runView(ports: Ports, playbooks: Playbooks, row: StoredRun): Promise<PlaybookRun> {
  const [view] = await runViews(ports, playbooks, [row])
  if (view === undefined) throw new Error(`run ${row.id} has no view`)
  return view
}
