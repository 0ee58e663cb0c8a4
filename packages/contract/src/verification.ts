import * as z from 'zod'
import { causeVerdictSchema } from './cause.ts'
import { outcomeSchema } from './outcome.ts'
import { textSchema } from './text.ts'
import { instantSchema, keySchema } from './values.ts'

const relationSchema = z
  .enum(['separates', 'no_relation_seen', 'turned_round', 'cannot_tell'])
  .describe('Whether it went before the outcome')

export const verificationSchema = z.object({
  checkedAt: instantSchema,
  outcome: outcomeSchema,
  relation: relationSchema,
  direction: z.enum(['higher', 'lower']).nullable().describe('Which values go before the outcome'),
  cause: causeVerdictSchema,
  smallestAuc: z
    .number()
    .nullable()
    .describe('The weakest relation that would have been seen 4 times out of 5'),
  says: textSchema,
})
export type Verification = z.infer<typeof verificationSchema>

/** How a badge reads: what the last check of this version said, beside what earlier ones said. */
export const badgeStates = [
  'never_verified',
  'holds',
  'faded',
  'turned_round',
  'no_relation_seen',
  'cannot_tell',
] as const
export type BadgeState = (typeof badgeStates)[number]

export const badgeSchema = z.object({
  subject: z.enum(['metric', 'lamp']),
  key: keySchema,
  version: z.int(),
  name: textSchema,
  outcome: outcomeSchema,
  state: z
    .enum(badgeStates)
    .describe('faded: it went before the outcome when it was checked earlier, and does not now'),
  checkedAt: instantSchema.nullable().describe('Of this version; null = never'),
  isOld: z.boolean().describe('Checked longer than 90 days ago'),
  says: textSchema.nullable().describe('What the last check found'),
})
export type Badge = z.infer<typeof badgeSchema>

export const checkOutcomeSchema = z.object({
  checked: z.int().describe('Metrics and lamps that were checked now'),
  badges: z.array(badgeSchema),
})
