/**
 * `npm run bench:lights`: 60 lamps and 5 scorecards over all accounts for one day, as one evaluation does
 * it on the day after one that was evaluated, held against the mark of three seconds and against asking one lamp after the other.
 *
 * `--accounts 10000` `--events 10m`  how large the made company is
 * `--runs 5`                         counted runs of each row, after one that is not counted
 * `--quick`                          a small company, to see that the benchmark itself works
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEngine } from '@tomoshibi/facts/engine/engine'
import { type FactStore, openFacts } from '@tomoshibi/facts/store'
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import type { NameEntry } from '@tomoshibi/metrics/condition/scope'
import type { Scorecard } from '@tomoshibi/metrics/health/scorecard'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import { readRollups } from '@tomoshibi/server/collect/rollups/service'
import type { Lamp } from '@tomoshibi/server/light/lamps/definition'
import { type Course, runBlock } from '@tomoshibi/server/light/lamps/evaluation'
import { type Entry, Ledger } from '@tomoshibi/server/light/lamps/ledger'
import { metricNames } from '@tomoshibi/server/light/lamps/names'
import { parseLampYaml } from '@tomoshibi/server/light/lamps/parse'
import { lampYaml, proposed } from '@tomoshibi/server/light/templates/render'
import { lampTemplates } from '@tomoshibi/server/light/templates/templates'
import { builtInScorecards } from '@tomoshibi/server/measure/health/built-in'
import { withHealth } from '@tomoshibi/server/measure/health/catalogue'
import { LAST_DAY, makeCompany, NOW, TIME_ZONE, WORKSPACE } from '../metrics/company.ts'

const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string' },
    events: { type: 'string', default: '10m' },
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})
const { quick } = options
const accounts = Number(options.accounts ?? (quick ? 500 : 10_000))
const events = quick ? 200_000 : Number.parseFloat(options.events) * 1_000_000
const runs = Number(options.runs ?? (quick ? 2 : 5))
const markMs = 3_000
const lampCount = 60
const DAY_BEFORE = '2026-10-30'

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** The standard scorecard for each plan, and for all others. */
function scorecards(): Scorecard[] {
  const standard = builtInScorecards().get('standard')?.scorecard
  if (standard === undefined) throw new Error('there is no standard scorecard')
  const plans = ['free', 'basic', 'pro', 'enterprise']
  return [
    ...plans.map((plan, k) => ({
      ...standard,
      key: `of_${plan}`,
      order: k + 1,
      when: `plan == "${plan}"`,
    })),
    standard,
  ]
}

/** Every template, and the same again for single plans, until there are sixty. */
function lampsFor(scope: Course['scope']): Lamp[] {
  const parts = ['', 'plan == "pro" && ', 'plan == "enterprise" && ']
  const wanted = parts.flatMap((part) => lampTemplates.map((template) => ({ part, template })))
  return wanted.slice(0, lampCount).map(({ part, template }, k) => {
    const thresholds = Object.entries(template.thresholds).map(([name, threshold]) =>
      proposed(name, threshold, []),
    )
    const more = { ...template, key: `lamp_${k}`, condition: `${part}${template.condition}` }
    const parsed = parseLampYaml(lampYaml(more, thresholds), scope)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.lamp
  })
}

async function courseOf(facts: FactStore): Promise<Course> {
  const choices = { version: 1, scorecards: scorecards(), overrides: [] }
  const catalogue = withHealth(new Map(), choices)
  const plan: NameEntry = { type: 'string', column: 'attr_plan', label: { en: 'plan', ja: 'plan' } }
  return {
    workspaceId: WORKSPACE,
    facts,
    settings: metricSettingsSchema.parse({ timeZone: TIME_ZONE }),
    scope: { names: new Map([['plan', plan], ...metricNames('JPY', catalogue)]), catalogue },
    rollups: await readRollups({ facts, workspaceId: WORKSPACE }),
    now: NOW,
  }
}

/** One day of some lamps, after what was there the day before; all that is there then. */
async function evaluate(
  course: Course,
  lamps: readonly Lamp[],
  before: readonly Entry[],
  day = LAST_DAY,
): Promise<readonly Entry[]> {
  const startOfDay = (on: string) => `${on}T00:00:00Z`
  const ledger = new Ledger({ workspaceId: WORKSPACE, now: NOW, startOfDay }, before)
  const block = { days: [day], knownAt: 'period-end' as const }
  await runBlock(course, ledger, lamps, block, { due: () => true, refresh: true })
  return ledger.entries
}

/** Milliseconds of the counted runs, the shortest first. */
async function timed(work: () => Promise<unknown>): Promise<number[]> {
  await work()
  const all: number[] = []
  for (let k = 0; k < runs; k++) {
    const began = performance.now()
    await work()
    all.push(performance.now() - began)
  }
  return all.toSorted((a, b) => a - b)
}
const shown = (all: readonly number[]): string =>
  `median ${Math.round(all[Math.floor(all.length / 2)] ?? 0)} ms (${Math.round(all[0] ?? 0)} to ${Math.round(all.at(-1) ?? 0)})`

const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-lights-'))
const engine = await startEngine({ dataDir: folder, log: say })
try {
  const facts = await openFacts(engine)
  try {
    await makeCompany(facts, { accounts, users: accounts * 20, events, seed: 1 }, () => {})
    await ensureUseRollup(facts, { workspaceId: WORKSPACE, timeZone: TIME_ZONE })
    const course = await courseOf(facts)
    const lamps = lampsFor(course.scope)
    const before = await evaluate(course, lamps, [], DAY_BEFORE)
    const tracked = (await evaluate(course, lamps, before)).length
    say(
      `${accounts} accounts, ${events} events, ${lamps.length} lamps, 5 scorecards, ${cpus().length} cores`,
    )
    say(`${tracked} lamps hold or burn on ${LAST_DAY}`)
    const together = await timed(() => evaluate(course, lamps, before))
    const median = together[Math.floor(together.length / 2)] ?? 0
    say(`all lamps and scorecards, one query: ${shown(together)}`)
    say(
      `mark of ${markMs} ms: ${median <= markMs ? 'met' : `missed, ${(median / markMs).toFixed(1)} times as long`}`,
    )
    const some = lamps.slice(0, quick ? 4 : 10)
    const single = await timed(async () => {
      for (const lamp of some)
        await evaluate(
          course,
          [lamp],
          before.filter(({ lampKey }) => lampKey === lamp.definition.key),
        )
    })
    const each = (single[Math.floor(single.length / 2)] ?? 0) / some.length
    say(
      `one query for each lamp, by ${some.length} of them: ${Math.round(each)} ms each, ${Math.round(each * lamps.length)} ms for all, ${((each * lamps.length) / median).toFixed(1)} times as long`,
    )
    const scores = lamps.filter(({ names }) => names.includes('health_score')).slice(0, 1)
    say(`scores alone: ${shown(await timed(() => evaluate(course, scores, [])))}`)
  } finally {
    await facts.close()
  }
} finally {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
}
