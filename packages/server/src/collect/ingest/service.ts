import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FactStore } from '@tomoshibi/facts/store'
import { refreshUse } from '@tomoshibi/facts/use-rollup/refresh'
import type { StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import { Failure } from '../../call/failure.ts'
import type { Clock } from '../../platform/clock.ts'
import { folderFailure } from '../../platform/data-folder.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { arrived } from '../arrivals.ts'
import { afterEachTurn, inTurn } from '../turns.ts'
import { type Endpoint, firstSeqOf, parseBody, readMessages } from './ingest.ts'
import { type HeldSegment, Journal, type JournalRecord } from './journal.ts'
import type { People } from './people.ts'
import { BodyFault } from './problems.ts'
import { type Settling, settle, settling } from './settle.ts'
import {
  allWorkspaces,
  heldUsersInContacts,
  readProgress,
  writePeople,
  writeProgress,
} from './store.ts'

export interface IngestionPorts {
  readonly facts: FactStore
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Logger
}

/** Told how it goes, for whoever watches. Must not throw. */
export interface IngestionObserver {
  /** Messages have become facts. */
  settled(messages: number, elapsedMs: number): void
  /** They have not, and are tried again. */
  failed(): void
}

export interface IngestionLimits {
  /** Bytes in the journal that are not facts yet; beyond it nothing more is taken. */
  readonly backlogBytes?: number
  readonly segmentBytes?: number
  readonly observer?: IngestionObserver
}

/** How much waits to become facts. */
export interface Waiting {
  /** Bytes that are acknowledged, or about to be. */
  readonly bytes: number
  /** Beyond so many nothing more is taken. */
  readonly mostBytes: number
  /** About when the oldest was received; null when nothing waits. */
  readonly oldestAtMs: number | null
}

/** What is known of a workspace whose newest events are facts and not in every figure yet. */
interface Unrolled {
  readonly timeZone: string
  readonly accounts: ReadonlySet<string>
  /** When the oldest of them was received. */
  readonly receivedAtMs: number
}

/** Whose turn it is when events become facts: they bring no contacts of other sources. */
const ownTurn = Symbol('events')

/** Bytes that may wait in the journal unless told otherwise. */
export const mostBacklogBytes = 512 * 2 ** 20
/** About so many bytes of bodies become facts together. */
const batchBytes = 8 * 2 ** 20
/** Small batches wait a little, so that the store gets few inserts rather than many. */
const pauseMs = 150
const longestPauseMs = 10_000
/** While more is waiting, use is rolled up for so long a part of the time at most. */
const rollUpShare = 0.25
const stopWithinMs = 5_000
const clearWithinMs = 120_000

/**
 * Takes bodies of events and turns them into facts: a body is in the journal, on disk, before it is
 * acknowledged; behind the journal, one batch after the other becomes facts.
 */
export class Ingestion {
  readonly #ports: IngestionPorts
  readonly #dataDir: string
  readonly #journal: Journal
  readonly #backlogBytes: number
  readonly #observer: IngestionObserver | undefined
  readonly #forgetTurns: () => void
  readonly #running: Promise<void>
  /** Number of the first record that is not facts. */
  #next: number
  #closed = false
  #wake: () => void = () => {}
  #settledWaiters: { until: number; resolve: () => void }[] = []
  /** Contacts may have been imported since they were looked at. */
  #lookAgain = true
  /** Workspaces of which events were stored that are not rolled up. */
  readonly #unrolled = new Map<string, Unrolled>()
  /** Not before this instant of the process's own time is use rolled up while more is waiting. */
  #rollUpAtMs = 0

  private constructor(
    ports: IngestionPorts,
    dataDir: string,
    journal: Journal,
    next: number,
    limits: IngestionLimits,
  ) {
    this.#ports = ports
    this.#dataDir = dataDir
    this.#journal = journal
    this.#next = next
    this.#backlogBytes = limits.backlogBytes ?? mostBacklogBytes
    this.#observer = limits.observer
    journal.onCommitted = () => this.#wake()
    this.#forgetTurns = afterEachTurn(ports.facts, (who) => {
      if (who === ownTurn) return
      this.#lookAgain = true
      this.#wake()
    })
    this.#running = this.#run()
  }

  /** Opens the journal in the data folder and goes on where the last process stopped. */
  static async open(
    ports: IngestionPorts,
    dataDir: string,
    limits: IngestionLimits = {},
  ): Promise<Ingestion> {
    const nextRecord = await readProgress(ports.state.db)
    try {
      const journal = await Journal.open({
        folder: join(dataDir, 'journal'),
        nextRecord,
        log: ports.log,
        ...(limits.segmentBytes === undefined ? {} : { segmentBytes: limits.segmentBytes }),
      })
      return new Ingestion(ports, dataDir, journal, nextRecord, limits)
    } catch (error) {
      throw folderFailure(error, dataDir)
    }
  }

  /** Bytes that are acknowledged, or about to be, and not facts yet. */
  get backlogBytes(): number {
    return this.#journal.backlogBytes
  }

  /** When the oldest message was received that is not in every figure yet; null when all are. */
  get waitingSinceMs(): number | null {
    const { oldestWaitingAtMs } = this.#journal
    const all = [...this.#unrolled.values()].map(({ receivedAtMs }) => receivedAtMs)
    if (oldestWaitingAtMs !== null) all.push(oldestWaitingAtMs)
    return all.length === 0 ? null : Math.min(...all)
  }

  get waiting(): Waiting {
    const { backlogBytes: bytes, oldestWaitingAtMs: oldestAtMs } = this.#journal
    return { bytes, mostBytes: this.#backlogBytes, oldestAtMs }
  }

  /**
   * Runs `work` while nothing becomes facts, and gives it the journal as it then is: all that was
   * acknowledged before and is not facts yet. Whoever gets it closes the files.
   */
  async still<T>(work: (journal: readonly HeldSegment[]) => Promise<T>): Promise<T> {
    return inTurn(this.#ports.facts, async () => work(await this.#journal.hold()), ownTurn)
  }

  /**
   * Leaves nothing on disk of what was taken so far: all of it becomes facts, and its files are removed.
   *
   * @throws Failure EVENTS_BEHIND when that takes too long; the next call goes on
   */
  async clearJournal(withinMs = clearWithinMs): Promise<void> {
    const until = this.#journal.durable
    const giveUpAtMs = performance.now() + withinMs
    while (!this.#closed) {
      await Promise.race([this.settled(), sleep(withinMs, undefined, { ref: false })])
      const isClear = await this.#journal.clear()
      if (isClear || this.#journal.firstRecord >= until) return
      if (performance.now() > giveUpAtMs) break
      await sleep(pauseMs)
      await this.#journal.forget(this.#next)
    }
    throw new Failure('EVENTS_BEHIND', { seconds: String(withinMs / 1000) })
  }

  /** Whether another body of that many bytes would be too much. */
  isBehind(bytes: number): boolean {
    return this.#closed || this.#journal.backlogBytes + bytes > this.#backlogBytes
  }

  /**
   * Takes a body of which `readMessages` takes something. Resolves when it is on disk: from then on it
   * survives whatever happens to the process or the stores.
   *
   * @throws Failure EVENTS_BEHIND, DATA_FOLDER_FULL; nothing was taken then
   */
  async take(
    workspaceId: string,
    endpoint: Endpoint,
    body: Buffer,
    receivedAtMs: number,
  ): Promise<void> {
    if (this.isBehind(body.length)) throw new Failure('EVENTS_BEHIND', { seconds: '5' })
    try {
      await this.#journal.append({ workspaceId, endpoint, receivedAtMs, body })
    } catch (error) {
      throw folderFailure(error, this.#dataDir)
    }
  }

  /** Resolves when all that was taken so far is facts, and in every figure. */
  settled(): Promise<void> {
    const until = this.#journal.durable
    if (this.#next >= until && this.#unrolled.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#settledWaiters.push({ until, resolve })
      this.#wake()
    })
  }

  /**
   * Takes nothing more and stops; what is not facts by then will be after the next start.
   *
   * @param settleWithinMs how long what was taken may take to become facts
   */
  async close(settleWithinMs = 0): Promise<void> {
    if (this.#closed) return
    if (settleWithinMs > 0) {
      const late = sleep(settleWithinMs, undefined, { ref: false })
      await Promise.race([this.settled(), late])
    }
    this.#closed = true
    this.#forgetTurns()
    this.#wake()
    // An import may have the turn for a long time.
    await Promise.race([this.#running, sleep(stopWithinMs, undefined, { ref: false })])
    await this.#journal.close()
  }

  async #run(): Promise<void> {
    let records: JournalRecord[] = []
    for (let failures = 0; !this.#closed; ) {
      try {
        if (records.length === 0) records = await this.#journal.read(batchBytes)
        if (records.length === 0 && !this.#lookAgain) {
          await this.#untilWoken(null)
          continue
        }
        const startedMs = performance.now()
        const settled = await this.#settleBatch(records)
        if (settled > 0) this.#observer?.settled(settled, performance.now() - startedMs)
        const isSmall = records.reduce((sum, { body }) => sum + body.length, 0) < batchBytes / 4
        records = []
        if (!this.#journal.hasUnread || performance.now() >= this.#rollUpAtMs) await this.#rollUp()
        failures = 0
        if (isSmall && this.#settledWaiters.length === 0) await this.#untilWoken(pauseMs)
      } catch (error) {
        if (this.#closed) return
        failures += 1
        this.#observer?.failed()
        this.#lookAgain = true
        this.#ports.log.warn({ err: error, failures }, 'events could not be stored yet')
        await this.#untilWoken(Math.min(100 * 2 ** failures, longestPauseMs))
      }
    }
  }

  /** Waits for work, or, with a time, for that long; only a stop ends such a pause early. */
  async #untilWoken(ms: number | null): Promise<void> {
    const pause = new AbortController()
    const woken = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (ms === null || this.#closed) resolve()
      }
    })
    // What came between the last look and now has woken nobody.
    if (this.#closed || (ms === null && this.#journal.hasUnread)) return
    const timer =
      ms === null ? [] : [sleep(ms, undefined, { signal: pause.signal }).catch(() => {})]
    await Promise.race([woken, ...timer])
    pause.abort()
    this.#wake = () => {}
  }

  /** @returns how many messages there were */
  async #settleBatch(records: readonly JournalRecord[]): Promise<number> {
    const { facts, state, clock } = this.#ports
    const next = (records.at(-1)?.number ?? this.#next - 1) + 1
    const firstSeq = firstSeqOf(this.#next)
    let count = 0
    await inTurn(
      facts,
      async () => {
        const looked = this.#lookAgain ? await allWorkspaces(state.db) : []
        this.#lookAgain = false
        const senders = records.map(({ workspaceId }) => workspaceId)
        const learned: { workspaceId: string; people: People }[] = []
        for (const workspaceId of new Set([...senders, ...looked])) {
          const messages = messagesOf(
            records.filter((record) => record.workspaceId === workspaceId),
          )
          count += messages.length
          const persons = looked.includes(workspaceId)
            ? await heldUsersInContacts(facts, workspaceId)
            : []
          if (messages.length === 0 && persons.length === 0) continue
          const { settings } = await getWorkspace({ workspaceId, state, clock })
          const { people, accounts } = await settle(this.#ports, {
            workspaceId,
            timeZone: settings.timeZone,
            messages,
            firstSeq,
            lookAgain: { persons, atMs: clock.now().epochMilliseconds },
          })
          learned.push({ workspaceId, people })
          const before = this.#unrolled.get(workspaceId)
          this.#unrolled.set(workspaceId, {
            timeZone: settings.timeZone,
            accounts: new Set([...(before?.accounts ?? []), ...accounts]),
            receivedAtMs:
              before?.receivedAtMs ?? messages[0]?.receivedAtMs ?? clock.now().epochMilliseconds,
          })
        }
        await state.transaction(async (tx) => {
          for (const { workspaceId, people } of learned) await writePeople(tx, workspaceId, people)
          await writeProgress(tx, next)
        })
      },
      ownTurn,
    )
    this.#next = next
    await this.#journal.forget(next)
    return count
  }

  /** Rolls up the use that was stored; then it is in every figure. */
  async #rollUp(): Promise<void> {
    const { facts } = this.#ports
    const begunMs = performance.now()
    if (this.#unrolled.size > 0) {
      // In a turn, so that a backup never has a mark that is done without what it stands for.
      await inTurn(
        facts,
        async () => {
          for (const [workspaceId, { timeZone }] of this.#unrolled) {
            await refreshUse(facts, { workspaceId, timeZone })
          }
        },
        ownTurn,
      )
    }
    for (const [workspaceId, { accounts }] of this.#unrolled) {
      arrived(facts, { workspaceId, accounts })
    }
    this.#unrolled.clear()
    const endedMs = performance.now()
    this.#rollUpAtMs = endedMs + (endedMs - begunMs) * (1 / rollUpShare - 1)
    const next = this.#next
    const done = this.#settledWaiters.filter(({ until }) => until <= next)
    this.#settledWaiters = this.#settledWaiters.filter(({ until }) => until > next)
    for (const { resolve } of done) resolve()
  }
}

/** Number of the first record of the journal that is not in the facts yet. */
export const nextOfJournal = (state: StateStore): Promise<number> => readProgress(state.db)

/** The messages of records, as they were told to whoever sent them. */
function messagesOf(records: readonly JournalRecord[]): Settling[] {
  const all: Settling[] = []
  for (const { body, endpoint, receivedAtMs, number } of records) {
    try {
      const { messages } = readMessages(parseBody(body), { endpoint, receivedAtMs, number })
      for (const message of messages) all.push(settling(message))
    } catch (error) {
      // A later version of the program may be stricter than the one that took it.
      if (!(error instanceof BodyFault)) throw error
    }
  }
  return all
}
