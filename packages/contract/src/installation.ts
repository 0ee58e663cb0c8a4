import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { instantSchema } from './values.ts'

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: 'must be one line' })

export const mailServerSchema = z.object({
  host: oneLine(253).min(1).describe('Name or address of the SMTP server'),
  port: z.int().min(1).max(65_535).describe('Usually 465 with tls, 587 with starttls'),
  security: z
    .enum(['tls', 'starttls', 'none'])
    .describe('tls from the first byte, or by STARTTLS; none is for a server on this machine'),
  user: oneLine(320).describe('Empty where the server asks for none'),
  from: z.string().trim().max(254).pipe(z.email()).describe('Address of the sender'),
  fromName: oneLine(100).describe('Name of the sender; empty = Tomoshibi'),
})
export type MailServer = z.infer<typeof mailServerSchema>

export const sessionPolicySchema = z.object({
  idleMinutes: z
    .int()
    .min(5)
    .max(60 * 24 * 60)
    .default(14 * 24 * 60)
    .describe('A session ends so long after it was last used'),
  longestHours: z
    .int()
    .min(1)
    .max(365 * 24)
    .nullable()
    .default(null)
    .describe('And so long after signing in, however much it is used; null = never by that'),
})
export type SessionPolicy = z.infer<typeof sessionPolicySchema>

export const mailSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  to: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  problem: z.string().nullable().describe('Why the last attempt failed'),
  createdAt: instantSchema,
  nextAt: instantSchema.nullable().describe('When it is tried next, while it waits'),
  doneAt: instantSchema.nullable(),
})
export type Mail = z.infer<typeof mailSchema>

export const installationSchema = z.object({
  publicUrl: z.string().describe('What links in e-mails begin with: TOMOSHIBI_PUBLIC_URL'),
  mail: mailServerSchema.extend({ hasPassword: z.boolean() }).nullable(),
  sessions: sessionPolicySchema,
})
export type InstallationView = z.infer<typeof installationSchema>

export const installationContract = {
  get: operation('installation:configure')
    .route({ method: 'GET', path: '/installation', summary: 'Settings of the whole installation' })
    .output(installationSchema),
  setMail: confirmedOperation('installation:configure')
    .route({
      method: 'PUT',
      path: '/installation/mail',
      summary: 'Choose the SMTP server with which e-mails are sent',
    })
    .input(
      mailServerSchema.extend({
        password: z
          .string()
          .max(1000)
          .optional()
          .describe('Kept sealed; left out = the one that there is, empty = none'),
      }),
    )
    .output(installationSchema),
  removeMail: confirmedOperation('installation:configure')
    .route({
      method: 'POST',
      path: '/installation/mail/remove',
      summary: 'Send no e-mails any more',
    })
    .output(installationSchema),
  setSessions: confirmedOperation('installation:configure')
    .route({
      method: 'PUT',
      path: '/installation/sessions',
      summary: 'Choose how long sessions hold; those that there are end by it as well',
    })
    .input(sessionPolicySchema)
    .output(installationSchema),
  testMail: operation('installation:configure')
    .route({
      method: 'POST',
      path: '/installation/mail/test',
      summary: 'Send a test e-mail at once, and say what the server answered',
    })
    .input(
      z.object({
        to: z.string().trim().max(254).pipe(z.email()),
        language: z.enum(['ja', 'en']).default('en'),
      }),
    )
    .output(z.object({ answer: z.string() }))
    .errors(mayFail('MAIL_NOT_SET_UP', 'MAIL_NOT_SENT')),
  mails: operation('installation:configure')
    .route({
      method: 'GET',
      path: '/installation/mails',
      summary: 'The latest 100 e-mails and what became of them',
    })
    .output(z.array(mailSchema)),
  retryMail: operation('installation:configure')
    .route({
      method: 'POST',
      path: '/installation/mails/{id}/retry',
      summary: 'Try an e-mail again that could not be sent',
    })
    .input(z.object({ id: z.uuid() }))
    .output(z.array(mailSchema))
    .errors(mayFail('MAIL_NOT_FOUND')),
}
