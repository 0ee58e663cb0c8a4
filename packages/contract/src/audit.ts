import * as z from 'zod'
import { confirmedOperation, operation } from './operation.ts'
import { instantSchema } from './values.ts'

export const auditEntrySchema = z.object({
  seq: z.int().describe('1, 2, 3 … over all workspaces of the installation'),
  at: instantSchema,
  actor: z.object({
    kind: z.enum(['program', 'person', 'key', 'nobody']),
    id: z.string().nullable(),
    name: z.string(),
  }),
  action: z.string().describe('The operation'),
  outcome: z.enum(['done', 'refused']),
  code: z.string().nullable().describe('Why it was refused'),
  input: z.unknown().describe('What was asked for, without secrets'),
  before: z.unknown().describe('What it was before, where that is told'),
  after: z.unknown().describe('What came of it, without secrets'),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

const sought = {
  search: z.string().max(200).default('').describe('In who, what and the details'),
  outcome: z.enum(['done', 'refused']).optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
}

export const auditChainSchema = z.object({
  entries: z.int().describe('Entries that are as they were written, of all workspaces'),
  lastHash: z.string().describe('Of the last of them'),
  brokenAt: z
    .int()
    .nullable()
    .describe('The first entry that is missing or not as it was written; null = none'),
  erased: z.int().describe('Entries out of which a person was taken, as entries of erasures say'),
})
export type AuditChain = z.infer<typeof auditChainSchema>

export const auditContract = {
  verify: operation('audit:read')
    .route({
      method: 'GET',
      path: '/audit/verify',
      summary: 'Whether every entry of the log is as it was written, of all workspaces',
    })
    .output(auditChainSchema),
  list: operation('audit:read')
    .route({ method: 'GET', path: '/audit', summary: 'Who did what, newest first' })
    .input(
      z.object({
        ...sought,
        before: z.coerce.number().int().min(1).optional().describe('Only entries before this seq'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(auditEntrySchema)),
  export: confirmedOperation('audit:read', 'export')
    .route({
      method: 'POST',
      path: '/audit/export',
      summary: 'The audit log of the workspace as JSON lines, oldest first',
    })
    .input(z.object(sought))
    .output(z.file().describe('JSON, one entry a line')),
}
