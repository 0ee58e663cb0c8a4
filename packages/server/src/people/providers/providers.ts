import { createHmac } from 'node:crypto'
import * as z from 'zod'

/** How long somebody may take from the sign-in page to the provider and back. */
export const tripMinutes = 10

/** Sessions, codes and answers may be so far apart by clocks that do not agree. */
const clocksApartSeconds = 60

/** Where browsers come back to: a path of its own for each provider, so that no answer is taken for that of another. */
export const redirectPath = (id: string): string => `/single-sign-on/${id}`

/** What goes to the provider, or comes back, and must be that of this browser. */
export interface TripSecrets {
  readonly state: string
  readonly nonce: string
  /** Of PKCE: 43 characters. */
  readonly codeVerifier: string
}

/** All of it follows from the text in the cookie, of which we keep a hash only: a copy of the database gives none of it. */
export function secretsOf(cookieText: string): TripSecrets {
  const derived = (of: string) => createHmac('sha256', cookieText).update(of).digest('base64url')
  return {
    state: derived('state'),
    nonce: derived('nonce'),
    codeVerifier: derived('code verifier'),
  }
}

/**
 * The page to come back to: a path of ours with its query and fragment, and nothing else.
 *
 * @param origin ours, such as `https://cs.example.com`
 * @returns `/` for what would lead elsewhere
 */
export function ownPath(given: string, origin: string): string {
  if (!URL.canParse(given, origin)) return '/'
  const url = new URL(given, origin)
  // `//elsewhere` and `/\elsewhere` are paths to the eye and other hosts to a browser; so is what became one by parsing.
  if (!given.startsWith('/') || url.origin !== origin || url.pathname.startsWith('//')) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}

/** What the provider says of a person, of which it is sure that it is the one who signed in. */
export const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()).optional().catch(undefined),
  /** A text such as "true" is no claim of that. */
  email_verified: z.literal(true).optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  /** Google: the domain of the organisation that the account is of. */
  hd: z.string().optional().catch(undefined),
  /** Microsoft: whether the organisation of the account owns the domain of the address. */
  xms_edov: z.union([z.boolean(), z.number(), z.string()]).optional().catch(undefined),
  /** When they signed in there, in seconds since 1970. */
  auth_time: z.number().optional().catch(undefined),
})
export type Claims = z.infer<typeof claimsSchema>

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1)

/**
 * Whether the provider is sure that the address belongs to who signed in.
 *
 * Google verified private accounts with an address of a company once, maybe before their person left it: only `hd` says that the
 * company stands behind the account. Microsoft sends no `email_verified`, and lets organisations write any address into
 * accounts; `xms_edov`, which must be asked for there, says that the domain is theirs.
 */
function isVerified(issuer: string, claims: Claims, email: string): boolean {
  const { hostname } = new URL(issuer)
  if (hostname === 'login.microsoftonline.com') {
    return claims.xms_edov === true || claims.xms_edov === 1 || claims.xms_edov === '1'
  }
  if (claims.email_verified !== true) return false
  return hostname !== 'accounts.google.com' || claims.hd?.toLowerCase() === domainOf(email)
}

/** The address that a provider vouches for and may vouch for; null where there is none. */
export function vouchedEmail(
  { issuer, domains }: { readonly issuer: string; readonly domains: readonly string[] },
  claims: Claims,
): string | null {
  const { email } = claims
  if (email === undefined || !domains.includes(domainOf(email))) return null
  return isVerified(issuer, claims, email) ? email : null
}

/** Whether they showed at the provider who they are, after they were sent there. @param sinceMs since 1970 */
export const isFresh = (claims: Claims, sinceMs: number): boolean =>
  claims.auth_time !== undefined && claims.auth_time >= sinceMs / 1000 - clocksApartSeconds

/** A name for people as it may be stored: one line, of some length. */
export function nameOf(claims: Claims, email: string): string {
  const line = (claims.name ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line === '' ? email : [...line].slice(0, 200).join('')
}
