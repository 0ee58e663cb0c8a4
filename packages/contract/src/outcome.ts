import * as z from 'zod'

export const outcomeSchema = z
  .enum(['churn', 'downgrade', 'expansion', 'non_renewal'])
  .describe('What may happen to an account within the horizon')

export const horizonSchema = z.coerce
  .number()
  .int()
  .min(7)
  .max(730)
  .default(90)
  .describe('Days within which the outcome must follow')
