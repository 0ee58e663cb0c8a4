import * as z from 'zod'
import { horizonSchema, outcomeSchema } from './outcome.ts'
import { languages } from './text.ts'
import { keySchema } from './values.ts'

export const reportQuerySchema = z.object({
  outcome: outcomeSchema.default('churn'),
  horizon: horizonSchema,
  metrics: z
    .array(keySchema)
    .max(20)
    .optional()
    .describe('Metrics to judge; default: use, sentiment, answers, contacts and support'),
  language: z.enum(languages).default('ja'),
})
export type ReportQuery = z.infer<typeof reportQuerySchema>
