import { type Call, operations } from '../../call/context.ts'
import { applyScorecards, exportScorecards, retireScorecard } from './apply.ts'
import { explainHealth } from './explain.ts'
import { healthHistory } from './history.ts'
import { listOverrides, setOverride, withdrawOverride } from './overrides.ts'
import { healthOverview, listScorecards } from './overview.ts'
import { previewScorecards } from './preview.ts'

const { health } = operations

/** Which user acts; null for a program. */
const actorOf = ({ caller }: Call): string | null => caller.person?.userId ?? null

export const healthOperations = health.router({
  scorecards: health.scorecards.handler(({ context }) => listScorecards(context)),
  apply: health.apply.handler(({ context, input }) => applyScorecards(context, input)),
  export: health.export.handler(({ context, input }) => exportScorecards(context, input)),
  retire: health.retire.handler(({ context, input }) => retireScorecard(context, input.key)),
  preview: health.preview.handler(({ context, input }) => previewScorecards(context, input)),
  overview: health.overview.handler(({ context, input }) => healthOverview(context, input)),
  explain: health.explain.handler(({ context, input }) => explainHealth(context, input)),
  history: health.history.handler(({ context, input }) => healthHistory(context, input)),
  overrides: health.overrides.handler(({ context, input }) => listOverrides(context, input)),
  override: health.override.handler(({ context, input }) =>
    setOverride(context, { ...input, actor: actorOf(context) }),
  ),
  withdraw: health.withdraw.handler(({ context, input }) =>
    withdrawOverride(context, { ...input, actor: actorOf(context) }),
  ),
})
