import type { LampPreview, LampsLoad, LampTemplateView } from '@tomoshibi/contract/light'
import { lampEvidence } from '@tomoshibi/evidence/lamp-evidence'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import { isBadPeriod, periodsOnDay } from '@tomoshibi/metrics/periods'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { type Choices, choicesOf } from '../../measure/metrics/service.ts'
import { todayIn } from '../../platform/clock.ts'
import { getWorkspace, type Workspace } from '../../platform/workspace.ts'
import { readPayingHistory } from '../../verify/evidence/churn.ts'
import { evidenceView } from '../../verify/evidence/evidence.ts'
import { evidenceOfLamps, outcomesOf } from '../../verify/evidence/service.ts'
import { historyOf, readAccounts } from '../lamps/accounts.ts'
import { dayBefore, daysAfter, daysThrough, later } from '../lamps/days.ts'
import { runBlock } from '../lamps/evaluation.ts'
import { parseLampYaml } from '../lamps/parse.ts'
import { newLedger, prepare } from '../lamps/run.ts'
import { lampHistories } from '../lamps/service.ts'
import { type Asked, loadOf, toDoWithout } from './load.ts'
import { lampYaml, proposed } from './render.ts'
import { lampTemplates } from './templates.ts'

const horizonDays = 90
/** The engine refuses a query of all metrics at once. */
const metricsAtOnce = 12
const daysInBlock = 62

/** Every template with numbers from the workspace's own accounts. @throws FactsError */
export async function proposeLamps(ports: Ports): Promise<LampTemplateView[]> {
  const choices = await choicesOf(ports)
  const metrics = lampTemplates.flatMap(({ thresholds }) =>
    Object.values(thresholds).map(({ metric }) => metric),
  )
  const values = await valuesToday(ports, choices, [...new Set(metrics)])
  return lampTemplates.map((template): LampTemplateView => {
    const thresholds = Object.entries(template.thresholds).map(([name, threshold]) =>
      proposed(name, threshold, values.get(threshold.metric) ?? []),
    )
    const { key, kind, name, severity } = template
    return {
      ...{ key, kind, name, severity },
      thresholds: thresholds.map((threshold) => ({ ...threshold })),
      yaml: lampYaml(template, thresholds),
    }
  })
}

const numbers = z.object({ numbers: z.array(z.number().nullable()) })

/** The values of metrics today, of the accounts that pay and have one. */
async function valuesToday(
  ports: Ports,
  { settings, catalogue, rollups }: Choices,
  metrics: readonly string[],
): Promise<Map<string, number[]>> {
  const periods = periodsOnDay(
    todayIn(ports.clock, settings.timeZone).toString(),
    settings.timeZone,
  )
  if (isBadPeriod(periods)) throw new RangeError(periods.says.en)
  const found = new Map<string, number[]>()
  for (let from = 0; from < metrics.length; from += metricsAtOnce) {
    const some = metrics.slice(from, from + metricsAtOnce)
    const frame = compileAccountFrame({
      workspaceId: ports.workspaceId,
      settings,
      catalogue,
      rollups,
      metrics: ['mrr', ...some.filter((key) => key !== 'mrr')],
      attributes: [],
      periods,
      knownAt: 'now',
      now: ports.clock.now().toString(),
    })
    if (!frame.ok) throw new Error(`no frame of templates: ${JSON.stringify(frame.problems)}`)
    const [mrr] = frame.columns
    const sql = `${frame.with}
SELECT CAST([${frame.columns.map(({ column }) => `toFloat64(${column})`).join(', ')}] AS Array(Nullable(Float64))) AS numbers
FROM ${frame.from}
WHERE ${mrr?.column ?? 'NULL'} > 0`
    const rows = await ports.facts.query({ sql, params: frame.params }, numbers)
    frame.columns.forEach(({ key }, k) => {
      if (!some.includes(key)) return
      found.set(
        key,
        rows.flatMap((row) => row.numbers[k] ?? []),
      )
    })
  }
  return found
}

/**
 * What a lamp would have done over the last days, before it is there: how often it would have lit, how
 * right and how early, and what that does to each CSM's week. Each day as known at its own end; nothing
 * is stored.
 *
 * @throws Failure BAD_CONDITION with every problem; FactsError
 */
export async function previewLamp(
  ports: Ports,
  { yaml, days }: { readonly yaml: string; readonly days: number },
): Promise<LampPreview> {
  const workspace = await getWorkspace(ports)
  const { settings } = workspace
  const today = todayIn(ports.clock, settings.timeZone).toString()
  const last = dayBefore(today)
  const run = await prepare(ports, workspace, last)
  const parsed = parseLampYaml(yaml, run.course.scope)
  if (!parsed.ok) {
    const problem = parsed.problems[0]?.text.en ?? ''
    throw new Failure('BAD_CONDITION', { problem }, parsed.problems)
  }
  const { lamp } = parsed
  const { key, version, name, outcome } = lamp.definition
  const history = await historyOf(ports, workspace)
  const first = history === null ? today : later(daysAfter(last, 1 - days), history.firstSignDay)
  const ledger = newLedger(run, [])
  const all = first > last ? [] : daysThrough(first, last)
  for (let from = 0; from < all.length; from += daysInBlock) {
    const block = { days: all.slice(from, from + daysInBlock), knownAt: 'period-end' as const }
    await runBlock(run.course, ledger, [lamp], block, { due: () => true, refresh: false })
  }
  // What burns on the first day lit before it, nobody knows when.
  const episodes = [...ledger.episodes.values()].filter(({ litOn }) => litOn > first)
  const { paying } = await readPayingHistory(ports.facts, workspace.id, settings)
  const evidence = lampEvidence({
    episodes,
    outcomes: await outcomesOf(ports, outcome),
    exposure: { historyStart: first, historyEnd: today, accounts: paying },
    horizonDays,
  })
  const others = (await lampHistories(ports)).filter((other) => other.key !== key)
  const there = others.flatMap((other) =>
    other.episodes
      .filter(({ litOn }) => litOn > first && litOn <= last)
      .map(({ accountId }) => ({ lamp: other.key, accountId })),
  )
  const weeks = Math.max(1, all.length) / 7
  const added = episodes.map(({ accountId }) => ({ lamp: key, accountId }))
  const { load, retire } = await weekOf(ports, workspace, { there, added, weeks })
  return {
    key,
    version,
    name,
    from: first,
    through: last,
    days: all.length,
    lit: episodes.length,
    perWeek: episodes.length / weeks,
    open: ledger.entries.filter(({ state }) => state.position !== 'off').length,
    evidence: evidenceView({ key, version, name, outcome }, evidence),
    load,
    retire,
  }
}

interface Lit {
  readonly lamp: string
  readonly accountId: string
}

/** What lamps do to each CSM's week, and those to do without where one is too full. */
async function weekOf(
  ports: Ports,
  workspace: Workspace,
  lit: { readonly there: readonly Lit[]; readonly added: readonly Lit[]; readonly weeks: number },
): Promise<Pick<LampPreview, 'load' | 'retire'>> {
  const ids = [...lit.there, ...lit.added].map(({ accountId }) => accountId)
  const owners = await readAccounts(ports, workspace, ids)
  const asked = (some: readonly Lit[]): Asked[] =>
    some.map(({ lamp, accountId }) => ({ lamp, owner: owners.get(accountId)?.owner ?? null }))
  const before = asked(lit.there)
  const { lampBudgetPerWeek } = workspace.settings
  const load = loadOf(before, asked(lit.added), lit.weeks, lampBudgetPerWeek)
  const judged = load.some(({ isOver }) => isOver) ? await evidenceOfLamps(ports) : []
  const without = toDoWithout(
    judged.map(({ lamp, precision, baseRate }) => ({
      lamp,
      precision: precision.value,
      baseRate: baseRate.value,
    })),
    before,
    load,
  )
  return {
    load,
    retire: without.flatMap((each) => {
      const found = judged.find((one) => one.lamp === each)
      return found === undefined ? [] : [{ key: each, name: found.name, says: found.says }]
    }),
  }
}

const daysOfLoad = 91

/** Lamps per week of each CSM over the last 13 weeks, and those to do without where it is too full. */
export async function lampLoad(ports: Ports): Promise<LampsLoad> {
  const workspace = await getWorkspace(ports)
  const through = dayBefore(todayIn(ports.clock, workspace.settings.timeZone).toString())
  const from = daysAfter(through, 1 - daysOfLoad)
  const there = (await lampHistories(ports)).flatMap(({ key, episodes }) =>
    episodes
      .filter(({ litOn }) => litOn >= from && litOn <= through)
      .map(({ accountId }) => ({ lamp: key, accountId })),
  )
  const week = await weekOf(ports, workspace, { there, added: [], weeks: daysOfLoad / 7 })
  return { from, through, ...week }
}
