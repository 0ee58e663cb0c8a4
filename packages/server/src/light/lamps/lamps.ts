import type { NameValue } from '@tomoshibi/metrics/condition/scope'
import type { Text } from '@tomoshibi/metrics/text'

/** Where one lamp stands for one account. `acting` and `snoozed` are lit ones that a person took up. */
export type LampPosition = 'off' | 'lit' | 'acting' | 'snoozed'

/** Why a lamp lit: a sentence with the numbers, and the values that it was made from. */
export interface Why {
  readonly text: Text
  readonly values: Readonly<Record<string, NameValue>>
}

/** A condition that ends a snooze before its day: CEL, and what it says in words. */
export interface SnoozeCondition {
  readonly condition: string
  readonly says: Text
}

/** A lamp of one account, with what the rules need to remember from day to day. */
export interface LampState {
  readonly position: LampPosition
  /** Day on which the open episode began; null while off. */
  readonly litOn: string | null
  /** First day of the unbroken run on which the condition has held; only while off. */
  readonly conditionSince: string | null
  /** First day of the unbroken run on which it could have gone out; only while not off. */
  readonly clearSince: string | null
  /** Snoozed before this day; lit again on it. */
  readonly snoozedUntil: string | null
  /** Lit again before that day, on the first day on which this is true. */
  readonly snoozeCondition: SnoozeCondition | null
  readonly snoozeReason: string | null
}

export const offState: LampState = {
  position: 'off',
  litOn: null,
  conditionSince: null,
  clearSince: null,
  snoozedUntil: null,
  snoozeCondition: null,
  snoozeReason: null,
}

export interface LampRules {
  /** The condition must have held for this many days before the lamp lights; 0 = at once. */
  readonly holdDays: number
  /** It must have been clear for this many days before the lamp goes out; 0 = at once. */
  readonly clearDays: number
}

/** What one day's data say about one lamp of one account. null = unknown, a value is missing. */
export interface Observation {
  /** ISO date in the workspace's zone. */
  readonly on: string
  readonly holds: boolean | null
  /** Whether it may go out. Without an off condition: the opposite of `holds`. */
  readonly clears: boolean | null
  /** Whether the condition until which it is snoozed is true; unknown is not. Only while snoozed. */
  readonly wakes?: boolean
}

export interface Move {
  readonly from: LampPosition
  readonly to: LampPosition
}

/** What ended a snooze. */
export type Waking = 'day' | 'condition'

/** An account that is not there any more: all its lamps go out. */
export const gone = (on: string): Observation => ({ on, holds: false, clears: true })

const DAY_MS = 86_400_000

/** Whole days from one ISO date to another. Asked for every lamp of every account, so without objects. */
export function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

/**
 * One day of one lamp. Unknown never lights a lamp and never puts one out: it breaks a run of days
 * in either direction, and what is lit stays lit. A lamp that may go out does not light. Repeating a
 * day changes nothing.
 */
export function step(
  state: LampState,
  rules: LampRules,
  seen: Observation,
): { readonly state: LampState; readonly move: Move | null } {
  return state.position === 'off' ? whileOff(state, rules, seen) : whileOn(state, rules, seen)
}

function whileOff(state: LampState, rules: LampRules, seen: Observation) {
  if (seen.holds !== true || seen.clears === true) {
    return { state: state.conditionSince === null ? state : offState, move: null }
  }
  const conditionSince = state.conditionSince ?? seen.on
  if (daysFrom(conditionSince, seen.on) < rules.holdDays) {
    const isAsBefore = conditionSince === state.conditionSince
    return { state: isAsBefore ? state : { ...offState, conditionSince }, move: null }
  }
  const lit: LampState = { ...offState, position: 'lit', litOn: seen.on }
  return { state: lit, move: { from: 'off', to: 'lit' } as const }
}

function whileOn(state: LampState, rules: LampRules, seen: Observation) {
  const clearSince = seen.clears === true ? (state.clearSince ?? seen.on) : null
  if (clearSince !== null && daysFrom(clearSince, seen.on) >= rules.clearDays) {
    return { state: offState, move: { from: state.position, to: 'off' } as const }
  }
  if (wakingOf(state, seen) !== null) {
    const lit: LampState = { ...state, position: 'lit', clearSince, ...notSnoozed }
    return { state: lit, move: { from: state.position, to: 'lit' } as const }
  }
  return { state: clearSince === state.clearSince ? state : { ...state, clearSince }, move: null }
}

const notSnoozed = { snoozedUntil: null, snoozeCondition: null, snoozeReason: null } as const

/** What ends the snooze on a day; null where nothing does, or it is not snoozed. */
export function wakingOf(state: LampState, seen: Observation): Waking | null {
  if (state.snoozedUntil === null) return null
  if (seen.on >= state.snoozedUntil) return 'day'
  return state.snoozeCondition !== null && seen.wakes === true ? 'condition' : null
}

/** What a person may do with a lamp that is not off. */
export type Act =
  | { readonly kind: 'start' }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'snooze'
      readonly until: string
      readonly condition?: SnoozeCondition | null
      readonly reason: string
    }

/**
 * The state after a person's act, or null where the lamp is off. Nobody puts a lamp out by hand:
 * when the task is done the lamp stays in `acting` until the data clear it.
 */
export function acted(state: LampState, act: Act): LampState | null {
  if (state.position === 'off') return null
  if (act.kind === 'snooze') {
    return {
      ...state,
      position: 'snoozed',
      snoozedUntil: act.until,
      snoozeCondition: act.condition ?? null,
      snoozeReason: act.reason,
    }
  }
  return { ...state, position: 'acting', ...notSnoozed }
}
