import * as z from 'zod'
import { mayFail } from './errors.ts'
import { operation } from './operation.ts'
import { instantSchema } from './values.ts'

export const secretsStateSchema = z.object({
  source: z
    .enum(['environment', 'file', 'data_folder'])
    .describe('Where the key comes from; data_folder: whoever copies the folder has it as well'),
  keyId: z.string().nullable().describe('Of the key that seals; null where there is none yet'),
  secrets: z.array(
    z.object({
      scope: z.string().describe('The installation, a workspace or a user'),
      name: z.string(),
      keyId: z.string().describe('Of the key with which it is sealed'),
      changedAt: instantSchema,
    }),
  ),
})
export type SecretsState = z.infer<typeof secretsStateSchema>

export const secretsContract = {
  list: operation('secrets:manage')
    .route({
      method: 'GET',
      path: '/secrets',
      summary: 'Which secrets are kept, never what they are',
    })
    .output(secretsStateSchema),
  rotate: operation('secrets:manage')
    .route({
      method: 'POST',
      path: '/secrets/rotate',
      summary: 'Seal all secrets with a new key and let go of the old one',
    })
    .output(z.object({ sealed: z.int(), keyId: z.string() }))
    .errors(mayFail('SECRET_KEY_MISSING', 'SECRET_KEY_WRONG', 'SECRET_DAMAGED')),
  forget: operation('secrets:manage')
    .route({
      method: 'POST',
      path: '/secrets/forget',
      summary: 'Remove the secrets that cannot be opened any more, because their key is lost',
    })
    .output(z.object({ forgotten: z.int() }))
    .errors(mayFail('SECRET_KEY_WRONG')),
}
