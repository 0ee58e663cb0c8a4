import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedOperation, operation } from './operation.ts'
import { sessionStateSchema } from './people.ts'
import { languages } from './text.ts'
import { instantSchema } from './values.ts'

const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'must be small letters, digits and hyphens' })
  .describe('Stands in the redirect address, and stays')

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/
const localHosts = ['localhost', '127.0.0.1', '[::1]']

/** Whether a provider may be asked at an address: over TLS, or on this machine. */
export function isSafeIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  if (search !== '' || hash !== '' || username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && localHosts.includes(hostname))
}

const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, { error: 'must be a domain such as example.com' })
  .refine((text) => !ipv4.test(text), { error: 'must be a domain such as example.com' })

const joinsSchema = z.object({
  workspaceId: z.string().min(1).max(100),
  role: z.string().min(1).max(60),
})

const settings = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, { error: 'must be one line' })
    .describe('As the button of the sign-in page says it'),
  issuer: z
    .string()
    .trim()
    .max(500)
    .refine(isSafeIssuer, { error: 'must be an https address; http is for this machine alone' })
    .describe('Exactly as the provider calls itself; it stays'),
  clientId: z.string().trim().min(1).max(500).describe('Of the client that was made for us there'),
  domains: z
    .array(domainSchema)
    .max(50)
    .describe('For e-mail addresses of these domains the word of the provider counts'),
  joins: joinsSchema
    .nullable()
    .default(null)
    .describe('Where people of the domains whom nobody knows yet become members; null = nowhere'),
  trustsSecondFactor: z
    .boolean()
    .default(false)
    .describe('Who signs in with it is not asked for a second step of ours'),
  enabled: z.boolean().default(true).describe('While it is off, it lets nobody in'),
}

export const identityProviderSchema = z.object({
  id: z.string(),
  ...settings,
  redirectUrl: z.string().describe('What the provider must be told to send browsers back to'),
  people: z.int().describe('How many sign in with it'),
  sessions: z.int().describe('How many sessions that began with it hold'),
  changedAt: instantSchema,
})
export type IdentityProvider = z.infer<typeof identityProviderSchema>

const one = z.object({ id: idSchema })

/** Who may vouch for people. Whoever decides that could become anybody, so it is of the installation. */
export const identityProvidersContract = {
  list: operation('installation:configure')
    .route({
      method: 'GET',
      path: '/installation/identity-providers',
      summary: 'With which identity providers people sign in (OpenID Connect)',
    })
    .output(z.array(identityProviderSchema)),
  set: confirmedOperation('installation:configure')
    .route({
      method: 'PUT',
      path: '/installation/identity-providers/{id}',
      summary: 'Let people sign in with an identity provider, or change how',
    })
    .input(
      one.extend({
        ...settings,
        secret: z
          .string()
          .min(1)
          .max(2000)
          .optional()
          .describe('Of the client; kept sealed. Left out = the one that there is'),
      }),
    )
    .output(z.array(identityProviderSchema))
    .errors(mayFail('WORKSPACE_NOT_FOUND', 'ROLE_NOT_FOUND', 'ROLE_BEYOND_YOURS')),
  remove: confirmedOperation('installation:configure')
    .route({
      method: 'POST',
      path: '/installation/identity-providers/{id}/remove',
      summary:
        'Forget an identity provider and who signs in with it; sessions that began with it end',
    })
    .input(one)
    .output(z.array(identityProviderSchema))
    .errors(mayFail('PROVIDER_NOT_FOUND')),
  try: operation('installation:configure', 'refusals')
    .route({
      method: 'POST',
      path: '/installation/identity-providers/{id}/try',
      summary: 'Ask an identity provider for its description, and see whether it fits',
    })
    .input(one)
    .output(
      z.object({
        issuer: z.string(),
        signInUrl: z.string().describe('Where browsers are sent to'),
        tellsIssuer: z.boolean().describe('Its answers say of whom they are (RFC 9207)'),
        pkce: z.boolean().describe('It says that it checks PKCE by S256'),
      }),
    )
    .errors(mayFail('PROVIDER_NOT_FOUND', 'PROVIDER_UNREACHABLE')),
  endSessions: confirmedOperation('installation:configure')
    .route({
      method: 'POST',
      path: '/installation/identity-providers/{id}/end-sessions',
      summary: 'End all sessions that began with an identity provider',
    })
    .input(one)
    .output(z.object({ ended: z.int() }))
    .errors(mayFail('PROVIDER_NOT_FOUND')),
}

const returnTo = z
  .string()
  .max(2000)
  .default('/')
  .describe('Path of the page to come back to; any other address becomes the first page')
/** `uri` is kept out of the audit log, as what holds secrets. */
const begun = z.object({ uri: z.string().describe('Where the browser goes on') })
const beginning = mayFail('PROVIDER_NOT_FOUND', 'PROVIDER_UNREACHABLE', 'TOO_MANY_ATTEMPTS')
const provider = idSchema.describe('Id of the identity provider')

export const ownProviderSchema = z.object({
  provider: z.string(),
  name: z.string(),
  linked: z
    .object({
      email: z.string().nullable().describe('The address there, where the provider says it'),
      linkedAt: instantSchema,
      lastUsedAt: instantSchema,
    })
    .nullable(),
})
export type OwnProvider = z.infer<typeof ownProviderSchema>

/** Signing in with an identity provider, and what a person has to do with it. */
export const singleSignOnContract = {
  begin: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/single-sign-on/{provider}/begin',
      summary: 'Begin to sign in with an identity provider, in this browser',
    })
    .input(z.object({ provider, returnTo, language: z.enum(languages).optional() }))
    .output(begun)
    .errors(beginning),
  beginLink: confirmedOperation('signed_in')
    .route({
      method: 'POST',
      path: '/session/single-sign-on/{provider}/begin-link',
      summary: 'Begin to connect the own account with an identity provider',
    })
    .input(z.object({ provider, returnTo, language: z.enum(languages).optional() }))
    .output(begun)
    .errors(beginning),
  beginConfirm: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/single-sign-on/{provider}/begin-confirm',
      summary: 'Begin to show again who one is, by signing in anew at an identity provider',
    })
    .input(z.object({ provider, returnTo, language: z.enum(languages).optional() }))
    .output(begun)
    .errors({ ...beginning, ...mayFail('PROVIDER_NOT_LINKED') }),
  finish: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/single-sign-on/{provider}/finish',
      summary: 'Hand over what the identity provider answered, in the browser that began',
    })
    .input(
      z.object({
        provider,
        response: z.string().max(16_000).describe('What stands after ? in the address'),
      }),
    )
    .output(
      sessionStateSchema.extend({
        did: z
          .enum(['signed_in', 'linked', 'confirmed'])
          .describe('What was begun; whether a code is still asked for, the state says'),
        became: z
          .enum(['known', 'linked', 'joined'])
          .describe('The person was connected before, is from now on, or is new here'),
        returnTo: z.string(),
      }),
    )
    .errors(
      mayFail(
        'PROVIDER_NOT_FOUND',
        'PROVIDER_UNREACHABLE',
        'PROVIDER_SIGN_IN_OVER',
        'PROVIDER_DECLINED',
        'PROVIDER_ANSWER_WRONG',
        'PROVIDER_EMAIL_NOT_VOUCHED',
        'PROVIDER_PERSON_UNKNOWN',
        'PROVIDER_IDENTITY_TAKEN',
        'PROVIDER_NOT_LINKED',
        'PROVIDER_NOT_FRESH',
        'TOO_MANY_ATTEMPTS',
      ),
    ),
  own: operation('signed_in')
    .route({
      method: 'GET',
      path: '/session/single-sign-on',
      summary: 'With which identity providers the person can sign in, and which they could connect',
    })
    .output(z.array(ownProviderSchema)),
  unlink: confirmedOperation('signed_in')
    .route({
      method: 'POST',
      path: '/session/single-sign-on/{provider}/unlink',
      summary: 'Sign in with an identity provider no longer; own sessions that began with it end',
    })
    .input(z.object({ provider }))
    .output(z.array(ownProviderSchema))
    .errors(mayFail('PROVIDER_NOT_LINKED', 'LAST_WAY_IN')),
}
