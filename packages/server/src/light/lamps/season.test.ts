import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type ReadAccount, readCompany } from '../../collect/simulate/testing/read-company.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { lampYaml, proposed } from '../templates/render.ts'
import { lampTemplates } from '../templates/templates.ts'
import { daysAfter, daysThrough } from './days.ts'
import type { Lamp } from './definition.ts'
import { runBlock } from './evaluation.ts'
import { lampFrame } from './frame.ts'
import { parseLampYaml } from './parse.ts'
import { newLedger, prepare, type Run } from './run.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

/**
 * Lamps over Golden Week, the turn of the year and weekends, on simulated customers whose use follows the
 * Japanese calendar, and one of whom really comes to use less.
 */
let stores: Awaited<ReturnType<typeof startLampStores>>
let w: TestWorkspace
let run: Run

/** Larger customers that nothing troubles: what moves them is the season. */
let quiet: string[]
/** One of the larger ones, of whose users four fifths come no more from this day on. */
let falling: string
const fallsOn = '2026-03-02'

beforeAll(async () => {
  stores = await startLampStores()
  w = stores.workspace()
  const company = readCompany({ accounts: 70, months: 20, seed: 3, endsOn: '2026-06-01' })
  const since = tokyo('2024-10-01')
  const there = company.filter(
    ({ truth, rows }) => truth.churns.length === 0 && usedFrom(rows.usage_events) < '2024-12-01',
  )
  const large = there.filter(
    ({ truth, rows }) =>
      truth.troubles.every(({ to }) => to < '2025-01') && rows.usage_events.length > 2000,
  )
  falling = large.at(-1)?.accountId ?? ''
  quiet = large.map(({ accountId }) => accountId).filter((each) => each !== falling)
  for (const account of there) {
    await w.facts.account(account.accountId, { name: account.accountId }, since)
    await w.facts.line(account.accountId, `${account.accountId}-line`, { from: since })
    await w.ports().facts.insert('usage_events', eventsOf(account))
  }
  const ports = w.at('2026-06-01T03:00:00Z')
  run = await prepare(ports, await getWorkspace(ports), '2026-05-31')
}, 120_000)
afterAll(() => stores.stop())

const usedFrom = (events: ReadAccount['rows']['usage_events']): string =>
  events[0]?.occurred_at ?? '9999'

function eventsOf({ accountId, rows }: ReadAccount) {
  const users = [...new Set(rows.usage_events.map(({ user_id }) => user_id))]
  const stays = (user: string | undefined) => users.indexOf(user) % 5 === 0
  return rows.usage_events
    .filter(({ user_id, occurred_at = '' }) => {
      const comes = accountId !== falling || occurred_at < fallsOn || stays(user_id)
      return user_id !== '' && comes
    })
    .map(({ usage_id, user_id, event, occurred_at, known_at }) => ({
      workspace_id: w.id,
      account_id: accountId,
      record_id: usage_id,
      known_at: `${known_at}+09:00`,
      version: 1,
      deleted: false,
      source_id: usage_id,
      source: 'test',
      user_id,
      event,
      occurred_at: `${occurred_at}+09:00`,
      quantity: 1,
      properties: '{}',
    }))
}

function lampOf(yaml: string): Lamp {
  const parsed = parseLampYaml(yaml, run.course.scope)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.lamp
}
const lamp = (key: string, condition: string) =>
  lampOf(`key: ${key}
version: 1
name: { en: ${key}, ja: ${key} }
condition: ${condition}
holdDays: 2
severity: warning
task: { title: { en: x, ja: x }, body: { en: x, ja: x }, owner: account_owner, dueDays: 1 }
`)

test('by the season no customer lights a lamp that takes it out, and one that uses less does', async () => {
  const template = lampTemplates.find(({ key }) => key === 'use_below_its_season')
  if (template === undefined) throw new Error('no such template')
  const thresholds = Object.entries(template.thresholds)
  const usual = thresholds.map(([name, threshold]) => proposed(name, threshold, []))
  const lamps = [
    lamp('plain', 'stickiness < 0.235'),
    lamp('own_year', 'stickiness < 0.235 && stickiness < 0.7 * stickiness_year_ago'),
    lampOf(lampYaml(template, usual)),
  ]
  const ledger = newLedger(run, [])
  const days = daysThrough('2025-12-01', '2026-05-31')
  for (let from = 0; from < days.length; from += 62) {
    const block = { days: days.slice(from, from + 62), knownAt: 'period-end' as const }
    await runBlock(run.course, ledger, lamps, block, { due: () => true, refresh: false })
  }
  const litOf = (key: string, accounts: readonly string[], from: string, through: string) =>
    [...ledger.episodes.values()]
      .filter(
        ({ lampKey, accountId, litOn }) =>
          lampKey === key && accounts.includes(accountId) && litOn >= from && litOn <= through,
      )
      .map(({ accountId, litOn }) => `${accountId} ${litOn}`)
  expect(quiet.length).toBeGreaterThan(3)
  const quietDays = ['2025-12-10', '2026-05-31'] as const
  expect(litOf('own_year', quiet, ...quietDays)).toEqual([])
  expect(litOf('use_below_its_season', quiet, ...quietDays)).toEqual([])
  // The same without the season does.
  expect(litOf('plain', quiet, '2025-12-29', '2026-01-20').length).toBeGreaterThan(2)
  expect(litOf('plain', quiet, '2026-04-29', '2026-05-20').length).toBeGreaterThan(2)
  for (const key of ['own_year', 'use_below_its_season']) {
    expect(litOf(key, [falling], fallsOn, '2026-04-05').length, key).toBeGreaterThan(0)
  }
}, 120_000)

describe('the operands', () => {
  const row = z.object({
    i: z.coerce.number(),
    account_id: z.string(),
    now: z.number().nullable(),
    before: z.number().nullable(),
    calendar: z.array(z.number()),
  })
  const ask = async (days: readonly string[]) => {
    const names = [
      ...['stickiness', 'stickiness_year_ago', 'weekday', 'business_days_7', 'business_days_28'],
    ]
    const frame = lampFrame({ ...run.course, days, knownAt: 'period-end', names })
    const column = (name: string) => run.course.scope.names.get(name)?.column ?? 'NULL'
    const calendar = ['weekday', 'business_days_7', 'business_days_28'].map(
      (name) => `assumeNotNull(${column(name)})`,
    )
    const sql = `${frame.with}
SELECT i, account_id, ${column('stickiness')} AS now, ${column('stickiness_year_ago')} AS before,
  [${calendar.join(', ')}] AS calendar
FROM ${frame.from} ORDER BY i, account_id`
    return w.ports().facts.query({ sql, params: frame.params }, row)
  }

  test('a year before is the same figure 52 weeks before, and nothing where there was none', async () => {
    const on = '2026-05-07'
    const asked = await ask([on, '2025-01-05'])
    const then = await ask([daysAfter(on, -364)])
    const valueThen = new Map(then.map(({ account_id, now }) => [account_id, now]))
    const first = asked.filter(({ i }) => i === 0)
    expect(first.length).toBeGreaterThan(10)
    for (const { account_id, before } of first) expect(before).toBe(valueThen.get(account_id))
    expect(first.filter(({ before }) => before !== null).length).toBeGreaterThan(10)
    // Use is known from October 2024 on.
    const early = asked.filter(({ i }) => i === 1)
    expect(early.filter(({ now }) => now !== null).length).toBeGreaterThan(5)
    expect(early.filter(({ before }) => before !== null)).toEqual([])
  })

  test('the calendar is that of the day, with the holidays of the company', async () => {
    const days = ['2026-05-07', '2026-05-10', '2026-05-01', '2026-07-10']
    const found = await ask(days)
    const of = (i: number) => found.find((each) => each.i === i)?.calendar
    // Thursday: of its 7 days Friday the 1st and itself are working days.
    expect(of(0)).toEqual([4, 2, 16])
    expect(of(1)).toEqual([7, 2, 16])
    expect(of(2)).toEqual([5, 4, 19])
    expect(of(3)).toEqual([5, 5, 20])
  })
})
