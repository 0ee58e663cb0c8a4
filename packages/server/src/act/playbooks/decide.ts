import { Temporal } from 'temporal-polyfill'
import { type Calendar, waitEnd } from './calendar.ts'
import { type PlaybookDefinition, type Step, stepAfter } from './definition.ts'

/** Where a run stands. */
export interface Standing {
  /** The step that is next; null = none is. */
  readonly stepId: string | null
  /** Since when it waits at that step; null = it has not come to it yet. */
  readonly waitingSince: Temporal.Instant | null
}

/** What is so of the account now. */
export interface Answers {
  readonly isAccountThere: boolean
  /** Whether the lamp that began the run is out; false where none did. */
  readonly isLampOut: boolean
  /** Whether a condition is true of the account; what cannot be told is not. */
  isTrue(condition: string): boolean
}

export type Decision =
  | {
      readonly kind: 'end'
      readonly ending: 'finished' | 'exit' | 'lamp_cleared' | 'account_gone'
    }
  /** Nothing to do before `nextAt`, where it is asked again. */
  | { readonly kind: 'wait'; readonly since: Temporal.Instant; readonly nextAt: Temporal.Instant }
  /** The step is done now, with its effect, and `next` comes after it. */
  | { readonly kind: 'do'; readonly step: Step; readonly next: string | null; readonly how: How }

/** How a step was gone through. */
export type How = 'effect' | 'goTo' | 'else' | 'over' | 'met'

/** What may end a run, or a wait, early is looked at so often; before any effect it is looked at in any case. */
export const lookEveryMinutes = 60

/** What a run does now: a pure function of its definition, where it stands, the time and what is so of its account. */
export function decide(
  definition: PlaybookDefinition,
  { stepId, waitingSince }: Standing,
  now: Temporal.Instant,
  answers: Answers,
  calendar: Calendar,
): Decision {
  if (stepId === null) return { kind: 'end', ending: 'finished' }
  if (!answers.isAccountThere) return { kind: 'end', ending: 'account_gone' }
  if (definition.stopWhenCleared && answers.isLampOut)
    return { kind: 'end', ending: 'lamp_cleared' }
  const { exit } = definition
  if (exit !== null && answers.isTrue(exit)) return { kind: 'end', ending: 'exit' }
  const step = definition.steps.find(({ id }) => id === stepId)
  if (step === undefined) throw new Error(`${definition.key} has no step ${stepId}`)
  const go = (how: How, to: string | undefined): Decision => ({
    kind: 'do',
    step,
    how,
    next: stepAfter(definition, step.id, to),
  })
  if ('branch' in step) {
    const how = answers.isTrue(step.branch.if) ? 'goTo' : 'else'
    return go(how, step.branch[how])
  }
  if (!('wait' in step)) return go('effect', step.next)
  const { wait } = step
  if ('until' in wait && answers.isTrue(wait.until)) return go('met', step.next)
  const since = waitingSince ?? now
  const end = waitEnd(since, 'until' in wait ? wait.atMost : wait, calendar)
  if (Temporal.Instant.compare(now, end) >= 0) return go('over', step.next)
  const look = now.add({ minutes: lookEveryMinutes })
  const nextAt = Temporal.Instant.compare(look, end) < 0 ? look : end
  return { kind: 'wait', since, nextAt }
}
