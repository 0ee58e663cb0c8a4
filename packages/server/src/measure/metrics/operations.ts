import { operations } from '../../call/context.ts'
import { cohorts } from './cohorts.ts'
import { movements } from './movements.ts'
import { describeMetric, listMetrics, queryMetrics } from './service.ts'

export const metricsOperations = operations.metrics.router({
  list: operations.metrics.list.handler(() => listMetrics()),
  describe: operations.metrics.describe.handler(({ context, input }) =>
    describeMetric(context, input.key, input.sql),
  ),
  movements: operations.metrics.movements.handler(({ context, input }) =>
    movements(context, input),
  ),
  cohorts: operations.metrics.cohorts.handler(({ context, input }) => cohorts(context, input)),
  query: operations.metrics.query.handler(({ context, input }) => queryMetrics(context, input)),
})
