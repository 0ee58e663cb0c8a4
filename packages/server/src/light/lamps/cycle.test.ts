import { members, users } from '@tomoshibi/state/schema/people'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listAudit } from '../../audit/service.ts'
import { codeOf } from '../../call/testing.ts'
import { actOnLamp, undoLastAct } from './acts.ts'
import { businessDaysAfter } from './escalate.ts'
import { evaluateLamps } from './evaluate.ts'
import { defineLamp } from './registry.ts'
import { lampHistory, listLamps, silencedNow, todaysLamps } from './service.ts'
import { listSilences, silenceLamp, unsilenceLamp } from './silences.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

const lampYaml = `key: small
version: 1
name: { en: Small, ja: 小口 }
condition: mrr > 0 && mrr < 200000
severity: warning
escalate: { afterDays: 2, to: manager }
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look, ja: 確認 }
  owner: account_owner
  dueDays: 3
`
const target = { account: 'a', lamp: 'small' }
/** 10:00 in Tokyo. */
const morning = (day: string) => `${day}T01:00:00Z`

/** An account with an MRR of 100,000, whose lamp is lit since Friday, 6 February 2026. */
async function small(): Promise<TestWorkspace> {
  const made = stores.workspace()
  await made.facts.account('a', { name: 'Company a', owner: 'sato' }, tokyo('2026-02-06'))
  await pays(made, '100000', tokyo('2026-02-06'))
  await defineLamp(made.at(morning('2026-02-06')), lampYaml)
  await evaluateLamps(made.ports())
  return made
}

/** What the account pays a month, since January, as known from an instant on. */
const pays = (made: TestWorkspace, amount: string, known: string) =>
  made.facts.line('a', 'a-line', { from: tokyo('2026-01-01'), known, amount })

let w: TestWorkspace
beforeEach(async () => {
  w = await small()
})

const on = async (day: string) => {
  await evaluateLamps(w.at(morning(day)))
}
const stored = async () =>
  (await listLamps(w.ports(), { account: 'a' })).find(({ lamp }) => lamp === 'small')
const asks = async () => (await todaysLamps(w.ports())).some(({ lamp }) => lamp === 'small')
const said = async () => (await lampHistory(w.ports(), 'a')).map(({ says }) => says.en)

describe('a snooze until a condition', () => {
  const snooze = (condition: string, until?: string) =>
    actOnLamp(w.ports(), {
      ...target,
      act: { kind: 'snooze', condition, reason: 'offer sent', ...(until ? { until } : {}) },
    })

  it('ends as soon as that is so, and each step is told in a sentence', async () => {
    expect(await snooze('mrr > 120000')).toMatchObject({
      state: 'snoozed',
      snoozedUntil: '2026-05-07',
      snoozeCondition: { condition: 'mrr > 120000', says: { en: 'MRR is above ¥120,000' } },
    })
    await on('2026-02-09')
    expect((await stored())?.state).toBe('snoozed')
    await pays(w, '150000', tokyo('2026-02-10'))
    await on('2026-02-10')
    expect(await stored()).toMatchObject({
      state: 'lit',
      litOn: '2026-02-06',
      snoozedUntil: null,
      snoozeCondition: null,
    })
    await pays(w, '300000', tokyo('2026-02-11'))
    await on('2026-02-11')
    expect(await said()).toEqual([
      'Went out: it is no longer so that MRR is above ¥0 and MRR is below ¥200,000.',
      'Lit again: what the snooze waited for had come (MRR is above ¥120,000).',
      'Somebody snoozed it until 2026-05-07 or until MRR is above ¥120,000: offer sent',
      'Lit: MRR is ¥100,000 (above ¥0) and MRR is ¥100,000 (below ¥200,000).',
    ])
  })

  it('ends on its day where the condition does not come', async () => {
    await snooze('mrr > 120000', '2026-02-09')
    await on('2026-02-09')
    expect((await stored())?.state).toBe('lit')
    expect((await said())[0]).toBe('Lit again: the day until which it was snoozed had come.')
  })

  it('does not count on days before it that are caught up with', async () => {
    await pays(w, '150000', tokyo('2026-02-08'))
    await pays(w, '100000', tokyo('2026-02-10'))
    // Nobody evaluated since Friday; on the 8th the condition was true, now it is not.
    w.at(morning('2026-02-11'))
    await snooze('mrr > 120000')
    await evaluateLamps(w.ports())
    expect((await stored())?.state).toBe('snoozed')
  })

  it('is refused where it would end at once, or makes no sense; nothing changes', async () => {
    expect(await codeOf(snooze('mrr < 120000'))).toBe('SNOOZE_ENDS_AT_ONCE')
    expect(await codeOf(snooze('mmr > 120000'))).toBe('BAD_CONDITION')
    expect(await codeOf(snooze('mrr > 120000', '2026-02-06'))).toBe('SNOOZE_IN_THE_PAST')
    expect((await stored())?.state).toBe('lit')
  })

  it('is taken back by undo, and found again by a replay', async () => {
    await snooze('mrr > 120000')
    expect(await undoLastAct(w.ports(), target)).toMatchObject({
      state: 'lit',
      snoozeCondition: null,
    })
    await snooze('mrr > 120000')
    await pays(w, '150000', tokyo('2026-02-09'))
    await on('2026-02-09')
    await evaluateLamps(w.ports(), { replay: true })
    expect((await stored())?.state).toBe('lit')
    expect((await said())[0]).toMatch(/^Lit again: what the snooze waited for/)
  })
})

describe('a silence', () => {
  const silence = (until?: string) =>
    silenceLamp(w.ports(), { ...target, reason: 'pilot', ...(until ? { until } : {}) })

  it('keeps the lamp from asking, while its state goes on by the data', async () => {
    expect(await silence()).toMatchObject({ state: 'counts', until: null, reason: 'pilot' })
    expect(await asks()).toBe(false)
    expect((await silencedNow(w.ports()))('a', 'small')).toBe(true)
    expect(await stored()).toMatchObject({
      state: 'lit',
      silenced: { reason: 'pilot', until: null, by: null },
      task: { state: 'cancelled' },
    })
    await pays(w, '300000', tokyo('2026-02-07'))
    await on('2026-02-07')
    expect((await stored())?.state).toBe('off')
    // Also when it lights anew, and then no task is made.
    await pays(w, '100000', tokyo('2026-02-08'))
    await on('2026-02-08')
    expect(await stored()).toMatchObject({ state: 'lit', litOn: '2026-02-08', task: null })
    expect(await asks()).toBe(false)
  })

  it('ends on its day: the lamp asks again, with its task', async () => {
    await silence('2026-02-08')
    await on('2026-02-07')
    expect(await asks()).toBe(false)
    await on('2026-02-08')
    expect(await asks()).toBe(true)
    expect((await stored())?.task?.state).toBe('open')
    expect(await listSilences(w.ports(), { all: false })).toEqual([])
    expect(await listSilences(w.ports(), { all: true })).toMatchObject([{ state: 'ended' }])
  })

  it('is taken back as if it had not been', async () => {
    await actOnLamp(w.ports(), { ...target, act: { kind: 'start' } })
    await silence()
    expect(await unsilenceLamp(w.ports(), target)).toMatchObject({ state: 'withdrawn' })
    expect(await stored()).toMatchObject({ state: 'acting', task: { state: 'started' } })
    expect(await asks()).toBe(true)
    expect(await codeOf(unsilenceLamp(w.ports(), target))).toBe('NOT_SILENCED')
  })

  it('takes the place of the one before it, and is of this account and lamp alone', async () => {
    await silence()
    await silence('2026-02-10')
    expect(await listSilences(w.ports(), { all: false })).toMatchObject([{ until: '2026-02-10' }])
    expect((await listSilences(w.ports(), { all: true })).map(({ state }) => state)).toEqual([
      'counts',
      'withdrawn',
    ])
    const isSilenced = await silencedNow(w.ports())
    expect([isSilenced('a', 'silence'), isSilenced('b', 'small')]).toEqual([false, false])
  })

  it('refuses what is not there, and a day that has passed', async () => {
    const asked = { ...target, reason: 'x' }
    const refused = [
      silenceLamp(w.ports(), { ...asked, account: 'nobody' }),
      silenceLamp(w.ports(), { ...asked, lamp: 'smal' }),
      silence('2026-02-06'),
    ]
    expect(await Promise.all(refused.map(codeOf))).toEqual([
      'UNKNOWN_ACCOUNT',
      'UNKNOWN_LAMP',
      'SNOOZE_IN_THE_PAST',
    ])
  })
})

describe('escalation', () => {
  beforeEach(async () => {
    const { db } = w.ports().state
    const person = (id: string, role: string, ownerName: string) => ({
      user: {
        id: `${w.id}-${id}`,
        name: id,
        email: `${id}-${w.id}@example.com`,
        emailVerified: true,
        createdAt: new Date(0),
        updatedAt: new Date(0),
      },
      member: {
        workspaceId: w.id,
        userId: `${w.id}-${id}`,
        role,
        team: id === 'Other' ? 'west' : 'east',
        ownerName,
        joinedAt: w.ports().clock.now(),
      },
    })
    const people = [
      person('Ueda', 'manager', 'ueda'),
      person('Other', 'manager', 'other'),
      person('Sato', 'csm', 'sato'),
    ]
    await db.insert(users).values(people.map(({ user }) => user))
    await db.insert(members).values(people.map(({ member }) => member))
  })
  const escalated = async () => (await stored())?.escalated

  it('comes once, after the working days that it may wait, to the manager of the team', async () => {
    // Lit on Friday. Monday is the first working day after it, Tuesday the second.
    await on('2026-02-08')
    await on('2026-02-09')
    expect(await escalated()).toBeNull()
    await on('2026-02-10')
    const first = { on: '2026-02-10', businessDays: 2, to: ['Ueda'] }
    expect(await escalated()).toEqual(first)
    await on('2026-02-10')
    await on('2026-02-16')
    expect(await escalated()).toEqual(first)
    const log = await listAudit(w.ports(), { search: 'lamps.escalate', limit: 10 })
    expect(log).toMatchObject([
      {
        actor: { kind: 'program', name: 'server' },
        after: { escalated: [{ account: 'a', lamp: 'small', to: ['Ueda'] }] },
      },
    ])
    await evaluateLamps(w.ports(), { replay: true })
    expect(await escalated()).toEqual(first)
  })

  it('does not come where somebody acts, puts it off or silences it', async () => {
    await actOnLamp(w.ports(), { ...target, act: { kind: 'start' } })
    await on('2026-02-12')
    expect(await escalated()).toBeNull()
    await undoLastAct(w.ports(), target)
    await silenceLamp(w.ports(), { ...target, reason: 'x' })
    await on('2026-02-13')
    expect(await escalated()).toBeNull()
    await unsilenceLamp(w.ports(), target)
    const act = { kind: 'snooze', until: '2026-02-17', reason: 'x' } as const
    await actOnLamp(w.ports(), { ...target, act })
    await on('2026-02-16')
    expect(await escalated()).toBeNull()
    // Lit again on the 17th, so that two working days more may pass.
    await on('2026-02-17')
    await on('2026-02-18')
    expect(await escalated()).toBeNull()
    await on('2026-02-19')
    expect(await escalated()).toMatchObject({ on: '2026-02-19', businessDays: 2 })
  })

  it('counts no days on which nobody could have known of the lamp', async () => {
    const later = stores.workspace()
    await later.facts.account('a', { name: 'Company a', owner: 'sato' }, tokyo('2026-01-05'))
    await pays(later, '100000', tokyo('2026-01-05'))
    await defineLamp(later.at(morning('2026-02-06')), lampYaml.replace('manager', '{ fixed: Ito }'))
    await evaluateLamps(later.ports())
    const of = async () => (await listLamps(later.ports(), { account: 'a' }))[0]
    expect(await of()).toMatchObject({ litOn: '2026-01-05', escalated: null })
    await evaluateLamps(later.at(morning('2026-02-10')))
    expect((await of())?.escalated).toMatchObject({ to: ['Ito'] })
  })

  it('counts Monday to Friday without holidays and without the days on which the company rests', () => {
    const japan = { holidays: 'japan', extraHolidays: ['2026-05-08'] } as const
    // 3 to 6 May are holidays; 9 and 10 May a weekend.
    expect(businessDaysAfter('2026-05-01', '2026-05-07', japan)).toBe(1)
    expect(businessDaysAfter('2026-05-01', '2026-05-11', japan)).toBe(2)
    expect(businessDaysAfter('2026-05-01', '2026-05-01', japan)).toBe(0)
    const none = { holidays: 'none', extraHolidays: [] } as const
    expect(businessDaysAfter('2026-05-01', '2026-05-11', none)).toBe(6)
  })
})
