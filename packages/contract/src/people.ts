import * as z from 'zod'
import { mayFail } from './errors.ts'
import { confirmedMinutes, confirmedOperation, operation, permissions } from './operation.ts'
import { builtInRoleKeys, grantable } from './roles.ts'
import { languages, textSchema } from './text.ts'
import { instantSchema } from './values.ts'

const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email())
  .describe('E-mail address, by which a person signs in')
const personName = z.string().trim().min(1).max(200)
const passwordSchema = z
  .string()
  .min(1)
  .max(256)
  .describe('At least 12 characters, and none of those that everybody uses')
const linkSecret = z.string().min(20).max(100).describe('What stands after # in the link')
const roleKey = z.string().min(1).max(60)
const team = z
  .string()
  .trim()
  .max(100)
  .describe("People of one team see each other's accounts; empty = none")
const ownerName = z
  .string()
  .trim()
  .max(200)
  .describe(
    'What the account attribute owner calls this person; empty = their e-mail address alone',
  )

const language = z
  .enum(languages)
  .optional()
  .describe('In which e-mails to the person are written; left out = as before')

export const personSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
})

export const sessionStateSchema = z.object({
  state: z
    .enum(['no_owner', 'signed_out', 'second_step', 'signed_in'])
    .describe(
      'no_owner: nobody can sign in yet; the server printed a link with which to begin. second_step: the password was right, and a passkey or a code is asked for',
    ),
  person: personSchema.nullable(),
  workspace: z.object({ id: z.string(), name: z.string() }).nullable(),
  role: z.object({ key: roleKey, name: textSchema }).nullable(),
  permissions: z.array(z.enum(permissions)),
  accounts: z.enum(['all', 'own']).describe('Which accounts the person sees'),
  needs: z
    .enum(['second_factor'])
    .nullable()
    .describe('What the person must set up before they may do anything else'),
  confirmBy: z
    .array(z.enum(['password', 'passkey', 'provider']))
    .describe('With what the person can show again who they are, for what asks for it'),
  secondStep: z
    .object({
      code: z.boolean().describe('A code of an app or a recovery code'),
      passkey: z.boolean().describe('A passkey that was made for this address'),
    })
    .nullable()
    .describe('After the right password, with what the person goes on; null in any other state'),
  ways: z
    .object({
      passkeysAt: z
        .string()
        .nullable()
        .describe('The origin at which passkeys work; null: at no address of this installation'),
      passwordByMail: z.boolean().describe('Who forgot their password can have a link by e-mail'),
      providers: z
        .array(z.object({ id: z.string(), name: z.string() }))
        .describe('Identity providers with which people sign in'),
    })
    .describe('What there is to sign in with, beside a password'),
})
export type SessionState = z.infer<typeof sessionStateSchema>

export const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean().describe('The one that asks'),
  createdAt: instantSchema,
  expiresAt: instantSchema,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
})
export type Session = z.infer<typeof sessionSchema>

export const secondFactorSchema = z.object({
  since: instantSchema.nullable().describe('Null where there is none'),
  recoveryCodesLeft: z.int(),
})
export type SecondFactorView = z.infer<typeof secondFactorSchema>

const ownPassword = z.object({ password: z.string().min(1).max(256) })
const passwordIfAny = z.object({
  password: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Left out by who has none and has just shown in another way who they are'),
})
const madeRecoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe('Each good once; shown this once'),
})

const signingIn = mayFail('TOO_MANY_ATTEMPTS')

export const sessionContract = {
  get: operation('anyone')
    .route({ method: 'GET', path: '/session', summary: 'Who is signed in, and what they may do' })
    .output(sessionStateSchema),
  setUp: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/set-up',
      summary: 'Make the first owner, with the link that the server printed, and sign in',
    })
    .input(
      z.object({
        link: linkSecret,
        name: personName,
        email: emailSchema,
        password: passwordSchema,
        language,
      }),
    )
    .output(sessionStateSchema)
    .errors({ ...signingIn, ...mayFail('SET_UP_NOT_POSSIBLE', 'PASSWORD_REFUSED') }),
  signIn: operation('anyone')
    .route({ method: 'POST', path: '/session/sign-in', summary: 'Sign in' })
    .input(z.object({ email: emailSchema, password: z.string().min(1).max(256), language }))
    .output(sessionStateSchema)
    .errors({ ...signingIn, ...mayFail('SIGN_IN_REFUSED') }),
  signOut: operation('anyone')
    .route({ method: 'POST', path: '/session/sign-out', summary: 'End this session' })
    .output(sessionStateSchema),
  confirm: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/confirm',
      summary: `Show again who one is; what asks for it then goes on for ${confirmedMinutes} minutes`,
    })
    .input(ownPassword)
    .output(sessionStateSchema)
    .errors({ ...signingIn, ...mayFail('SIGN_IN_REFUSED') }),
  changePassword: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/password',
      summary: 'Choose a new password; all other sessions of the person end',
    })
    .input(z.object({ current: passwordIfAny.shape.password, password: passwordSchema }))
    .output(sessionStateSchema)
    .errors({
      ...signingIn,
      ...mayFail('SIGN_IN_REFUSED', 'CONFIRMATION_NEEDED', 'PASSWORD_REFUSED'),
    }),
  secondStep: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/second-step',
      summary: 'Sign in with a code of the app or a recovery code, after the right password',
    })
    .input(z.object({ code: z.string().trim().min(6).max(40) }))
    .output(sessionStateSchema)
    .errors({ ...signingIn, ...mayFail('SECOND_STEP_REFUSED', 'SECOND_STEP_OVER') }),
  secondFactor: operation('signed_in')
    .route({ method: 'GET', path: '/session/second-factor', summary: "The person's second factor" })
    .output(secondFactorSchema),
  beginSecondFactor: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/second-factor/begin',
      summary: 'Make what codes come from, for an app; it counts once a code was given',
    })
    .input(passwordIfAny)
    .output(
      z.object({
        secret: z.string().describe('To be typed into the app'),
        uri: z.string().describe('The same as a QR code holds it'),
      }),
    )
    .errors({ ...signingIn, ...mayFail('SIGN_IN_REFUSED', 'CONFIRMATION_NEEDED') }),
  confirmSecondFactor: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/second-factor/confirm',
      summary: 'From now on ask for codes; all other sessions of the person end',
    })
    .input(z.object({ code: z.string().trim().min(6).max(40) }))
    .output(madeRecoveryCodes)
    .errors({ ...signingIn, ...mayFail('SECOND_FACTOR_NOT_BEGUN', 'SECOND_STEP_REFUSED') }),
  removeSecondFactor: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/second-factor/remove',
      summary: 'Ask for no codes any more',
    })
    .input(passwordIfAny)
    .output(secondFactorSchema)
    .errors({ ...signingIn, ...mayFail('SIGN_IN_REFUSED', 'CONFIRMATION_NEEDED') }),
  renewRecoveryCodes: operation('signed_in')
    .route({
      method: 'POST',
      path: '/session/second-factor/recovery-codes',
      summary: 'Put new recovery codes in place of the old',
    })
    .input(passwordIfAny)
    .output(madeRecoveryCodes)
    .errors({
      ...signingIn,
      ...mayFail('SIGN_IN_REFUSED', 'CONFIRMATION_NEEDED', 'SECOND_FACTOR_NOT_BEGUN'),
    }),
  forgotPassword: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/forgot-password',
      summary: 'Have a link for a new password sent, where somebody has the address',
    })
    .input(z.object({ email: emailSchema, language: z.enum(languages).default('en') }))
    .output(z.object({ holdsHours: z.int().describe('How long the link in the e-mail is good') }))
    .errors({ ...signingIn, ...mayFail('MAIL_NOT_SET_UP') }),
  resetPassword: operation('anyone')
    .route({
      method: 'POST',
      path: '/session/reset-password',
      summary: 'Choose a new password with a link; all sessions of the person end',
    })
    .input(z.object({ link: linkSecret, password: passwordSchema }))
    .output(sessionStateSchema)
    .errors({ ...signingIn, ...mayFail('LINK_NOT_VALID', 'PASSWORD_REFUSED') }),
  list: operation('signed_in')
    .route({ method: 'GET', path: '/sessions', summary: 'Where the person is signed in' })
    .output(z.array(sessionSchema)),
  revoke: confirmedOperation('signed_in')
    .route({
      method: 'POST',
      path: '/sessions/{id}/revoke',
      summary: 'End a session of the person',
    })
    .input(z.object({ id: z.string().max(100) }))
    .output(z.array(sessionSchema))
    .errors(mayFail('SESSION_NOT_FOUND')),
}

export const memberSchema = personSchema.extend({
  role: roleKey,
  team: z.string(),
  ownerName: z.string(),
  joinedAt: instantSchema,
  lastSeenAt: instantSchema.nullable().describe('When a session of theirs was last renewed'),
  secondFactor: z.boolean().describe('They have a passkey, or codes of an app as well'),
})
export type Member = z.infer<typeof memberSchema>

export const roleSchema = z.object({
  key: roleKey,
  name: textSchema,
  says: textSchema,
  builtIn: z.boolean(),
  permissions: z.array(z.enum(permissions)),
  accounts: z.enum(['all', 'by_setting']),
})
export type RoleView = z.infer<typeof roleSchema>

/** A link as it is shown this once, to be handed to whom it is for. */
const madeLink = z.object({
  link: z.string().describe('The path to open; it is shown this once'),
  expiresAt: instantSchema,
})

export const peopleContract = {
  list: operation('people:read')
    .route({ method: 'GET', path: '/people', summary: 'Everybody who belongs to the workspace' })
    .output(z.array(memberSchema)),
  change: confirmedOperation('people:manage')
    .route({ method: 'PATCH', path: '/people/{userId}', summary: 'Change a role or a team' })
    .input(
      z.object({
        userId: z.string().max(100),
        role: roleKey.optional(),
        team: team.optional(),
        ownerName: ownerName.optional(),
      }),
    )
    .output(memberSchema)
    .errors(mayFail('MEMBER_NOT_FOUND', 'ROLE_NOT_FOUND', 'ROLE_BEYOND_YOURS', 'LAST_OWNER')),
  remove: confirmedOperation('people:manage')
    .route({
      method: 'POST',
      path: '/people/{userId}/remove',
      summary: 'Take a person out of the workspace',
    })
    .input(z.object({ userId: z.string().max(100) }))
    .output(z.array(memberSchema))
    .errors(mayFail('MEMBER_NOT_FOUND', 'ROLE_BEYOND_YOURS', 'LAST_OWNER')),
  passwordLink: confirmedOperation('people:manage')
    .route({
      method: 'POST',
      path: '/people/{userId}/password-link',
      summary: 'Make a link with which a person chooses a new password',
    })
    .input(z.object({ userId: z.string().max(100) }))
    .output(madeLink)
    .errors(mayFail('MEMBER_NOT_FOUND', 'ROLE_BEYOND_YOURS')),
  resetSecondFactor: confirmedOperation('people:manage')
    .route({
      method: 'POST',
      path: '/people/{userId}/reset-second-factor',
      summary: 'Take codes of an app and passkeys from who lost them; their sessions end',
    })
    .input(z.object({ userId: z.string().max(100) }))
    .output(z.object({ reset: z.boolean().describe('They had one') }))
    .errors(mayFail('MEMBER_NOT_FOUND', 'ROLE_BEYOND_YOURS')),
  defineRole: confirmedOperation('people:manage')
    .route({
      method: 'PUT',
      path: '/roles/{key}',
      summary: 'Make a role of your own from permissions, or change one',
    })
    .input(
      z.object({
        key: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,39}$/)
          .refine((key) => !builtInRoleKeys.some((one) => one === key), {
            error: 'is the key of a role that there is anyway',
          }),
        name: personName,
        permissions: z
          .array(
            z.enum(permissions).refine((one) => grantable.includes(one), {
              error: 'is of the machine: no role can have it',
            }),
          )
          .min(1),
        accounts: z
          .enum(['all', 'by_setting'])
          .describe('by_setting: what the setting csmSees says, as for a CSM'),
      }),
    )
    .output(z.array(roleSchema))
    .errors(mayFail('ROLE_BEYOND_YOURS')),
  removeRole: confirmedOperation('people:manage')
    .route({ method: 'POST', path: '/roles/{key}/remove', summary: 'Remove a role of your own' })
    .input(z.object({ key: roleKey }))
    .output(z.array(roleSchema))
    .errors(mayFail('ROLE_NOT_FOUND', 'ROLE_IN_USE', 'ROLE_BEYOND_YOURS')),
  roles: operation('people:read')
    .route({ method: 'GET', path: '/roles', summary: 'All roles and what they may do' })
    .output(z.array(roleSchema)),
}

export const invitationSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role: roleKey,
  team: z.string(),
  ownerName: z.string(),
  invitedBy: z.string().nullable(),
  createdAt: instantSchema,
  expiresAt: instantSchema,
  expired: z.boolean(),
})
export type Invitation = z.infer<typeof invitationSchema>

export const invitationsContract = {
  create: confirmedOperation('people:manage')
    .route({
      method: 'POST',
      path: '/invitations',
      summary: 'Invite somebody by a link; an earlier one for the same address no longer holds',
    })
    .input(
      z.object({
        email: emailSchema,
        role: roleKey,
        team: team.default(''),
        ownerName: ownerName.default(''),
        language: z
          .enum(languages)
          .default('en')
          .describe('Of the e-mail, where a mail server is set up'),
      }),
    )
    .output(
      invitationSchema.extend({
        ...madeLink.shape,
        mailed: z.boolean().describe('It was sent by e-mail as well'),
      }),
    )
    .errors(mayFail('ALREADY_A_MEMBER', 'ROLE_NOT_FOUND', 'ROLE_BEYOND_YOURS')),
  list: operation('people:read')
    .route({
      method: 'GET',
      path: '/invitations',
      summary: 'Invitations that were not accepted yet',
    })
    .output(z.array(invitationSchema)),
  revoke: operation('people:manage')
    .route({ method: 'POST', path: '/invitations/{id}/revoke', summary: 'Take an invitation back' })
    .input(z.object({ id: z.uuid() }))
    .output(z.array(invitationSchema))
    .errors(mayFail('INVITATION_NOT_FOUND', 'ROLE_BEYOND_YOURS')),
  look: operation('anyone', 'refusals')
    .route({
      method: 'POST',
      path: '/invitations/look',
      summary: 'Whom a link invites, and to which workspace',
    })
    .input(z.object({ link: linkSecret }))
    .output(
      z.object({
        kind: z.enum(['invitation', 'password']),
        workspace: z.string(),
        email: z.string(),
        role: textSchema.describe('The name of the role'),
        known: z.boolean().describe('The person signs in here already, to another workspace'),
      }),
    )
    .errors(mayFail('LINK_NOT_VALID', 'TOO_MANY_ATTEMPTS')),
  accept: operation('anyone')
    .route({
      method: 'POST',
      path: '/invitations/accept',
      summary:
        'Accept an invitation and sign in; whoever signs in here already gives their password',
    })
    .input(
      z.object({
        link: linkSecret,
        name: z.string().trim().max(200),
        password: passwordSchema,
        language,
      }),
    )
    .output(sessionStateSchema)
    .errors(mayFail('LINK_NOT_VALID', 'TOO_MANY_ATTEMPTS', 'PASSWORD_REFUSED', 'SIGN_IN_REFUSED')),
}
