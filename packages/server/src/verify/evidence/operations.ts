import { operations } from '../../call/context.ts'
import { checkInUse, readBadges } from '../checks/in-use.ts'
import { evidenceOfMetric } from '../metric-evidence/service.ts'
import { exportPanel } from '../panel/export.ts'
import { evidenceReport } from '../report/service.ts'
import { learnedScore } from '../score/service.ts'
import { evidenceOfLamp, evidenceOfLamps } from './service.ts'

export const evidenceOperations = operations.evidence.router({
  badges: operations.evidence.badges.handler(({ context }) => readBadges(context)),
  check: operations.evidence.check.handler(async ({ context, input }) => ({
    checked: await checkInUse(context, input),
    badges: await readBadges(context),
  })),
  lamps: operations.evidence.lamps.handler(({ context }) => evidenceOfLamps(context)),
  lamp: operations.evidence.lamp.handler(({ context, input }) =>
    evidenceOfLamp(context, input.key),
  ),
  metric: operations.evidence.metric.handler(({ context, input }) =>
    evidenceOfMetric(context, input),
  ),
  score: operations.evidence.score.handler(({ context, input }) => learnedScore(context, input)),
  report: operations.evidence.report.handler(({ context, input }) =>
    evidenceReport(context, input),
  ),
  panel: operations.evidence.panel.handler(({ context, input }) => exportPanel(context, input)),
})
