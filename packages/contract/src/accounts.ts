import * as z from 'zod'
import { mayFail } from './errors.ts'
import { lampStateSchema, lampTransitionSchema } from './light.ts'
import { operation } from './operation.ts'
import {
  accountIdSchema,
  dateSchema,
  instantSchema,
  keySchema,
  moneySchema,
  queryFlagSchema,
} from './values.ts'

/** One line of the accounts table. Metrics are as at the end of today. */
export const accountRowSchema = z.object({
  id: accountIdSchema,
  name: z.string(),
  attributes: z.record(z.string(), z.string()),
  mrr: moneySchema.nullable(),
  daysToRenewal: z.number().nullable(),
  activeUsers: z.number().nullable(),
  licenceUtilisation: z.number().nullable(),
  litLamps: z.array(keySchema),
})
export type AccountRow = z.infer<typeof accountRowSchema>

export const accountSortKeys = [
  'name',
  'mrr',
  'daysToRenewal',
  'activeUsers',
  'licenceUtilisation',
  'litLamps',
] as const

export const contractLineSchema = z.object({
  id: z.string(),
  product: z.string(),
  plan: z.string(),
  quantity: z.string().nullable(),
  amount: moneySchema,
  currency: z.string(),
  billingUnit: z.enum(['day', 'week', 'month', 'year']),
  billingCount: z.int(),
  effectiveFrom: dateSchema,
  effectiveTo: dateSchema.nullable(),
  autoRenew: z.boolean().nullable(),
  state: z.string(),
})

/** Something that happened, for the account's timeline. */
export const timelineEntrySchema = z.object({
  at: instantSchema,
  kind: z.enum([
    'contract',
    'touchpoint',
    'ticket',
    'survey_answer',
    'invoice',
    'milestone',
    'lamp',
  ]),
  what: z.string().describe('Which kind of moment: started, ended, opened, resolved, answered, …'),
  recordId: z.string(),
  details: z.record(z.string(), z.string()),
})
export type TimelineEntry = z.infer<typeof timelineEntrySchema>

export const accountSchema = z.object({
  id: accountIdSchema,
  name: z.string(),
  attributes: z.record(z.string(), z.string()),
  contractLines: z.array(contractLineSchema),
  contacts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      role: z.string(),
      decisionMaker: z.boolean(),
    }),
  ),
  lamps: z.array(lampStateSchema),
  lampHistory: z.array(lampTransitionSchema),
})
export type Account = z.infer<typeof accountSchema>

export const accountsContract = {
  list: operation('accounts:read')
    .route({ method: 'GET', path: '/accounts', summary: 'Accounts, searched and sorted' })
    .input(
      z.object({
        search: z.string().max(200).default(''),
        sort: z.enum(accountSortKeys).default('mrr'),
        descending: queryFlagSchema.default(true),
        limit: z.coerce.number().int().min(1).max(1000).default(100),
        offset: z.coerce.number().int().min(0).default(0),
      }),
    )
    .output(z.object({ total: z.int(), rows: z.array(accountRowSchema) })),
  get: operation('accounts:read')
    .route({ method: 'GET', path: '/accounts/{accountId}', summary: 'One account' })
    .input(z.object({ accountId: accountIdSchema }))
    .output(accountSchema)
    .errors(mayFail('UNKNOWN_ACCOUNT')),
  timeline: operation('accounts:read')
    .route({
      method: 'GET',
      path: '/accounts/{accountId}/timeline',
      summary: 'What happened, newest first',
    })
    .input(
      z.object({
        accountId: accountIdSchema,
        before: instantSchema.optional().describe('Only what happened before this instant'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(timelineEntrySchema))
    .errors(mayFail('UNKNOWN_ACCOUNT')),
}
