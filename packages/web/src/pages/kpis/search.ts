import * as z from 'zod'
import { addMonths, earlier, isMonth, monthOf, monthsThrough } from '../../format/calendar.ts'

const month = z.string().refine(isMonth).optional().catch(undefined)
const key = z.string().min(1).max(200).optional().catch(undefined)

/** How many months a trend shows. */
export const spans = [6, 12, 24] as const

/** The board as the address has it: every choice on it, so that a link restores the view. */
export const kpiSearchSchema = z.object({
  through: month,
  months: z.literal(spans).optional().catch(undefined),
  by: key,
  /** The metric whose detail is open, for one month and, with `by`, for one slice. */
  metric: key,
  month,
  // The router reads digits and true/false as such; a slice is text all the same. null = no attribute.
  slice: z
    .union([z.string(), z.number().transform(String), z.boolean().transform(String), z.null()])
    .optional()
    .catch(undefined),
  tab: z.enum(['parts', 'definition']).optional().catch(undefined),
})
export type KpiSearch = z.infer<typeof kpiSearchSchema>

export interface KpiView {
  /** The month whose figures the tiles show. */
  readonly through: string
  /** The months of every trend, oldest first; the running one is added after the last finished one. */
  readonly months: readonly string[]
  readonly span: (typeof spans)[number]
  /** The month of the open detail. */
  readonly detailMonth: string
}

/** What an address means on a day: the last finished month when it names none. */
export function kpiView(search: KpiSearch, today: string): KpiView {
  const running = monthOf(today)
  const lastFinished = addMonths(running, -1)
  const through = earlier(search.through ?? lastFinished, running)
  const span = search.months ?? 12
  const months = monthsThrough(through, span)
  if (through === lastFinished) months.push(running)
  return { through, months, span, detailMonth: search.month ?? through }
}

/** The months that can be chosen: two years back from the running one, newest first. */
export function choosableMonths(today: string): string[] {
  return monthsThrough(monthOf(today), 24).reverse()
}

/** The address with the detail closed. */
export function withoutDetail(search: KpiSearch): KpiSearch {
  return { through: search.through, months: search.months, by: search.by }
}
