import * as z from 'zod'
import { textSchema } from './text.ts'
import { keySchema } from './values.ts'

/** A share with its parts; no value where the denominator is 0. */
export const shareSchema = z.object({
  numerator: z.int(),
  denominator: z.int(),
  value: z.number().nullable(),
  low: z.number().nullable().describe('Lower end of the 95 % interval (Wilson)'),
  high: z.number().nullable(),
})

export const lampEvidenceSchema = z.object({
  lamp: keySchema,
  version: z.int(),
  name: textSchema,
  horizonDays: z.int(),
  lit: z.int().describe('How often it lit over the history'),
  judged: z.int().describe('Lit long enough ago to tell, or followed already'),
  undecided: z.int().describe('Lit less than the horizon ago, with no churn yet'),
  precision: shareSchema.describe(
    'Of the lit ones judged, followed by what it announces within the horizon',
  ),
  recall: shareSchema.describe('Of all of these, announced by the lamp within the horizon'),
  baseRate: shareSchema.describe('The same over the same horizon among all paying accounts'),
  leadDays: z.object({ median: z.number().nullable(), n: z.int() }),
  verdict: z.enum(['enough', 'not_enough_cases']),
  says: textSchema.describe('The evidence in one sentence'),
})
export type LampEvidence = z.infer<typeof lampEvidenceSchema>
