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
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** How often to kill; `npm run test:crash` kills 50 times. */
const crashes = Number(process.env.TOMOSHIBI_TEST_CRASHES ?? 6)
const seed = Number(process.env.TOMOSHIBI_TEST_SEED ?? 20_260_601)

const victims = ['server', 'facts', 'state'] as const
/** The stores take about 100 MB, and the server wants 300 MB free when it starts. */
const diskMegabytes = 700
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

let port: number
let server: Running
let writeKey: string

// Made while tests are collected, since the name of a test says whether there is one.
const data = mkdtempSync(join(tmpdir(), 'tomoshibi-crash-events-'))
const disk: SmallDisk | null = mountSmallDisk(data, diskMegabytes)

beforeAll(async () => {
  port = await freePort()
  const app = await openHere()
  writeKey = (await app.caller.writeKeys.create({ name: 'crash' })).key
  await app.close()
  server = await startServer()
})
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  disk?.unmount()
  rmSync(data, { recursive: true, force: true })
})

const openHere = () =>
  openApp({
    config: { ...readConfig({}), dataDir: data },
    clock: systemClock,
    log: () => silentLog,
  })

const environment = () =>
  plainEnvironment({ PORT: String(port), TOMOSHIBI_DATA: data, TOMOSHIBI_DEMO: '0' })

async function startServer(): Promise<Running> {
  const running = start(process.execPath, [tomoshibi, 'serve'], { env: environment() })
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

/**
 * Leaves the journal and both stores without space for a while, and every other time kills one of them
 * meanwhile; then there is space again.
 */
async function fillDisk(disk: SmallDisk, load: Load): Promise<void> {
  const refusedBefore = load.refusals.length
  // In steps, as disks run full, so that what has been begun with meets its end rather than all of it at once.
  while (!disk.fill(16)) await sleep(20)
  // Whatever was freed in between is taken too: until somebody is refused, nothing was shown.
  while (load.refusals.length === refusedBefore) {
    if (server.child.exitCode !== null) throw new Error(`the server ended: ${server.output()}`)
    await sleep(50)
    disk.fill(16)
  }
  await sleep(fraction() * 2000)
  const victim = victims[Math.floor(fraction() * victims.length)] ?? 'server'
  if (fraction() < 0.5) {
    disk.empty()
    return
  }
  if (victim === 'server') {
    // It does not start without space, and says why.
    server.child.kill('SIGKILL')
    await server.ended
    const refused = start(process.execPath, [tomoshibi, 'serve'], { env: environment() })
    const { code, stderr } = await refused.ended
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no space left for the data folder'),
    })
    disk.empty()
    server = await startServer()
    return
  }
  await kill(victim)
  await sleep(fraction() * 1000)
  disk.empty()
}

interface Refusal {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

/** What events say and what is to be found of them. */
class Load {
  #bodies = 0
  readonly expected: string[] = []
  /** Bodies that were not acknowledged; they are sent again. */
  readonly pending: string[] = []
  acknowledged = 0
  isOver = false
  /** Answers that were no 200. */
  readonly refusals: Refusal[] = []

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
      const text = await answer.text()
      if (answer.status === 200) return text === '{"success":true}'
      const retryAfter = answer.headers.get('retry-after')
      this.refusals.push({ status: answer.status, retryAfter, text })
      return false
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
    `has every acknowledged event exactly once, after ${crashes} crashes${disk === null ? ' (no full disk among them: nothing can be mounted here)' : ' and full disks'}`,
    async () => {
      const load = new Load()
      const sending = Array.from({ length: senders }, () => load.run())
      for (let crash = 0; crash < crashes; crash++) {
        await sleep(200 + fraction() * 1500)
        // The last of a short run is one in any case.
        const isDisk = fraction() < 0.25 || crash === crashes - 1
        if (disk !== null && isDisk) await fillDisk(disk, load)
        else await kill(victims[Math.floor(fraction() * victims.length)] ?? 'server')
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
        // Whoever was refused was told that it passes, and when to come again.
        const unclear = load.refusals.filter(
          ({ status, retryAfter }) => ![429, 503, 507].includes(status) || retryAfter === null,
        )
        expect(unclear).toEqual([])
        if (disk !== null) {
          expect(load.refusals.filter(({ status }) => status === 507).length).toBeGreaterThan(0)
        }
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
