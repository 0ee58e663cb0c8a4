import { lampEpisodes, lampStates, lampTransitions } from '@tomoshibi/state/schema/lamps'
import { tasks } from '@tomoshibi/state/schema/tasks'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ports } from '../../call/context.ts'
import { actOnLamp } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
import { defineLamp } from './registry.ts'
import { lampHistory, listLamps } from './service.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

/** An account that pays from 2026-01-01 and leaves an invoice unpaid from 2026-02-01 to 2026-02-20. */
async function lateWithInvoice(w: TestWorkspace, id = 'a', amount = '100000') {
  await w.facts.account(id, { name: `Company ${id}`, owner: 'sato' }, tokyo('2026-01-01'))
  await w.facts.line(id, `${id}-line`, { from: tokyo('2026-01-01'), amount })
  const invoice = { issued: tokyo('2026-01-05'), due: tokyo('2026-02-01') }
  await w.facts.invoice(id, `${id}-invoice`, invoice)
  await w.facts.invoice(id, `${id}-invoice`, {
    ...invoice,
    paid: tokyo('2026-02-20'),
    known: '2026-02-20T10:00:00+09:00',
  })
}

const moves = async (call: Ports, account = 'a') =>
  (await lampHistory(call, account))
    .filter(({ lamp }) => lamp === 'overdue_invoice')
    .map(
      ({ on, from, to, cause }) => `${on} ${from} → ${to}${cause === 'person' ? ' by hand' : ''}`,
    )
    .reverse()

/** Everything that evaluation wrote, but for when it did. */
async function written({ state, workspaceId }: Ports) {
  const { db } = state
  const episodes = await db
    .select()
    .from(lampEpisodes)
    .where(eq(lampEpisodes.workspaceId, workspaceId))
    .orderBy(asc(lampEpisodes.id))
  const states = await db
    .select()
    .from(lampStates)
    .where(eq(lampStates.workspaceId, workspaceId))
    .orderBy(asc(lampStates.accountId), asc(lampStates.lampKey))
  const transitions = await db
    .select()
    .from(lampTransitions)
    .where(eq(lampTransitions.workspaceId, workspaceId))
    .orderBy(asc(lampTransitions.id))
  const made = await db
    .select()
    .from(tasks)
    .where(eq(tasks.workspaceId, workspaceId))
    .orderBy(asc(tasks.id))
  return {
    episodes,
    states: states.map(({ since, ...row }) => ({ ...row, since: since.toString() })),
    transitions: transitions.map(({ id: _, at: __, ...row }) => row),
    tasks: made.map(({ createdAt: _, ...row }) => row),
  }
}

describe('evaluating history', () => {
  it('lights and puts out by each day as known at its end', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    const call = w.at('2026-03-01T03:00:00Z')
    const done = await evaluateLamps(call)
    expect(done).toMatchObject({
      from: '2026-01-01',
      through: '2026-03-01',
      days: 60,
      lit: 1,
      cleared: 1,
      openNow: 0,
      tasksCreated: 0,
    })
    expect(await moves(call)).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
  })

  it('says why, with the numbers of the day on which it lit', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-16T03:00:00Z'))
    const history = await lampHistory(w.ports(), 'a')
    expect(history.find(({ to }) => to === 'lit')?.why).toEqual({
      en: '¥100,000 is unpaid, the oldest for 14 days.',
      ja: '未払いが100,000円あり、最も古いものは14日遅れています。',
    })
    // What people see today has the numbers of today.
    const [lamp] = await listLamps(w.ports(), { lit: true })
    expect(lamp?.why?.en).toBe('¥100,000 is unpaid, the oldest for 16 days.')
    expect(lamp).toMatchObject({ litOn: '2026-02-14', since: '2026-02-14', state: 'lit' })
  })

  it('does not know on a day what became known later', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    // Known only in March: the invoice had been paid on the day of its issue.
    await w.facts.invoice('a', 'a-invoice', {
      issued: tokyo('2026-01-05'),
      due: tokyo('2026-02-01'),
      paid: tokyo('2026-01-05'),
      known: tokyo('2026-03-05'),
    })
    await evaluateLamps(w.at('2026-03-10T03:00:00Z'))
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
    await evaluateLamps(w.ports(), { replay: true })
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
  })

  it('does not know on a day what is dated the next day, without a time', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await w.facts.invoice('a', 'a-invoice', {
      issued: tokyo('2026-01-05'),
      due: tokyo('2026-02-01'),
      paid: tokyo('2026-02-17'),
      known: tokyo('2026-02-18'),
    })
    await evaluateLamps(w.at('2026-03-01T03:00:00Z'))
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit', '2026-02-18 lit → off'])
  })

  it('leaves evaluated days as they are when facts about them come late; a replay tells', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-03-01T03:00:00Z'))
    // An import of today that says it was known in January.
    await w.facts.invoice('a', 'a-second', {
      issued: tokyo('2026-01-02'),
      due: tokyo('2026-01-10'),
      paid: tokyo('2026-01-30'),
      known: tokyo('2026-01-02'),
    })
    const before = await moves(w.ports())
    await evaluateLamps(w.at('2026-03-02T03:00:00Z'))
    expect(await moves(w.ports())).toEqual(before)
    await w.facts.line('a', 'a-line', {
      from: tokyo('2026-01-01'),
      known: tokyo('2026-01-02'),
      amount: '0',
    })
    await evaluateLamps(w.ports(), { replay: true })
    expect(await moves(w.ports())).toEqual([])
  })

  it('goes on where the last one ended, and has nothing to do for days that it did', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    const call = w.at('2026-04-01T03:00:00Z')
    expect(await evaluateLamps(call, { on: '2026-02-15' })).toMatchObject({
      days: 46,
      openNow: 1,
      tasksCreated: 1,
    })
    expect(await evaluateLamps(call, { on: '2026-02-15' })).toMatchObject({
      from: null,
      through: null,
      days: 0,
      openNow: 1,
      tasksCreated: 0,
    })
    expect(await evaluateLamps(call, { on: '2026-03-01' })).toMatchObject({
      from: '2026-02-16',
      through: '2026-03-01',
      cleared: 1,
    })
  })

  it('refuses a day in the future', async () => {
    const w = stores.workspace()
    const call = w.at('2026-02-28T16:00:00Z')
    // It is 1 March in Tokyo already.
    await expect(evaluateLamps(call, { on: '2026-03-02' })).rejects.toMatchObject({
      code: 'BAD_PERIOD',
    })
    await expect(evaluateLamps(call, { on: '2026-03-01' })).resolves.toMatchObject({ days: 0 })
  })

  it('evaluates the day that has not ended as known now, and again when asked again', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    // On the 20th, before and after the payment became known.
    await evaluateLamps(w.at('2026-02-20T00:30:00Z'))
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit'])
    await evaluateLamps(w.at('2026-02-20T01:30:00Z'))
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit', '2026-02-20 lit → off'])
    const [task] = (await written(w.ports())).tasks
    expect(task).toMatchObject({ state: 'cancelled', note: 'cleared' })
  })

  it('puts out the lamps of an account that is not there any more', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    for (const [table, record] of [
      ['account_attributes', 'a:name'],
      ['account_attributes', 'a:owner'],
      ['contract_lines', 'a-line'],
      ['invoices', 'a-invoice'],
    ] as const) {
      await w.facts.void(table, 'a', record, '2026-02-16T12:00:00+09:00')
    }
    await evaluateLamps(w.at('2026-02-17T03:00:00Z'))
    expect(await moves(w.ports())).toEqual(['2026-02-14 off → lit', '2026-02-16 lit → off'])
  })
})

describe('tasks', () => {
  it('are made once for an episode, due and owned by the rule of the lamp', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-14T03:00:00Z'))
    await evaluateLamps(w.at('2026-02-14T04:00:00Z'))
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    await evaluateLamps(w.ports(), { replay: true })
    const { tasks: made } = await written(w.ports())
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({
      accountId: 'a',
      lampKey: 'overdue_invoice',
      owner: 'sato',
      dueOn: '2026-02-17',
      state: 'open',
      title: { en: 'Ask what holds up the payment' },
    })
  })

  it('are not made for what came and went while history was caught up with', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-03-01T03:00:00Z'))
    expect((await written(w.ports())).tasks).toEqual([])
  })

  it('stay done when the lamp goes out', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    await actOnLamp(w.ports(), { account: 'a', lamp: 'overdue_invoice', act: { kind: 'done' } })
    await evaluateLamps(w.at('2026-02-21T03:00:00Z'))
    expect((await written(w.ports())).tasks).toMatchObject([{ state: 'done' }])
  })
})

describe('a replay', () => {
  it('keeps what people did where the same lamp lights on the same day', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    const target = { account: 'a', lamp: 'overdue_invoice' }
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    await actOnLamp(w.ports(), { ...target, act: { kind: 'start' } })
    w.at('2026-02-16T03:00:00Z')
    const until = '2026-02-18'
    await actOnLamp(w.ports(), { ...target, act: { kind: 'snooze', until, reason: 'promised' } })
    await evaluateLamps(w.at('2026-02-17T03:00:00Z'))
    const before = await written(w.ports())
    const told = [
      '2026-02-14 off → lit',
      '2026-02-15 lit → acting by hand',
      '2026-02-16 acting → snoozed by hand',
    ]
    expect(await moves(w.ports())).toEqual(told)
    await evaluateLamps(w.ports(), { replay: true })
    expect(await moves(w.ports())).toEqual(told)
    expect(await written(w.ports())).toEqual(before)
    await evaluateLamps(w.at('2026-02-19T03:00:00Z'))
    expect(await moves(w.ports())).toEqual([...told, '2026-02-18 snoozed → lit'])
  })

  it('cancels what was still to do in episodes that do not recur, and keeps what is done', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w, 'a')
    await lateWithInvoice(w, 'b')
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    const lamp = 'overdue_invoice'
    await actOnLamp(w.ports(), { account: 'b', lamp, act: { kind: 'done' } })
    for (const account of ['a', 'b']) {
      await w.facts.void('invoices', account, `${account}-invoice`, tokyo('2026-01-06'))
    }
    await evaluateLamps(w.ports(), { replay: true })
    const after = await written(w.ports())
    expect(after.episodes).toEqual([])
    expect(after.states).toEqual([])
    const told = after.tasks.map((t) => `${t.accountId} ${t.state} ${t.episodeId}`).sort()
    expect(told).toEqual(['a cancelled null', 'b done null'])
  })

  it('equals going through the days one by one', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w, 'a')
    await lateWithInvoice(w, 'b')
    for (const day of ['2026-02-13', '2026-02-14', '2026-02-15', '2026-02-19', '2026-02-25']) {
      await evaluateLamps(w.at('2026-03-01T03:00:00Z'), { on: day })
    }
    const stepwise = await written(w.ports())
    await evaluateLamps(w.ports(), { on: '2026-02-25', replay: true })
    const { transitions, ...replayed } = await written(w.ports())
    expect(replayed).toEqual({ ...stepwise, transitions: undefined, ...replayed })
    expect(transitions).toEqual(stepwise.transitions)
  })
})

describe('when it is disturbed', () => {
  it('ends as if it had not been, killed at any query', async () => {
    const undisturbed = stores.workspace()
    await lateWithInvoice(undisturbed)
    const now = '2026-04-10T03:00:00Z'
    await evaluateLamps(undisturbed.at(now))
    const expected = await moves(undisturbed.ports())
    expect(expected).toHaveLength(2)
    // Before anything, and before each of its blocks of days.
    for (const n of [1, 3, 4, 5, 6]) {
      const w = stores.workspace()
      await lateWithInvoice(w)
      w.at(now)
      await evaluateLamps(w.failingAt(n)).catch((error: unknown) => {
        expect(error).toMatchObject({ message: 'killed' })
      })
      await evaluateLamps(w.ports())
      expect([n, await moves(w.ports())]).toEqual([n, expected])
    }
  })

  it('changes nothing when a replay is killed', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    const before = await written(w.ports())
    for (const n of [3, 4, 5]) {
      const killed = evaluateLamps(w.failingAt(n), { replay: true })
      await expect(killed).rejects.toThrow('killed')
      expect(await written(w.ports())).toEqual(before)
    }
  })

  it('runs once at a time', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    const call = w.at('2026-03-01T03:00:00Z')
    const both = await Promise.allSettled([evaluateLamps(call), evaluateLamps(call)])
    const refused = both.filter((each) => each.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({ code: 'EVALUATION_RUNNING' })
    expect(await moves(call)).toHaveLength(2)
    // And again, once the first is done.
    await expect(evaluateLamps(call)).resolves.toMatchObject({ days: 1 })
  })

  it('does not lose an act of a person that comes in between', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    const target = { account: 'a', lamp: 'overdue_invoice' }
    await evaluateLamps(w.at('2026-02-15T03:00:00Z'))
    w.at('2026-02-18T03:00:00Z')
    await Promise.all([
      evaluateLamps(w.ports()),
      actOnLamp(w.ports(), { ...target, act: { kind: 'start' } }),
    ])
    expect(await listLamps(w.ports(), { lit: true })).toMatchObject([{ state: 'acting' }])
  })
})

describe('a lamp of the workspace itself', () => {
  const ownLamp = (version: number, condition: string) => `
key: big_late
version: ${version}
name: { en: Big and late, ja: 大口の遅延 }
condition: ${condition}
severity: critical
task:
  title: { en: Call, ja: 電話 }
  body: { en: Call them, ja: 電話してください }
  owner: { fixed: tanaka }
  dueDays: 1
`
  const lampsLit = async (w: TestWorkspace) =>
    (await listLamps(w.ports(), { lit: true })).map(
      ({ lamp, litOn, lampVersion, task }) => `${lamp} ${lampVersion} ${litOn} ${task?.owner}`,
    )

  it('is evaluated over the history when it comes later than the others', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await evaluateLamps(w.at('2026-02-16T03:00:00Z'))
    const before = await moves(w.ports())
    await defineLamp(w.ports(), ownLamp(1, 'overdue_days >= 3 && owner == "sato"'))
    expect(await evaluateLamps(w.ports())).toMatchObject({ from: '2026-01-01', lit: 1 })
    expect(await moves(w.ports())).toEqual(before)
    expect(await lampsLit(w)).toEqual([
      'big_late 1 2026-02-03 tanaka',
      'overdue_invoice 1 2026-02-14 sato',
    ])
  })

  it('goes on with its next version, which may put it out', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    await defineLamp(w.at('2026-02-10T03:00:00Z'), ownLamp(1, 'overdue > 0'))
    await evaluateLamps(w.ports())
    expect(await lampsLit(w)).toEqual(['big_late 1 2026-02-01 tanaka'])
    await defineLamp(w.ports(), ownLamp(2, 'overdue > 500000'))
    await evaluateLamps(w.at('2026-02-11T03:00:00Z'))
    expect(await lampsLit(w)).toEqual([])
  })

  it('is refused where it is wrong, and where its version says something else', async () => {
    const w = stores.workspace()
    await lateWithInvoice(w)
    w.at('2026-02-10T03:00:00Z')
    await expect(defineLamp(w.ports(), ownLamp(1, 'overdu > 0'))).rejects.toMatchObject({
      code: 'BAD_CONDITION',
      problems: [
        { line: 5, column: 12, suggestions: ['overdue', 'overdue_days', 'overdue_accounts'] },
      ],
    })
    await defineLamp(w.ports(), ownLamp(1, 'overdue > 0'))
    await defineLamp(w.ports(), ownLamp(1, 'overdue > 0'))
    const changed = defineLamp(w.ports(), ownLamp(1, 'overdue > 1'))
    await expect(changed).rejects.toMatchObject({ code: 'BAD_CONDITION' })
  })
})

it('sees its own workspace only', async () => {
  const mine = stores.workspace()
  const other = stores.workspace()
  await lateWithInvoice(mine, 'a')
  await lateWithInvoice(other, 'b')
  await evaluateLamps(mine.at('2026-02-15T03:00:00Z'))
  await evaluateLamps(other.at('2026-02-15T03:00:00Z'))
  expect((await listLamps(mine.ports())).map(({ account }) => account)).toEqual(['a'])
  await evaluateLamps(mine.ports(), { replay: true })
  expect(await listLamps(other.ports(), { lit: true })).toHaveLength(1)
})
