import type {
  DefinitionChange,
  DefinitionKind,
  DefinitionsApplied,
} from '@tomoshibi/contract/definitions'
import type { Problem } from '@tomoshibi/contract/errors'
import type { Permission } from '@tomoshibi/contract/operation'
import { applyPlaybooks, exportPlaybooks } from '../../act/playbooks/registry.ts'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { within } from '../../call/within.ts'
import { applyMetrics } from '../../measure/custom/apply.ts'
import { exportMetrics } from '../../measure/custom/service.ts'
import { applyScorecards, exportScorecards } from '../../measure/health/apply.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { applyGoals, exportGoals } from '../goals/apply.ts'
import { applyLamps, exportLamps } from '../lamps/registry.ts'
import { kindOf } from './definitions.ts'

interface DefinitionFile {
  readonly name: string
  readonly yaml: string
}
interface Exported {
  readonly kind: DefinitionKind
  readonly key: string
  readonly yaml: string
}

/** Ends the transaction of a dry run, with what it found. */
class OnlyTold extends Error {
  readonly found: DefinitionChange[]
  constructor(found: DefinitionChange[]) {
    super('nothing is to be stored')
    this.found = found
  }
}

const alsoNeeded: Readonly<Partial<Record<DefinitionKind, Permission>>> = {
  lamp: 'lamps:define',
  playbook: 'playbooks:define',
  goal: 'goals:define',
}

/**
 * Applies files of every kind in one transaction: metrics, then what is made of them. All or none. A dry
 * run does the same and takes it back, so that it tells exactly what applying would do.
 *
 * @throws Failure FORBIDDEN, BAD_METRIC, BAD_SCORECARD, BAD_CONDITION, BAD_PLAYBOOK, BAD_GOAL
 */
export async function applyDefinitions(
  ports: Ports,
  may: ReadonlySet<Permission>,
  { files, dryRun }: { readonly files: readonly DefinitionFile[]; readonly dryRun: boolean },
): Promise<DefinitionsApplied> {
  const byKind = sorted(files)
  for (const kind of byKind.keys()) {
    const permission = alsoNeeded[kind]
    if (permission !== undefined && !may.has(permission))
      throw new Failure('FORBIDDEN', { permission })
  }
  await getWorkspace(ports)
  try {
    const changes = await ports.state.transaction(async (tx) => {
      const found = await applied(within(ports, tx), byKind)
      if (dryRun) throw new OnlyTold(found)
      return found
    })
    return { dryRun, changes }
  } catch (error) {
    if (error instanceof OnlyTold) return { dryRun, changes: error.found }
    throw error
  }
}

/** @throws Failure BAD_METRIC where a file is none of the kinds */
function sorted(files: readonly DefinitionFile[]): Map<DefinitionKind, DefinitionFile[]> {
  const byKind = new Map<DefinitionKind, DefinitionFile[]>()
  const problems: Problem[] = []
  for (const file of files) {
    const kind = kindOf(file.yaml)
    if (kind !== null) byKind.set(kind, [...(byKind.get(kind) ?? []), file])
    else {
      problems.push({
        code: 'UNKNOWN_KIND',
        text: {
          en: 'It is neither a metric, nor a scorecard, a lamp, a playbook or a goal.',
          ja: '指標・スコアカード・ランプ・プレイブック・目標のいずれでもありません。',
        },
        file: file.name,
        line: 1,
        column: 1,
        suggestions: [],
      })
    }
  }
  const [first] = problems
  if (first === undefined) return byKind
  const { en, ja } = first.text
  const details = { problem: `${first.file}: ${en}`, problemJa: `${first.file}: ${ja}` }
  throw new Failure('BAD_METRIC', details, problems)
}

async function applied(
  ports: Ports,
  byKind: ReadonlyMap<DefinitionKind, readonly DefinitionFile[]>,
): Promise<DefinitionChange[]> {
  const before = new Map(
    (await exportDefinitions(ports)).map(({ kind, key, yaml }) => [`${kind} ${key}`, yaml]),
  )
  const texts = new Map([...byKind.values()].flat().map(({ name, yaml }) => [name, yaml]))
  const dryRun = false
  const apply = {
    metric: async (files: readonly DefinitionFile[]) =>
      (await applyMetrics(ports, { files, dryRun })).metrics,
    scorecard: async (files: readonly DefinitionFile[]) =>
      (await applyScorecards(ports, { files, dryRun })).scorecards,
    lamp: (files: readonly DefinitionFile[]) => applyLamps(ports, files),
    playbook: (files: readonly DefinitionFile[]) => applyPlaybooks(ports, files),
    goal: async (files: readonly DefinitionFile[]) =>
      (await applyGoals(ports, { files, dryRun })).goals,
  } as const
  const changes: DefinitionChange[] = []
  for (const kind of ['metric', 'scorecard', 'lamp', 'playbook', 'goal'] as const) {
    const files = byKind.get(kind)
    if (files === undefined) continue
    for (const { key, name, version, change, file } of await apply[kind](files)) {
      changes.push({
        ...{ kind, key, name, version, change, file },
        before: before.get(`${kind} ${key}`) ?? null,
        after: change === 'unchanged' || file === null ? null : (texts.get(file) ?? null),
      })
    }
  }
  return changes
}

/** The files of all definitions in force that a workspace may change. */
export async function exportDefinitions(ports: Ports): Promise<Exported[]> {
  await getWorkspace(ports)
  const versions = false
  const of =
    (kind: DefinitionKind) =>
    ({ key, yaml }: { readonly key: string; readonly yaml: string }): Exported => ({
      kind,
      key,
      yaml,
    })
  return [
    ...(await exportMetrics(ports, { versions })).map(of('metric')),
    ...(await exportScorecards(ports, { versions })).map(of('scorecard')),
    ...(await exportLamps(ports)).map(of('lamp')),
    ...(await exportPlaybooks(ports)).map(of('playbook')),
    ...(await exportGoals(ports, { versions })).map(of('goal')),
  ]
}
