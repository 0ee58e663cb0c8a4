/**
 * `npm run bench:freshness`: how long it takes from the 200 for an event until a figure and a lamp that
 * depend on it have changed, asked over HTTP as people and programs do, while other events arrive.
 *
 * `--events 10m`   how much history the 10,000 accounts have
 * `--rate 500`     other events a second meanwhile, in batches of 100, over half of the accounts
 * `--probes 60`    events whose way is timed
 * `--quick`        a small company, to see that the benchmark itself works
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { type Ready, readySchema } from './server.ts'

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '10m' },
    accounts: { type: 'string' },
    rate: { type: 'string', default: '500' },
    probes: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})
const accounts = Number(options.accounts ?? (options.quick ? 500 : 10_000))
const events = options.quick ? 200_000 : Number.parseFloat(options.events) * 1_000_000
const rate = Number(options.rate)
const probes = Number(options.probes ?? (options.quick ? 10 : 60))
const perBatch = 100
/** A way that takes longer is a fault, not a figure. */
const longestMs = 120_000

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

async function post(server: Ready, path: string, body: unknown): Promise<unknown> {
  const isEvent = path.startsWith('/v1/')
  const credentials = Buffer.from(`${server.writeKey}:`).toString('base64')
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: isEvent ? `Basic ${credentials}` : `Bearer ${server.token}`,
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function get(server: Ready, path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { authorization: `Bearer ${server.token}` },
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

let made = 0
const eventOf = (account: string) => {
  made += 1
  return {
    type: 'track',
    event: 'login',
    userId: `${account}-fresh`,
    messageId: `fresh-${made}`,
    context: { groupId: account },
  }
}

/** Sends other events at a steady rate until it is told to stop. @returns how many were taken */
async function sendOthers(server: Ready, ids: readonly string[], stop: AbortSignal) {
  let sent = 0
  const startedMs = performance.now()
  while (!stop.aborted) {
    const batch = Array.from({ length: perBatch }, (_, k) => {
      return eventOf(ids[(sent + k * 37) % ids.length] ?? '')
    })
    await post(server, '/v1/batch', { batch })
    sent += perBatch
    const dueMs = startedMs + (1000 * sent) / rate
    await sleep(Math.max(1, dueMs - performance.now()), undefined, { signal: stop }).catch(() => {})
  }
  return { sent, seconds: (performance.now() - startedMs) / 1000 }
}

const valuesSchema = z.array(z.object({ value: z.union([z.string(), z.number()]).nullable() }))
const lampsSchema = z.array(z.object({ lamp: z.string(), state: z.string() }))

/** From the acknowledgement of an event until its figure, and until its lamp, have changed; milliseconds. */
async function wayOf(server: Ready, account: string): Promise<{ figure: number; lamp: number }> {
  await post(server, '/v1/track', eventOf(account))
  const startedMs = performance.now()
  const until = async (isThere: () => Promise<boolean>): Promise<number> => {
    for (;;) {
      if (await isThere()) return performance.now() - startedMs
      if (performance.now() - startedMs > longestMs) throw new Error(`${account} waits for ever`)
      await sleep(100)
    }
  }
  const figure = until(async () => {
    const query = { metrics: ['active_users'], on: server.today, accounts: [account] }
    const [found] = valuesSchema.parse(await post(server, '/api/metrics/query', query))
    return Number(found?.value ?? 0) > 0
  })
  const lamp = until(async () => {
    const lamps = lampsSchema.parse(await get(server, `/api/lamps?account=${account}`))
    return lamps.some(({ lamp: key, state }) => key === server.lamp && state === 'off')
  })
  const [figureMs, lampMs] = await Promise.all([figure, lamp])
  return { figure: figureMs, lamp: lampMs }
}

const at = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function serverFor(folder: string): Promise<{ child: ChildProcess; server: Ready }> {
  const child = fork(fileURLToPath(new URL('./server.js', import.meta.url)), [], {
    env: { ...process.env, TOMOSHIBI_DATA: folder },
  })
  child.send({ accounts, events })
  const message = await new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the server ended: ${code}`)))
  })
  return { child, server: readySchema.parse(message) }
}

const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-bench-'))
let running: ChildProcess | undefined
try {
  say(`making ${accounts} accounts with ${events} events`)
  const { child, server } = await serverFor(folder)
  running = child
  // Lamps of half of the accounts go out by other events; those of the other half are timed.
  const half = Math.floor(server.lit.length / 2)
  const timed = server.lit.slice(half, half + probes + 3)
  const others = server.lit.slice(0, half)
  if (timed.length < probes + 3) throw new Error(`only ${server.lit.length} lamps are lit`)
  const stop = new AbortController()
  const load = sendOthers(server, others, stop.signal)
  const ways: { figure: number; lamp: number }[] = []
  for (const [k, account] of timed.entries()) {
    const way = await wayOf(server, account)
    // The first ones find engines that have not been asked anything like it.
    if (k >= 3) ways.push(way)
    await sleep(200)
  }
  stop.abort()
  const { sent, seconds } = await load
  const cpu = `${cpus().length} × ${cpus()[0]?.model}`
  process.stdout.write(`${cpu}, ${accounts} accounts, ${events} events of history\n`)
  process.stdout.write(`other events taken meanwhile: ${Math.round(sent / seconds)} a second\n\n`)
  process.stdout.write('from the 200 until it is in   p50      p95      longest\n')
  for (const [what, key] of [
    ['a figure asked for', 'figure'],
    ['the lamp of the account', 'lamp'],
  ] as const) {
    const all = ways.map((way) => way[key])
    const cells = [at(all, 0.5), at(all, 0.95), Math.max(...all)]
    const texts = cells.map((ms) => `${(ms / 1000).toFixed(2)} s`.padEnd(9))
    process.stdout.write(`${what.padEnd(30)}${texts.join('')}\n`)
  }
  process.stdout.write('\nmark: p95 under 5 s\n')
} finally {
  running?.removeAllListeners('exit')
  running?.send('stop')
  if (running !== undefined) await new Promise((resolve) => running?.once('exit', resolve))
  await rm(folder, { recursive: true, force: true })
}
