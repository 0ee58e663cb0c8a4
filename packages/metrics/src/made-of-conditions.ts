import { usedMetrics } from './custom/recipes.ts'
import type { MetricDefinition } from './definition.ts'

/** Whether a metric is a health score, or what goes with one. */
export const isHealth = ({ measure }: Pick<MetricDefinition, 'measure'>): boolean =>
  measure.kind === 'scorecards'

/**
 * Whether a metric is itself decided by conditions on accounts, as a share of those of which one holds
 * or a score by the scorecard that fits, or is made of such a one. No condition on an account names it:
 * it could end in a circle.
 */
export const madeOfConditions = (
  definition: MetricDefinition,
  catalogue: ReadonlyMap<string, MetricDefinition>,
): boolean =>
  definition.measure.kind === 'share_where' ||
  isHealth(definition) ||
  usedMetrics(definition.measure).some(({ metric }) => {
    const used = catalogue.get(metric)
    return used !== undefined && madeOfConditions(used, catalogue)
  })
