import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { explainCondition } from '@tomoshibi/metrics/condition/explain'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import type { Workspace } from '../../platform/workspace.ts'
import { daysAfter } from './days.ts'
import type { Act, SnoozeCondition } from './lamps.ts'
import { courseOf } from './run.ts'
import { wakesIn } from './wake.ts'

/** What a person asks for: a snooze until a day, until a condition is true, or whichever comes first. */
export type AskedAct =
  | { readonly kind: 'start' }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'snooze'
      /** ISO date. */
      readonly until?: string | undefined
      /** CEL. */
      readonly condition?: string | undefined
      readonly reason: string
    }

/** A condition that never comes true must not hide a lamp for ever. */
const longestWaitDays = 90

/**
 * The act that was asked for, checked. A snooze without a day ends after 90 days at the latest.
 *
 * @param today ISO date in the workspace's zone
 * @throws Failure SNOOZE_IN_THE_PAST, BAD_CONDITION, SNOOZE_ENDS_AT_ONCE where the condition is true already
 */
export async function checkedAct(
  ports: Ports,
  workspace: Workspace,
  today: string,
  { account, act }: { readonly account: string; readonly act: AskedAct },
): Promise<Act> {
  if (act.kind !== 'snooze') return act
  const { until = daysAfter(today, longestWaitDays), condition, reason } = act
  if (until <= today) throw new Failure('SNOOZE_IN_THE_PAST')
  if (condition === undefined) return { kind: 'snooze', until, condition: null, reason }
  const course = await courseOf(ports, workspace)
  const checked = checkCondition(condition, course.scope)
  if (!checked.ok) {
    const problems = checked.problems.map(({ text, suggestions }) => ({
      code: 'BAD_CONDITION',
      text,
      suggestions: [...suggestions],
    }))
    throw new Failure('BAD_CONDITION', { problem: problems[0]?.text.en ?? '' }, problems)
  }
  const says = explainCondition(checked.condition)
  const block = { days: [today], knownAt: 'now' as const }
  const wakes = await wakesIn(course, [{ accountId: account, condition }], block)
  if (wakes(today, account, condition)) {
    throw new Failure('SNOOZE_ENDS_AT_ONCE', { condition: says.en, conditionJa: says.ja })
  }
  const waited: SnoozeCondition = { condition, says }
  return { kind: 'snooze', until, condition: waited, reason }
}
