import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { checkAccountCondition } from '@tomoshibi/metrics/account-condition'
import { compileAccountFrame } from '@tomoshibi/metrics/account-frame'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import { intervalMethodOf } from '@tomoshibi/metrics/plan/sample'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { insertServiceCompany, SERVICE } from './service-company.ts'
import { ask, between, fact, onDay, settingsOf } from './testing.ts'
import { tokyo } from './tiny-company.ts'

let facts: TestFacts
beforeAll(async () => {
  facts = await startTestFacts()
  await insertServiceCompany(facts.store)
  await facts.store.insert(
    'account_attributes',
    [
      ['p', 'pro', tokyo('2026-01-01')],
      ['q', 'starter', tokyo('2026-01-01')],
      ['q', 'pro', tokyo('2026-05-02')],
      ['t', 'pro', tokyo('2026-05-02')],
    ].map(([account_id, value, effective_at]) =>
      fact('account_attributes', SERVICE, {
        account_id,
        record_id: `${account_id}-${value}`,
        attribute: 'edition',
        value,
        value_number: null,
        value_kind: 'string',
        effective_at,
      }),
    ),
  )
})
afterAll(() => facts.stop())

const question = (selfSufficientWhen?: string) => ({
  workspaceId: SERVICE,
  metrics: ['self_sufficient_rate'],
  periods: onDay('2026-04-30'),
  settings: settingsOf(selfSufficientWhen === undefined ? {} : { selfSufficientWhen }),
})
const rate = async (selfSufficientWhen?: string, more: object = {}) => {
  const [value] = await ask(facts.store, { ...question(selfSufficientWhen), ...more })
  return [value?.numerator, value?.denominator, value?.value, value?.n, value?.reason]
}

describe('the self-sufficient rate', () => {
  it('is of the active accounts of which all is known that decides', async () => {
    expect(await rate()).toEqual([1, 3, 1 / 3, 3, null])
    const byAccount = await ask(facts.store, { ...question(), grain: 'account' })
    const shown = byAccount.filter(({ n }) => n !== 0)
    expect(shown.map(({ account, value }) => [account, value])).toEqual([
      ['p', 0],
      ['q', 0],
      ['t', 1],
    ])
  })

  it('follows the condition of the workspace, on metrics and on attributes of the day', async () => {
    expect(await rate('active_users >= 1')).toEqual([4, 4, 1, 4, null])
    expect(await rate('active_users == 2 && mrr > 50000')).toEqual([1, 4, 1 / 4, 4, null])
    // t is pro only from May on, and of v nothing is known: neither takes part.
    expect(await rate('edition == "pro"')).toEqual([1, 2, 1 / 2, 2, null])
    expect(await rate('has(edition) && edition == "pro"')).toEqual([1, 4, 1 / 4, 4, null])
    expect(await rate('edition == "pro"', { periods: onDay('2026-05-02') })).toEqual([
      3,
      3,
      1,
      3,
      null,
    ])
  })

  it('has no value where nobody is active, or nothing is known of what decides', async () => {
    expect(await rate(undefined, { periods: onDay('2026-03-01') })).toEqual([
      null,
      null,
      null,
      0,
      'no_data',
    ])
    const [unused] = await ask(facts.store, {
      ...question('active_users >= 0'),
      grain: 'account',
      accountIds: ['u'],
    })
    expect(unused).toMatchObject({ value: null, n: 0, reason: 'zero_denominator' })
    expect(await rate('silent_days < 0 - arpa')).toEqual([0, 2, 0, 2, null])
  })

  it('adds up over slices, and stands beside other metrics without a difference', async () => {
    const alone = await ask(facts.store, question())
    const among = await ask(facts.store, {
      ...question(),
      metrics: ['self_sufficient_rate', 'adoption_rate', 'mrr', 'onboarding_complete', 'nps'],
    })
    expect(among[0]).toEqual(alone[0])
    const slices = await ask(facts.store, { ...question(), by: ['edition'] })
    const sum = (of: 'numerator' | 'denominator') =>
      slices.reduce((total, each) => total + Number(each[of] ?? 0), 0)
    expect([sum('numerator'), sum('denominator')]).toEqual([1, 3])
  })

  it('is as it was known, and over several days that of each', async () => {
    const days = between('2026-04-29', '2026-05-03', 'day')
    const values = await ask(facts.store, { ...question(), periods: days })
    for (const [k, period] of days.entries()) {
      const [alone] = await ask(facts.store, { ...question(), periods: [period] })
      expect(values[k]).toEqual(alone)
    }
    const known = await ask(facts.store, { ...question(), knownAt: '2019-01-01T00:00:00Z' })
    expect(known).toMatchObject([{ value: null, reason: 'no_data' }])
  })

  it('is a proportion of accounts, and so has an interval', () => {
    const definition = builtInMetrics.get('self_sufficient_rate')
    expect(definition && intervalMethodOf(definition)).toEqual({ kind: 'proportion' })
  })

  it('is a column of the frame of accounts', async () => {
    const frame = compileAccountFrame({
      workspaceId: SERVICE,
      settings: settingsOf(),
      metrics: ['self_sufficient_rate', 'adoption_rate'],
      attributes: [],
      periods: onDay('2026-04-30'),
      knownAt: 'now',
      now: '2026-11-21T00:00:00Z',
    })
    if (!frame.ok) throw new Error('refused')
    const rows = await facts.store.query(
      {
        sql: `${frame.with} SELECT account_id, metric_self_sufficient_rate AS holds FROM ${frame.from}
          WHERE holds IS NOT NULL ORDER BY account_id`,
        params: frame.params,
      },
      z.object({ account_id: z.string(), holds: z.number() }),
    )
    expect(rows.map(({ account_id, holds }) => [account_id, holds])).toEqual([
      ['p', 0],
      ['q', 0],
      ['t', 1],
    ])
  })

  it('holds nothing of the condition but as a bound value', () => {
    const nasty = `edition == "x' OR 1=1 --" && region.contains("'); DROP TABLE tickets")`
    const compiled = compileMetrics({
      ...question(nasty),
      grain: 'portfolio',
      by: [],
      knownAt: 'now',
      now: '2026-11-21T00:00:00Z',
    })
    if (!compiled.ok) throw new Error('refused')
    const sql = compiled.query.sql.replace(/^\s*--.*$/gm, '')
    expect(sql).not.toContain('OR 1=1')
    expect(sql).not.toContain('DROP')
    expect(Object.values(compiled.query.params)).toContain("x' OR 1=1 --")
  })
})

describe('a condition on an account', () => {
  const checked = (text: string) => {
    const result = checkAccountCondition(text, builtInMetrics)
    return result.ok
      ? result.condition
      : result.problems.map(({ code, suggestions }) => [code, ...suggestions.slice(0, 1)])
  }

  it('names metrics of an instant and attributes, and says which it needs', () => {
    expect(checked('mrr > 0 && (!has(nps) || nps > 0) && plan == "pro"')).toMatchObject({
      metrics: [{ key: 'mrr' }, { key: 'nps' }],
      attributes: ['plan'],
      needed: ['mrr', 'plan'],
    })
  })

  it.each([
    ['adoption_rat >= 0.5', ['UNKNOWN_NAME', 'adoption_rate']],
    // A figure of a period, and the one that is made of such conditions.
    ['nrr > 1', ['UNKNOWN_NAME', 'arr']],
    ['self_sufficient_rate == 1', ['UNKNOWN_NAME']],
    ['mrr >', ['SYNTAX']],
    ['mrr', ['WRONG_TYPE']],
  ])('%s is refused', (text, problem) => {
    expect(checked(text)).toEqual([problem])
  })
})
