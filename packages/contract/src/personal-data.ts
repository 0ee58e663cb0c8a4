import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { textSchema } from './text.ts'
import { instantSchema } from './values.ts'

const whom = {
  userId: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe("The person's id as a user of the product, or as one who signs in here"),
  email: z.string().min(1).max(500).optional().describe("The person's e-mail address"),
  accountId: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Only within this account: where ids of users are told apart by account only'),
}

const heldSchema = z.object({
  store: z.enum(['facts', 'state']),
  table: z.string(),
  own: z.int().describe("Rows that are the person's own"),
  naming: z.int().describe('Other rows with a text that names the person'),
})
export type Held = z.infer<typeof heldSchema>

export const foundPersonSchema = z.object({
  fingerprint: z.string().describe('Of what was found; to be given when the person is erased'),
  ids: z.array(
    z.object({ kind: z.enum(['user', 'contact', 'asker']), account: z.string(), id: z.string() }),
  ),
  aliases: z.array(z.string()).describe('As events name the person: u: a user, a: a visitor'),
  emails: z.array(z.string()),
  names: z.array(z.string()),
  shared: z
    .array(z.string())
    .describe('Names and addresses that others have too: where they stand in texts they stay'),
  notSought: z
    .array(z.string())
    .describe('Names too short to be told from other words: they are not looked for in texts'),
  member: z
    .object({ userId: z.string(), name: z.string(), email: z.string() })
    .nullable()
    .describe('As somebody who belongs to this workspace'),
  held: z.array(heldSchema),
})
export type FoundPerson = z.infer<typeof foundPersonSchema>

const leftSchema = z.object({
  store: z.enum(['facts', 'state', 'files']),
  place: z.string().describe('Table and column, or file'),
  rows: z.int(),
})

export const receiptSchema = z.object({
  id: z.uuid(),
  workspaceId: z.string(),
  askedAt: instantSchema,
  askedBy: z.string().describe('Id of the user or key; empty for the command line'),
  doneAt: instantSchema,
  customer: z.boolean().describe("The person was one at a customer's"),
  member: z.boolean().describe('The person belonged to the workspace'),
  removedFromInstallation: z
    .boolean()
    .describe('They belonged to no other workspace, and cannot sign in any more'),
  held: z.array(heldSchema).describe('What was held where, before it was erased'),
  auditEntries: z.int().describe('Entries of the audit log out of which the person was taken'),
  journalCleared: z.boolean().describe('Files of received events were removed'),
  files: z.int().describe('Files of rejected rows out of which the person was taken'),
  left: z.array(leftSchema).describe('Where the person was still found afterwards'),
  notTouched: z.array(textSchema).describe('What an erasure does not reach'),
  hash: z.string().describe('SHA-256 of all of the above'),
})
export type Receipt = z.infer<typeof receiptSchema>

export const erasureSchema = z.object({
  id: z.uuid(),
  state: z.enum(['running', 'done']),
  askedAt: instantSchema,
  askedBy: z.string(),
  receipt: receiptSchema.nullable(),
})
export type Erasure = z.infer<typeof erasureSchema>

const finding = mayFail('PERSON_NOT_FOUND')

export const personalDataContract = {
  find: operation('personal-data:manage', 'refusals')
    .route({
      method: 'POST',
      path: '/personal-data/find',
      summary: 'What is held of one person, and under which ids and names; changes nothing',
    })
    .input(z.object(whom))
    .output(foundPersonSchema)
    .errors(finding),
  export: confirmedOperation('personal-data:manage', 'export')
    .route({
      method: 'POST',
      path: '/personal-data/export',
      summary: 'Everything that is held of one person, as a JSON file',
    })
    .input(z.object(whom))
    .output(z.file().describe('JSON'))
    .errors(finding),
  erase: confirmedOperation('personal-data:manage', 'refusals')
    .route({
      method: 'POST',
      path: '/personal-data/erase',
      summary: 'Erase one person everywhere; it cannot be undone',
    })
    .input(z.object({ ...whom, fingerprint: z.string().max(100).describe('As `find` told it') }))
    .output(receiptSchema)
    .errors({
      ...finding,
      ...mayFail(
        'PERSON_CHANGED',
        'ERASURE_NOT_POSSIBLE',
        'ROLE_BEYOND_YOURS',
        'LAST_OWNER',
        'EVENTS_BEHIND',
      ),
    }),
  erasures: operation('personal-data:manage')
    .route({
      method: 'GET',
      path: '/personal-data/erasures',
      summary: 'Erasures with their receipts, newest first',
    })
    .output(z.array(erasureSchema)),
}
