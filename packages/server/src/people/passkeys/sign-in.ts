import { generateAuthenticationOptions } from '@simplewebauthn/server'
import {
  type AssertedCredential,
  type RequestOptions,
  requestOptionsSchema,
} from '@tomoshibi/contract/passkeys'
import type { SessionState } from '@tomoshibi/contract/people'
import type { Language } from '@tomoshibi/contract/text'
import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { confirmSession } from '../identity.ts'
import { keepLanguageOf } from '../languages.ts'
import { challenged, endChallenge, forgetChallenge } from '../second-factor/challenge.ts'
import { enter, enterAfterSecondStep, sessionState, signedIn } from '../service.ts'
import { newChallenge, type Purpose, timeoutMs, useChallenge } from './challenge.ts'
import { bytesOf, described, partyOf } from './service.ts'
import { changePasskey, lockedPasskey, passkeysOf } from './store.ts'
import { verifyUse } from './verify.ts'

/**
 * What the browser is asked in order to sign in. It names nobody, and is the same whoever asks.
 *
 * @throws Failure PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export const beginSignIn = async (call: Call): Promise<RequestOptions> =>
  await ask(call, 'sign_in', null)

/**
 * What the browser is asked after the right password: one of the passkeys of whose it is.
 *
 * @throws Failure SECOND_STEP_OVER, PASSKEY_NOT_FOUND, PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export async function beginSecondStep(call: Call): Promise<RequestOptions> {
  const userId = await challenged(call)
  if (userId === null) throw new Failure('SECOND_STEP_OVER')
  return await ask(call, 'second_step', userId)
}

/** What the browser is asked so that who is signed in shows again who they are. */
export const beginConfirm = async (call: Call): Promise<RequestOptions> =>
  await ask(call, 'confirm', signedIn(call).userId)

async function ask(call: Call, purpose: Purpose, userId: string | null): Promise<RequestOptions> {
  const { id: rpID } = partyOf(call)
  call.people.limits.beginChallenge(call.visit.address)
  const own = userId === null ? [] : await passkeysOf(call.state.db, userId)
  const usable = own.filter((one) => one.rpId === rpID)
  if (userId !== null && usable.length === 0) throw new Failure('PASSKEY_NOT_FOUND')
  const options = await generateAuthenticationOptions({
    rpID,
    allowCredentials: usable.map(described),
    challenge: bytesOf(await newChallenge(call, purpose, userId)),
    timeout: timeoutMs,
    userVerification: 'required',
  })
  return requestOptionsSchema.parse(options)
}

/**
 * Signs in with a passkey alone. It is two steps in one: something that one has, and the PIN or finger with which it is
 * unlocked; so no code is asked for after it.
 *
 * @throws Failure PASSKEY_REFUSED, PASSKEY_OVER, PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export async function signIn(
  call: Call,
  given: { readonly credential: AssertedCredential; readonly language?: Language | undefined },
): Promise<SessionState> {
  const { credential, language } = given
  const userId = await answered(call, 'sign_in', credential, null)
  forgetChallenge(call)
  await keepLanguageOf(call.state.db, userId, language)
  return await enter(call, userId, 'passkey')
}

/**
 * The second step with a passkey, after the right password in the same browser.
 *
 * @throws Failure SECOND_STEP_OVER, PASSKEY_REFUSED, PASSKEY_OVER, PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export async function secondStep(
  call: Call,
  credential: AssertedCredential,
): Promise<SessionState> {
  const userId = await challenged(call)
  if (userId === null) throw new Failure('SECOND_STEP_OVER')
  await answered(call, 'second_step', credential, userId, async (tx) => {
    // Used by another request meanwhile.
    if (!(await endChallenge(tx, call.visit))) throw new Failure('SECOND_STEP_OVER')
  })
  forgetChallenge(call)
  return await enterAfterSecondStep(call, userId)
}

/**
 * Who is signed in shows again who they are, with a passkey.
 *
 * @throws Failure PASSKEY_REFUSED, PASSKEY_OVER, PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export async function confirm(call: Call, credential: AssertedCredential): Promise<SessionState> {
  const { userId, sessionId } = signedIn(call)
  await answered(call, 'confirm', credential, userId, (tx) =>
    confirmSession(tx, sessionId, call.clock.now()),
  )
  return await sessionState(call)
}

/**
 * Checks an answer and writes the use down.
 *
 * @param ofUser whose passkey it must be; null for anybody's, who is then named by the passkey itself
 * @param also what is done in the same transaction
 * @returns whose passkey it is
 */
async function answered(
  call: Call,
  purpose: Purpose,
  credential: AssertedCredential,
  ofUser: string | null,
  also: (tx: StateDb) => Promise<void> = async () => {},
): Promise<string> {
  const { clientDataJSON, userHandle } = credential.response
  call.people.limits.begin({ account: null, address: call.visit.address })
  const party = partyOf(call)
  const asked = await useChallenge(call, purpose, clientDataJSON)
  if (asked.userId !== ofUser) throw new Failure('PASSKEY_OVER')
  if (ofUser === null && userHandle === undefined) throw new Failure('PASSKEY_REFUSED')
  return await call.state.transaction(async (tx) => {
    const passkey = await lockedPasskey(tx, credential.id)
    const isWhose = passkey !== null && (ofUser === null || passkey.userId === ofUser)
    if (!isWhose) throw new Failure('PASSKEY_REFUSED')
    const use = await verifyUse(passkey, credential, { ...asked, party })
    await changePasskey(tx, passkey, { ...use, lastUsedAt: call.clock.now() })
    await also(tx)
    return passkey.userId
  })
}
