import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { compileCondition } from '@tomoshibi/metrics/condition/compile'
import { namesIn, type TypedCondition } from '@tomoshibi/metrics/condition/syntax'
import * as z from 'zod'
import type { Block, Course } from './evaluation.ts'
import { lampFrame } from './frame.ts'
import type { Wakes } from './ledger.ts'

/** An account with a lamp that is snoozed until a condition (CEL) is true of it. */
export interface Snoozed {
  readonly accountId: string
  readonly condition: string
}

interface Checked {
  readonly condition: string
  readonly typed: TypedCondition
  readonly names: readonly string[]
}

/** The engine refuses a query of too many metrics at once. */
export const namesAtOnce = 12

const wakeRow = z.object({
  i: z.coerce.number(),
  account_id: z.string(),
  wakes: z.array(z.int().nullable()),
})

/**
 * Which of the conditions that snoozes wait for are true, of which accounts on which days of a block. One
 * query for all of them, or a few where they name many metrics; none where nothing is snoozed so. A
 * condition whose names are not there any more is never true: its snooze ends on its day.
 */
export async function wakesIn(
  course: Course,
  snoozed: readonly Snoozed[],
  block: Block,
): Promise<Wakes> {
  if (snoozed.length === 0) return () => false
  const accountIds = [...new Set(snoozed.map(({ accountId }) => accountId))]
  const found = new Set<string>()
  for (const some of together(checked(course, snoozed))) {
    const { names } = some
    const frame = lampFrame({ ...course, ...block, names, accountIds })
    const parts = some.conditions.map(({ typed }, k) => compileCondition(typed, `wake${k}`))
    const sql = `${frame.with}
-- What snoozes wait for: 1 it is so, 0 it is not, NULL unknown.
SELECT i, account_id, CAST([${parts.map((part) => part.sql).join(',\n  ')}] AS Array(Nullable(UInt8))) AS wakes
FROM ${frame.from}
WHERE has(wakes, 1)`
    const params = Object.assign({}, frame.params, ...parts.map((part) => part.params))
    for (const row of await course.facts.query({ sql, params }, wakeRow)) {
      some.conditions.forEach(({ condition }, k) => {
        if (row.wakes[k] === 1) {
          found.add(keyOf(block.days[row.i] ?? '', row.account_id, condition))
        }
      })
    }
  }
  return (on, accountId, condition) => found.has(keyOf(on, accountId, condition))
}

const keyOf = (on: string, accountId: string, condition: string) =>
  JSON.stringify([on, accountId, condition])

/** Each condition once, of those that can still be told. */
function checked({ scope }: Course, snoozed: readonly Snoozed[]): Checked[] {
  return [...new Set(snoozed.map(({ condition }) => condition))].flatMap((condition) => {
    const result = checkCondition(condition, scope)
    if (!result.ok) return []
    return [{ condition, typed: result.condition, names: [...namesIn(result.condition)] }]
  })
}

interface Together {
  readonly names: readonly string[]
  readonly conditions: readonly Checked[]
}

/** In order, as many as name few enough things together. */
function together(all: readonly Checked[]): Together[] {
  const groups: Together[] = []
  for (const one of all) {
    const last = groups.at(-1)
    const names = [...new Set([...(last?.names ?? []), ...one.names])]
    if (last !== undefined && names.length <= namesAtOnce) {
      groups[groups.length - 1] = { names, conditions: [...last.conditions, one] }
    } else groups.push({ names: [...new Set(one.names)], conditions: [one] })
  }
  return groups
}
