import type { MetricValue } from '@tomoshibi/contract/metrics'
import { compare, difference, sum } from '../../format/decimal.ts'
import { monthOfValue } from '../../ui/points.ts'

/** The movements of recurring revenue, in the order in which they lead from start to end. */
export const movementKeys = [
  'mrr_start',
  'mrr_new',
  'mrr_reactivation',
  'mrr_expansion',
  'mrr_contraction',
  'mrr_churn',
  'mrr_fx',
  'mrr_end',
] as const
export type MovementKey = (typeof movementKeys)[number]

/** Those that take revenue away; their values are positive. */
export const takesAway: ReadonlySet<MovementKey> = new Set(['mrr_contraction', 'mrr_churn'])

export interface MovementMonth {
  readonly month: string
  readonly complete: boolean
  readonly values: Readonly<Partial<Record<MovementKey, MetricValue>>>
  /** start + new + reactivation + expansion − contraction − churn + fx = end, exactly. null = no data. */
  readonly agrees: boolean | null
}

/** Lays movement values out by month, newest first, each checked against its end. */
export function movementsByMonth(values: readonly MetricValue[]): MovementMonth[] {
  const months = new Map<string, Partial<Record<MovementKey, MetricValue>>>()
  for (const value of values) {
    const key = movementKeys.find((one) => one === value.metric)
    if (key === undefined) continue
    const month = monthOfValue(value)
    const row = months.get(month) ?? {}
    row[key] = value
    months.set(month, row)
  }
  return [...months]
    .toSorted(([a], [b]) => b.localeCompare(a))
    .map(([month, row]) => ({
      month,
      complete: row.mrr_end?.complete ?? true,
      values: row,
      agrees: agrees(row),
    }))
}

function agrees(row: Readonly<Partial<Record<MovementKey, MetricValue>>>): boolean | null {
  const amount = (key: MovementKey) => String(row[key]?.value ?? '0')
  if (row.mrr_end?.value == null) return null
  const plus = movementKeys.filter((key) => key !== 'mrr_end' && !takesAway.has(key))
  const there = difference(sum(plus.map(amount)), sum([...takesAway].map(amount)))
  return compare(there, amount('mrr_end')) === 0
}
