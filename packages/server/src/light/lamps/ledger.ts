import type { Text } from '@tomoshibi/contract/text'
import { dayAfter } from './days.ts'
import type { LampDefinition } from './definition.ts'
import { episodeId } from './ids.ts'
import {
  gone,
  type LampState,
  type Move,
  type Observation,
  offState,
  step,
  type Waking,
  type Why,
  wakingOf,
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
  /** For data a `Why`, an `Out` or a `Woken`; for a person what is needed to take the act back. */
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

/** Why the data put a lamp out. */
export interface Out {
  readonly out: Text
}

/** What lit a snoozed lamp again. */
export interface Woken {
  readonly woken: Waking
  /** The condition in words, where it was that. */
  readonly says: Text | null
}

/** What one day's data say of one lamp of one account, and why if it should light or go out. */
export interface Seen {
  readonly holds: boolean | null
  readonly clears: boolean | null
  readonly why: () => Why
  readonly out: () => Text
}

/** Whether a condition (CEL) is true of an account on a day; unknown is not. */
export type Wakes = (on: string, accountId: string, condition: string) => boolean

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
    return [...this.#of(lampKey).values()].filter(isTracked)
  }

  /** Whether a lamp of an account is not simply off. */
  tracks(lampKey: string, accountId: string): boolean {
    const entry = this.#of(lampKey).get(accountId)
    return entry !== undefined && isTracked(entry)
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()].flatMap((byAccount) => [...byAccount.values()])
  }

  /** The entries that have to be written. */
  get changes(): readonly Entry[] {
    return this.entries.filter((entry) => this.changed.has(keyOf(entry)))
  }

  /**
   * One day of one lamp. `seen` has every account whose condition holds or that is tracked: nothing
   * changes for others. An account that is tracked and not in it is not there any more.
   */
  day(
    lamp: LampDefinition,
    on: string,
    seen: ReadonlyMap<string, Seen>,
    wakes: Wakes = () => false,
  ): void {
    const tracked = this.entriesOf(lamp.key)
    for (const [accountId, one] of seen) {
      const { holds, clears } = one
      const isWoken = this.#isWoken(lamp.key, accountId, on, wakes)
      this.#observe(lamp, accountId, { on, holds, clears, wakes: isWoken }, one)
    }
    for (const { accountId } of tracked) {
      if (!seen.has(accountId)) this.#observe(lamp, accountId, gone(on), ofNobody)
    }
  }

  /** A condition counts from the day of the snooze on, not on days that are caught up with. */
  #isWoken(lampKey: string, accountId: string, on: string, wakes: Wakes): boolean {
    const entry = this.#of(lampKey).get(accountId)
    const condition = entry?.state.snoozeCondition ?? null
    if (entry === undefined || condition === null) return false
    const isLater = Date.parse(this.#options.startOfDay(dayAfter(on))) > Date.parse(entry.since)
    return isLater && wakes(on, accountId, condition.condition)
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

  #observe(lamp: LampDefinition, accountId: string, seen: Observation, says: Says): void {
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
    this.#put(move === null ? entry : this.#moved(entry, before, move, seen, says))
  }

  /** Writes a move down: the transition, and the episode that it opens or closes. */
  #moved(entry: Entry, before: Entry | null, move: Move, seen: Observation, says: Says): Entry {
    const { on } = seen
    const { accountId, lampKey, lampVersion } = entry
    const opens = move.from === 'off'
    const id = opens
      ? episodeId(this.#options.workspaceId, accountId, lampKey, on)
      : (before?.episodeId ?? null)
    if (id === null) throw new Error(`a lit lamp without an episode: ${lampKey} of ${accountId}`)
    const because = opens ? says.why() : null
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
      why: because ?? (move.to === 'off' ? outOf(says) : wokenBy(before, seen)),
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

const isTracked = ({ state }: Entry) => state.position !== 'off' || state.conditionSince !== null

const keyOf = ({ lampKey, accountId }: Entry) => `${lampKey}\n${accountId}`

type Says = Pick<Seen, 'why' | 'out'>

const outOf = (says: Says): Out => ({ out: says.out() })

function wokenBy(before: Entry | null, seen: Observation): Woken | null {
  const woken = before && wakingOf(before.state, seen)
  if (!before || !woken) return null
  return {
    woken,
    says: woken === 'condition' ? (before.state.snoozeCondition?.says ?? null) : null,
  }
}

/** An account that is gone. */
const ofNobody: Says = {
  why: () => {
    throw new Error('an account that is gone lights no lamp')
  },
  out: () => ({ en: 'the account is not there any more', ja: 'この顧客はもう存在しません' }),
}
