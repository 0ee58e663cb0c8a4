import type { Problem } from '@tomoshibi/contract/errors'
import type { GoalFile, GoalsApplied } from '@tomoshibi/contract/goals'
import { nearest } from '@tomoshibi/metrics/definition'
import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import { contentOf } from '../../measure/custom/custom.ts'
import { catalogueOf } from '../../measure/custom/service.ts'
import { type ReadYaml, readYaml } from '../../measure/custom/yaml.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { lampKeys } from '../lamps/service.ts'
import { checkGoal, type GoalScope, treeProblems } from './check.ts'
import { type GoalDefinition, type WrittenGoal, writtenGoalSchema } from './goal.ts'
import { addGoals, allGoals, lockGoals, type StoredGoal } from './store.ts'

interface Change {
  readonly goal: GoalDefinition
  readonly yaml: string
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly file: string
}

/** The newest version of each goal that is not retired. @param all newest version first */
export const goalsInForce = (all: readonly StoredGoal[]): StoredGoal[] =>
  all.filter((goal, i) => all[i - 1]?.key !== goal.key && !goal.retired)

/** @throws ZodError when the state store was written by hand */
export const definitionOf = ({ definition, version }: StoredGoal): GoalDefinition => ({
  ...writtenGoalSchema.parse(definition),
  version,
})

/** What goals may name in a workspace. */
export async function goalScope(ports: Ports): Promise<GoalScope> {
  return {
    catalogue: await catalogueOf(ports),
    attributes: await attributeKeys(ports.facts, ports.workspaceId),
    lamps: await lampKeys(ports),
  }
}

/**
 * Adds goals from files, or new versions of those whose files say something else now. All or none; the
 * tree of all goals must hold up.
 *
 * @throws Failure BAD_GOAL with every problem, each with its file, line and column
 */
export async function applyGoals(
  ports: Ports,
  {
    files,
    dryRun,
  }: {
    readonly files: readonly { readonly name: string; readonly yaml: string }[]
    readonly dryRun: boolean
  },
): Promise<GoalsApplied> {
  const { workspaceId, state, clock } = ports
  await getWorkspace(ports)
  const scope = await goalScope(ports)
  return state.transaction(async (tx) => {
    await lockGoals(tx, workspaceId)
    const changes = changesOf(files, await allGoals(tx, workspaceId), scope)
    if (!dryRun) await store(tx, workspaceId, changes, clock.now())
    return {
      dryRun,
      goals: changes.map(({ goal: { key, version, name }, change, file }) => ({
        ...{ key, version, name, change, file },
      })),
    }
  })
}

async function store(
  tx: StateDb,
  workspaceId: string,
  changes: readonly Change[],
  createdAt: StoredGoal['createdAt'],
): Promise<void> {
  await addGoals(
    tx,
    changes
      .filter(({ change }) => change !== 'unchanged')
      .map(({ goal: { version, ...definition }, yaml }) => {
        const { key } = definition
        return { workspaceId, key, version, yaml, definition, retired: false, createdAt }
      }),
  )
}

/** @throws Failure BAD_GOAL */
function changesOf(
  files: readonly { readonly name: string; readonly yaml: string }[],
  stored: readonly StoredGoal[],
  scope: GoalScope,
): Change[] {
  const problems: Problem[] = []
  const read = new Map<string, { readonly file: string; readonly yaml: ReadYaml }>()
  const changes: Change[] = []
  for (const { name: file, yaml: text } of files) {
    const yaml = readYaml(text)
    problems.push(...yaml.problems.map((problem) => ({ ...problem, file })))
    if (yaml.problems.length > 0) continue
    const checked = checkGoal(yaml.content, scope)
    if (!checked.ok) {
      problems.push(...checked.problems.map((problem) => ({ ...yaml.placed(problem), file })))
      continue
    }
    const { goal } = checked
    if (read.has(goal.key)) {
      const text2 = {
        en: `'${goal.key}' is in two of the files.`,
        ja: `「${goal.key}」が2つのファイルにあります。`,
      }
      problems.push({ code: 'NAME_TAKEN', text: text2, file, line: 1, column: 1, suggestions: [] })
      continue
    }
    read.set(goal.key, { file, yaml })
    changes.push({ ...versioned(goal, text, stored), file })
  }
  const staying = goalsInForce(stored)
    .map(definitionOf)
    .filter(({ key }) => !read.has(key))
  if (problems.length === 0) {
    for (const { key, problem } of treeProblems([...changes.map(({ goal }) => goal), ...staying])) {
      const from = read.get(key)
      if (from === undefined) {
        const { code, text, suggestions } = problem
        problems.push({
          code,
          text: { en: `${key}: ${text.en}`, ja: `${key}: ${text.ja}` },
          suggestions: [...suggestions],
        })
      } else problems.push({ ...from.yaml.placed(problem), file: from.file })
    }
  }
  const [first] = problems
  if (first === undefined) return changes
  const where =
    first.file === undefined ? '' : `${first.file}:${first.line ?? 1}:${first.column ?? 1} `
  throw new Failure(
    'BAD_GOAL',
    { problem: `${where}${first.text.en}`, problemJa: `${where}${first.text.ja}` },
    problems,
  )
}

function versioned(
  goal: WrittenGoal,
  yaml: string,
  stored: readonly StoredGoal[],
): Omit<Change, 'file'> {
  const newest = stored.find(({ key }) => key === goal.key)
  if (newest === undefined) return { goal: { ...goal, version: 1 }, yaml, change: 'created' }
  const same = { ...goal, version: newest.version }
  const isSame =
    !newest.retired && newest.yaml === yaml && contentOf(definitionOf(newest)) === contentOf(same)
  return isSame
    ? { goal: same, yaml, change: 'unchanged' }
    : { goal: { ...goal, version: newest.version + 1 }, yaml, change: 'changed' }
}

export const unknownGoal = (key: string, known: readonly { readonly key: string }[]): Failure => {
  const near = nearest(
    key.toLowerCase(),
    known.map((goal) => goal.key),
  )
  return new Failure('UNKNOWN_GOAL', {
    key,
    ...(near.length > 0 ? { suggestions: near.join(', ') } : {}),
  })
}

const fileOf = ({ key, version, yaml, createdAt, retired }: StoredGoal): GoalFile => ({
  ...{ key, version, yaml, createdAt: createdAt.toString(), retired },
})

/** The files of goals, as they were applied. @throws Failure UNKNOWN_GOAL */
export async function exportGoals(
  ports: Ports,
  { key, versions }: { readonly key?: string | undefined; readonly versions: boolean },
): Promise<GoalFile[]> {
  const all = await allGoals(ports.state.db, ports.workspaceId)
  const wanted = (versions ? all : goalsInForce(all)).filter(
    (goal) => key === undefined || goal.key === key,
  )
  if (key !== undefined && wanted.length === 0) throw unknownGoal(key, goalsInForce(all))
  return wanted.map(fileOf)
}

/** Follows a goal no more; its versions stay. @throws Failure UNKNOWN_GOAL, GOAL_IN_USE */
export async function retireGoal(ports: Ports, key: string): Promise<GoalFile> {
  const { workspaceId, state, clock } = ports
  await getWorkspace(ports)
  return state.transaction(async (tx) => {
    await lockGoals(tx, workspaceId)
    const open = goalsInForce(await allGoals(tx, workspaceId))
    const goal = open.find((each) => each.key === key)
    if (goal === undefined) throw unknownGoal(key, open)
    const below = open.filter((each) => definitionOf(each).parent === key).map((each) => each.key)
    if (below.length > 0) throw new Failure('GOAL_IN_USE', { key, users: below.join(', ') })
    const retired = { ...goal, version: goal.version + 1, retired: true, createdAt: clock.now() }
    await addGoals(tx, [retired])
    return fileOf(retired)
  })
}
