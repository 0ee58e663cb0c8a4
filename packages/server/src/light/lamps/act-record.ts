import * as z from 'zod'
import type { LampState } from './lamps.ts'
import type { PastAct } from './ledger.ts'
import type { StoredAct } from './store.ts'

const position = z.enum(['off', 'lit', 'acting', 'snoozed'])
export const snoozeConditionSchema = z.object({
  condition: z.string(),
  says: z.object({ en: z.string(), ja: z.string() }),
})
const heldState = z.object({
  position,
  snoozedUntil: z.string().nullable(),
  // Acts that are older than snoozing until a condition do not have it.
  snoozeCondition: snoozeConditionSchema.nullable().default(null),
  snoozeReason: z.string().nullable(),
})
const taskBefore = z.object({
  state: z.enum(['open', 'started', 'done', 'cancelled']),
  startedAt: z.string().nullable(),
  doneAt: z.string().nullable(),
  note: z.string().nullable(),
})

/** What is kept of a person's act: enough to take it back, and to do it again in a replay. */
export const actRecordSchema = z.object({
  act: z.enum(['start', 'done', 'snooze', 'undo', 'retire', 'restore']),
  before: heldState.extend({ since: z.string() }),
  after: heldState,
  task: taskBefore.nullable(),
})
export type ActRecord = z.infer<typeof actRecordSchema>

/** The part of a state that a person's acts change. */
export const held = ({ position, snoozedUntil, snoozeCondition, snoozeReason }: LampState) => ({
  position,
  snoozedUntil,
  snoozeCondition,
  snoozeReason,
})

/** An act as a replay does it again; null where what is stored is no act. */
export function pastActOf({ transition, litOn }: StoredAct): PastAct | null {
  const parsed = actRecordSchema.safeParse(transition.why)
  if (!parsed.success) return null
  // A replay knows of the lamps in force as if they had always been.
  if (parsed.data.act === 'retire' || parsed.data.act === 'restore') return null
  const state = { ...parsed.data.after, litOn, conditionSince: null, clearSince: null }
  return { transition, litOn, state }
}
