import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { IngestionObserver } from '../../collect/ingest/service.ts'
import type { LampWatchObserver } from '../../light/lamps/watch.ts'
import type { StatementObserver } from '../../platform/stores.ts'

/** Seconds. An acknowledgement takes milliseconds, a panel of metrics or a settled batch seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120]

/**
 * What the server counts of itself, for Prometheus. No label holds anything from outside: routes,
 * operations and codes are ours, and there are few of each.
 */
export class Telemetry {
  readonly registry = new Registry()
  readonly #requests: Histogram<'route' | 'method' | 'status'>
  readonly #operations: Histogram<'operation' | 'code'>
  readonly #bodies: Counter<'outcome'>
  readonly #events: Counter<'outcome'>
  readonly #acknowledged: Histogram
  readonly #settled: Counter
  readonly #settling: Histogram
  readonly #settleFailures: Counter
  readonly #lampsSeen: Histogram
  readonly #lampFailures: Counter
  readonly #statements: Histogram<'store' | 'kind' | 'result'>

  constructor() {
    const registers = [this.registry]
    this.#requests = new Histogram({
      name: 'tomoshibi_http_request_duration_seconds',
      help: 'HTTP requests by route, method and class of status.',
      labelNames: ['route', 'method', 'status'],
      buckets,
      registers,
    })
    this.#operations = new Histogram({
      name: 'tomoshibi_operation_duration_seconds',
      help: 'Operations called over HTTP, by name and by ok or the code of the error.',
      labelNames: ['operation', 'code'],
      buckets,
      registers,
    })
    this.#bodies = new Counter({
      name: 'tomoshibi_intake_bodies_total',
      help: 'Bodies of events: acknowledged, refused for what they are, or put off until later.',
      labelNames: ['outcome'],
      registers,
    })
    this.#events = new Counter({
      name: 'tomoshibi_intake_events_total',
      help: 'Events in acknowledged bodies: accepted or rejected.',
      labelNames: ['outcome'],
      registers,
    })
    this.#acknowledged = new Histogram({
      name: 'tomoshibi_intake_acknowledge_seconds',
      help: 'From the arrival of a body of events until it is on disk.',
      buckets,
      registers,
    })
    this.#settled = new Counter({
      name: 'tomoshibi_events_settled_total',
      help: 'Events that were taken from the journal and made facts, repeats included.',
      registers,
    })
    this.#settling = new Histogram({
      name: 'tomoshibi_settle_batch_seconds',
      help: 'Making facts of one batch of the journal, waiting for its turn included.',
      buckets,
      registers,
    })
    this.#settleFailures = new Counter({
      name: 'tomoshibi_settle_failures_total',
      help: 'Batches that could not be made facts and were tried again.',
      registers,
    })
    this.#lampsSeen = new Histogram({
      name: 'tomoshibi_lamps_behind_seconds',
      help: 'From when facts were stored until the lamps of their accounts had seen them.',
      buckets,
      registers,
    })
    this.#lampFailures = new Counter({
      name: 'tomoshibi_lamps_failures_total',
      help: 'Times that lamps could not be brought up to date with new facts and were tried again.',
      registers,
    })
    this.#statements = new Histogram({
      name: 'tomoshibi_store_statement_seconds',
      help: 'Statements of both stores, by kind and result.',
      labelNames: ['store', 'kind', 'result'],
      buckets,
      registers,
    })
    // So that they are there, as 0, before the first of their kind.
    for (const outcome of ['acknowledged', 'refused', 'put_off']) this.#bodies.inc({ outcome }, 0)
    for (const outcome of ['accepted', 'rejected']) this.#events.inc({ outcome }, 0)
  }

  readonly statement: StatementObserver = ({ store, kind, elapsedMs, failed }) => {
    this.#statements.observe({ store, kind, result: failed ? 'failed' : 'ok' }, elapsedMs / 1000)
  }

  readonly ingestion: IngestionObserver = {
    settled: (messages, elapsedMs) => {
      this.#settled.inc(messages)
      this.#settling.observe(elapsedMs / 1000)
    },
    failed: () => this.#settleFailures.inc(),
  }

  readonly lamps: LampWatchObserver = {
    evaluated: (elapsedMs) => this.#lampsSeen.observe(elapsedMs / 1000),
    failed: () => this.#lampFailures.inc(),
  }

  /** @param route as it was registered, such as `/v1/:call`; never the address asked for */
  request(route: string, method: string, status: number, elapsedMs: number): void {
    const ofClass = `${Math.floor(status / 100)}xx`
    this.#requests.observe({ route, method, status: ofClass }, elapsedMs / 1000)
  }

  /** @param code `ok`, or that of the error registry */
  operation(operation: string, code: string, elapsedMs: number): void {
    this.#operations.observe({ operation, code }, elapsedMs / 1000)
  }

  /** A body of events is on disk. */
  acknowledged(accepted: number, rejected: number, elapsedMs: number): void {
    this.#bodies.inc({ outcome: 'acknowledged' })
    this.#events.inc({ outcome: 'accepted' }, accepted)
    this.#events.inc({ outcome: 'rejected' }, rejected)
    this.#acknowledged.observe(elapsedMs / 1000)
  }

  /** A body of events was not taken. @param later whether it may be sent again as it is */
  refused(later: boolean): void {
    this.#bodies.inc({ outcome: later ? 'put_off' : 'refused' })
  }

  /**
   * A value that is read when it is asked for.
   *
   * @param read gives a value for each label value, or for `''` where there is no label; what it leaves
   *   out, or a rejection, is no value
   */
  gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => Promise<readonly Reading[]> | readonly Reading[],
  ): void {
    new Gauge({
      name: `tomoshibi_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      async collect() {
        this.reset()
        // Without labels a reset gauge is 0, and no value is not 0.
        if (labelNames.length === 0) this.remove()
        for (const { labels = {}, value } of await read()) this.set(labels, value)
      },
    })
  }
}

export interface Reading {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}
