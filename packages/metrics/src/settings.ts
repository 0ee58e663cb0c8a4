import * as z from 'zod'
import { holidayCalendars } from './holidays.ts'

/** The choices that a workspace makes about its figures, with the defaults of the definitions. */
export const metricSettingsSchema = z.object({
  timeZone: z
    .string()
    .min(1)
    .default('Asia/Tokyo')
    .describe('IANA time zone in which days, months and years are calendar ones'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('JPY')
    .describe('ISO 4217 code of the currency that money is reported in'),
  fiscalYearStartMonth: z
    .int()
    .min(1)
    .max(12)
    .default(4)
    .describe('Month in which the fiscal year starts'),
  mrrBasis: z
    .enum(['net', 'gross'])
    .default('net')
    .describe('Recurring revenue after discounts (net) or before (gross)'),
  reactivationMaxGapDays: z
    .int()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('An account that comes back after more days than this is new; null = any gap'),
  netChurnCountsReactivation: z
    .boolean()
    .default(false)
    .describe('Reactivation, too, is set against churn in the net revenue churn rate'),
  churnDate: z
    .enum(['contract_end', 'cancellation_notice'])
    .default('contract_end')
    .describe('When an account counts as lost: when its contract ends or when it gives notice'),
  renewalGraceDays: z
    .int()
    .nonnegative()
    .default(30)
    .describe('Days after the end of a term in which a renewal still counts'),
  grossMarginPercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('Gross margin in percent, for the lifetime value'),
  npsWindowDays: z.int().positive().default(90).describe('Days for which a survey answer counts'),
  holidays: z
    .enum(holidayCalendars)
    .default('japan')
    .describe('National holidays on which nobody works: those of Japan, or none'),
  extraHolidays: z
    .array(z.iso.date())
    .max(1000)
    .default([])
    .describe('Further days on which the company rests, such as 2026-12-29'),
  countWeekends: z
    .boolean()
    .default(true)
    .describe('Saturdays, Sundays and holidays count in the mean of daily active users'),
  onboardingTargetDays: z
    .int()
    .positive()
    .default(90)
    .describe('Days within which onboarding should be complete'),
})

export type MetricSettings = z.infer<typeof metricSettingsSchema>
export type MetricSettingName = keyof MetricSettings
