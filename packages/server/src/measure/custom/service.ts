import type { MetricFile } from '@tomoshibi/contract/metrics'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { type MetricDefinition, nearest } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { healthChoices, withHealth } from '../health/catalogue.ts'
import { definitionOf, holding } from './custom.ts'
import { allVersions, type StoredMetric } from './store.ts'

export { allVersions, lockMetrics } from './store.ts'

export type Catalogue = ReadonlyMap<string, MetricDefinition>

/** All that is known of the metrics of a workspace. */
export interface WorkspaceMetrics {
  /** The built-in metrics, then those of the workspace. */
  readonly catalogue: Catalogue
  /** The files of its own metrics, by key. */
  readonly own: ReadonlyMap<string, StoredMetric>
}

/**
 * The metrics of a workspace: the built-in ones, its health scores, and its own. Every question, drill-down, lamp and list
 * starts here, so that both are alike everywhere. One of its own keeps its name and meaning where a
 * later release has a built-in one of that name.
 */
export async function workspaceMetrics(
  ports: Pick<Ports, 'state' | 'workspaceId'>,
): Promise<WorkspaceMetrics> {
  const { db } = ports.state
  const { workspaceId } = ports
  const own = holding(await allVersions(db, workspaceId))
  const definitions = new Map(own.map((metric) => [metric.key, definitionOf(metric)]))
  const choices = await healthChoices(
    { db, workspaceId },
    new Map([...builtInMetrics, ...definitions]),
  )
  return {
    catalogue: withHealth(definitions, choices),
    own: new Map(own.map((metric) => [metric.key, metric])),
  }
}

/** The metrics of a workspace by key, built-in and its own. */
export const catalogueOf = async (
  ports: Pick<Ports, 'state' | 'workspaceId'>,
): Promise<Catalogue> => (await workspaceMetrics(ports)).catalogue

/**
 * The files of the metrics that a workspace defined, as they were applied.
 *
 * @throws Failure UNKNOWN_METRIC
 */
export async function exportMetrics(
  ports: Ports,
  { key, versions }: { readonly key?: string | undefined; readonly versions: boolean },
): Promise<MetricFile[]> {
  const all = await allVersions(ports.state.db, ports.workspaceId)
  const wanted = (versions ? all : holding(all)).filter(
    (metric) => key === undefined || metric.key === key,
  )
  if (key !== undefined && wanted.length === 0) throw unknownOwn(key, all)
  return wanted.map(fileOf)
}

export const fileOf = ({ key, version, yaml, createdAt, retired }: StoredMetric): MetricFile => ({
  key,
  version,
  yaml,
  createdAt: createdAt.toString(),
  retired,
})

/** There is no metric of that key among those that the workspace defined. */
export const unknownOwn = (key: string, all: readonly StoredMetric[]): Failure => {
  const near = nearest(
    key.toLowerCase(),
    holding(all).map((metric) => metric.key),
  )
  return new Failure('UNKNOWN_METRIC', {
    key,
    ...(near.length > 0 ? { suggestions: near.join(', ') } : {}),
  })
}
