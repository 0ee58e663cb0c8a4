import * as z from 'zod'
import { expiresInDaysSchema } from './api-keys.ts'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { instantSchema } from './values.ts'

export const writeKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  hint: z.string().describe('How the key begins'),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable().describe('To about a minute'),
  revokedAt: instantSchema.nullable().describe('No longer taken since; null = it holds'),
})
export type WriteKey = z.infer<typeof writeKeySchema>

export const writeKeysContract = {
  create: confirmedOperation('keys:manage')
    .route({
      method: 'POST',
      path: '/write-keys',
      summary: 'Make a key with which a product sends events',
    })
    .input(
      z.object({
        name: z.string().trim().min(1).max(200).describe('What it is for'),
        expiresInDays: expiresInDaysSchema.default(null),
      }),
    )
    .output(writeKeySchema.extend({ key: z.string().describe('The key; it is shown this once') })),
  list: operation('keys:manage')
    .route({ method: 'GET', path: '/write-keys', summary: 'All write keys, oldest first' })
    .output(z.array(writeKeySchema)),
  revoke: operation('keys:manage')
    .route({
      method: 'POST',
      path: '/write-keys/{id}/revoke',
      summary: 'Take events with this key no longer',
    })
    .input(z.object({ id: z.uuid() }))
    .output(writeKeySchema)
    .errors(mayFail('WRITE_KEY_NOT_FOUND')),
}
