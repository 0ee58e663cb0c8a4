import { createRouterClient } from '@orpc/server'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { program } from '../call/caller.ts'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../call/testing.ts'
import { writeTwoOwners } from './testing-accounts.ts'

let operations: TestOperations
let app: TestWorkspace
beforeAll(async () => {
  operations = await startTestOperations()
  app = operations.workspace()
  await writeTwoOwners(app.facts)
  await app.caller.lamps.evaluate({})
})
afterAll(() => operations.stop())

/** As somebody who sees the accounts owned by these names only, with every permission. */
const seeing = (...ownedBy: string[]) =>
  createRouterClient(app.router, {
    context: app.call({ ...program(app.id), accounts: { ownedBy } }),
  })
const mei = () => seeing('Mei')

describe('who sees their own accounts only', () => {
  test.each([['Mei'], ['ＭＥＩ'], [' mei ']])('is known by their name, as %j too', async (name) => {
    const { total, rows } = await seeing(name).accounts.list({ sort: 'name', descending: false })
    expect(rows.map(({ id }) => id)).toEqual(['mine-1', 'mine-2'])
    expect(total).toBe(2)
  })

  test.each([[[]], [['']], [['me']], [['%']], [["' OR 1=1 --"]]])(
    'sees none as %j',
    async (names) => {
      const nobody = seeing(...names)
      expect(await nobody.accounts.list({})).toEqual({ total: 0, rows: [] })
      expect(await nobody.lamps.list({})).toEqual([])
      const [mrr] = await nobody.metrics.query({ metrics: ['mrr'] })
      expect(mrr?.value ?? null).toBeNull()
    },
  )

  test('is told of another account as of one that is not there', async () => {
    const attempts = (account: string) => [
      mei().accounts.get({ accountId: account }),
      mei().accounts.timeline({ accountId: account }),
      mei().lamps.list({ account }),
      mei().lamps.start({ account, lamp: 'silence' }),
      mei().lamps.done({ account, lamp: 'silence' }),
      mei().lamps.snooze({ account, lamp: 'silence', until: '2027-01-01', reason: 'r' }),
      mei().lamps.undo({ account, lamp: 'silence' }),
      mei().metrics.query({ metrics: ['mrr'], accounts: [account] }),
      mei().metrics.explain({ metrics: ['mrr'], accounts: [account], language: 'en' }),
      mei().metrics.facts({ metric: 'mrr', account, on: '2026-11-20' }),
      mei().metrics.movements({ from: '2026-01-01', to: '2026-11-01', account }),
    ]
    const told = async (calls: Promise<unknown>[], id: string) =>
      (await Promise.allSettled(calls)).map((each) =>
        each.status === 'rejected'
          ? JSON.stringify(each.reason).replaceAll(id, 'ID')
          : JSON.stringify(each.value),
      )
    const others = await told(attempts('zzother-1'), 'zzother-1')
    expect(others).toEqual(await told(attempts('nowhere-1'), 'nowhere-1'))
    for (const one of others) expect(one).toContain('UNKNOWN_ACCOUNT')
  })

  test('finds nothing of others by searching', async () => {
    for (const search of ['ZZOther', 'zzother-1', 'Someone']) {
      expect(await mei().accounts.list({ search })).toEqual({ total: 0, rows: [] })
    }
  })

  test('may not do what is about all accounts', async () => {
    const attempts = [
      mei().lamps.evaluate({}),
      mei().evidence.lamps(),
      mei().quality.report(),
      mei().facts.put({ type: 'tickets', records: [] }),
      mei().imports.suggest({ paths: ['/etc/passwd'] }),
    ]
    // All are listened to at once: one that is refused while another is waited for has a listener.
    const codes = await Promise.all(attempts.map(codeOf))
    expect(codes).toEqual(attempts.map(() => 'NEEDS_ALL_ACCOUNTS'))
  })
})

describe('figures of who sees their own accounts only', () => {
  const dates = { on: '2026-11-20' }
  const accountMetrics = [...builtInMetrics.values()].filter(({ grains }) =>
    grains.includes('account'),
  )
  const portfolioMetrics = [...builtInMetrics.values()].filter(({ grains }) =>
    grains.includes('portfolio'),
  )

  test('of an account are the same as for who sees all', async () => {
    const question = { metrics: accountMetrics.map(({ key }) => key), ...dates }
    const all = await app.caller.metrics.query({ ...question, perAccount: true })
    const own = await mei().metrics.query({ ...question, perAccount: true })
    expect(own).toEqual(all.filter(({ account }) => account?.startsWith('mine-')))
    expect(own.length).toBeGreaterThan(accountMetrics.length)
  })

  test('of the whole are those of a workspace that has these accounts only', async () => {
    const alone = operations.workspace()
    await writeTwoOwners(alone.facts, 'mine')
    const question = { metrics: portfolioMetrics.map(({ key }) => key), ...dates, by: ['plan'] }
    expect(await mei().metrics.query(question)).toEqual(await alone.caller.metrics.query(question))
    const range = { from: '2026-01-01', to: '2026-11-01' }
    expect(await mei().metrics.movements(range)).toEqual(
      await alone.caller.metrics.movements(range),
    )
    expect(await mei().metrics.cohorts(range)).toEqual(await alone.caller.metrics.cohorts(range))
  })

  test('are taken apart into their own accounts, down to the facts', async () => {
    const drilled = await mei().metrics.query({ metrics: ['mrr'], ...dates, drill: true })
    expect(drilled.map(({ account }) => account)).toEqual([null, 'mine-2', 'mine-1'])
    const facts = await mei().metrics.facts({ metric: 'mrr', account: 'mine-1', ...dates })
    expect(facts).toEqual(
      await app.caller.metrics.facts({ metric: 'mrr', account: 'mine-1', ...dates }),
    )
  })

  test('say in their explanation which accounts they are of', async () => {
    const { filters } = await mei().metrics.explain({ metrics: ['mrr'], ...dates, language: 'en' })
    expect(filters.accounts).toEqual(['mine-1', 'mine-2'])
  })
})

test('nothing of others is in anything that tells of what is seen', async () => {
  const client = mei()
  const answers = await Promise.all([
    client.workspace.get(),
    client.accounts.list({}),
    client.accounts.get({ accountId: 'mine-1' }),
    client.accounts.timeline({ accountId: 'mine-1' }),
    client.lamps.list({}),
    client.lamps.today(),
    client.lamps.definitions(),
    client.metrics.list(),
    client.metrics.describe({ key: 'mrr', sql: true }),
    client.metrics.export({}),
    client.metrics.query({ metrics: ['mrr', 'nrr'], drill: true, by: ['plan'] }),
    client.metrics.explain({ metrics: ['mrr'], drill: true, language: 'en' }),
    client.metrics.query({ metrics: ['mrr'], by: ['zzsecret'] }).catch((error: unknown) => error),
  ])
  for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/zzother|someone else/i)
  expect((await app.caller.lamps.list({})).some(({ account }) => account === 'zzother-1')).toBe(
    true,
  )
  expect((await client.lamps.list({})).some(({ account }) => account === 'mine-1')).toBe(true)
  expect((await client.workspace.get()).accounts).toBe(2)
})
