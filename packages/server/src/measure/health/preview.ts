import type { HealthPreview } from '@tomoshibi/contract/health'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import type { Ports } from '../../call/context.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { evidenceOfMetric } from '../../verify/metric-evidence/service.ts'
import type { Catalogue } from '../custom/service.ts'
import { type Choices, choicesOf } from '../metrics/service.ts'
import { changeView, type DefinitionFile, scorecardChanges, scorecardNamed } from './apply.ts'
import { choicesWith, healthChoices, withHealth } from './catalogue.ts'
import { readHealth } from './frame.ts'
import { inOrder, versionsOf } from './health.ts'
import { beside, countsOf, namesIn } from './overview.ts'
import { scoredOf } from './scored.ts'
import { allScorecards } from './store.ts'

export interface PreviewQuestion {
  readonly files: readonly DefinitionFile[]
  /** Keys of scorecards that would be retired. */
  readonly retire: readonly string[]
  /** Also how it would have done on history. */
  readonly history: boolean
  readonly horizon: number
}

/**
 * What changed scorecards would do, before they are saved: every account's score under those in force and
 * under the changed ones, from the same queries that will answer once they are saved.
 *
 * @throws Failure BAD_SCORECARD, UNKNOWN_SCORECARD; FactsError
 */
export async function previewScorecards(
  ports: Ports,
  { files, retire, history, horizon }: PreviewQuestion,
): Promise<HealthPreview> {
  const { db } = ports.state
  const { workspaceId, facts } = ports
  const [choices, stored, attributes] = await Promise.all([
    choicesOf(ports),
    allScorecards(db, workspaceId),
    attributeKeys(facts, workspaceId),
  ])
  const versions = versionsOf(stored)
  const changes = scorecardChanges(files, versions, choices.catalogue, attributes)
  for (const key of retire) scorecardNamed(key, versions)
  const changed = changes.filter(({ change }) => change !== 'unchanged')
  const own = new Map(
    [...choices.catalogue].filter(
      ([key, { measure }]) => !builtInMetrics.has(key) && measure.kind !== 'scorecards',
    ),
  )
  const proposed = choicesWith(
    await healthChoices({ db, workspaceId }, new Map([...builtInMetrics, ...own])),
    changed.map(({ scorecard }) => scorecard),
    retire,
    inOrder,
  )
  const catalogue: Catalogue = withHealth(own, proposed)
  const changedChoices: Choices = { ...choices, catalogue }
  const today = todayIn(ports.clock, choices.settings.timeZone).toString()
  const bands = choices.settings.healthBands
  const [before, after] = await Promise.all(
    [choices, changedChoices].map(async (each) => {
      const rows = await readHealth(ports, {
        settings: each.settings,
        catalogue: each.catalogue,
        days: [today],
        knownAt: 'period-end',
        ...beside,
      })
      return rows.map((row) => ({
        account: row.accountId,
        ...namesIn(row),
        scored: scoredOf(row, each.catalogue, bands),
      }))
    }),
  )
  const scoredBefore = new Map((before ?? []).map(({ account, scored }) => [account, scored]))
  const accounts = (after ?? [])
    .flatMap(({ account, name, mrr, scored }) => {
      const was = scoredBefore.get(account) ?? scoredOf(undefined, choices.catalogue, bands)
      const same = JSON.stringify(was) === JSON.stringify(scored)
      return same ? [] : [{ account, name, mrr, before: was, after: scored }]
    })
    .toSorted(
      (a, b) =>
        Number(b.before.band !== b.after.band) - Number(a.before.band !== a.after.band) ||
        Number(b.mrr ?? 0) - Number(a.mrr ?? 0) ||
        (a.account < b.account ? -1 : 1),
    )
  return {
    on: today,
    scorecards: changes.map(changeView),
    retired: [...retire],
    bands,
    before: countsOf((before ?? []).map(({ scored }) => scored)),
    after: countsOf((after ?? []).map(({ scored }) => scored)),
    changed: accounts.length,
    accounts,
    history: history
      ? {
          horizonDays: horizon,
          before: await onHistory(ports, choices, horizon),
          after: await onHistory(ports, changedChoices, horizon),
        }
      : null,
  }
}

/** How the computed score would have told lost accounts from others, by the scorecards of these choices. */
async function onHistory(
  ports: Ports,
  choices: Choices,
  horizon: number,
): Promise<NonNullable<HealthPreview['history']>['before']> {
  const { verdict, auc, rows, accountsWithOutcome, says } = await evidenceOfMetric(
    ports,
    { key: 'health_score_computed', outcome: 'churn', horizon },
    choices,
  )
  return {
    verdict,
    auc: auc && { value: auc.value, low: auc.low, high: auc.high },
    rows,
    accountsWithOutcome,
    says,
  }
}
