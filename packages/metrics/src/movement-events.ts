import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { decimalSum } from './decimal.ts'
import { plainDecimal } from './decode.ts'
import { lastInstantOf, localDay, type Period } from './periods.ts'
import type { PlanNode } from './plan/node.ts'
import { renderPlan } from './plan/render.ts'
import { sharedParams } from './plan/shared-params.ts'
import { windowOfPeriod } from './plan/windows.ts'
import type { BoundQuery } from './query.ts'
import type { MetricRequest } from './request.ts'
import type { MetricSettings } from './settings.ts'
import { changeWindows, WHOLE_PERIOD } from './sources/contract-changes.ts'
import { movements } from './sources/movements.ts'
import type { NoValueReason } from './value.ts'

export const movementKinds = [
  'new',
  'reactivation',
  'expansion',
  'contraction',
  'churn',
  'fx',
] as const
export type MovementKind = (typeof movementKinds)[number]

export const expansionCauses = ['upgrade', 'seats', 'cross_sell', 'price', 'discount_end'] as const
export type ExpansionCause = (typeof expansionCauses)[number]

export interface MovementsRequest {
  readonly workspaceId: string
  readonly settings: MetricSettings
  readonly period: Period
  /** Only these accounts. */
  readonly accountIds?: readonly string[]
  readonly knownAt: MetricRequest['knownAt']
  /** ISO instant. */
  readonly now: string
}

/** One dated movement of an account. Amounts are exact decimals, signed as in the definitions. */
export interface MovementEvent {
  readonly account: string
  /** Local day of the first change. */
  readonly on: string
  /** ISO instants of the first and the last of the changes that are one. */
  readonly at: string
  readonly until: string
  /** null when an amount has no exchange rate, since nothing can be said of the movement then. */
  readonly kind: MovementKind | null
  /** What moved; a contraction and a churn are positive, fx has the sign of its effect. */
  readonly amount: string | null
  /** The parts of an expansion that are not 0; empty for the other kinds. */
  readonly causes: Readonly<Partial<Record<ExpansionCause, string>>>
  /** MRR of the account just before the first of the changes, and at the last. */
  readonly mrrBefore: string | null
  readonly mrrAfter: string | null
  readonly reason: NoValueReason | null
}

/** start + new + reactivation + expansion − contraction − churn + fx = end. */
export type MovementTotals = Readonly<Record<'start' | MovementKind | 'end', string | null>>

export interface Movements {
  /** By time, then account. */
  readonly events: readonly MovementEvent[]
  readonly totals: MovementTotals
  /** The parts of the expansion, all of them. */
  readonly causes: Readonly<Record<ExpansionCause, string | null>>
  readonly currency: string
  /** The period has ended. */
  readonly complete: boolean
  /** ISO instant; null = everything known. */
  readonly knownAt: string | null
  readonly reason: NoValueReason | null
}

const amounts = [
  'mrr_start',
  ...movementKinds.map((kind) => `mrr_${kind}` as const),
  ...expansionCauses.map((cause) => `mrr_expansion_${cause}` as const),
  'mrr_end',
] as const

const rowSchema = z.object({
  i: z.coerce.number(),
  account_id: z.string(),
  at: z.string(),
  until: z.string(),
  gap: z.coerce.number(),
  gap_start: z.coerce.number(),
  /** In the order of `amounts`. */
  moved: z.array(z.string()),
})
export type MovementRow = z.infer<typeof rowSchema>

export interface CompiledMovements {
  readonly query: BoundQuery
  readonly plan: PlanNode
  readonly rowSchema: typeof rowSchema
  decode(rows: readonly MovementRow[]): Movements
}

/**
 * Movements event by event: the very logic of the movements of a period, on windows that reach from just
 * before a change of an account to after it, so that the two cannot differ in their rules. They may
 * differ in what they call a movement: within a month an account may grow and shrink again.
 */
export const compileMovements = (request: MovementsRequest): CompiledMovements => {
  const { settings, period } = request
  const windows = [windowOfPeriod(period, request, period.start)]
  const context = { settings, windows, someAccounts: request.accountIds !== undefined }
  const changes = movements(
    new Set([...amounts, 'gap', 'gap_start', 'window_starts_at', 'window_ends_at']),
    {},
    {},
    { ...context, accountWindows: { node: changeWindows(context), suffix: 'at_changes' } },
  )
  const plan: PlanNode = {
    name: 'movement_events',
    says: {
      en: 'Each movement with its day; the first row of an account is the whole period',
      ja: '各増減とその日時。各顧客の最初の行は期間全体',
    },
    inputs: [changes],
    sql: `
SELECT
  i, account_id, gap, gap_start,
  addMilliseconds(window_starts_at, 1) AS at, window_ends_at AS until,
  [${amounts.map((name) => `toString(${name})`).join(', ')}] AS moved
FROM ${changes.name}`,
  }
  return {
    plan,
    rowSchema,
    query: renderPlan(plan, ['at', 'account_id', 'i'], sharedParams({ ...request, windows })),
    decode: (rows) => decodeMovements(request, rows),
  }
}

const instantOf = (engine: string): string => Temporal.Instant.from(engine).toString()

const decodeMovements = (
  { settings, period, knownAt, now }: MovementsRequest,
  rows: readonly MovementRow[],
): Movements => {
  const amountOf = ({ moved }: MovementRow, name: (typeof amounts)[number]): string =>
    plainDecimal(moved[amounts.indexOf(name)] ?? '0')
  const whole = rows.filter(({ i }) => i === WHOLE_PERIOD)
  const changes = rows.filter(({ i }) => i !== WHOLE_PERIOD)
  const events = changes.flatMap((row): MovementEvent[] => {
    const at = instantOf(row.at)
    const on = localDay(at, settings.timeZone)
    const shared = { account: row.account_id, on, at, until: instantOf(row.until) }
    if (row.gap > 0) {
      return [
        {
          ...shared,
          kind: null,
          amount: null,
          causes: {},
          mrrBefore: null,
          mrrAfter: null,
          reason: 'missing_exchange_rate',
        },
      ]
    }
    return movementKinds
      .filter((kind) => amountOf(row, `mrr_${kind}`) !== '0')
      .map((kind) => ({
        ...shared,
        kind,
        amount: amountOf(row, `mrr_${kind}`),
        causes: kind === 'expansion' ? causesOf((name) => amountOf(row, name)) : {},
        mrrBefore: amountOf(row, 'mrr_start'),
        mrrAfter: amountOf(row, 'mrr_end'),
        reason: null,
      }))
  })

  const total = (of: readonly MovementRow[], name: (typeof amounts)[number], gaps: number) =>
    whole.length === 0 || gaps > 0 ? null : decimalSum(of.map((row) => amountOf(row, name)))
  const gapsOf = (of: readonly MovementRow[], gap: (row: MovementRow) => number): number =>
    of.reduce((sum, row) => sum + gap(row), 0)
  const gaps = {
    start: gapsOf(whole, ({ gap_start }) => gap_start),
    changes: gapsOf(changes, ({ gap }) => gap),
    end: gapsOf(whole, ({ gap, gap_start }) => gap - gap_start),
  }
  const moved = (name: (typeof amounts)[number]) => total(changes, name, gaps.changes)
  const hasGap = gaps.start + gaps.changes + gaps.end > 0
  return {
    events,
    totals: {
      start: total(whole, 'mrr_start', gaps.start),
      new: moved('mrr_new'),
      reactivation: moved('mrr_reactivation'),
      expansion: moved('mrr_expansion'),
      contraction: moved('mrr_contraction'),
      churn: moved('mrr_churn'),
      fx: moved('mrr_fx'),
      end: total(whole, 'mrr_end', gaps.end),
    },
    causes: {
      upgrade: moved('mrr_expansion_upgrade'),
      seats: moved('mrr_expansion_seats'),
      cross_sell: moved('mrr_expansion_cross_sell'),
      price: moved('mrr_expansion_price'),
      discount_end: moved('mrr_expansion_discount_end'),
    },
    currency: settings.currency,
    complete: Date.parse(period.end) <= Date.parse(now),
    knownAt:
      knownAt === 'now' ? null : knownAt === 'period-end' ? lastInstantOf(period.end) : knownAt,
    reason: whole.length === 0 ? 'no_data' : hasGap ? 'missing_exchange_rate' : null,
  }
}

const causesOf = (
  amountOf: (name: (typeof amounts)[number]) => string,
): Partial<Record<ExpansionCause, string>> =>
  Object.fromEntries(
    expansionCauses
      .map((cause) => [cause, amountOf(`mrr_expansion_${cause}`)] as const)
      .filter(([, amount]) => amount !== '0'),
  )
