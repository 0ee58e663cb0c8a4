import { operations } from '../../call/context.ts'
import { applyRetention, setRetention, showRetention } from './service.ts'

const { retention } = operations

export const retentionOperations = retention.router({
  show: retention.show.handler(({ context }) => showRetention(context)),
  set: retention.set.handler(({ context, input }) =>
    setRetention(context, input.table, input.months),
  ),
  apply: retention.apply.handler(({ context, input }) => applyRetention(context, input)),
})
