import * as z from 'zod'
import type { Outcome } from '../../verify/panel/panel.ts'

const text = z.strictObject({
  en: z.string().trim().min(1).max(2000),
  ja: z.string().trim().min(1).max(2000),
})
const key = z.string().regex(/^[a-z][a-z0-9_]{0,79}$/)

/** A goal as its author writes it, in YAML: specific, measurable, with an owner, a place in the tree and dates. */
export const writtenGoalSchema = z.strictObject({
  key: key.describe('Names the goal for ever'),
  name: text,
  metric: key.describe('What is measured'),
  slice: z
    .record(z.string().min(1).max(200), z.string().max(200))
    .default({})
    .describe('Only accounts with these attributes, as they were at the start of each period'),
  parent: key.optional().describe('The goal that it serves; left out = a KGI'),
  why: text.optional().describe('How it serves its parent'),
  owner: z.string().trim().min(1).max(200).describe('Who answers for it'),
  from: z.iso.date().describe('The first day'),
  due: z.iso.date().describe('The last day'),
  baseline: z
    .number()
    .optional()
    .describe('Where it begins; left out = as measured at the end of the day before the first'),
  target: z.number().describe('Where it is to be at the end of the last day'),
  tell: z
    .array(z.string().trim().min(1).max(200))
    .max(50)
    .default([])
    .describe('Who is told when it leaves its course, beside its owner'),
  movedBy: z
    .array(key)
    .max(50)
    .default([])
    .describe('Lamps that move it, beside those whose condition names its metric'),
  outcome: z
    .enum(['churn', 'downgrade', 'expansion', 'non_renewal'])
    .optional()
    .describe('Of a KGI: what its KPIs are held against; left out = as its metric says'),
})
export type WrittenGoal = z.infer<typeof writtenGoalSchema>
export type GoalDefinition = WrittenGoal & { readonly version: number }

/** Metrics that tell what happens at the end of contracts, and when that was decided. */
export const contractEndMetrics: ReadonlySet<string> = new Set([
  'nrr',
  'grr',
  'customer_churn_rate',
  'retention_rate',
  'revenue_churn_gross',
  'revenue_churn_net',
  'renewal_rate',
  'renewal_rate_arr',
  'mrr_churn',
  'customers_lost',
])

const expanding: ReadonlySet<string> = new Set([
  'upsell_rate',
  'cross_sell_rate',
  'mrr_expansion',
  'expansion_rate',
])

/** What the KPIs of a KGI are held against. */
export const outcomeOf = ({ outcome, metric }: WrittenGoal): Outcome =>
  outcome ?? (expanding.has(metric) ? 'expansion' : 'churn')

/** Whole days from one ISO date to another. */
const days = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** The share of the time of a goal that is over at the end of a day, from 0 to 1. */
export function timeOver({ from, due }: Pick<WrittenGoal, 'from' | 'due'>, on: string): number {
  // At the end of the day before the first it begins; at the end of the last it is over.
  const all = days(from, due) + 1
  return Math.min(1, Math.max(0, (days(from, on) + 1) / all))
}

/** (value − baseline) ÷ (target − baseline); no value where the two are the same. */
export function attainmentOf(value: number, baseline: number, target: number): number | null {
  return target === baseline ? null : (value - baseline) / (target - baseline)
}

/** The value on the straight line from the baseline to the target. */
export const expectedOn = (
  goal: Pick<WrittenGoal, 'from' | 'due' | 'target'>,
  baseline: number,
  on: string,
): number => baseline + timeOver(goal, on) * (goal.target - baseline)

export interface Forecast {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Whether an interval is beyond the target, holds it, or falls short of it. */
export function reaches(
  { low, high }: Forecast,
  baseline: number,
  target: number,
): 'likely' | 'possible' | 'unlikely' {
  const rises = target > baseline
  if (rises ? low >= target : high <= target) return 'likely'
  return (rises ? high >= target : low <= target) ? 'possible' : 'unlikely'
}

export type GoalState = 'not_begun' | 'reached' | 'on_course' | 'behind' | 'missed' | 'no_value'

/** How a goal stands at the end of a day. */
export function stateOf(
  goal: Pick<WrittenGoal, 'from' | 'due' | 'target'>,
  { value, baseline, on }: { value: number | null; baseline: number | null; on: string },
): GoalState {
  if (on < goal.from) return 'not_begun'
  const attainment =
    value === null || baseline === null ? null : attainmentOf(value, baseline, goal.target)
  if (attainment === null || value === null || baseline === null) return 'no_value'
  // Not by the attainment, which is rounded: a hair short of the target is not the target.
  if (goal.target > baseline ? value >= goal.target : value <= goal.target) return 'reached'
  if (on >= goal.due) return 'missed'
  return attainment >= timeOver(goal, on) ? 'on_course' : 'behind'
}

/** Goals in the order of the tree, each with its depth; what has no parent that is there comes first. */
export function inTree<G extends { readonly key: string; readonly parent?: string | undefined }>(
  goals: readonly G[],
): { readonly goal: G; readonly depth: number }[] {
  const there = new Set(goals.map((goal) => goal.key))
  const byKey = (a: G, b: G) => (a.key < b.key ? -1 : 1)
  const below = (parent: string | null, depth: number): { goal: G; depth: number }[] =>
    goals
      .filter((goal) =>
        parent === null
          ? goal.parent === undefined || !there.has(goal.parent)
          : goal.parent === parent,
      )
      .toSorted(byKey)
      .flatMap((goal) => [{ goal, depth }, ...below(goal.key, depth + 1)])
  return below(null, 0)
}

/** The KGI above a goal; itself where it is one. */
export function rootOf<G extends { readonly key: string; readonly parent?: string | undefined }>(
  goal: G,
  goals: readonly G[],
): G {
  let top = goal
  const seen = new Set([goal.key])
  for (;;) {
    const parent = goals.find(({ key: each }) => each === top.parent)
    if (parent === undefined || seen.has(parent.key)) return top
    seen.add(parent.key)
    top = parent
  }
}
