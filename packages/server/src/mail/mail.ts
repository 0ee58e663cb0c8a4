import { type Language, textSchema } from '@tomoshibi/contract/text'
import * as z from 'zod'

/** What changed in somebody's account, so that they can tell whether it was they. */
export const accountChanges = [
  'password',
  'second_factor_on',
  'second_factor_off',
  'second_factor_reset',
  'recovery_code',
  'passkey_added',
  'passkey_removed',
  'single_sign_on',
] as const
export type AccountChange = (typeof accountChanges)[number]

/** What a mail says, by its kind. */
export const contentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('test') }),
  z.object({
    kind: z.literal('invitation'),
    /** The path with the secret. */
    path: z.string(),
    workspace: z.string(),
    role: textSchema,
    invitedBy: z.string().nullable(),
    expiresAt: z.iso.datetime(),
  }),
  /** Whose it is and its link are found when it is sent. */
  z.object({ kind: z.literal('forgotten_password') }),
  z.object({
    kind: z.literal('account_change'),
    name: z.string(),
    change: z.enum(accountChanges),
    at: z.iso.datetime(),
    address: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('playbook'),
    subject: z.string(),
    /** Paragraphs, with an empty line between them. */
    body: z.string(),
  }),
])
export type Content = z.infer<typeof contentSchema>

/** The link that somebody who forgot their password is sent. */
export interface PasswordLink {
  readonly name: string
  readonly path: string
  readonly hours: number
  /** In which its person reads; null where that is not known. */
  readonly language: Language | null
}

/** Text for people as it may stand in a header or a line: no control characters, nothing that turns the direction. */
export const oneLine = (text: string, most = 100): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return [...line].length > most ? `${[...line].slice(0, most - 1).join('')}…` : line
}

const pausesMinutes = [1, 5, 15, 60, 240] as const

/** How long to wait after so many failed attempts; null: it is given up. */
export const pauseAfter = (attempts: number): number | null => pausesMinutes[attempts - 1] ?? null
