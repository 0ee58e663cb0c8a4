/** What the tests of the built-in metrics share: facts made by hand, and questions asked of the engine. */
import type { FactStore } from '@tomoshibi/facts/store'
import { type FactTableName, factTables, sharedColumns } from '@tomoshibi/facts/tables'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import {
  compileMovements,
  type Movements,
  type MovementsRequest,
} from '@tomoshibi/metrics/movement-events'
import { isBadPeriod, type Period, periodsBetween, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import { type MetricSettings, metricSettingsSchema } from '@tomoshibi/metrics/settings'
import type { MetricValue } from '@tomoshibi/metrics/value'

export type Fact = Readonly<Record<string, unknown>>

/** What a hand-made fact need not say. */
const USUAL: Partial<Record<FactTableName, Fact>> = {
  contract_lines: {
    product: 'core',
    plan: 'pro',
    quantity: null,
    discount_amount: '0',
    discount_percent: '0',
    currency: 'JPY',
    billing_unit: 'month',
    billing_count: 1,
    effective_to: null,
    state: 'active',
  },
}

/** A row of a fact table, known since 2020 unless it says otherwise. */
export const fact = (table: FactTableName, workspaceId: string, values: Fact): Fact => {
  const row: Fact = {
    workspace_id: workspaceId,
    known_at: '2020-01-01T00:00:00Z',
    version: 1,
    deleted: false,
    source_id: '',
    source: 'test',
    ...USUAL[table],
    ...values,
  }
  const known = [...Object.keys(sharedColumns), ...Object.keys(factTables[table].columns)]
  const unknown = Object.keys(row).filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`)
  return row
}

export const settingsOf = (settings: Partial<MetricSettings> = {}): MetricSettings =>
  metricSettingsSchema.parse(settings)

const right = (periods: ReturnType<typeof periodsOnDay>): Period[] => {
  if (isBadPeriod(periods)) throw new Error(periods.says.en)
  return periods
}

export const onDay = (day: string, timeZone = 'Asia/Tokyo'): Period[] =>
  right(periodsOnDay(day, timeZone))

export const between = (
  from: string,
  to: string,
  grain: 'day' | 'month' | 'quarter' | 'year',
  timeZone = 'Asia/Tokyo',
): Period[] => right(periodsBetween({ from, to, grain, timeZone, fiscalYearStartMonth: 4 }))

export type Question = Pick<MetricRequest, 'workspaceId' | 'metrics' | 'periods'> &
  Partial<MetricRequest>

/** Compiles a question, runs it on the engine, and gives the values. */
export const ask = async (store: FactStore, question: Question): Promise<MetricValue[]> => {
  const compiled = compileMetrics({
    settings: settingsOf(),
    grain: 'portfolio',
    by: [],
    knownAt: 'now',
    now: '2026-11-21T00:00:00Z',
    ...question,
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.decode(await store.query(compiled.query, compiled.rowSchema))
}

/** Movements event by event, as `ask` for figures. */
export const askMovements = async (
  store: FactStore,
  question: Pick<MovementsRequest, 'workspaceId' | 'period'> & Partial<MovementsRequest>,
): Promise<Movements> => {
  const { query, rowSchema, decode } = compileMovements({
    settings: settingsOf(),
    knownAt: 'now',
    now: '2026-11-21T00:00:00Z',
    ...question,
  })
  return decode(await store.query(query, rowSchema))
}
