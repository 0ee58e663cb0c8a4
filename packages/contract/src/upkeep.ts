import * as z from 'zod'
import { operation } from './operation.ts'
import { textSchema } from './text.ts'
import { instantSchema } from './values.ts'

/** What the doctor looks at. */
export const checkNames = [
  'program',
  'folder',
  'lock',
  'disk',
  'stores',
  'engines',
  'migrations',
  'time_zones',
  'clock',
  'journal',
  'jobs',
  'imports',
  'lamps',
  'retention',
  'audit',
  'secrets',
  'mail',
] as const
export type CheckName = (typeof checkNames)[number]

export const findingSchema = z.object({
  check: z.enum(checkNames),
  level: z
    .enum(['ok', 'warning', 'trouble'])
    .describe('trouble: something does not work; warning: it works and soon may not'),
  what: textSchema.describe('What was found'),
  mend: textSchema.nullable().describe('What to do about it; null where nothing is to be done'),
})
export type Finding = z.infer<typeof findingSchema>

export const diagnosisSchema = z.object({
  version: z.string(),
  checkedAt: instantSchema,
  healthy: z.boolean().describe('There is no trouble; there may be warnings'),
  findings: z.array(findingSchema),
})
export type Diagnosis = z.infer<typeof diagnosisSchema>

export const upkeepContract = {
  doctor: operation('upkeep:read')
    .route({
      method: 'GET',
      path: '/doctor',
      summary: 'How the server, its stores, its journal and its jobs are, and how to mend them',
    })
    .output(diagnosisSchema),
}
