import type { LampDefinition } from './definition.ts'
import { episodeId } from './ids.ts'
import {
  gone,
  type LampState,
  type Move,
  type Observation,
  offState,
  step,
  type Why,
} from './lamps.ts'

/** A lamp of an account as it is stored. */
export interface Entry {
  readonly accountId: string
  readonly lampKey: string
  readonly lampVersion: number
  readonly state: LampState
  /** ISO instant since which it is in its position. */
  readonly since: string
  /** Null while off. */
  readonly episodeId: string | null
  /** Why it is lit, with the numbers of the last day looked at. */
  readonly why: Why | null
}

export interface Episode {
  readonly id: string
  readonly accountId: string
  readonly lampKey: string
  readonly lampVersion: number
  readonly litOn: string
  readonly clearedOn: string | null
  readonly why: Why
}

export interface Transition {
  readonly accountId: string
  readonly lampKey: string
  readonly lampVersion: number
  readonly episodeId: string
  readonly on: string
  /** ISO instant at which it was recorded. */
  readonly at: string
  readonly from: LampState['position']
  readonly to: LampState['position']
  readonly cause: 'data' | 'person'
  readonly reason: string | null
  readonly actor: string | null
  /** For data a `Why`; for a person what is needed to take the act back. */
  readonly why: unknown
}

/** Something that a person did with a lamp, found again in a replay. */
export interface PastAct {
  readonly transition: Transition
  /** The episode that it belongs to. */
  readonly litOn: string
  /** The state that it led to. */
  readonly state: LampState
}

/** What one day's data say of one lamp of one account, and why if it should light. */
export interface Seen {
  readonly holds: boolean | null
  readonly clears: boolean | null
  readonly why: () => Why
}

interface LedgerOptions {
  readonly workspaceId: string
  /** ISO instant, written into what is recorded. */
  readonly now: string
  readonly startOfDay: (on: string) => string
}

/**
 * The book of all lamps while days are gone through: takes what is stored, applies day after day, and
 * holds what has to be written. It never touches a store.
 */
export class Ledger {
  readonly episodes = new Map<string, Episode>()
  readonly transitions: Transition[] = []
  readonly changed = new Set<string>()
  readonly #entries = new Map<string, Map<string, Entry>>()
  readonly #options: LedgerOptions

  constructor(options: LedgerOptions, entries: readonly Entry[]) {
    this.#options = options
    for (const entry of entries) this.#of(entry.lampKey).set(entry.accountId, entry)
  }

  /** All entries of a lamp that are not simply off. */
  entriesOf(lampKey: string): readonly Entry[] {
    return [...this.#of(lampKey).values()].filter(
      ({ state }) => state.position !== 'off' || state.conditionSince !== null,
    )
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()].flatMap((byAccount) => [...byAccount.values()])
  }

  /** The entries that have to be written. */
  get changes(): readonly Entry[] {
    return this.entries.filter((entry) => this.changed.has(keyOf(entry)))
  }

  /**
   * One day of one lamp. `seen` has every account of which anything is to be said; an account that is
   * tracked and not in it is not there any more.
   */
  day(lamp: LampDefinition, on: string, seen: ReadonlyMap<string, Seen>): void {
    const tracked = this.entriesOf(lamp.key)
    for (const [accountId, one] of seen) this.#observe(lamp, accountId, { on, ...one }, one.why)
    for (const { accountId } of tracked) {
      if (!seen.has(accountId)) this.#observe(lamp, accountId, gone(on), noWhy)
    }
  }

  /** What a person did, applied again; false where that episode is not open. */
  repeat(act: PastAct): boolean {
    const { accountId, lampKey } = act.transition
    const entry = this.#of(lampKey).get(accountId)
    if (!entry || entry.episodeId === null || entry.state.litOn !== act.litOn) return false
    this.transitions.push({
      ...act.transition,
      episodeId: entry.episodeId,
      from: entry.state.position,
    })
    this.#put({ ...entry, state: { ...act.state, litOn: act.litOn }, since: act.transition.at })
    return true
  }

  /** Why it is lit, with newer numbers; where they are the same, nothing has to be written. */
  refresh(
    lamp: Pick<LampDefinition, 'key' | 'version'>,
    accountId: string,
    values: Why['values'],
    why: () => Why,
  ): void {
    const entry = this.#of(lamp.key).get(accountId)
    if (!entry || entry.state.position === 'off') return
    if (entry.lampVersion === lamp.version && isSame(entry.why?.values, values)) return
    this.#put({ ...entry, why: why() })
  }

  #observe(lamp: LampDefinition, accountId: string, seen: Observation, why: () => Why): void {
    const before = this.#of(lamp.key).get(accountId) ?? null
    const { state, move } = step(before?.state ?? offState, lamp, seen)
    if (before !== null && state === before.state) return
    if (before === null && state === offState) return
    const entry: Entry = {
      accountId,
      lampKey: lamp.key,
      lampVersion: lamp.version,
      state,
      since: before?.since ?? this.#options.startOfDay(seen.on),
      episodeId: before?.episodeId ?? null,
      why: before?.why ?? null,
    }
    this.#put(move === null ? entry : this.#moved(entry, before, move, seen.on, why))
  }

  /** Writes a move down: the transition, and the episode that it opens or closes. */
  #moved(entry: Entry, before: Entry | null, move: Move, on: string, why: () => Why): Entry {
    const { accountId, lampKey, lampVersion } = entry
    const opens = move.from === 'off'
    const id = opens
      ? episodeId(this.#options.workspaceId, accountId, lampKey, on)
      : (before?.episodeId ?? null)
    if (id === null) throw new Error(`a lit lamp without an episode: ${lampKey} of ${accountId}`)
    const because = opens ? why() : null
    this.transitions.push({
      accountId,
      lampKey,
      lampVersion,
      episodeId: id,
      on,
      at: this.#options.now,
      ...move,
      cause: 'data',
      reason: null,
      actor: null,
      why: because,
    })
    const since = this.#options.startOfDay(on)
    if (because !== null) {
      const episode = { id, accountId, lampKey, lampVersion, litOn: on, clearedOn: null }
      this.episodes.set(id, { ...episode, why: because })
      return { ...entry, since, episodeId: id, why: because }
    }
    if (move.to !== 'off') return { ...entry, since }
    this.episodes.set(id, {
      id,
      accountId,
      lampKey,
      // Who lit it stays: the version at the time of lighting is stored already.
      lampVersion: this.episodes.get(id)?.lampVersion ?? before?.lampVersion ?? lampVersion,
      litOn: before?.state.litOn ?? on,
      clearedOn: on,
      why: this.episodes.get(id)?.why ?? before?.why ?? { text: { en: '', ja: '' }, values: {} },
    })
    return { ...entry, since, episodeId: null, why: null }
  }

  #put(entry: Entry): void {
    this.#of(entry.lampKey).set(entry.accountId, entry)
    this.changed.add(keyOf(entry))
  }

  #of(lampKey: string): Map<string, Entry> {
    const found = this.#entries.get(lampKey)
    if (found) return found
    const made = new Map<string, Entry>()
    this.#entries.set(lampKey, made)
    return made
  }
}

function isSame(before: Why['values'] | undefined, values: Why['values']): boolean {
  if (before === undefined) return false
  const names = Object.keys(values)
  const isEqual = names.every((name) => before[name] === values[name])
  return isEqual && Object.keys(before).length === names.length
}

const keyOf = ({ lampKey, accountId }: Entry) => `${lampKey}\n${accountId}`

function noWhy(): Why {
  throw new Error('an account that is gone lights no lamp')
}
