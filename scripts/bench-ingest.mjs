/**
 * `npm run bench:ingest`: how fast events are taken, with the server and the load on the same machine.
 * Builds nothing: run `npm run build` first. `--events 10000000` for the long run.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '400000' },
    singles: { type: 'string', default: '40000' },
    records: { type: 'string', default: '400000' },
    batch: { type: 'string', default: '100' },
    connections: { type: 'string', default: '32' },
    accounts: { type: 'string', default: '10000' },
    serve: { type: 'boolean', default: false },
  },
})
const events = Number(values.events)
const singles = Number(values.singles)
const records = Number(values.records)
const perBatch = Number(values.batch)
const connections = Number(values.connections)
const accounts = Number(values.accounts)

/** The server's side: the program as it is, with a parent that asks how it does. */
async function serveHere() {
  const { openApp } = await import('@tomoshibi/server/app')
  const { httpServer } = await import('@tomoshibi/server/http/server')
  const { systemClock } = await import('@tomoshibi/server/platform/clock')
  const { createLog } = await import('@tomoshibi/server/platform/log')
  const { readConfig } = await import('@tomoshibi/server/platform/config')
  const dataDir = process.env.TOMOSHIBI_DATA ?? ''
  const app = await openApp({
    config: { ...readConfig({}), dataDir },
    clock: systemClock,
    log: () => createLog(dataDir, { level: 'warn' }),
  })
  const server = await httpServer({
    app,
    ingestion: app.ingestion,
    localToken: app.folder.token,
    webFolder: dataDir,
    log: app.ports.log,
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const address = server.server.address()
  const { key } = await app.caller.writeKeys.create({ name: 'benchmark' })
  const { z } = await import('zod')
  process.on('message', async (question) => {
    if (question === 'settled') await app.ingestion.settled()
    if (question === 'count') {
      const [row] = await app.ports.facts.query(
        { sql: 'SELECT uniqExact(account_id, record_id) AS n FROM usage_events', params: {} },
        z.object({ n: z.coerce.number() }),
      )
      process.send?.({ count: row?.n ?? 0 })
      return
    }
    if (question === 'stop') {
      await server.close()
      await app.close()
      process.exit(0)
    }
    process.send?.({ backlog: app.ingestion.backlogBytes })
  })
  const { token } = app.folder
  process.send?.({ port: typeof address === 'object' ? address?.port : 0, key, token })
}

/** Processes below ours, with what they have used of the processor (s) and of memory (bytes). */
function usage() {
  const tick = 100
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        const seconds = (Number(fields[11]) + Number(fields[12])) / tick
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            command,
            seconds,
            bytes: Number(fields[21]) * 4096,
          },
        ]
      } catch {
        return []
      }
    })
  const ours = new Set([process.pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid, parent } of all) {
      if (ours.has(parent) && !ours.has(pid)) grown = Boolean(ours.add(pid))
    }
  }
  const sums = { load: [0, 0], server: [0, 0], facts: [0, 0], state: [0, 0] }
  for (const { pid, command, seconds, bytes } of all) {
    if (!ours.has(pid)) continue
    const who =
      pid === process.pid
        ? 'load'
        : command.includes('--serve')
          ? 'server'
          : command.includes('engine.mjs')
            ? 'facts'
            : 'state'
    sums[who][0] += seconds
    sums[who][1] += bytes
  }
  return sums
}

/** One connection that sends a request and waits for its answer, over and over. */
function sender(port, next, onAnswer) {
  let request = next()
  if (request === null) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.setNoDelay(true)
    let sentAt = 0
    let answer = ''
    const send = () => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.setEncoding('latin1')
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (text) => {
      answer += text
      const end = answer.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0)
      if (answer.length < end + 4 + length) return
      const status = Number(answer.slice(9, 12))
      answer = ''
      onAnswer(status, performance.now() - sentAt)
      if (status !== 200) {
        setTimeout(send, status === 429 ? 200 : 1000)
        return
      }
      request = next()
      if (request === null) {
        socket.end()
        resolve()
      } else send()
    })
  })
}

let made = 0
function event() {
  const n = made++
  const user = n % (accounts * 5)
  return `{"type":"track","event":"Feature ${n % 40}","userId":"user-${user}","messageId":"node-next-${1_795_289_174_104 + n}-62307fca-ec65-4aea-8578-${n}","timestamp":"${new Date(1_795_000_000_000 - (n % 864_000) * 100).toISOString()}","properties":{"format":"csv","rows":${n % 997},"path":"/reports/${n % 50}","durationMs":${n % 3001},"ok":true},"context":{"groupId":"account-${user % accounts}","library":{"name":"@segment/analytics-node","version":"3.1.0"}},"integrations":{}}`
}

const requestOf = (port, key, path, body) =>
  Buffer.from(
    `POST /v1/${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Basic ${Buffer.from(`${key}:`).toString('base64')}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )

const at = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Records as JSON objects, one a line, in pieces of a bearable size. */
function* linesOf(count) {
  const perPiece = 2_000
  for (let first = 0; first < count; first += perPiece) {
    const lines = Array.from({ length: Math.min(perPiece, count - first) }, (_, k) => {
      const n = first + k
      const user = n % (accounts * 5)
      return `{"id":"bulk-${n}","accountId":"account-${user % accounts}","userId":"user-${user}","event":"Feature ${n % 40}","occurredAt":"${new Date(1_795_000_000_000 - (n % 864_000) * 100).toISOString()}","knownAt":"${new Date(1_795_000_000_000).toISOString()}"}`
    })
    yield Buffer.from(`${lines.join('\n')}\n`)
  }
}

/** One upload of records, until all of them are facts. */
async function uploadPhase(name, total, child) {
  process.stderr.write(`${name} …\n`)
  const before = usage()
  const startedAt = performance.now()
  let peakBytes = 0
  const watch = setInterval(() => {
    const { server, facts, state } = usage()
    peakBytes = Math.max(peakBytes, server[1] + facts[1] + state[1])
  }, 1000)
  const response = await fetch(`http://127.0.0.1:${child.port}/api/facts/usage_events/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${child.token}`, 'content-type': 'application/x-ndjson' },
    body: ReadableStream.from(linesOf(total)),
    duplex: 'half',
  })
  const told = (await response.text()).trim().split('\n')
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(watch)
  const last = JSON.parse(told.at(-1))
  if (last.counts?.created !== total) {
    process.stderr.write(`${told.at(-1)}\n`)
    process.exitCode = 1
  }
  made += total
  return {
    what: name,
    records: total,
    'facts /s': Math.round(total / seconds),
    'peak MB': Math.round(peakBytes / 1e6),
    ...cpuOf(before, usage(), total),
  }
}

/** What each process has used of the processor for one event. */
const cpuOf = (before, after, total) =>
  Object.fromEntries(
    Object.entries(after).map(([who, [seconds]]) => [
      `cpu ${who}`,
      `${((1e6 * (seconds - before[who][0])) / total).toFixed(1)} µs`,
    ]),
  )

async function phase(name, total, child, ask, next) {
  process.stderr.write(`${name} …\n`)
  const before = usage()
  const startedAt = performance.now()
  const latencies = []
  const statuses = {}
  let peakBytes = 0
  const watch = setInterval(() => {
    const { server, facts, state } = usage()
    peakBytes = Math.max(peakBytes, server[1] + facts[1] + state[1])
  }, 1000)
  await Promise.all(
    Array.from({ length: connections }, () =>
      sender(child.port, next, (status, ms) => {
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status === 200) latencies.push(ms)
      }),
    ),
  )
  const acknowledgedMs = performance.now() - startedAt
  const { backlog } = await ask('backlog')
  await ask('settled')
  const settledMs = performance.now() - startedAt
  clearInterval(watch)
  const after = usage()
  latencies.sort((a, b) => a - b)
  return {
    what: name,
    events: total,
    'acknowledged /s': Math.round((1000 * total) / acknowledgedMs),
    'facts /s': Math.round((1000 * total) / settledMs),
    'p50 ms': Math.round(at(latencies, 0.5)),
    'p99 ms': Math.round(at(latencies, 0.99)),
    'backlog MB': Math.round(backlog / 1e6),
    'peak MB': Math.round(peakBytes / 1e6),
    statuses: JSON.stringify(statuses),
    ...cpuOf(before, after, total),
  }
}

async function measure() {
  const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-bench-'))
  const server = fork(fileURLToPath(import.meta.url), ['--serve'], {
    env: { ...process.env, TOMOSHIBI_DATA: dataDir },
  })
  const answers = []
  const waiting = []
  server.on('message', (message) => {
    const resolve = waiting.shift()
    if (resolve) resolve(message)
    else answers.push(message)
  })
  const answer = () =>
    new Promise((resolve) => {
      const given = answers.shift()
      if (given) resolve(given)
      else waiting.push(resolve)
    })
  const ask = (question) => {
    server.send(question)
    return answer()
  }
  const rows = []
  try {
    const child = await answer()
    const batches = (count) => {
      let left = Math.ceil(count / perBatch)
      return () => {
        if (left-- <= 0) return null
        const body = `{"batch":[${Array.from({ length: perBatch }, event).join(',')}],"sentAt":"${new Date(1_795_000_000_000).toISOString()}"}`
        return requestOf(child.port, child.key, 'batch', body)
      }
    }
    rows.push(await phase('warm-up', 20_000, child, ask, batches(20_000)))
    rows.push(await phase(`batches of ${perBatch}`, events, child, ask, batches(events)))
    let left = singles
    const single = () => (left-- <= 0 ? null : requestOf(child.port, child.key, 'track', event()))
    rows.push(await phase('single track calls', singles, child, ask, single))
    if (records > 0) rows.push(await uploadPhase('records as NDJSON', records, child))
    const { count } = await ask('count')
    process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}, ${accounts} accounts\n`)
    for (const row of rows.slice(1)) {
      process.stdout.write('\n')
      for (const [name, value] of Object.entries(row)) {
        process.stdout.write(`${name.padEnd(18)}${value}\n`)
      }
    }
    process.stdout.write(`\nfacts in the store  ${count} of ${made} sent\n`)
    if (count !== made) process.exitCode = 1
  } finally {
    server.send('stop')
    await new Promise((resolve) => server.on('exit', resolve))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (values.serve) await serveHere()
else await measure()
