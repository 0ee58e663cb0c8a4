import * as z from 'zod'
import { factTargets } from './collect.ts'
import { confirmedOperation, operation } from './operation.ts'
import { textSchema } from './text.ts'
import { dateSchema, instantSchema } from './values.ts'

/** One choice that the workspace makes about its figures. */
export const settingSchema = z.object({
  key: z.string(),
  says: textSchema.describe('What it decides'),
  value: z.unknown().describe('What holds'),
  default: z.unknown(),
  chosen: z.boolean().describe('Somebody chose the value; else the default holds'),
  allowed: z.array(z.string()).nullable().describe('The values that there are, where they are few'),
})
export type Setting = z.infer<typeof settingSchema>

export const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string().describe('IANA time zone in which days, months and quarters are cut'),
  fiscalYearStartMonth: z.int().min(1).max(12),
  currency: z.string().length(3).describe('Reporting currency, ISO 4217'),
  today: dateSchema.describe("Today in the workspace's zone"),
  accounts: z.int().describe('How many accounts there are'),
  factsKnownThrough: instantSchema.nullable().describe('When the newest fact became known'),
  lampsEvaluatedThrough: dateSchema
    .nullable()
    .describe('Last day for which all lamps were evaluated'),
  version: z.string(),
  settings: z.array(settingSchema).describe('Every setting, with its meaning and its default'),
})
export type Workspace = z.infer<typeof workspaceSchema>

export const freshnessSchema = z.object({
  asOf: instantSchema,
  kinds: z
    .array(
      z.object({
        kind: z.enum(factTargets),
        name: textSchema,
        newestKnownAt: instantSchema.nullable().describe('When the newest fact of it became known'),
      }),
    )
    .describe('Every kind of fact'),
  eventsWaitingSince: instantSchema
    .nullable()
    .describe(
      'When the oldest event was received that is not in every figure yet; null when all are',
    ),
  lampsWaitingSince: instantSchema
    .nullable()
    .describe(
      'When the oldest fact was stored that the lamps have not seen yet; null when all are',
    ),
  lampsEvaluatedThrough: dateSchema
    .nullable()
    .describe('Last finished day for which all lamps were evaluated'),
})
export type Freshness = z.infer<typeof freshnessSchema>

export const workspaceContract = {
  get: operation('workspace:read')
    .route({
      method: 'GET',
      path: '/workspace',
      summary: 'The workspace and how fresh its data is',
    })
    .output(workspaceSchema),
  freshness: operation('workspace:read')
    .route({
      method: 'GET',
      path: '/workspace/freshness',
      summary: 'How fresh each kind of data is, and what is still on its way',
    })
    .output(freshnessSchema),
  configure: confirmedOperation('workspace:configure')
    .route({ method: 'PATCH', path: '/workspace', summary: 'Change settings of the workspace' })
    .input(
      z.object({
        name: z.string().min(1).max(200).optional(),
        timeZone: z.string().optional(),
        fiscalYearStartMonth: z.int().min(1).max(12).optional(),
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/)
          .optional(),
        settings: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('Any settings by their keys; what is not named stays'),
        reset: z.array(z.string()).optional().describe('Settings whose default is to hold again'),
      }),
    )
    .output(workspaceSchema),
}
