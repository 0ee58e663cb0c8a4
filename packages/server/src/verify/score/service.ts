import type { LearnedScore, ScoreQuery } from '@tomoshibi/contract/score'
import { populationDrift } from '@tomoshibi/evidence/score/drift'
import { applyPlatt } from '@tomoshibi/evidence/score/platt'
import { applyScorecard } from '@tomoshibi/evidence/score/scorecard'
import type { MetricDefinition } from '@tomoshibi/metrics/definition'
import type { Ports } from '../../call/context.ts'
import { checkAccountGrain, definitionsOf } from '../../measure/metrics/question.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
import { noticeKey, readNotices, readTraitKeys } from '../cause/read.ts'
import { historyDays } from '../panel/history.ts'
import { emptyPanel, type Panel, readPanel } from '../panel/service.ts'
import { type Learned, learnScore, type ScorePanel } from './learn.ts'
import { sayFailure, sayScore } from './say.ts'

/**
 * A score learned from all metrics of accounts, when it is better than the best of them alone, with its
 * card and the score of every account that pays today.
 *
 * @throws Failure UNKNOWN_METRIC, METRIC_HAS_NO_ACCOUNT_VALUE (of `against`), BAD_PERIOD; FactsError
 */
export async function learnedScore(ports: Ports, query: ScoreQuery): Promise<LearnedScore> {
  const { outcome, horizon, against } = query
  const { settings, catalogue, rollups } = await choicesOf(ports)
  const { workspaceId, facts } = ports
  if (against !== undefined) checkAccountGrain(definitionsOf([against], catalogue))
  const history = await historyDays(ports, query)
  const metrics = [...catalogue.values()]
    .filter(({ grains }) => grains.includes('account'))
    .map(({ key }) => key)
  const attributes = await readTraitKeys(facts, workspaceId)
  const read = async (days: readonly string[], keys: readonly string[]): Promise<Panel> =>
    days.length === 0
      ? emptyPanel(keys, attributes)
      : await readPanel(facts, {
          workspaceId,
          settings,
          catalogue,
          rollups,
          metrics: keys,
          attributes,
          days,
          outcome,
          horizonDays: horizon,
          now: ports.clock.now().toString(),
        })
  const panel = await read(history.days, metrics)
  const notices = await readNotices(facts, workspaceId, history.days, settings.timeZone)
  const whole: ScorePanel = {
    ...panel,
    traits: panel.attributes,
    gaveNotice: Uint8Array.from(panel.account, (account, row) =>
      notices.has(noticeKey(panel.day[row] ?? 0, account)) ? 1 : 0,
    ),
  }
  const learned = learnScore(whole, { horizonDays: horizon, against: against ?? null })
  const keys = learned.model?.scorecard.parts.map(({ name }) => name) ?? []
  const today = keys.length === 0 ? emptyPanel([], []) : await read([history.through], keys)
  return viewOf(query, { learned, panel, today, through: history.through, catalogue })
}

const nameless = (key: string) => ({ en: key, ja: key })

function viewOf(
  { outcome, horizon }: ScoreQuery,
  found: {
    learned: Learned
    panel: Panel
    today: Panel
    through: string
    catalogue: ReadonlyMap<string, MetricDefinition>
  },
): LearnedScore {
  const { learned, panel, today, through, catalogue } = found
  const nameOf = (key: string) => catalogue.get(key)?.name ?? nameless(key)
  const { model, verdict, failure, rows } = learned
  const card = {
    ...learned.card,
    rivals: learned.card.rivals.map((rival) => ({ ...rival, name: nameOf(rival.metric) })),
  }
  const reasons = failure === null ? [] : [sayFailure(failure)]
  return {
    outcome,
    horizonDays: horizon,
    verdict,
    says: sayScore({ verdict, reasons, card }),
    reasons,
    card,
    parts:
      model?.scorecard.parts.map(({ name, weight, binning }) => {
        const column = panel.features.get(name) ?? new Float64Array()
        const current = today.features.get(name) ?? new Float64Array()
        const drift = populationDrift({
          reference: rows.map((row) => column[row] ?? Number.NaN).filter(isThere),
          current: [...current].filter(isThere),
        })
        return {
          metric: name,
          name: nameOf(name),
          direction: binning.direction,
          weight,
          informationValue: binning.informationValue,
          drift: drift.known ? drift.value.index : null,
          driftLevel: drift.known ? drift.value.level : null,
        }
      }) ?? [],
    ...(model === null ? { on: null, base: null, accounts: [] } : scoresOf(model, today, through)),
  }
}

const isThere = (value: number) => !Number.isNaN(value)

/** Contributions are on the scale of the calibrated log odds, so that they still add up. */
function scoresOf(
  { scorecard, platt }: NonNullable<Learned['model']>,
  today: Panel,
  through: string,
): Pick<LearnedScore, 'on' | 'base' | 'accounts'> {
  const base = platt.intercept + platt.slope * scorecard.intercept
  const scored = applyScorecard(scorecard, Object.fromEntries(today.features))
  const risks = applyPlatt(
    platt,
    scored.map(({ logOdds }) => logOdds),
  )
  const accounts = scored.map(({ contributions }, row) => {
    const parts = contributions.map(({ name, logOdds }) => {
      const value = today.features.get(name)?.[row] ?? Number.NaN
      return {
        metric: name,
        value: Number.isNaN(value) ? null : value,
        logOdds: platt.slope * logOdds,
      }
    })
    const risk = risks[row] ?? 0
    return {
      accountId: today.account[row] ?? '',
      risk,
      health: Math.round(100 * (1 - risk)),
      logOdds: parts.reduce((sum, part) => sum + part.logOdds, base),
      contributions: parts,
    }
  })
  accounts.sort((a, b) => b.risk - a.risk || (a.accountId < b.accountId ? -1 : 1))
  return { on: through, base, accounts }
}
