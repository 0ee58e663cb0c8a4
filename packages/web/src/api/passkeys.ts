import type {
  AssertedCredential,
  CreatedCredential,
  CreationOptions,
  RequestOptions,
} from '@tomoshibi/contract/passkeys'

/** Loaded when a passkey is first asked for. */
const library = () => import('@simplewebauthn/browser')

/** Whether passkeys work where the page was opened, or why not. */
export type PasskeyPlace = 'here' | 'elsewhere' | 'nowhere' | 'not_in_browser'

/** @param at the origin at which passkeys work; null where the installation has no such address */
export function passkeyPlace(at: string | null): PasskeyPlace {
  if (at === null) return 'nowhere'
  if (at !== window.location.origin) return 'elsewhere'
  return 'PublicKeyCredential' in window ? 'here' : 'not_in_browser'
}

/** Has the browser make a passkey. */
export async function makePasskey(optionsJSON: CreationOptions): Promise<CreatedCredential> {
  const { startRegistration } = await library()
  const { id, rawId, type, response } = await startRegistration({ optionsJSON })
  const { clientDataJSON, attestationObject, transports } = response
  return { id, rawId, type, response: { clientDataJSON, attestationObject, transports } }
}

/**
 * Has the browser ask for a passkey; what was asked before is over.
 *
 * @param how in a dialog of its own, or among what it offers to fill the field in with
 */
export async function askPasskey(
  optionsJSON: RequestOptions,
  how: 'dialog' | 'autofill',
): Promise<AssertedCredential> {
  const { startAuthentication } = await library()
  const useBrowserAutofill = how === 'autofill'
  const { id, rawId, type, response } = await startAuthentication({
    optionsJSON,
    useBrowserAutofill,
  })
  const { clientDataJSON, authenticatorData, signature, userHandle } = response
  return { id, rawId, type, response: { clientDataJSON, authenticatorData, signature, userHandle } }
}

export async function offersAutofill(): Promise<boolean> {
  return await (await library()).browserSupportsWebAuthnAutofill()
}

/** Asks no longer. */
export async function cancelPasskey(): Promise<void> {
  ;(await library()).WebAuthnAbortService.cancelCeremony()
}

/** What the browser or the authenticator said no with; null for anything else. */
export type PasskeyRefusal = 'not_given' | 'known' | 'not_able'

/** By the names of WebAuthn: https://www.w3.org/TR/webauthn-3/ */
const refusals: Readonly<Record<string, PasskeyRefusal>> = {
  NotAllowedError: 'not_given',
  AbortError: 'not_given',
  InvalidStateError: 'known',
  NotSupportedError: 'not_able',
  ConstraintError: 'not_able',
}

export const passkeyRefusal = (error: unknown): PasskeyRefusal | null =>
  error instanceof Error ? (refusals[error.name] ?? null) : null
