import * as z from 'zod'
import { horizonSchema, outcomeSchema } from './outcome.ts'
import { dateSchema, keySchema } from './values.ts'

export const panelFormats = ['parquet', 'csv'] as const
export const panelEvery = ['week', 'month', 'quarter'] as const

export const panelQuerySchema = z.object({
  from: dateSchema
    .optional()
    .describe('First day; default: when it was first known what accounts do'),
  to: dateSchema
    .optional()
    .describe('Last day; default: the last one of which everything is known'),
  every: z.enum(panelEvery).default('month').describe('The last days of these are rows'),
  outcome: outcomeSchema.default('churn'),
  horizon: horizonSchema,
  metrics: z
    .array(keySchema)
    .max(200)
    .optional()
    .describe('Metrics with a value for one account; default: all of them'),
  attributes: z.array(z.string().min(1).max(200)).max(50).default([]),
  format: z.enum(panelFormats).default('parquet'),
})
export type PanelQuery = z.infer<typeof panelQuerySchema>
