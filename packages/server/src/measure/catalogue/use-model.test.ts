/** Use of random companies, against the definitions in a few plain lines that look at one fact a time. */
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { isBusinessDay } from '@tomoshibi/metrics/holidays'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import type { MetricValue } from '@tomoshibi/metrics/value'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { RANDOM_ACCOUNTS, type RandomFact, randomCompany } from './random-company.ts'
import { ask, between, fact, settingsOf } from './testing.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const shared = { account_id: z.string(), record_id: z.string(), version: z.number() }
const version = z.object({ ...shared, deleted: z.boolean(), known_at: z.coerce.date() })
const eventSchema = version.extend({
  user_id: z.string(),
  event: z.string(),
  quantity: z.number(),
  occurred_at: z.string(),
})
const lineSchema = version.extend({
  plan: z.string(),
  state: z.string(),
  effective_from: z.coerce.date(),
  effective_to: z.coerce.date().nullable(),
})

/** The version of each fact that was the latest one known at an instant, but for void ones. */
const knownAt = <Row extends z.infer<typeof version>>(rows: readonly Row[], at: Date): Row[] => {
  const latest = new Map<string, Row>()
  for (const row of rows.filter(({ known_at }) => known_at <= at)) {
    const id = `${row.account_id} ${row.record_id}`
    const other = latest.get(id)
    const newer =
      other === undefined ||
      row.known_at > other.known_at ||
      (row.known_at.getTime() === other.known_at.getTime() && row.version > other.version)
    if (newer) latest.set(id, row)
  }
  return [...latest.values()].filter(({ deleted }) => !deleted)
}
const ofTable = <Row>(
  company: readonly RandomFact[],
  table: string,
  schema: z.ZodType<Row>,
): Row[] => company.filter((each) => each.table === table).map(({ row }) => schema.parse(row))

const dayOf = (instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO('Asia/Tokyo').toPlainDate().toString()
const before = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).subtract({ days }).toString()

type Sides = readonly [number | null, number | null]
type Figures = Record<string, Sides>
const none: Sides = [null, null]

/** What holds of an account on a day, as known at an instant. */
const modelOf = (
  company: readonly RandomFact[],
  settings: MetricSettings,
  last: string,
  at: Date,
  account: string,
): Figures => {
  const among = (chosen: readonly string[], name: string) =>
    chosen.length === 0 || chosen.includes(name)
  const features = Object.values(settings.planFeatures).flat()
  const events = ofTable(company, 'usage_events', eventSchema).map((row) => ({
    ...row,
    day: dayOf(row.occurred_at),
  }))
  const end = new Date(`${before(last, -1)}T00:00:00+09:00`)
  const lines = knownAt(ofTable(company, 'contract_lines', lineSchema), at).filter(
    ({ account_id, state, effective_from, effective_to }) =>
      account_id === account &&
      (['active', 'past_due'].includes(state) || (state === 'ended' && effective_to !== null)) &&
      effective_from <= end &&
      (effective_to === null || end < effective_to),
  )
  const ever = events.filter(
    ({ deleted, known_at, day }) => !deleted && known_at <= at && day <= last,
  )
  const mine = knownAt(events, at).filter(
    ({ account_id, day }) => account_id === account && day <= last,
  )
  const isNamed = ({ user_id }: { user_id: string }) => user_id !== ''
  const byPerson = mine.some(isNamed) || (lines.length > 0 && ever.some(isNamed))
  const byAnyone = mine.length > 0 || (lines.length > 0 && ever.length > 0)

  const inDays = (days: number) => mine.filter(({ day }) => day > before(last, days))
  const active = inDays(28).filter(({ event }) => among(settings.activeEvents, event))
  const usersOf = (rows: typeof mine) => new Set(rows.filter(isNamed).map(({ user_id }) => user_id))
  const users = usersOf(active).size
  const counts = (day: string) => settings.countWeekends || isBusinessDay(day, settings)
  const days = Array.from({ length: 28 }, (_, k) => before(last, k)).filter(counts)
  const userDays = new Set(
    active
      .filter((row) => isNamed(row) && days.includes(row.day))
      .map(({ user_id, day }) => `${user_id} ${day}`),
  )
  const core = inDays(28).filter((row) => isNamed(row) && among(settings.coreActions, row.event))
  const used = inDays(28).filter(({ event }) => among(features, event))
  const isActive = active.length > 0 ? 1 : 0
  const planned = new Set(lines.flatMap(({ plan }) => settings.planFeatures[plan] ?? []))
  const week = inDays(7).filter(({ event }) => among(settings.activeEvents, event))
  const names = new Set([...features, ...used.map(({ event }) => event)])
  const person = (...sides: Sides): Sides => (byPerson ? sides : none)
  const anyone = (...sides: Sides): Sides => (byAnyone ? sides : none)
  return {
    active_users: person(users, null),
    active_users_7d: person(usersOf(week).size, null),
    stickiness: person(userDays.size, users * days.length),
    usage_rate: person(
      core.reduce((total, { quantity }) => total + quantity, 0),
      users * 4,
    ),
    feature_adoption: anyone(used.length > 0 ? 1 : 0, isActive),
    feature_adoption_users: person(usersOf(used).size, users),
    breadth:
      planned.size === 0
        ? none
        : anyone(
            [...planned].filter((name) => used.some(({ event }) => event === name)).length,
            planned.size,
          ),
    ...Object.fromEntries(
      [...names].flatMap((name) => {
        const of = used.filter(({ event }) => event === name)
        return [
          [`feature_adoption ${name}`, anyone(of.length > 0 ? 1 : 0, isActive)],
          [`feature_adoption_users ${name}`, person(usersOf(of).size, users)],
        ]
      }),
    ),
  }
}

const WHOLE = ['active_users', 'active_users_7d', 'stickiness', 'usage_rate', 'breadth']
const BY_FEATURE = ['feature_adoption', 'feature_adoption_users']

const some = (...names: string[]) => fc.subarray(names)
const anySettings = fc.record({
  activeEvents: some('login', 'report', 'export'),
  coreActions: some('login', 'report'),
  countWeekends: fc.boolean(),
  holidays: fc.constantFrom('japan' as const, 'none' as const),
  planFeatures: fc.oneof(
    fc.constant({}),
    fc.record({ basic: some('login', 'report'), pro: some('report', 'export', 'unheard of') }),
  ),
})

let workspaces = 0
it('is what its definition says, for any facts, settings and instants of knowing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      anySettings,
      fc.constantFrom('now', 'period-end', '2025-11-20T03:00:00.000Z'),
      async (seed, chosen, known) => {
        workspaces += 1
        const workspaceId = `w${workspaces}`
        const company = randomCompany(seed)
        for (const table of ['usage_events', 'contract_lines'] as const) {
          const rows = company.filter((each) => each.table === table)
          await facts.store.insert(
            table,
            rows.map(({ row }) => fact(table, workspaceId, row)),
          )
        }
        const settings = settingsOf(chosen)
        const question = {
          workspaceId,
          settings,
          periods: between('2025-09-01', '2026-03-01', 'month'),
          grain: 'account' as const,
          knownAt: known,
        }
        const whole = await ask(facts.store, { ...question, metrics: [...WHOLE, ...BY_FEATURE] })
        const parts = await ask(facts.store, { ...question, metrics: BY_FEATURE, by: ['feature'] })
        const found = new Map<string, Sides>()
        const name = ({ metric, slice }: MetricValue) => [metric, ...Object.values(slice)].join(' ')
        const side = (amount: MetricValue['value']) => (amount === null ? null : Number(amount))
        for (const value of [...whole, ...parts]) {
          const sides: Sides = [side(value.numerator), side(value.denominator)]
          found.set(`${value.end} ${value.account} ${name(value)}`, sides)
        }
        for (const { end, label } of question.periods) {
          if ('on' in label) continue
          const at =
            known === 'now'
              ? new Date('2026-11-21T00:00:00Z')
              : new Date(known === 'period-end' ? Date.parse(end) - 1 : known)
          for (const account of RANDOM_ACCOUNTS) {
            const expected = modelOf(company, settings, before(label.end, 1), at, account)
            for (const [metric, sides] of Object.entries(expected)) {
              const where = `${label.end} ${account} ${metric}`
              expect(found.get(where) ?? none, `${where} of ${seed}`).toEqual(sides)
              found.delete(where)
            }
          }
        }
        // Nothing else has a figure: no account, and no feature.
        expect([...found].filter(([, sides]) => sides[0] !== null)).toEqual([])
      },
    ),
    { numRuns: 8, endOnFailure: true },
  )
}, 120_000)
