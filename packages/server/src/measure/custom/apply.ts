import type { Problem } from '@tomoshibi/contract/errors'
import type { MetricChange, MetricFile, MetricsApplied } from '@tomoshibi/contract/metrics'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { checkMetrics } from '@tomoshibi/metrics/custom/check-all'
import { usedMetrics } from '@tomoshibi/metrics/custom/recipes'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import { usesOf } from '@tomoshibi/metrics/health/metrics'
import type { StateDb } from '@tomoshibi/state/store'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import { lampsBroken, lampsNaming } from '../../light/lamps/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { healthChoices, scorecardsInForce, withHealth } from '../health/catalogue.ts'
import { lacks } from '../health/health.ts'
import { contentOf, definitionOf, holding } from './custom.ts'
import { fileOf, unknownOwn, workspaceMetrics } from './service.ts'
import { addVersions, allVersions, lockMetrics, retireVersion, type StoredMetric } from './store.ts'
import { readYaml } from './yaml.ts'

export interface MetricFileInput {
  /** Name of the file, for messages. */
  readonly name: string
  readonly yaml: string
}

/**
 * The ports with every query on the connection of a transaction. With one of their own, those who wait
 * for the lock would hold all connections, and who has it would wait for one.
 */
const within = (ports: Ports, tx: StateDb): Ports => ({
  ...ports,
  state: { ...ports.state, db: tx },
})

interface Change {
  readonly definition: MetricDefinition
  readonly yaml: string
  readonly change: MetricChange['change']
  readonly file: string | null
}

/**
 * Adds metrics from files, or new versions of those whose files say something else now. All metrics of
 * the workspace are checked together: one that is made of a changed metric gets a new version as well.
 * Nothing is stored when any problem is found.
 *
 * @throws Failure BAD_METRIC with every problem, each with its file, line and column
 */
export async function applyMetrics(
  ports: Ports,
  { files, dryRun }: { readonly files: readonly MetricFileInput[]; readonly dryRun: boolean },
): Promise<MetricsApplied> {
  const { workspaceId, state, clock } = ports
  await getWorkspace(ports)
  const attributes = await attributeKeys(ports.facts, workspaceId)
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    const stored = await allVersions(tx, workspaceId)
    const changes = changesOf(files, stored, attributes)
    await refuseBrokenUsers(within(ports, tx), changes)
    const fresh = changes.filter(({ change }) => change !== 'unchanged')
    if (!dryRun) {
      const createdAt = clock.now()
      await addVersions(
        tx,
        workspaceId,
        fresh.map(({ definition, yaml }) => {
          const { key, version } = definition
          return { key, version, yaml, definition, createdAt }
        }),
      )
    }
    return {
      dryRun,
      metrics: changes
        .filter(({ change, file }) => file !== null || change === 'follows')
        .map(({ definition, change, file }) => {
          const { key, version, name } = definition
          return { key, version, name, change, file }
        }),
    }
  })
}

/** What the files change of what is stored. @throws Failure BAD_METRIC */
function changesOf(
  files: readonly MetricFileInput[],
  stored: readonly StoredMetric[],
  attributes: readonly string[],
): Change[] {
  const given = files.map((file, i) => ({ ...file, id: `file ${i}`, read: readYaml(file.yaml) }))
  const readable = given.filter(({ read }) => read.problems.length === 0)
  const givenKeys = new Set(readable.map(({ read }) => keyIn(read.content)))
  const newest = new Map<string, StoredMetric>()
  for (const metric of stored) if (!newest.has(metric.key)) newest.set(metric.key, metric)
  // Metrics that stay as they are may be made of those that change.
  const staying = holding(stored)
    .filter(({ key }) => !givenKeys.has(key))
    .map(({ key, yaml }) => ({ id: `metric ${key}`, name: key, yaml, read: readYaml(yaml) }))
  const all = [...given, ...staying]
  const byId = new Map(all.map((file) => [file.id, file]))
  const changes: Change[] = []
  const checked = checkMetrics({
    files: [...readable, ...staying].map(({ id, name, read }) => ({
      id,
      name,
      content: read.content,
    })),
    // A metric keeps its name where a later release has a built-in one of that name.
    builtIn: new Map([...builtInMetrics].filter(([key]) => !newest.has(key))),
    attributes: attributes.filter((key) => !newest.has(key)),
    versioned: (written, id) => {
      const yaml = byId.get(id)?.yaml ?? ''
      const file = given.find((each) => each.id === id)?.name ?? null
      const last = newest.get(written.key)
      const same = { ...written, version: last?.version ?? 1 }
      if (last === undefined) {
        changes.push({ definition: same, yaml, change: 'created', file })
        return same
      }
      const isFile = yaml === last.yaml && !last.retired
      if (isFile && contentOf(same) === contentOf(definitionOf(last))) {
        changes.push({ definition: same, yaml, change: 'unchanged', file })
        return same
      }
      const definition = { ...written, version: last.version + 1 }
      changes.push({ definition, yaml, change: isFile ? 'follows' : 'changed', file })
      return definition
    },
  })
  const order = new Map(all.map(({ id }, i) => [id, i]))
  const problems = [
    ...given.flatMap(({ id, read }) => read.problems.map((problem) => ({ id, problem }))),
    ...(checked.ok ? [] : checked.problems).flatMap(({ file: id, ...problem }) => {
      const read = byId.get(id)?.read
      return read === undefined ? [] : [{ id, problem: read.placed(problem) }]
    }),
  ]
    .toSorted(
      (a, b) =>
        (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0) ||
        (a.problem.line ?? 0) - (b.problem.line ?? 0) ||
        (a.problem.column ?? 0) - (b.problem.column ?? 0),
    )
    .map(({ id, problem }): Problem => ({ ...problem, file: byId.get(id)?.name ?? id }))
  const [first] = problems
  if (first === undefined) return changes
  const where = `${first.file ?? ''}:${first.line ?? 1}:${first.column ?? 1}`
  throw new Failure(
    'BAD_METRIC',
    { problem: `${where} ${first.text.en}`, problemJa: `${where} ${first.text.ja}` },
    problems,
  )
}

const keyIn = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && 'key' in content ? content.key : undefined

/** A lamp or scorecard must not lose a name that it uses. @throws Failure BAD_METRIC */
async function refuseBrokenUsers(ports: Ports, changes: readonly Change[]): Promise<void> {
  const changed = new Map(
    changes.flatMap(({ definition, change }) =>
      change === 'unchanged' || change === 'created' ? [] : [[definition.key, definition]],
    ),
  )
  if (changed.size === 0) return
  const own = new Map(changes.map(({ definition }) => [definition.key, definition] as const))
  const others = new Map([...builtInMetrics, ...own])
  const { workspaceId, state } = ports
  const scorecards = await scorecardsInForce(state.db, workspaceId)
  const broken = scorecards.flatMap((scorecard): Problem[] => {
    const [text] = lacks(scorecard, others)
    if (text === undefined) return []
    const { key } = scorecard
    return [
      {
        code: 'METRIC_IN_USE',
        text: {
          en: `The scorecard '${key}' would not work any more: ${text.en}`,
          ja: `スコアカード「${key}」が動かなくなります: ${text.ja}`,
        },
        suggestions: [],
      },
    ]
  })
  const choices = await healthChoices({ db: state.db, workspaceId }, others)
  const catalogue = withHealth(own, choices)
  const lamps = (await lampsBroken(ports, catalogue)).map(
    ({ lamp, text }): Problem => ({
      code: 'METRIC_IN_USE',
      text: {
        en: `The lamp '${lamp}' would not work any more: ${text.en}`,
        ja: `ランプ「${lamp}」が動かなくなります: ${text.ja}`,
      },
      suggestions: [],
    }),
  )
  const problems = [...broken, ...lamps]
  const [first] = problems
  if (first === undefined) return
  const { en, ja } = first.text
  throw new Failure('BAD_METRIC', { problem: en, problemJa: ja }, problems)
}

/** Keys of the scorecards in force that name a metric. */
async function scorecardsNaming(ports: Ports, metric: string): Promise<string[]> {
  const { catalogue } = await workspaceMetrics(ports)
  const scorecards = await scorecardsInForce(ports.state.db, ports.workspaceId)
  return scorecards.flatMap((scorecard) =>
    usesOf([scorecard], catalogue).some((used) => used.metric === metric) ? [scorecard.key] : [],
  )
}

/**
 * Offers a metric no more; its versions stay readable, and applying its file again brings it back.
 *
 * @throws Failure UNKNOWN_METRIC, METRIC_BUILT_IN, METRIC_IN_USE
 */
export async function retireMetric(ports: Ports, key: string): Promise<MetricFile> {
  const { workspaceId, state, clock } = ports
  return state.transaction(async (tx) => {
    await lockMetrics(tx, workspaceId)
    const stored = await allVersions(tx, workspaceId)
    const metrics = holding(stored)
    const metric = metrics.find((each) => each.key === key)
    if (metric === undefined) {
      throw builtInMetrics.has(key)
        ? new Failure('METRIC_BUILT_IN', { key })
        : unknownOwn(key, stored)
    }
    const users = [
      ...metrics
        .filter((each) =>
          usedMetrics(definitionOf(each).measure).some((used) => used.metric === key),
        )
        .map((each) => each.key),
      ...(await scorecardsNaming(within(ports, tx), key)),
      ...(await lampsNaming(within(ports, tx), key)),
    ]
    if (users.length > 0) throw new Failure('METRIC_IN_USE', { key, users: users.join(', ') })
    await retireVersion(tx, workspaceId, key, metric.version, clock.now())
    return fileOf({ ...metric, retired: true })
  })
}
