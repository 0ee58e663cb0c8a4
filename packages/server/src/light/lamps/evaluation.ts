import type { FactStore } from '@tomoshibi/facts/store'
import type { Rollups } from '@tomoshibi/metrics/rollup'
import type { MetricSettings } from '@tomoshibi/metrics/settings'
import type { Lamp } from './definition.ts'
import { lampFrame } from './frame.ts'
import type { Ledger, Seen } from './ledger.ts'
import type { LampScope } from './names.ts'
import { compileObservations, type ObservationRow, seenIn, valuesOf, whyOf } from './observe.ts'
import { type Snoozed, wakesIn } from './wake.ts'

/** What is needed to go through days. */
export interface Course {
  readonly workspaceId: string
  readonly facts: FactStore
  readonly settings: MetricSettings
  readonly scope: LampScope
  readonly rollups: Rollups
  /** ISO instant. */
  readonly now: string
}

/** Some days in a row that one query asks for. */
export interface Block {
  /** ISO dates. */
  readonly days: readonly string[]
  /** What was known: each day as known at its own end, or now, for the day that has not ended. */
  readonly knownAt: 'period-end' | 'now'
  /** Only these accounts; left out = all. */
  readonly accountIds?: readonly string[]
}

interface Options {
  /** Whether a lamp still has to be evaluated for a day. */
  readonly due: (lamp: Lamp, on: string) => boolean
  readonly afterDay?: (on: string) => void
  /** Snoozes until a condition that the ledger does not know of yet, since it repeats them on its way. */
  readonly snoozed?: readonly Snoozed[]
  /** The last day's numbers go into the reasons of all lit lamps. */
  readonly refresh: boolean
}

/** Goes through the days of a block: one query, then day after day in the ledger. */
export async function runBlock(
  course: Course,
  ledger: Ledger,
  lamps: readonly Lamp[],
  block: Block,
  options: Options,
): Promise<void> {
  const { facts, scope } = course
  const used = [...new Set(lamps.flatMap((lamp) => lamp.names))]
  const frame = lampFrame({ ...course, ...block, names: used })
  const followed = [...new Set(ledger.entries.map((entry) => entry.accountId))]
  const { query, rowSchema, names } = compileObservations(frame, lamps, scope, followed)
  const snoozed = [...snoozedIn(ledger), ...(options.snoozed ?? [])]
  const wakes = await wakesIn(course, snoozed, block)
  const rowsOfDay = byDay(await facts.query(query, rowSchema), block.days)
  block.days.forEach((on, i) => {
    const rows = rowsOfDay[i] ?? []
    lamps.forEach((lamp, k) => {
      if (!options.due(lamp, on)) return
      const seen = new Map<string, Seen>()
      for (const row of rows) {
        if (row.holds[k] !== 1 && !ledger.tracks(lamp.definition.key, row.account_id)) continue
        seen.set(row.account_id, seenIn(row, lamp, k, names, scope))
      }
      ledger.day(lamp.definition, on, seen, wakes)
    })
    options.afterDay?.(on)
  })
  if (!options.refresh) return
  for (const row of rowsOfDay.at(-1) ?? []) {
    if (!row.holds.includes(1)) continue
    lamps.forEach((lamp, k) => {
      if (row.holds[k] !== 1) return
      const values = valuesOf(row, lamp, names, scope)
      ledger.refresh(lamp.definition, row.account_id, values, () => whyOf(lamp, values, scope))
    })
  }
}

const snoozedIn = (ledger: Ledger): Snoozed[] =>
  ledger.entries.flatMap(({ accountId, state: { snoozeCondition } }) =>
    snoozeCondition === null ? [] : [{ accountId, condition: snoozeCondition.condition }],
  )

function byDay(rows: readonly ObservationRow[], days: readonly string[]): ObservationRow[][] {
  const found: ObservationRow[][] = days.map(() => [])
  for (const row of rows) found[row.i]?.push(row)
  return found
}
