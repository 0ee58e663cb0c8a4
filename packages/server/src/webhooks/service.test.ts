import { Webhook } from 'standardwebhooks'
import { Temporal } from 'temporal-polyfill'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../call/testing.ts'
import { evaluateLamps } from '../light/lamps/evaluate.ts'
import { tokyo } from '../light/lamps/testing.ts'
import { announce, Webhooks } from './service.ts'
import { type Receiver, startReceiver } from './testing.ts'
import type { Happening } from './webhooks.ts'

let operations: TestOperations
let receiver: Receiver
beforeAll(async () => {
  ;[operations, receiver] = await Promise.all([startTestOperations(), startReceiver()])
})
afterAll(() => Promise.all([operations.stop(), receiver.close()]))

let app: TestWorkspace
let webhooks: Webhooks
let now = Temporal.Instant.from('2026-11-21T03:00:00Z')
beforeEach(() => {
  app = operations.workspace(now.toString())
  webhooks = opened()
  receiver.answerWith(204)
  receiver.take()
})
/** What one test leaves waiting is not the next one's. */
afterEach(() => app.ports.state.pool.query('DELETE FROM webhooks'))

/** Another process over the same stores. */
const opened = () =>
  new Webhooks({ ...app.ports, secrets: app.secrets, reach: { privateAddresses: ['127.0.0.1'] } })
const later = (seconds: number) => {
  now = now.add({ seconds })
  app.at(now.toString())
}
const make = () =>
  webhooks.create(app.ports, { name: 'crm', url: receiver.url, events: ['lamp.lit'] })
const happening = (about: string): Happening => ({
  type: 'lamp.lit',
  about,
  at: now.toString(),
  data: { account: about },
})
const happens = (...about: readonly string[]) =>
  app.ports.state.transaction((tx) => announce(tx, app.id, now, about.map(happening)))
const deliver = () => webhooks.deliveries.deliver()
const one = async () => (await webhooks.list(app.ports))[0]

describe('a message', () => {
  test('arrives signed, with what happened, once', async () => {
    const { secret } = await make()
    await happens('acme')
    await happens('acme')
    await deliver()
    await deliver()
    const [request, ...more] = receiver.take()
    expect(more).toEqual([])
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'lamp.lit',
      timestamp: now.toString(),
      data: { account: 'acme' },
    })
    const headers = Object.fromEntries(
      Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    // The library asks the machine for the time, which is not that of the test.
    expect(() => new Webhook(secret).verify(request?.body ?? '', headers)).toThrow('too old')
    const signed = new Webhook(secret).sign(
      headers['webhook-id'] ?? '',
      new Date(now.epochMilliseconds),
      request?.body ?? '',
    )
    expect(headers['webhook-signature']).toBe(signed)
    expect(await one()).toMatchObject({ waiting: 0, problem: null, lastSentAt: now.toString() })
  })

  test('is not there without what it tells of', async () => {
    await make()
    const cut = app.ports.state.transaction(async (tx) => {
      await announce(tx, app.id, now, [happening('acme')])
      throw new Error('killed')
    })
    await expect(cut).rejects.toThrow('killed')
    await deliver()
    expect(receiver.take()).toEqual([])
  })

  test('that was taken while our note of it was lost comes again, as the same one', async () => {
    await make()
    await happens('acme')
    // It arrives, and the connection breaks before the answer.
    receiver.answerWith(null)
    await deliver()
    const [first] = receiver.take()
    expect(await one()).toMatchObject({
      waiting: 1,
      problem: { en: expect.stringContaining('no connection') },
    })
    receiver.answerWith(204)
    later(5)
    await opened().deliveries.deliver()
    const [second] = receiver.take()
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  })

  test('is not sent by two at once, and by another where one was cut off', async () => {
    await make()
    await happens('acme', 'beta', 'gamma')
    await Promise.all([deliver(), opened().deliveries.deliver()])
    expect(receiver.take()).toHaveLength(3)
    await happens('delta')
    // Claimed, and then killed.
    await app.ports.state.pool.query(
      "UPDATE webhook_messages SET attempts = 1, next_at = $1 WHERE state = 'waiting'",
      [now.add({ minutes: 1 }).toString()],
    )
    await deliver()
    expect(receiver.take()).toEqual([])
    later(60)
    await deliver()
    expect(receiver.take()).toHaveLength(1)
  })

  test('that is refused waits longer each time, and holds up no other', async () => {
    await make()
    await happens('bad')
    receiver.answerWith(422)
    await deliver()
    receiver.answerWith(204)
    later(1)
    await happens('good')
    await deliver()
    expect(receiver.take().map(({ body }) => JSON.parse(body).data.account)).toEqual([
      'bad',
      'good',
    ])
    receiver.answerWith(422)
    const waits: number[] = []
    // One of the first five seconds is over.
    for (const seconds of [4, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
      later(seconds - 1)
      await deliver()
      expect(receiver.take()).toEqual([])
      later(1)
      await deliver()
      waits.push(receiver.take().length)
    }
    expect(waits).toEqual(Array(9).fill(1))
    const [latest, bad] = await webhooks.messages(app.ports, (await one())?.id ?? '')
    expect(latest).toMatchObject({ state: 'sent' })
    expect(bad).toMatchObject({ state: 'failed', attempts: 10, problem: { ja: 'HTTP 422' } })
    receiver.answerWith(200)
    await webhooks.retry(app.ports, (await one())?.id ?? '', bad?.id ?? '')
    await deliver()
    expect(receiver.take()).toHaveLength(1)
  })
})

describe('a receiver', () => {
  test('that is down is left alone for longer and longer, and gets everything when it is back', async () => {
    await make()
    await happens(...Array.from({ length: 20 }, (_, n) => `account ${n}`))
    receiver.answerWith(503)
    await deliver()
    // What was on its way with the first, and no more.
    expect(receiver.take()).toHaveLength(8)
    await deliver()
    expect(receiver.take()).toEqual([])
    receiver.answerWith(204)
    later(24 * 3_600)
    await deliver()
    expect(receiver.take()).toHaveLength(20)
    expect(await one()).toMatchObject({ waiting: 0, problem: null })
  })

  test('that asks us to wait is waited for', async () => {
    await make()
    await happens('acme')
    receiver.answerWith(429, { 'retry-after': '600' })
    await deliver()
    receiver.answerWith(204)
    receiver.take()
    later(599)
    await deliver()
    expect(receiver.take()).toEqual([])
    later(1)
    await deliver()
    expect(receiver.take()).toHaveLength(1)
  })

  test('that was down gets what somebody sends again at once', async () => {
    const { id } = await make()
    await happens('acme')
    receiver.answerWith(503)
    await deliver()
    const [message] = await webhooks.messages(app.ports, id)
    expect(message?.problem).toEqual({ en: 'HTTP 503', ja: 'HTTP 503' })
    receiver.answerWith(204)
    receiver.take()
    await webhooks.retry(app.ports, id, message?.id ?? '')
    await deliver()
    expect(receiver.take()).toHaveLength(1)
  })

  test('that is gone for good is told nothing more', async () => {
    await make()
    await happens('acme')
    receiver.answerWith(410)
    await deliver()
    await happens('beta')
    await deliver()
    expect(receiver.take()).toHaveLength(1)
    expect(await one()).toMatchObject({ on: false, problem: { en: 'HTTP 410' }, waiting: 0 })
  })

  test('that is away for five days misses what was then', async () => {
    await make()
    await happens('acme')
    receiver.answerWith(503)
    await deliver()
    later(5 * 24 * 3_600 + 1)
    await deliver()
    await deliver()
    receiver.take()
    receiver.answerWith(204)
    later(24 * 3_600)
    await deliver()
    expect(receiver.take()).toEqual([])
  })
})

describe('a webhook', () => {
  test('has a name of its own in its workspace', async () => {
    const { id } = await make()
    expect(await codeOf(make())).toBe('WEBHOOK_EXISTS')
    await webhooks.create(app.ports, { name: 'chat', url: receiver.url, events: ['lamp.lit'] })
    expect(await codeOf(webhooks.change(app.ports, { id, name: 'chat' }))).toBe('WEBHOOK_EXISTS')
    expect(await webhooks.change(app.ports, { id, name: 'crm' })).toMatchObject({ name: 'crm' })
  })

  test('signs with both secrets for a day after the secret was renewed', async () => {
    const { id, secret: old } = await make()
    const { secret } = await webhooks.renewSecret(app.ports, id)
    expect(secret).not.toBe(old)
    const signatures = async (about: string) => {
      await happens(about)
      await deliver()
      const [request] = receiver.take()
      return String(request?.headers['webhook-signature']).split(' ').length
    }
    expect(await signatures('first')).toBe(2)
    later(24 * 3_600)
    expect(await signatures('second')).toBe(1)
  })

  test('that is off, or was made later, is not told', async () => {
    await happens('before')
    const { id } = await make()
    await webhooks.change(app.ports, { id, on: false })
    await happens('meanwhile')
    await webhooks.change(app.ports, { id, on: true })
    await deliver()
    expect(receiver.take()).toEqual([])
  })

  test('is of its workspace', async () => {
    const { id } = await make()
    const other = operations.workspace(now.toString())
    expect(await webhooks.list(other.ports)).toEqual([])
    await other.ports.state.transaction((tx) => announce(tx, other.id, now, [happening('other')]))
    await deliver()
    expect(receiver.take()).toEqual([])
    const calls = [
      webhooks.change(other.ports, { id, name: 'mine' }),
      webhooks.renewSecret(other.ports, id),
      webhooks.test(other.ports, id),
      webhooks.messages(other.ports, id),
      webhooks.remove(other.ports, id),
    ]
    expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'WEBHOOK_NOT_FOUND'))
  })

  test('is tried at once, and says what came back', async () => {
    const { id } = await make()
    expect(await webhooks.test(app.ports, id)).toEqual({ status: 204 })
    expect(JSON.parse(receiver.take()[0]?.body ?? '')).toMatchObject({ type: 'test' })
    receiver.answerWith(500)
    expect(await codeOf(webhooks.test(app.ports, id))).toBe('WEBHOOK_NOT_TAKEN')
  })

  test('leaves its secret nowhere readable, and goes with it', async () => {
    const { id, secret } = await make()
    const key = secret.slice('whsec_'.length)
    for (const table of ['webhooks', 'secrets', 'webhook_messages']) {
      const { rows } = await app.ports.state.pool.query(`SELECT * FROM ${table}`)
      expect(JSON.stringify(rows), table).not.toContain(key)
    }
    await webhooks.remove(app.ports, id)
    const sql = 'SELECT * FROM secrets WHERE scope = $1'
    expect((await app.ports.state.pool.query(sql, [`workspace:${app.id}`])).rows).toEqual([])
  })

  test('without being allowed to, reaches nothing of this machine', async () => {
    const made = app.caller.webhooks.create({ name: 'x', url: receiver.url, events: ['lamp.lit'] })
    expect(await codeOf(made)).toBe('WEBHOOK_ADDRESS_REFUSED')
  })
})

test('lamps that light and go out are told of, those of history and those that are silenced are not', async () => {
  const both = ['lamp.lit', 'lamp.cleared'] as const
  await webhooks.create(app.ports, { name: 'crm', url: receiver.url, events: both })
  const at = (instant: string) => app.at(instant)
  for (const account of ['a', 'b', 'c']) {
    await app.facts.account(account, { name: `Company ${account}` }, tokyo('2026-01-01'))
    await app.facts.line(account, `line ${account}`, { from: tokyo('2026-01-01') })
  }
  await app.facts.answer('b', 'mori', '2026-01-10T04:00:00Z', 2)
  at('2026-02-20T03:00:00Z')
  await evaluateLamps(app.ports)
  const told = async () => {
    await deliver()
    return receiver.take().map(({ body }) => {
      const { type, data } = JSON.parse(body)
      return `${type} ${data.account} ${data.lamp.key}`
    })
  }
  expect(await told()).not.toContain('lamp.lit b detractor')
  const silence = { lamp: 'detractor', until: '2026-12-31', reason: 'a test' }
  await app.caller.lamps.silence({ account: 'c', ...silence })
  await app.facts.answer('a', 'mori', '2026-02-21T01:00:00Z', 1)
  await app.facts.answer('c', 'abe', '2026-02-21T01:00:00Z', 1)
  at('2026-02-21T03:00:00Z')
  await evaluateLamps(app.ports)
  await evaluateLamps(app.ports)
  const lit = await told()
  expect(lit.filter((one) => one.endsWith('detractor'))).toEqual(['lamp.lit a detractor'])
  // Answers count for ninety days.
  at('2026-05-25T03:00:00Z')
  await evaluateLamps(app.ports)
  const cleared = await told()
  expect(cleared.filter((one) => one.endsWith('detractor'))).toEqual(['lamp.cleared a detractor'])
})
