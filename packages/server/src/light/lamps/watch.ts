import { setTimeout as sleep } from 'node:timers/promises'
import type { Ports } from '../../call/context.ts'
import { failureOf } from '../../call/failure.ts'
import { type Arrival, onArrival } from '../../collect/arrivals.ts'
import { evaluateLamps } from './evaluate.ts'
import { evaluateArrived } from './evaluate-arrived.ts'

/** Told how it goes. Must not throw. */
export interface LampWatchObserver {
  /** Lamps of accounts with new facts are up to date, so long after the first of those facts was stored. */
  evaluated(elapsedMs: number): void
  /** They could not be evaluated, and are tried again. */
  failed(): void
}

export interface LampWatchOptions {
  readonly observer?: LampWatchObserver
  /** Facts that come within so many milliseconds are looked at together. */
  readonly gatherMs?: number
}

const gatherMs = 250
/** Of the time, lamps are evaluated for so much at most, so that figures can be asked for as well. */
const share = 0.75
const busyPauseMs = 300
const longestPauseMs = 30_000
const stopWithinMs = 5_000

/** Accounts with facts that no lamp has seen yet. */
interface Waiting {
  readonly accounts: ReadonlySet<string> | 'all'
  /** When the first of those facts was stored, in milliseconds since 1970. */
  readonly sinceMs: number
}

/**
 * Keeps lamps up to date with the facts as they arrive: the accounts that facts arrived for are evaluated
 * behind them, many at once. A crash forgets which those were; the evaluation at every start makes up for it.
 */
export class LampWatch {
  readonly #ports: Ports
  readonly #options: LampWatchOptions
  readonly #waiting = new Map<string, Waiting>()
  readonly #stop = new AbortController()
  readonly #forget: () => void
  readonly #running: Promise<void>
  /** What is being evaluated. */
  #underway: { readonly workspaceId: string; readonly sinceMs: number } | null = null
  #wake: () => void = () => {}
  #idleWaiters: (() => void)[] = []

  private constructor(ports: Ports, options: LampWatchOptions) {
    this.#ports = ports
    this.#options = options
    this.#forget = onArrival(ports.facts, (arrival) => this.#note(arrival))
    this.#running = this.#run()
  }

  /** Begins to watch. */
  static start(ports: Ports, options: LampWatchOptions = {}): LampWatch {
    return new LampWatch(ports, options)
  }

  /** When the first fact of a workspace was stored that its lamps have not seen; null when there is none. */
  waitingSinceMs(workspaceId: string): number | null {
    const under = this.#underway?.workspaceId === workspaceId ? [this.#underway.sinceMs] : []
    const waiting = this.#waiting.get(workspaceId)
    const all = waiting === undefined ? under : [...under, waiting.sinceMs]
    return all.length === 0 ? null : Math.min(...all)
  }

  /** Resolves when lamps have seen every fact that was stored so far, or nobody watches any more. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  get #isIdle(): boolean {
    const isDone = this.#waiting.size === 0 && this.#underway === null
    return isDone || this.#stop.signal.aborted
  }

  /** Stops. An evaluation that runs ends first, unless it takes long; a killed one leaves nothing half done. */
  async close(): Promise<void> {
    this.#forget()
    this.#stop.abort()
    this.#wake()
    await Promise.race([this.#running, sleep(stopWithinMs, undefined, { ref: false })])
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  #note({ workspaceId, accounts, sinceMs = this.#nowMs() }: Arrival & Partial<Waiting>): void {
    const before = this.#waiting.get(workspaceId)
    const isAll = accounts === 'all' || before?.accounts === 'all'
    this.#waiting.set(workspaceId, {
      accounts: isAll ? 'all' : new Set([...(before?.accounts ?? []), ...accounts]),
      sinceMs: Math.min(before?.sinceMs ?? sinceMs, sinceMs),
    })
    this.#wake()
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      if (this.#waiting.size === 0) {
        for (const resolve of this.#idleWaiters.splice(0)) resolve()
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        await this.#pause(this.#options.gatherMs ?? gatherMs)
        continue
      }
      const begunMs = performance.now()
      try {
        const isBusy = await this.#evaluateWaiting()
        failures = 0
        const tookMs = performance.now() - begunMs
        await this.#pause(isBusy ? busyPauseMs : tookMs * (1 / share - 1))
      } catch (error) {
        failures += 1
        this.#options.observer?.failed()
        this.#ports.log.warn({ err: error, failures }, 'lamps could not be brought up to date yet')
        await this.#pause(Math.min(busyPauseMs * 2 ** failures, longestPauseMs))
      }
    }
  }

  /** @returns whether some had to be put off, because lamps are being evaluated or acted on */
  async #evaluateWaiting(): Promise<boolean> {
    let isBusy = false
    for (const [workspaceId, waiting] of [...this.#waiting]) {
      this.#waiting.delete(workspaceId)
      this.#underway = { workspaceId, sinceMs: waiting.sinceMs }
      try {
        if (await this.#evaluate({ ...this.#ports, workspaceId }, waiting.accounts)) {
          this.#options.observer?.evaluated(this.#nowMs() - waiting.sinceMs)
        } else {
          isBusy = true
          this.#note({ workspaceId, ...waiting })
        }
      } catch (error) {
        this.#note({ workspaceId, ...waiting })
        throw error
      } finally {
        this.#underway = null
      }
    }
    return isBusy
  }

  /** @returns false where lamps are being evaluated or acted on just now */
  async #evaluate(ports: Ports, accounts: ReadonlySet<string> | 'all'): Promise<boolean> {
    const outcome = await evaluateArrived(ports, accounts)
    if (outcome !== 'behind') return outcome === 'evaluated'
    try {
      await evaluateLamps(ports)
      return true
    } catch (error) {
      if (failureOf(error)?.code === 'EVALUATION_RUNNING') return false
      throw error
    }
  }

  #nowMs(): number {
    return this.#ports.clock.now().epochMilliseconds
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop
    return sleep(ms, undefined, { signal }).catch(() => {})
  }
}
