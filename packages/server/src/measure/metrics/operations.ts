import { operations } from '../../call/context.ts'
import { applyMetrics, retireMetric } from '../custom/apply.ts'
import { exportMetrics } from '../custom/service.ts'
import { cohorts } from './cohorts.ts'
import { explainMetrics } from './explain.ts'
import { metricFacts } from './facts.ts'
import { movements } from './movements.ts'
import { choicesOf, describeMetric, listMetrics, queryMetrics } from './service.ts'

export const metricsOperations = operations.metrics.router({
  list: operations.metrics.list.handler(({ context }) => listMetrics(context)),
  describe: operations.metrics.describe.handler(({ context, input }) =>
    describeMetric(context, input.key, input.sql),
  ),
  movements: operations.metrics.movements.handler(({ context, input }) =>
    movements(context, input),
  ),
  cohorts: operations.metrics.cohorts.handler(({ context, input }) => cohorts(context, input)),
  apply: operations.metrics.apply.handler(({ context, input }) => applyMetrics(context, input)),
  export: operations.metrics.export.handler(({ context, input }) => exportMetrics(context, input)),
  retire: operations.metrics.retire.handler(({ context, input }) =>
    retireMetric(context, input.key),
  ),
  facts: operations.metrics.facts.handler(async ({ context, input }) =>
    metricFacts(context, input, await choicesOf(context)),
  ),
  explain: operations.metrics.explain.handler(async ({ context, input }) =>
    explainMetrics(context, input, await choicesOf(context)),
  ),
  query: operations.metrics.query.handler(async ({ context, input }) =>
    queryMetrics(context, input, await choicesOf(context)),
  ),
})
