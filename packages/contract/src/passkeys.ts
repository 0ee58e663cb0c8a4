import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedMinutes, confirmedOperation, operation } from './operation.ts'
import { sessionStateSchema } from './people.ts'
import { languages } from './text.ts'
import { instantSchema } from './values.ts'

/** Bytes as WebAuthn writes them in JSON. No part of an answer is as large. */
const base64url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/)
const credentialId = base64url.min(1).max(1400)
const transports = z.array(z.string().max(40)).max(20)

const described = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: transports.exactOptional(),
})

/** What `navigator.credentials.create` is asked, as JSON. */
export const creationOptionsSchema = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
  timeout: z.int(),
  excludeCredentials: z.array(described),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
  attestation: z.literal('none'),
})
export type CreationOptions = z.infer<typeof creationOptionsSchema>

/** What `navigator.credentials.get` is asked, as JSON. */
export const requestOptionsSchema = z.object({
  rpId: z.string(),
  challenge: z.string(),
  timeout: z.int(),
  allowCredentials: z
    .array(described)
    .describe('Empty: whichever passkey the browser has; nobody is named'),
  userVerification: z.literal('required'),
})
export type RequestOptions = z.infer<typeof requestOptionsSchema>

const answered = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }

/** What an authenticator answers to `navigator.credentials.create`, as JSON. */
export const createdCredentialSchema = z.object({
  ...answered,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: transports.optional(),
  }),
})
export type CreatedCredential = z.infer<typeof createdCredentialSchema>

/** What an authenticator answers to `navigator.credentials.get`, as JSON. */
export const assertedCredentialSchema = z.object({
  ...answered,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
})
export type AssertedCredential = z.infer<typeof assertedCredentialSchema>

const passkeyName = z.string().trim().min(1).max(100)
const passkeyId = z.uuid()

export const passkeySchema = z.object({
  id: passkeyId,
  name: z.string(),
  createdAt: instantSchema,
  lastUsedAt: instantSchema.nullable().describe('Null: not yet'),
  backedUp: z.boolean().describe('Kept by a password manager on other devices as well'),
  usable: z
    .boolean()
    .describe('It was made for the address that the installation has now, and so works here'),
})
export type Passkey = z.infer<typeof passkeySchema>

const adding = mayFail('PASSKEYS_NOT_POSSIBLE')
const answering = mayFail('PASSKEY_REFUSED', 'PASSKEY_OVER', 'PASSKEYS_NOT_POSSIBLE')
const counted = mayFail('TOO_MANY_ATTEMPTS')

export const passkeysContract = {
  list: operation('signed_in')
    .route({ method: 'GET', path: '/session/passkeys', summary: "The person's passkeys" })
    .output(z.array(passkeySchema)),
  beginAdding: confirmedOperation('signed_in', 'refusals')
    .route({
      method: 'POST',
      path: '/session/passkeys/begin',
      summary: 'Ask for a passkey to be made in this browser',
    })
    .output(creationOptionsSchema)
    .errors({ ...counted, ...adding }),
  add: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/passkeys',
      summary:
        'Add the passkey that was made; with the first one, all other sessions of the person end',
    })
    .input(z.object({ credential: createdCredentialSchema }))
    .output(passkeySchema)
    .errors({ ...answering, ...mayFail('PASSKEY_KNOWN') }),
  rename: operation('signed_in')
    .route({ method: 'PATCH', path: '/session/passkeys/{id}', summary: 'Rename a passkey' })
    .input(z.object({ id: passkeyId, name: passkeyName }))
    .output(passkeySchema)
    .errors(mayFail('PASSKEY_NOT_FOUND')),
  remove: confirmedOperation('signed_in')
    .route({
      method: 'POST',
      path: '/session/passkeys/{id}/remove',
      summary: 'Remove a passkey; all other sessions of the person end',
    })
    .input(z.object({ id: passkeyId }))
    .output(z.array(passkeySchema))
    .errors(mayFail('PASSKEY_NOT_FOUND', 'LAST_WAY_IN')),
  beginSignIn: operation('anyone', 'refusals')
    .route({
      method: 'POST',
      path: '/session/passkey/begin',
      summary: 'Ask for a passkey to sign in with; the same for everybody',
    })
    .output(requestOptionsSchema)
    .errors({ ...counted, ...adding }),
  signIn: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/passkey',
      summary: 'Sign in with a passkey alone; no code is asked for after it',
    })
    .input(
      z.object({
        credential: assertedCredentialSchema,
        language: z
          .enum(languages)
          .optional()
          .describe('In which e-mails to the person are written; left out = as before'),
      }),
    )
    .output(sessionStateSchema)
    .errors({ ...counted, ...answering }),
  beginSecondStep: operation('anyone', 'refusals')
    .route({
      method: 'POST',
      path: '/session/second-step/passkey/begin',
      summary: 'After the right password, ask for one of the passkeys of whose it is',
    })
    .output(requestOptionsSchema)
    .errors({ ...counted, ...adding, ...mayFail('SECOND_STEP_OVER', 'PASSKEY_NOT_FOUND') }),
  secondStep: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/second-step/passkey',
      summary: 'Sign in with a passkey in place of a code, after the right password',
    })
    .input(z.object({ credential: assertedCredentialSchema }))
    .output(sessionStateSchema)
    .errors({ ...counted, ...answering, ...mayFail('SECOND_STEP_OVER') }),
  beginConfirm: operation('signed_in', 'refusals')
    .route({
      method: 'POST',
      path: '/session/confirm/passkey/begin',
      summary: 'Ask for one of the passkeys of who is signed in',
    })
    .output(requestOptionsSchema)
    .errors({ ...counted, ...adding, ...mayFail('PASSKEY_NOT_FOUND') }),
  confirm: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/confirm/passkey',
      summary: `Show again who one is with a passkey; what asks for it then goes on for ${confirmedMinutes} minutes`,
    })
    .input(z.object({ credential: assertedCredentialSchema }))
    .output(sessionStateSchema)
    .errors({ ...counted, ...answering }),
  ofMember: operation('people:manage')
    .route({
      method: 'GET',
      path: '/people/{userId}/passkeys',
      summary: 'The passkeys of a member',
    })
    .input(z.object({ userId: z.string().max(100) }))
    .output(z.array(passkeySchema))
    .errors(mayFail('MEMBER_NOT_FOUND')),
  removeOfMember: confirmedOperation('people:manage')
    .route({
      method: 'POST',
      path: '/people/{userId}/passkeys/{id}/remove',
      summary: 'Remove a passkey of a member, such as of a lost device; their sessions end',
    })
    .input(z.object({ userId: z.string().max(100), id: passkeyId }))
    .output(z.array(passkeySchema))
    .errors(mayFail('MEMBER_NOT_FOUND', 'ROLE_BEYOND_YOURS', 'PASSKEY_NOT_FOUND')),
}
