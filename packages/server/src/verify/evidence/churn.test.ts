import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FactWriter } from '../../light/testing.ts'
import { readPayingHistory } from './churn.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
})
afterAll(() => facts.stop())

const settings = metricSettingsSchema.parse({})
/** Midnight in Tokyo. */
const tokyo = (day: string) => `${day}T00:00:00+09:00`
let workspaces = 0

async function historyOf(
  write: (facts: FactWriter) => Promise<void>,
  chosen: Partial<typeof settings> = {},
) {
  workspaces += 1
  const workspaceId = `w${workspaces}`
  await write(new FactWriter(facts.store, workspaceId))
  const read = await readPayingHistory(facts.store, workspaceId, { ...settings, ...chosen })
  return {
    paying: read.paying.map(({ accountId, from, to }) => `${accountId} ${from} ${to}`),
    churns: read.churns.map(({ accountId, on }) => `${accountId} ${on}`),
  }
}

it('takes lines that follow each other, or overlap, for one stretch', async () => {
  const read = await historyOf(async (f) => {
    await f.line('a', '1', { from: tokyo('2025-01-01'), to: tokyo('2025-07-01') })
    await f.line('a', '2', { from: tokyo('2025-07-01'), to: tokyo('2025-12-01') })
    await f.line('a', '3', { from: tokyo('2025-02-01'), to: tokyo('2025-03-01') })
    await f.line('b', '4', { from: tokyo('2025-01-01') })
  })
  expect(read).toEqual({
    paying: ['a 2024-12-31 2025-11-30', 'b 2024-12-31 null'],
    churns: ['a 2025-12-01'],
  })
})

it('takes an account that comes back for lost in between', async () => {
  const read = await historyOf(async (f) => {
    await f.line('a', '1', { from: tokyo('2025-01-01'), to: tokyo('2025-03-01') })
    await f.line('a', '2', { from: tokyo('2025-05-01'), to: tokyo('2025-06-01') })
  })
  expect(read.churns).toEqual(['a 2025-03-01', 'a 2025-06-01'])
})

it('counts only what is paid for: no trials, no pauses, no free months', async () => {
  const read = await historyOf(async (f) => {
    const from = tokyo('2025-01-01')
    await f.line('trial', '1', { from, to: tokyo('2025-02-01'), state: 'trial' })
    await f.line('paused', '2', { from, to: tokyo('2025-02-01'), state: 'paused' })
    await f.line('ended', '3', { from, to: tokyo('2025-02-01'), state: 'ended' })
    await f.line('late', '4', { from, to: tokyo('2025-02-01'), state: 'past_due' })
    await f.line('nothing', '5', { from, to: tokyo('2025-02-01'), amount: '0' })
    await f.line('free', '6', { from, to: tokyo('2025-02-01'), discount_percent: '100' })
    await f.line('freefirst', '7', {
      from,
      to: tokyo('2025-09-01'),
      discount_percent: '100',
      discount_until: tokyo('2025-04-01'),
    })
  })
  expect(read.paying).toEqual([
    'ended 2024-12-31 2025-01-31',
    'freefirst 2025-03-31 2025-08-31',
    'late 2024-12-31 2025-01-31',
  ])
})

it('goes by the latest version of a line, and by no void one', async () => {
  const read = await historyOf(async (f) => {
    await f.line('a', '1', { from: tokyo('2025-01-01') })
    await f.line('a', '1', {
      from: tokyo('2025-01-01'),
      to: tokyo('2025-06-01'),
      known: tokyo('2025-05-10'),
    })
    await f.line('b', '2', { from: tokyo('2025-01-01'), to: tokyo('2025-02-01') })
    await f.void('contract_lines', 'b', '2', tokyo('2025-01-05'))
  })
  expect(read.churns).toEqual(['a 2025-06-01'])
})

it('dates churn by the notice where the workspace says so', async () => {
  const write = (f: FactWriter) =>
    f.line('a', '1', {
      from: tokyo('2025-01-01'),
      to: tokyo('2025-12-01'),
      cancelled_at: tokyo('2025-09-15'),
    })
  expect((await historyOf(write)).churns).toEqual(['a 2025-12-01'])
  const noticed = await historyOf(write, { churnDate: 'cancellation_notice' })
  expect(noticed.churns).toEqual(['a 2025-09-15'])
})

it('cuts days in the zone of the workspace', async () => {
  const write = (f: FactWriter) =>
    f.line('a', '1', { from: '2025-01-01T12:00:00Z', to: '2025-06-30T16:00:00Z' })
  expect(await historyOf(write)).toEqual({
    paying: ['a 2025-01-01 2025-07-01'],
    churns: ['a 2025-07-01'],
  })
  expect((await historyOf(write, { timeZone: 'UTC' })).churns).toEqual(['a 2025-06-30'])
})
