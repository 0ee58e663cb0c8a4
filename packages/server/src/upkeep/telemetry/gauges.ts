import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectDefaultMetrics } from 'prom-client'
import type { App } from '../../app.ts'
import { jobCounts } from '../../jobs/counts.ts'
import { memoryOf } from './processes.ts'
import type { Reading, Telemetry } from './telemetry.ts'

/** Whoever asks for the metrics waits no longer than this for a store that does not answer. */
const answersWithinMs = 2_000

/** Adds what is read at the moment of asking: journal, stores, engines, jobs, disk and this process. */
export function addGauges(telemetry: Telemetry, app: App): void {
  const { ports, ingestion, engines, dataDir } = app
  const { registry } = telemetry
  collectDefaultMetrics({ register: registry })
  telemetry.gauge('build_info', 'The version that runs.', ['version', 'node'], () => [
    { labels: { version: app.version, node: process.version }, value: 1 },
  ])

  const limit = 'Beyond so many bytes in the journal, senders of events are asked to come again.'
  telemetry.gauge('journal_limit_bytes', limit, [], () => [{ value: ingestion.waiting.mostBytes }])
  const bytes = 'Bytes of events that are acknowledged, or about to be, and not facts yet.'
  telemetry.gauge('journal_waiting_bytes', bytes, [], () => [{ value: ingestion.waiting.bytes }])
  const lag = 'Age of the oldest acknowledged event that is not a fact yet; 0 when none waits.'
  telemetry.gauge('journal_lag_seconds', lag, [], () => {
    const { oldestAtMs } = ingestion.waiting
    const nowMs = ports.clock.now().epochMilliseconds
    return [{ value: oldestAtMs === null ? 0 : Math.max(0, nowMs - oldestAtMs) / 1000 }]
  })

  telemetry.gauge('store_up', '1 while the store answers.', ['store'], async () => [
    { labels: { store: 'facts' }, value: await isUp(ports.facts.ping()) },
    { labels: { store: 'state' }, value: await isUp(ports.state.ping()) },
  ])
  const running = Object.entries(engines).flatMap(([store, engine]) =>
    engine === null ? [] : [{ store, engine }],
  )
  const restarts = 'How often a store of ours fell and was started again.'
  telemetry.gauge('engine_restarts', restarts, ['store'], () =>
    running.map(({ store, engine }) => ({ labels: { store }, value: engine.restarts() })),
  )
  const memory = 'Resident memory of the processes of a store of ours, where the system tells it.'
  telemetry.gauge('engine_memory_bytes', memory, ['store'], async () => {
    const readings = running.map(async ({ store, engine }): Promise<Reading[]> => {
      const pid = engine.pid()
      const value = pid === null ? null : await memoryOf(pid)
      return value === null ? [] : [{ labels: { store }, value }]
    })
    return (await Promise.all(readings)).flat()
  })
  const connections = 'Connections to the state store: open, idle, and callers that wait for one.'
  telemetry.gauge('state_connections', connections, ['kind'], () => {
    const { totalCount, idleCount, waitingCount } = ports.state.pool
    return Object.entries({ open: totalCount, idle: idleCount, waiting: waitingCount }).map(
      ([kind, value]) => ({ labels: { kind }, value }),
    )
  })

  telemetry.gauge('jobs', 'Jobs that are kept, by queue and state.', ['queue', 'state'], async () =>
    (await within(jobCounts(ports.state), [])).map(({ queue, state, count }) => ({
      labels: { queue, state },
      value: count,
    })),
  )
  telemetry.gauge('disk_free_bytes', 'Free for this user where the data folder is.', [], async () =>
    (await diskOf(dataDir)).map(({ free: value }) => ({ value })),
  )
  telemetry.gauge('disk_size_bytes', 'Size of the disk of the data folder.', [], async () =>
    (await diskOf(dataDir)).map(({ size: value }) => ({ value })),
  )
}

async function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const late = sleep(answersWithinMs, otherwise, { ref: false })
  return Promise.race([work.catch(() => otherwise), late])
}

const isUp = (ping: Promise<unknown>): Promise<number> =>
  within(
    ping.then(() => 1),
    0,
  )

async function diskOf(folder: string): Promise<{ free: number; size: number }[]> {
  const found = await statfs(folder).catch(() => null)
  if (found === null) return []
  const { bavail, blocks, bsize } = found
  return [{ free: bavail * bsize, size: blocks * bsize }]
}
