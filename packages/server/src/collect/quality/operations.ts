import { operations } from '../../call/context.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { qualityReport } from './service.ts'

export const qualityOperations = operations.quality.router({
  report: operations.quality.report.handler(async ({ context }) => {
    const { id, settings } = await getWorkspace(context)
    const { timeZone } = settings
    const today = todayIn(context.clock, timeZone).toString()
    return await qualityReport(context.facts, { id, timeZone }, today)
  }),
})
