import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation, permissions } from './operation.ts'
import { grantable } from './roles.ts'
import { instantSchema } from './values.ts'

export const expiresInDaysSchema = z
  .int()
  .min(1)
  .max(3650)
  .nullable()
  .describe('Days for which it holds; null = until it is revoked')

export const apiKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  hint: z.string().describe('How the key begins'),
  permissions: z.array(z.enum(permissions)),
  madeBy: z.string().nullable().describe('null = from the command line, or by who is gone'),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable().describe('To about a minute'),
  revokedAt: instantSchema.nullable(),
})
export type ApiKey = z.infer<typeof apiKeySchema>

export const apiKeysContract = {
  create: confirmedOperation('keys:manage')
    .route({
      method: 'POST',
      path: '/api-keys',
      summary: 'Make a key with which a program calls operations',
    })
    .input(
      z.object({
        name: z.string().trim().min(1).max(200).describe('What it is for'),
        permissions: z
          .array(
            z.enum(permissions).refine((one) => grantable.includes(one), {
              error: 'is of the machine: no key can have it',
            }),
          )
          .min(1)
          .describe('What it may do; no more than who makes it'),
        expiresInDays: expiresInDaysSchema.default(90),
      }),
    )
    .output(apiKeySchema.extend({ key: z.string().describe('The key; it is shown this once') }))
    .errors(mayFail('ROLE_BEYOND_YOURS')),
  list: operation('keys:manage')
    .route({ method: 'GET', path: '/api-keys', summary: 'All API keys, oldest first' })
    .output(z.array(apiKeySchema)),
  revoke: operation('keys:manage')
    .route({ method: 'POST', path: '/api-keys/{id}/revoke', summary: 'Take a key no longer' })
    .input(z.object({ id: z.uuid() }))
    .output(z.array(apiKeySchema))
    .errors(mayFail('API_KEY_NOT_FOUND')),
}
