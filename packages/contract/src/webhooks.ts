import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { textSchema } from './text.ts'
import { instantSchema } from './values.ts'

/** What a webhook can be told of. */
export const webhookEvents = ['lamp.lit', 'lamp.cleared'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

const name = z.string().trim().min(1).max(200).describe('What it is for')
const url = z
  .string()
  .trim()
  .max(2_000)
  .describe('Where messages go: https, and no address of a private network unless that is allowed')
const events = z.array(z.enum(webhookEvents)).min(1).describe('Of what it is told')

export const webhookSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  on: z.boolean().describe('Messages are made for it and sent'),
  createdAt: instantSchema,
  lastSentAt: instantSchema.nullable().describe('When a message last arrived'),
  waiting: z.int().describe('Messages that are still to arrive'),
  problem: textSchema.nullable().describe('Why the latest attempt failed; null when it did not'),
})
export type Webhook = z.infer<typeof webhookSchema>

export const webhookMessageSchema = z.object({
  id: z.uuid().describe('What webhook-id says, in every attempt'),
  type: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  problem: textSchema.nullable(),
  createdAt: instantSchema,
  nextAt: instantSchema.nullable().describe('When it is tried next'),
  doneAt: instantSchema.nullable(),
  body: z.string().describe('What is sent, to the letter'),
})
export type WebhookMessage = z.infer<typeof webhookMessageSchema>

const one = z.object({ id: z.uuid() })
const secret = z.string().describe('With which messages are signed; it is shown this once')

export const webhooksContract = {
  list: operation('webhooks:manage')
    .route({ method: 'GET', path: '/webhooks', summary: 'All webhooks, oldest first' })
    .output(z.array(webhookSchema)),
  create: confirmedOperation('webhooks:manage')
    .route({ method: 'POST', path: '/webhooks', summary: 'Have an address told of what happens' })
    .input(z.object({ name, url, events }))
    .output(webhookSchema.extend({ secret }))
    .errors(mayFail('WEBHOOK_EXISTS', 'WEBHOOK_ADDRESS_REFUSED', 'SECRET_KEY_MISSING')),
  change: confirmedOperation('webhooks:manage')
    .route({ method: 'PATCH', path: '/webhooks/{id}', summary: 'Change a webhook' })
    .input(
      one.extend({
        name: name.optional(),
        url: url.optional(),
        events: events.optional(),
        on: z.boolean().optional(),
      }),
    )
    .output(webhookSchema)
    .errors(mayFail('WEBHOOK_NOT_FOUND', 'WEBHOOK_EXISTS', 'WEBHOOK_ADDRESS_REFUSED')),
  renewSecret: confirmedOperation('webhooks:manage')
    .route({
      method: 'POST',
      path: '/webhooks/{id}/secret',
      summary: 'Sign with a new secret; for a day with the old one as well',
    })
    .input(one)
    .output(webhookSchema.extend({ secret }))
    .errors(mayFail('WEBHOOK_NOT_FOUND', 'SECRET_KEY_MISSING')),
  remove: confirmedOperation('webhooks:manage')
    .route({
      method: 'POST',
      path: '/webhooks/{id}/remove',
      summary: 'Remove a webhook with its messages',
    })
    .input(one)
    .output(z.array(webhookSchema))
    .errors(mayFail('WEBHOOK_NOT_FOUND')),
  test: operation('webhooks:manage')
    .route({
      method: 'POST',
      path: '/webhooks/{id}/test',
      summary: 'Send a message now that only says that it is a test',
    })
    .input(one)
    .output(z.object({ status: z.int().describe('What the receiver answered') }))
    .errors(mayFail('WEBHOOK_NOT_FOUND', 'WEBHOOK_NOT_TAKEN')),
  messages: operation('webhooks:manage')
    .route({
      method: 'GET',
      path: '/webhooks/{id}/messages',
      summary: 'The latest messages of a webhook, newest first',
    })
    .input(one)
    .output(z.array(webhookMessageSchema))
    .errors(mayFail('WEBHOOK_NOT_FOUND')),
  retry: operation('webhooks:manage')
    .route({
      method: 'POST',
      path: '/webhooks/{id}/messages/{message}/retry',
      summary: 'Send a message once more, whatever became of it',
    })
    .input(one.extend({ message: z.uuid() }))
    .output(z.array(webhookMessageSchema))
    .errors(mayFail('WEBHOOK_NOT_FOUND', 'WEBHOOK_MESSAGE_NOT_FOUND')),
}
