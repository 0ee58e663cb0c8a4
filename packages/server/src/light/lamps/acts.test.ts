import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actOnLamp, undoLastAct } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
import { lampDefinitions, lampHistory, listLamps, todaysLamps } from './service.ts'
import type { AskedAct as Act } from './snooze.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

/** Three accounts with an invoice unpaid for 20 days, and one without; it is 21 February, noon. */
async function threeLate(): Promise<TestWorkspace> {
  const w = stores.workspace()
  for (const [id, amount] of [
    ['small', '9800.5'],
    ['large', '1200000'],
    ['medium', '100000'],
    ['fine', '5000000'],
  ] as const) {
    await w.facts.account(id, { name: `Company ${id}`, owner: 'sato' }, tokyo('2026-02-10'))
    await w.facts.line(id, `${id}-line`, {
      from: tokyo('2026-01-01'),
      known: tokyo('2026-02-10'),
      amount,
    })
    if (id === 'fine') continue
    await w.facts.invoice(id, `${id}-invoice`, {
      issued: tokyo('2026-01-05'),
      due: tokyo('2026-02-01'),
      known: tokyo('2026-02-10'),
    })
  }
  await evaluateLamps(w.at('2026-02-21T03:00:00Z'))
  return w
}

let w: TestWorkspace

const lamp = 'overdue_invoice'
const act = (what: Act, account = 'medium') => actOnLamp(w.ports(), { account, lamp, act: what })
const start: Act = { kind: 'start' }
const done: Act = { kind: 'done' }
const snooze = (until: string): Act => ({ kind: 'snooze', until, reason: 'pays at month end' })

describe("today's list", () => {
  beforeEach(async () => {
    w = await threeLate()
  })

  it('has the lit lamps, most recurring revenue first, with why and what to do', async () => {
    const list = await todaysLamps(w.ports())
    expect(list.map(({ account, mrr }) => [account, mrr])).toEqual([
      ['large', '1200000'],
      ['medium', '100000'],
      ['small', '9800.5'],
    ])
    expect(list[1]).toMatchObject({
      accountName: 'Company medium',
      lamp,
      severity: 'warning',
      state: 'lit',
      litOn: '2026-02-14',
      currency: 'JPY',
      why: { ja: '未払いが100,000円あり、最も古いものは21日遅れています。' },
      task: {
        title: { ja: '支払いが遅れている理由を確認しましょう' },
        owner: 'sato',
        dueOn: '2026-02-24',
        state: 'open',
      },
    })
  })

  it('has no snoozed ones, and those acted on', async () => {
    await act(snooze('2026-03-01'), 'large')
    await act(start, 'small')
    const list = await todaysLamps(w.ports())
    expect(list.map(({ account, state }) => [account, state])).toEqual([
      ['medium', 'lit'],
      ['small', 'acting'],
    ])
    const all = await listLamps(w.ports(), { account: 'large' })
    expect(all).toMatchObject([{ state: 'snoozed', snoozedUntil: '2026-03-01' }])
  })
})

describe('acts', () => {
  beforeEach(async () => {
    w = await threeLate()
  })

  it('start: the lamp is acted on and its task started', async () => {
    expect(await act(start)).toMatchObject({ state: 'acting', task: { state: 'started' } })
  })

  it('done: the task is done, and the lamp waits for the data', async () => {
    expect(await act(done)).toMatchObject({ state: 'acting', task: { state: 'done' } })
    w.at('2026-02-22T03:00:00Z')
    await evaluateLamps(w.ports())
    expect(await listLamps(w.ports(), { account: 'medium' })).toMatchObject([{ state: 'acting' }])
    await w.facts.invoice('medium', 'medium-invoice', {
      issued: tokyo('2026-01-05'),
      due: tokyo('2026-02-01'),
      paid: tokyo('2026-02-22'),
      known: tokyo('2026-02-22'),
    })
    await evaluateLamps(w.ports())
    expect(await listLamps(w.ports(), { account: 'medium' })).toMatchObject([{ state: 'off' }])
  })

  it('snooze: silent until the day, then lit again', async () => {
    expect(await act(snooze('2026-02-23'))).toMatchObject({
      state: 'snoozed',
      snoozedUntil: '2026-02-23',
      snoozeReason: 'pays at month end',
    })
    await evaluateLamps(w.at('2026-02-22T03:00:00Z'))
    expect(await listLamps(w.ports(), { account: 'medium' })).toMatchObject([{ state: 'snoozed' }])
    await evaluateLamps(w.at('2026-02-23T03:00:00Z'))
    const [lit] = await listLamps(w.ports(), { account: 'medium' })
    expect(lit).toMatchObject({ state: 'lit', litOn: '2026-02-14', snoozedUntil: null })
  })

  it('are written down with reason and time; doing the same again changes nothing', async () => {
    await act(start)
    await act(start)
    await act(done)
    await act(done)
    await act(snooze('2026-03-01'))
    await act(snooze('2026-03-01'))
    const history = await lampHistory(w.ports(), 'medium')
    expect(history.map(({ from, to, cause, reason }) => [from, to, cause, reason])).toEqual([
      ['acting', 'snoozed', 'person', 'pays at month end'],
      ['acting', 'acting', 'person', null],
      ['lit', 'acting', 'person', null],
      ['off', 'lit', 'data', null],
    ])
  })
})

describe('undo', () => {
  beforeEach(async () => {
    w = await threeLate()
  })

  const undo = () => undoLastAct(w.ports(), { account: 'medium', lamp })

  it.each<[string, Act[], string, string]>([
    ['a start', [start], 'lit', 'open'],
    ['a done', [start, done], 'acting', 'started'],
    ['a done out of nothing', [done], 'lit', 'open'],
    ['a snooze', [start, snooze('2026-03-01')], 'acting', 'started'],
  ])('takes back %s', async (_, acts, state, task) => {
    for (const each of acts) await act(each)
    expect(await undo()).toMatchObject({ state, task: { state: task } })
    // Once only.
    expect(await undo()).toMatchObject({ state, task: { state: task } })
  })

  it('changes nothing where there is no act to take back', async () => {
    expect(await undo()).toMatchObject({ state: 'lit', task: { state: 'open' } })
  })

  it('is found again by a replay', async () => {
    await act(start)
    await undo()
    await act(snooze('2026-03-01'))
    await undo()
    await evaluateLamps(w.ports(), { replay: true })
    expect(await todaysLamps(w.ports())).toHaveLength(3)
    const [medium] = await listLamps(w.ports(), { account: 'medium' })
    expect(medium).toMatchObject({ state: 'lit', task: { state: 'open' } })
  })
})

describe('refusals', () => {
  beforeAll(async () => {
    w = await threeLate()
  })

  it.each<[string, Record<string, string>, Act, string]>([
    ['a lamp that is not lit', { account: 'fine' }, start, 'LAMP_NOT_LIT'],
    ['an account that is not there', { account: 'nobody' }, start, 'UNKNOWN_ACCOUNT'],
    ['a lamp that is not there', { lamp: 'overdue_invoce' }, start, 'UNKNOWN_LAMP'],
    ['a snooze until today', {}, snooze('2026-02-21'), 'SNOOZE_IN_THE_PAST'],
  ])('%s', async (_, target, what, code) => {
    const given = { account: 'medium', lamp, ...target, act: what }
    await expect(actOnLamp(w.ports(), given)).rejects.toMatchObject({ code })
  })

  it('suggest the lamp that may have been meant', async () => {
    const given = { account: 'medium', lamp: 'overdue_invoce', act: start }
    const refused = actOnLamp(w.ports(), given)
    await expect(refused).rejects.toMatchObject({ details: { suggestions: 'overdue_invoice' } })
  })

  it('refuse to list the lamps of an account that is not there', async () => {
    const refused = listLamps(w.ports(), { account: 'nobody' })
    await expect(refused).rejects.toMatchObject({ code: 'UNKNOWN_ACCOUNT' })
  })
})

it('says of every lamp what its condition means, in both languages', async () => {
  const definitions = await lampDefinitions(w.ports())
  expect(definitions.map(({ key }) => key).sort()).toEqual([
    'detractor',
    'falling_use',
    'low_use_before_renewal',
    'onboarding_overdue',
    'overdue_invoice',
    'silence',
  ])
  expect(definitions.find(({ key }) => key === 'silence')?.says).toEqual({
    en: 'MRR is above ¥0 and silent days are at least 60 days',
    ja: 'MRRが0円超、かつ無反応日数が60日以上',
  })
})
