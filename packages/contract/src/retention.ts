import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { textSchema } from './text.ts'
import { dateSchema, instantSchema } from './values.ts'

/** Kinds of facts of which old ones can be deleted. */
export const cutTables = ['usage_events', 'tickets', 'survey_answers'] as const

/** From a month to ten years; null = for ever. */
const monthsSchema = z.int().min(1).max(120)

export const cutSchema = z.object({
  before: dateSchema.describe('Facts of before this day are deleted'),
  begunAt: instantSchema,
  doneAt: instantSchema.nullable().describe('null = some are still to be deleted'),
  rows: z.int().describe('Versions of facts that it deletes'),
})

export const retentionSchema = z.object({
  table: z.string(),
  label: textSchema,
  age: textSchema.describe('From when on the age of such a fact counts'),
  keptBecause: textSchema
    .nullable()
    .describe('Why such facts are kept for ever; null = a period can be chosen'),
  months: monthsSchema.nullable().describe('Older facts are deleted; null = none are'),
  dueBefore: dateSchema
    .nullable()
    .describe('By the period, facts of before this day are to be deleted'),
  cuts: z.array(cutSchema).describe('What was deleted, the latest first'),
})
export type Retention = z.infer<typeof retentionSchema>

export const retentionOutcomeSchema = z.object({
  table: z.enum(cutTables),
  before: dateSchema,
  outcome: z
    .enum(['deleted', 'would_delete', 'nothing_old', 'needed', 'not_rolled_up'])
    .describe(
      'needed: figures of today would lose their value, so nothing is deleted; not_rolled_up: nor while the roll-up of use is being made',
    ),
  rows: z.int().describe('Versions of facts that were deleted, or would be'),
  firstMonth: z.string().nullable().describe('Of the oldest of them, in UTC'),
  lastMonth: z.string().nullable(),
  neededBy: z.array(z.string()).describe('Metrics that would lose their value of today'),
})
export type RetentionOutcome = z.infer<typeof retentionOutcomeSchema>

export const retentionContract = {
  show: operation('retention:manage')
    .route({
      method: 'GET',
      path: '/retention',
      summary: 'How long facts of each kind are kept, and what was deleted',
    })
    .output(z.array(retentionSchema)),
  set: confirmedOperation('retention:manage')
    .route({
      method: 'PUT',
      path: '/retention/{table}',
      summary: 'Choose how long facts of a kind are kept',
    })
    .input(z.object({ table: z.string().max(100), months: monthsSchema.nullable() }))
    .output(retentionSchema)
    .errors(mayFail('FACTS_KEPT', 'FACTS_NEEDED')),
  apply: confirmedOperation('retention:manage')
    .route({
      method: 'POST',
      path: '/retention/apply',
      summary: 'Delete what is past its period now, as happens every night',
    })
    .input(
      z.object({
        dryRun: z.boolean().default(false).describe('Only say what would be deleted'),
      }),
    )
    .output(z.array(retentionOutcomeSchema)),
}
