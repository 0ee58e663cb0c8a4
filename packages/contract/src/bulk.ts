import * as z from 'zod'
import { factTargets } from './collect.ts'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'

export type FactTarget = (typeof factTargets)[number]

const outcomes = ['created', 'updated', 'unchanged', 'superseded', 'rejected'] as const
export type BulkOutcome = (typeof outcomes)[number]

const reasonSchema = z.object({
  field: z.string().nullable().describe('Null where it is not one field’s fault'),
  value: z.string(),
  code: z.string(),
  what: textSchema,
})
export type RecordReason = z.infer<typeof reasonSchema>

const bulkResultSchema = z.object({
  counts: z.object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    superseded: z.int().describe('A later record of the request says otherwise'),
    rejected: z.int(),
  }),
  records: z
    .array(
      z.object({
        id: z.string(),
        outcome: z.enum(outcomes),
        reasons: z.array(reasonSchema).describe('Why it was rejected'),
      }),
    )
    .describe('In the order in which they were sent'),
})
export type BulkResult = z.infer<typeof bulkResultSchema>

export const factsContract = {
  put: operation('facts:write')
    .route({
      method: 'PUT',
      path: '/facts/{type}',
      summary: 'Store up to 5,000 records of one kind; sending them again changes nothing',
    })
    .input(
      z.object({
        type: z.enum(factTargets),
        records: z
          .array(z.record(z.string(), z.unknown()))
          .max(5000)
          .describe(
            'Each with id, accountId, knownAt (left out = now) and the fields of an import; accounts have attributes instead of id and fields',
          ),
      }),
    )
    .output(bulkResultSchema),
}
