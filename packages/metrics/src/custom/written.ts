import * as z from 'zod'
import { metricGroups, metricUnits } from '../definition.ts'

/** Line breaks and other control characters have no place in what is shown in a line. */
const oneLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u)
const text = (max: number) => z.strictObject({ en: oneLine(max), ja: oneLine(max) })

const key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,79}$/)
  .describe('Names it for ever, in queries, conditions and formulas')

const column = z.string().max(100)

/** A measure over the records of one fact, as it is written. */
export const writtenMeasureSchema = z.strictObject({
  fact: z.string().max(200).describe('The fact whose records are counted, such as tickets'),
  count: z
    .string()
    .max(200)
    .optional()
    .describe("'records', or 'distinct' with a column: how many different values"),
  sum: column.optional().describe('Adds up a column'),
  mean: column.optional().describe('The mean of a column over the records'),
  median: column.optional().describe('The median of a column over the records'),
  p90: column.optional().describe('The 90th percentile of a column over the records'),
  max: column.optional().describe('The greatest value of a column'),
  last: column.optional().describe('The value of a column in the last record that has one'),
  days_since: z.literal('last').optional().describe('Days since the last record'),
  where: z
    .string()
    .max(10_000)
    .optional()
    .describe('CEL over the columns: only records of which this is true'),
  at: column.optional().describe('The time by which records fall into the window or period'),
  window: z
    .string()
    .max(20)
    .optional()
    .describe("For an instant: '28 days', '4 weeks', '3 months', or 'all' up to then"),
})
export type WrittenMeasure = z.infer<typeof writtenMeasureSchema>

const operand = z.union([z.string().max(100), writtenMeasureSchema])
export type WrittenOperand = z.infer<typeof operand>

/** A custom metric as people write it, one a file. */
export const writtenMetricSchema = z.strictObject({
  key,
  name: text(100).describe('Short name for screens, in both languages'),
  says: text(1000).describe('What it tells, in a sentence or two, in both languages'),
  group: z
    .enum(metricGroups)
    .optional()
    .describe('Among which metrics it stands; default: those of its fact'),
  unit: z
    .enum(metricUnits)
    .describe('Unit of the value; a percent value is a fraction, 0.25 is 25 %'),
  better: z.enum(['higher', 'lower', 'neither']).describe('Which way is good'),
  time: z
    .enum(['instant', 'period'])
    .describe('Asked at the end of a day, or over a period from its start to its end'),
  headline: z
    .enum(['day', 'month', 'quarter', 'year'])
    .optional()
    .describe(
      'The period that ends with a day when a period metric is asked for one; default: month',
    ),
  accounts: z
    .enum(['all', 'present'])
    .optional()
    .describe('Which accounts take part: all, or all but former customers; default: all'),
  grains: z
    .array(z.enum(['portfolio', 'account']))
    .min(1)
    .max(2)
    .optional()
    .describe('Where it has a value; default: wherever it can have one'),
  measure: writtenMeasureSchema.optional().describe('A measure over one fact'),
  ratio: z
    .strictObject({
      of: operand.describe('The numerator: a measure, or the key of a metric that adds up'),
      over: operand.describe('The denominator, likewise'),
    })
    .optional()
    .describe('One sum over another; an account counts when it has both'),
  formula: z.string().max(10_000).optional().describe('CEL over other metrics'),
})
export type WrittenMetric = z.infer<typeof writtenMetricSchema>

/** The keys by which a measure says what is made of the records. */
export const statisticKeys = [
  'count',
  'sum',
  'mean',
  'median',
  'p90',
  'max',
  'last',
  'days_since',
] as const
