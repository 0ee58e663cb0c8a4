/** A small company, and events that arrive while its backup is taken. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Temporal } from 'temporal-polyfill'
import { expect } from 'vitest'
import * as z from 'zod'
import type { App } from '../../../app.ts'
import { FactWriter } from '../../../light/testing.ts'
import { mainWorkspaceId } from '../../../platform/workspace.ts'
import { allFigures, type FigurePeriod } from '../../figures.ts'

export async function fillCompany(app: App): Promise<void> {
  const facts = new FactWriter(app.ports.facts, mainWorkspaceId)
  for (let n = 0; n < 20; n++) {
    await facts.account(
      `a${n}`,
      { name: `顧客 ${n}`, plan: n % 2 ? 'pro' : 'free' },
      '2025-01-01T00:00:00Z',
    )
    await facts.line(`a${n}`, `l${n}`, { from: '2025-02-01T00:00:00Z', amount: String(1000 + n) })
    await facts.use(`a${n}`, '2026-05-02T00:00:00Z', ['u1', `u${n}`])
  }
  await app.caller.workspace.configure({ name: '灯', timeZone: 'Europe/Berlin' })
  await app.caller.writeKeys.create({ name: 'site\twith\\odd\ncharacters' })
  await app.caller.lamps.evaluate({})
}

/** Events that are taken one after the other, each acknowledged before the next, a millisecond apart. */
export class Sender {
  static #atMs = Date.parse('2026-06-19T00:00:00Z')
  readonly acknowledged: string[] = []
  readonly #app: App
  readonly #name: string
  isOver = false

  constructor(app: App, name: string) {
    this.#app = app
    this.#name = name
  }

  async run(): Promise<void> {
    for (let n = 0; !this.isOver; n++) {
      const messageId = `${this.#name}-${n}`
      Sender.#atMs += 1
      const event = {
        type: 'track',
        event: 'Opened',
        userId: `u${n % 30}`,
        messageId,
        timestamp: '2026-06-05T00:00:00Z',
        context: { groupId: `a${n % 20}` },
      }
      const body = Buffer.from(JSON.stringify(event))
      await this.#app.ingestion.take(mainWorkspaceId, 'track', body, Sender.#atMs)
      this.acknowledged.push(messageId)
      if (n % 50 === 0) await sleep(1)
    }
  }
}

export interface UnderLoad<T> {
  readonly taken: T
  readonly senders: readonly Sender[]
  /** Acknowledged before the backup was begun with. */
  readonly before: readonly string[]
}

/** Takes a backup while events arrive, before, during and after; in the end all of them are facts. */
export async function takeUnderLoad<T>(app: App, take: () => Promise<T>): Promise<UnderLoad<T>> {
  const senders = ['x', 'y', 'z'].map((name) => new Sender(app, name))
  const sending = senders.map((sender) => sender.run())
  await sleep(400)
  const before = senders.flatMap(({ acknowledged }) => acknowledged)
  const taken = await take()
  // The backup was no reason to keep anybody waiting.
  const after = senders.flatMap(({ acknowledged }) => acknowledged)
  await sleep(200)
  for (const sender of senders) sender.isOver = true
  await Promise.all(sending)
  await app.ingestion.settled()
  expect(after.length).toBeGreaterThan(before.length)
  return { taken, senders, before }
}

/**
 * Holds a restored copy against what was there when the backup was taken: every event that was
 * acknowledged before, each once and none that has a gap before it, and every figure as known at its instant.
 */
export async function expectItsInstant(
  app: App,
  copy: App,
  { senders, before }: UnderLoad<unknown>,
): Promise<void> {
  await copy.ingestion.settled()
  const events = await eventsOf(copy)
  const ids = new Set(events.map(({ id }) => id))
  expect(ids.size).toBe(events.length)
  expect(before.filter((id) => !ids.has(id))).toEqual([])
  for (const { acknowledged } of senders) {
    const has = acknowledged.map((id) => ids.has(id))
    expect(has.lastIndexOf(true) + 1).toBe(has.filter(Boolean).length)
  }
  const everything = new Set((await eventsOf(app)).map(({ id }) => id))
  expect(everything.size).toBeGreaterThan(ids.size)

  const last = events.at(-1)?.knownAt ?? ''
  const knownAt = Temporal.Instant.from(last).toString()
  const period = { from: '2026-03-01', to: '2026-07-01', knownAt }
  const then = await figuresOf(app, period)
  expect(await figuresOf(copy, period)).toEqual(then)
  const values = then.filter(({ value }) => value !== null)
  expect(values.length).toBeGreaterThan(200)
  expect(values.some(({ metric, value }) => metric === 'mrr' && value === '20190')).toBe(true)
}

async function figuresOf(of: App, period: FigurePeriod) {
  const all = []
  for await (const some of allFigures(of, period)) all.push(...some)
  return all
}

async function eventsOf({ ports }: App): Promise<{ id: string; knownAt: string }[]> {
  return await ports.facts.query(
    {
      sql: `
SELECT record_id AS id, max(known_at) AS knownAt FROM usage_events
WHERE workspace_id = {w:String} AND source = 'events' GROUP BY record_id ORDER BY knownAt`,
      params: { w: mainWorkspaceId },
    },
    z.object({ id: z.string(), knownAt: z.string() }),
  )
}
