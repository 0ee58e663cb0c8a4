import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureUseRollup, readUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { openApp } from '@tomoshibi/server/app'
import { systemClock } from '@tomoshibi/server/platform/clock'
import { readConfig } from '@tomoshibi/server/platform/config'
import { silentLog } from '@tomoshibi/server/platform/log'
import { mainWorkspaceId } from '@tomoshibi/server/platform/workspace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { freePort, plainEnvironment, type Running, start, tomoshibi } from './command.ts'

/** How often to kill; `npm run test:crash` kills 50 times. */
const crashes = Number(process.env.TOMOSHIBI_TEST_CRASHES ?? 6)
const seed = Number(process.env.TOMOSHIBI_TEST_SEED ?? 20_260_601)

const victims = ['server', 'facts', 'state'] as const
const users = 60
const accounts = 7
const eventsPerBody = 20
const senders = 4
const startedAt = Date.parse('2026-03-01T00:00:00Z')

/** A small generator of our own seed, so that a failing run can be repeated. */
function* fractions(from: number): Generator<number, never> {
  for (let state = from; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}
const random = fractions(seed)
const fraction = () => random.next().value

let data: string
let port: number
let server: Running
let writeKey: string

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'tomoshibi-crash-events-'))
  port = await freePort()
  const app = await openHere()
  writeKey = (await app.caller.writeKeys.create({ name: 'crash' })).key
  await app.close()
  server = await startServer()
})
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  rmSync(data, { recursive: true, force: true })
})

const openHere = () =>
  openApp({
    config: { ...readConfig({}), dataDir: data },
    clock: systemClock,
    log: () => silentLog,
  })

async function startServer(): Promise<Running> {
  const env = plainEnvironment({ PORT: String(port), TOMOSHIBI_DATA: data, TOMOSHIBI_DEMO: '0' })
  const running = start(process.execPath, [tomoshibi, 'serve'], { env })
  await running.says(/http:\/\/localhost:\d+/)
  return running
}

/** A process and what started it, as Linux tells it. */
function processes(): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), parent, command }]
      } catch {
        return []
      }
    })
}

/** The process of a store below the server's; undefined while it is being restarted. */
function storeProcess(store: 'facts' | 'state'): number | undefined {
  const all = processes()
  const below = all.filter(({ parent }) => parent === server.child.pid)
  if (store === 'facts') return below.find(({ command }) => command.includes('engine.mjs'))?.pid
  const guardian = below.find(({ command }) => command.includes('guardian'))
  return all.find(({ parent }) => parent === guardian?.pid)?.pid
}

async function kill(victim: (typeof victims)[number]): Promise<void> {
  if (victim === 'server') {
    server.child.kill('SIGKILL')
    await server.ended
    server = await startServer()
    return
  }
  const pid = storeProcess(victim)
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
}

/** What events say and what is to be found of them. */
class Load {
  #bodies = 0
  readonly expected: string[] = []
  /** Bodies that were not acknowledged; they are sent again. */
  readonly pending: string[] = []
  acknowledged = 0
  isOver = false

  #next(): string {
    const number = this.#bodies++
    const batch: object[] = []
    for (let i = 0; i < eventsPerBody; i++) {
      const event = number * eventsPerBody + i
      const user = event % users
      const timestamp = new Date(startedAt + event * 1000).toISOString()
      const messageId = `event-of-the-crash-${event}`
      batch.push({
        type: 'track',
        event: `e${event % 5}`,
        userId: `u${user}`,
        messageId,
        timestamp,
      })
      this.expected.push(`${messageId} a${user % accounts} u${user} e${event % 5} ${timestamp}`)
    }
    // Accounts of users become known little by little; what came before waits for that.
    if (number % 5 === 4) {
      const user = ((number - 4) / 5) % users
      const timestamp = new Date(startedAt).toISOString()
      batch.push({ type: 'group', userId: `u${user}`, groupId: `a${user % accounts}`, timestamp })
    }
    return JSON.stringify({ batch, writeKey })
  }

  async #send(body: string): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(20_000),
      })
      return (await answer.text()) === '{"success":true}' && answer.status === 200
    } catch {
      return false
    }
  }

  async run(): Promise<void> {
    while (!this.isOver || this.pending.length > 0) {
      const body = this.pending.shift() ?? this.#next()
      const isTaken = await this.#send(body)
      if (isTaken) this.acknowledged += 1
      else await sleep(100)
      // Some that were taken are sent again, as clients do whose connection broke after that.
      if (!isTaken || this.acknowledged % 10 === 0) this.pending.push(body)
      if (isTaken) await sleep(5)
      if (this.isOver && isTaken && this.pending.length === 1) this.pending.length = 0
    }
  }

  /** The rest of the group calls, so that every user has an account in the end. */
  async teachAll(): Promise<void> {
    const batch = Array.from({ length: users }, (_, user) => ({
      type: 'group',
      userId: `u${user}`,
      groupId: `a${user % accounts}`,
      timestamp: new Date(startedAt).toISOString(),
    }))
    const body = JSON.stringify({ batch, writeKey })
    while (!(await this.#send(body))) await sleep(100)
  }
}

const found = z.object({ fact: z.string(), accounts: z.coerce.number() })

describe('a server that takes events while it and its stores are killed', () => {
  test(
    `has every acknowledged event exactly once, after ${crashes} crashes`,
    async () => {
      const load = new Load()
      const sending = Array.from({ length: senders }, () => load.run())
      for (let crash = 0; crash < crashes; crash++) {
        await sleep(200 + fraction() * 1500)
        await kill(victims[Math.floor(fraction() * victims.length)] ?? 'server')
      }
      load.isOver = true
      await Promise.all(sending)
      await load.teachAll()
      server.child.kill('SIGTERM')
      await server.ended

      const app = await openHere()
      try {
        await app.ingestion.settled()
        const rows = await app.ports.facts.query(
          {
            sql: `
SELECT concat(record_id, ' ', any(account_id), ' ', argMax(user_id, known_at), ' ',
  argMax(event, known_at), ' ', toString(argMax(occurred_at, known_at))) AS fact,
  uniqExact(account_id) AS accounts
FROM usage_events WHERE workspace_id = {workspace_id:String}
GROUP BY record_id`,
            params: { workspace_id: mainWorkspaceId },
          },
          found,
        )
        expect(load.acknowledged).toBeGreaterThan(crashes)
        expect(rows.filter((row) => row.accounts !== 1)).toEqual([])
        const facts = rows.map((row) => row.fact.replace(/ (\S+) (\S+)$/, ' $1T$2Z').trim())
        expect(facts.sort()).toEqual([...load.expected].sort())

        // In the roll-up as well, each exactly once.
        const scope = { workspaceId: mainWorkspaceId, timeZone: 'Asia/Tokyo' }
        await ensureUseRollup(app.ports.facts, scope)
        expect(await readUseRollup(app.ports.facts, mainWorkspaceId)).not.toBeNull()
        const rolled = await app.ports.facts.query(
          {
            sql: `
SELECT account_id AS account, sum(arraySum(times)) AS events
FROM use_by_month FINAL WHERE workspace_id = {workspace_id:String} GROUP BY account ORDER BY account`,
            params: { workspace_id: mainWorkspaceId },
          },
          z.object({ account: z.string(), events: z.coerce.number() }),
        )
        const expected = new Map<string, number>()
        for (const event of load.expected) {
          const account = event.split(' ')[1] ?? ''
          expected.set(account, (expected.get(account) ?? 0) + 1)
        }
        expect(new Map(rolled.map(({ account, events }) => [account, events]))).toEqual(
          new Map([...expected].sort()),
        )
      } finally {
        await app.close()
      }
    },
    120_000 + crashes * 30_000,
  )
})
