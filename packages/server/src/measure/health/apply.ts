import type { Problem } from '@tomoshibi/contract/errors'
import type { ScorecardFile, ScorecardsApplied } from '@tomoshibi/contract/health'
import { nearest } from '@tomoshibi/metrics/definition'
import { checkScorecard } from '@tomoshibi/metrics/health/check'
import type { Scorecard } from '@tomoshibi/metrics/health/scorecard'
import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { contentOf } from '../custom/custom.ts'
import { type Catalogue, lockMetrics, workspaceMetrics } from '../custom/service.ts'
import { readYaml } from '../custom/yaml.ts'
import { type ScorecardVersion, versionsOf } from './health.ts'
import { addScorecards, allScorecards } from './store.ts'

export interface DefinitionFile {
  /** Name of the file, for messages. */
  readonly name: string
  readonly yaml: string
}

export interface ScorecardChange {
  readonly scorecard: Scorecard
  readonly yaml: string
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly file: string
}

/**
 * The ports with every query on the connection of a transaction; with one of their own, those who wait
 * for the lock could hold all connections while who has it waits for one.
 */
const within = (ports: Ports, tx: StateDb): Ports => ({
  ...ports,
  state: { ...ports.state, db: tx },
})

/**
 * Adds scorecards from files, or new versions of those whose files say something else now. All or none.
 *
 * @throws Failure BAD_SCORECARD with every problem, each with its file, line and column
 */
export async function applyScorecards(
  ports: Ports,
  { files, dryRun }: { readonly files: readonly DefinitionFile[]; readonly dryRun: boolean },
): Promise<ScorecardsApplied> {
  const { workspaceId, state, clock } = ports
  await getWorkspace(ports)
  const attributes = await attributeKeys(ports.facts, workspaceId)
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    const { catalogue } = await workspaceMetrics(within(ports, tx))
    const versions = versionsOf(await allScorecards(tx, workspaceId))
    const changes = scorecardChanges(files, versions, catalogue, attributes)
    if (!dryRun) {
      const createdAt = clock.now()
      await addScorecards(
        tx,
        changes
          .filter(({ change }) => change !== 'unchanged')
          .map(({ scorecard: { version, ...definition }, yaml }) => {
            const { key } = definition
            return { workspaceId, key, version, yaml, definition, retired: false, createdAt }
          }),
      )
    }
    return { dryRun, scorecards: changes.map(changeView) }
  })
}

export const changeView = ({
  scorecard: { key, version, name },
  change,
  file,
}: ScorecardChange): ScorecardsApplied['scorecards'][number] => ({
  key,
  version,
  name,
  change,
  file,
})

/** What files change of what is there. @throws Failure BAD_SCORECARD */
export function scorecardChanges(
  files: readonly DefinitionFile[],
  versions: ReadonlyMap<string, readonly ScorecardVersion[]>,
  catalogue: Catalogue,
  attributes: readonly string[],
): ScorecardChange[] {
  const problems: Problem[] = []
  const changes: ScorecardChange[] = []
  for (const { name: file, yaml } of files) {
    const read = readYaml(yaml)
    problems.push(...read.problems.map((problem) => ({ ...problem, file })))
    if (read.problems.length > 0) continue
    const checked = checkScorecard(read.content, catalogue, attributes)
    if (!checked.ok) {
      problems.push(...checked.problems.map((problem) => ({ ...read.placed(problem), file })))
      continue
    }
    const { scorecard: written } = checked
    const { key } = written
    if (changes.some(({ scorecard }) => scorecard.key === key)) {
      problems.push({
        code: 'NAME_TAKEN',
        text: {
          en: `'${key}' is in two of the files.`,
          ja: `「${key}」が2つのファイルにあります。`,
        },
        file,
        line: 1,
        column: 1,
        suggestions: [],
      })
      continue
    }
    const [newest] = versions.get(key) ?? []
    const same = { ...written, version: newest?.scorecard.version ?? 1 }
    if (newest === undefined) {
      changes.push({ scorecard: same, yaml, change: 'created', file })
      continue
    }
    const isSame =
      !newest.retired && newest.yaml === yaml && contentOf(newest.scorecard) === contentOf(same)
    changes.push({
      scorecard: isSame ? same : { ...written, version: same.version + 1 },
      yaml,
      change: isSame ? 'unchanged' : 'changed',
      file,
    })
  }
  const [first] = problems
  if (first === undefined) return changes
  const where = `${first.file ?? ''}:${first.line ?? 1}:${first.column ?? 1}`
  throw new Failure(
    'BAD_SCORECARD',
    { problem: `${where} ${first.text.en}`, problemJa: `${where} ${first.text.ja}` },
    problems,
  )
}

/**
 * Scores nobody by a scorecard any more; its versions stay, and applying its file again brings it back.
 *
 * @throws Failure UNKNOWN_SCORECARD
 */
export async function retireScorecard(ports: Ports, key: string): Promise<ScorecardFile> {
  const { workspaceId, state, clock } = ports
  await getWorkspace(ports)
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    const newest = scorecardNamed(key, versionsOf(await allScorecards(tx, workspaceId)))
    const { version: _, ...definition } = newest.scorecard
    const version = newest.scorecard.version + 1
    const retired = {
      ...{ workspaceId, key, version, yaml: newest.yaml, definition },
      ...{ retired: true, createdAt: clock.now() },
    }
    await addScorecards(tx, [retired])
    return {
      key,
      version,
      yaml: newest.yaml,
      createdAt: retired.createdAt.toString(),
      retired: true,
    }
  })
}

/** The newest version of a scorecard that is in force. @throws Failure UNKNOWN_SCORECARD */
export function scorecardNamed(
  key: string,
  versions: ReadonlyMap<string, readonly ScorecardVersion[]>,
): ScorecardVersion {
  const [newest] = versions.get(key) ?? []
  if (newest !== undefined && !newest.retired) return newest
  throw unknownScorecard(key, versions)
}

function unknownScorecard(
  key: string,
  versions: ReadonlyMap<string, readonly ScorecardVersion[]>,
): Failure {
  const near = nearest(
    key.toLowerCase(),
    [...versions].flatMap(([known, [newest]]) => (newest?.retired === false ? [known] : [])),
  )
  return new Failure('UNKNOWN_SCORECARD', {
    key,
    ...(near.length > 0 ? { suggestions: near.join(', ') } : {}),
  })
}

/** The files of scorecards, as they were applied. @throws Failure UNKNOWN_SCORECARD */
export async function exportScorecards(
  ports: Ports,
  { key, versions: every }: { readonly key?: string | undefined; readonly versions: boolean },
): Promise<ScorecardFile[]> {
  const versions = versionsOf(await allScorecards(ports.state.db, ports.workspaceId))
  const wanted = [...versions]
    .filter(([each]) => key === undefined || each === key)
    .flatMap(([, all]) => (every ? all : all.slice(0, 1).filter(({ retired }) => !retired)))
  if (key !== undefined && wanted.length === 0) throw unknownScorecard(key, versions)
  return wanted.map(({ scorecard, yaml, createdAt, retired }) => ({
    key: scorecard.key,
    version: scorecard.version,
    yaml,
    createdAt: createdAt?.toString() ?? null,
    retired,
  }))
}
