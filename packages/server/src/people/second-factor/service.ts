import type { SecondFactorView, SessionState } from '@tomoshibi/contract/people'
import type { StateDb } from '@tomoshibi/state/store'
import type { Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { scopes } from '../../secrets/service.ts'
import { endSessions } from '../identity.ts'
import { checkMayHandle, checkOnlyHere, oneMember } from '../members.ts'
import { tellOfChange } from '../notices.ts'
import { removeAllOf } from '../passkeys/service.ts'
import { takesSecondStep } from '../second-steps.ts'
import { checkItIsThem, enterAfterSecondStep, signedIn } from '../service.ts'
import { challenged, endChallenge, forgetChallenge } from './challenge.ts'
import {
  blockMinutes,
  hashOfRecoveryCode,
  isCode,
  newRecoveryCodes,
  newSecret,
  stepOf,
  uriOf,
} from './second-factor.ts'
import {
  changeFactor,
  dropFactor,
  factorOf,
  putFactor,
  putRecoveryCodes,
  recoveryCodesLeft,
  useRecoveryCode,
} from './store.ts'

const placeOf = (userId: string) => ({ scope: scopes.user(userId), name: 'totp' })
/** Until the first code shows that the app has it. */
const pendingOf = (userId: string) => ({ scope: scopes.user(userId), name: 'totp.pending' })

export const hasSecondFactor = async (db: StateDb, userId: string): Promise<boolean> =>
  (await factorOf(db, userId)) !== null

/** The second factor of the person who calls. */
export async function showSecondFactor(call: Call): Promise<SecondFactorView> {
  const { userId } = signedIn(call)
  const { db } = call.state
  const factor = await factorOf(db, userId)
  return {
    since: factor?.since.toString() ?? null,
    recoveryCodesLeft: factor === null ? 0 : await recoveryCodesLeft(db, userId),
  }
}

/**
 * Makes what codes come from, for the app. It counts once a code was given.
 *
 * @throws Failure SIGN_IN_REFUSED, CONFIRMATION_NEEDED, TOO_MANY_ATTEMPTS
 */
export async function beginSecondFactor(call: Call, password?: string) {
  const person = await checkItIsThem(call, password)
  const secret = newSecret()
  await call.state.transaction((tx) => call.secrets.put(tx, pendingOf(person.userId), secret))
  return { secret, uri: uriOf(secret, person.email) }
}

/**
 * From now on, codes of the app are asked for. All other sessions of the person end.
 *
 * @returns recovery codes, shown this once
 * @throws Failure SECOND_FACTOR_NOT_BEGUN, SECOND_STEP_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function confirmSecondFactor(
  call: Call,
  code: string,
): Promise<{ readonly recoveryCodes: string[] }> {
  const { userId, sessionId } = signedIn(call)
  const { state, secrets, clock, people, visit } = call
  people.limits.begin({ account: `second factor of ${userId}`, address: visit.address })
  const codes = newRecoveryCodes()
  await state.transaction(async (tx) => {
    const secret = await secrets.get(tx, pendingOf(userId))
    if (secret === null) throw new Failure('SECOND_FACTOR_NOT_BEGUN')
    const step = stepOf(secret, code.trim(), clock.now())
    if (step === null) throw new Failure('SECOND_STEP_REFUSED')
    const fresh = { failures: 0, blockedUntil: null, lastStep: step }
    await putFactor(tx, { userId, since: clock.now(), ...fresh })
    await putRecoveryCodes(tx, userId, codes.map(hashOfRecoveryCode))
    await secrets.put(tx, placeOf(userId), secret)
    await secrets.remove(tx, pendingOf(userId))
    await endSessions(tx, userId, sessionId)
    await tellOfChange(tx, call, userId, 'second_factor_on')
  })
  call.mails.wake()
  return { recoveryCodes: codes }
}

/** @throws Failure SIGN_IN_REFUSED, CONFIRMATION_NEEDED, TOO_MANY_ATTEMPTS */
export async function removeSecondFactor(call: Call, password?: string): Promise<SecondFactorView> {
  const { userId } = await checkItIsThem(call, password)
  await call.state.transaction(async (tx) => {
    if (await drop(tx, call, userId)) await tellOfChange(tx, call, userId, 'second_factor_off')
  })
  call.mails.wake()
  return await showSecondFactor(call)
}

/** Puts new recovery codes in place of the old. @throws Failure SIGN_IN_REFUSED, CONFIRMATION_NEEDED, SECOND_FACTOR_NOT_BEGUN */
export async function renewRecoveryCodes(
  call: Call,
  password?: string,
): Promise<{ readonly recoveryCodes: string[] }> {
  const { userId } = await checkItIsThem(call, password)
  const codes = newRecoveryCodes()
  await call.state.transaction(async (tx) => {
    if ((await factorOf(tx, userId, 'locked')) === null) {
      throw new Failure('SECOND_FACTOR_NOT_BEGUN')
    }
    await putRecoveryCodes(tx, userId, codes.map(hashOfRecoveryCode))
  })
  return { recoveryCodes: codes }
}

/**
 * Takes codes and passkeys from a member who lost them, and ends their sessions.
 *
 * @throws Failure MEMBER_NOT_FOUND, ROLE_BEYOND_YOURS
 */
export async function resetSecondFactor(call: Call, userId: string): Promise<{ reset: boolean }> {
  const reset = await call.state.transaction(async (tx) => {
    const { role } = await oneMember(tx, call.workspaceId, userId)
    await checkMayHandle(tx, call, role)
    await checkOnlyHere(tx, call, userId)
    const hadCodes = await drop(tx, call, userId)
    const hadPasskeys = await removeAllOf(tx, userId)
    if (!hadCodes && !hadPasskeys) return false
    await endSessions(tx, userId)
    await tellOfChange(tx, call, userId, 'second_factor_reset')
    return true
  })
  return { reset }
}

async function drop(tx: StateDb, { secrets }: Call, userId: string): Promise<boolean> {
  await secrets.remove(tx, placeOf(userId))
  await secrets.remove(tx, pendingOf(userId))
  return await dropFactor(tx, userId)
}

/**
 * The second step: a code of the app or a recovery code, after the right password in the same browser. The session begins
 * here, under a token that there was not before.
 *
 * @throws Failure SECOND_STEP_OVER, SECOND_STEP_REFUSED, TOO_MANY_ATTEMPTS
 */
export async function secondStep(call: Call, code: string): Promise<SessionState> {
  const { people, state, visit } = call
  const userId = await challenged(call)
  if (userId === null) throw new Failure('SECOND_STEP_OVER')
  const attempt = { account: `second step of ${userId}`, address: visit.address }
  people.limits.begin(attempt)
  const outcome = await state.transaction(async (tx) => {
    const checked = await check(tx, call, userId, code.trim())
    // Used by another request meanwhile.
    if (checked === 'right' && !(await endChallenge(tx, visit))) return 'wrong'
    return checked
  })
  if (outcome !== 'right') throw outcome === 'wrong' ? new Failure('SECOND_STEP_REFUSED') : outcome
  people.limits.succeeded(attempt)
  forgetChallenge(call)
  call.mails.wake()
  return await enterAfterSecondStep(call, userId)
}

/** What it wrote down of a wrong code stays, so it throws nothing. */
async function check(
  tx: StateDb,
  call: Call,
  userId: string,
  code: string,
): Promise<'right' | 'wrong' | Failure> {
  const now = call.clock.now()
  const factor = await factorOf(tx, userId, 'locked')
  // Taken from them since, the password is enough; who has a passkey alone has no codes.
  if (factor === null) return (await takesSecondStep(tx, userId)) ? 'wrong' : 'right'
  if (!isCode(code)) {
    if (!(await useRecoveryCode(tx, userId, hashOfRecoveryCode(code), now))) return 'wrong'
    await changeFactor(tx, userId, { failures: 0, blockedUntil: null })
    await tellOfChange(tx, call, userId, 'recovery_code')
    return 'right'
  }
  const { blockedUntil, lastStep } = factor
  const blockedMs = (blockedUntil?.epochMilliseconds ?? 0) - now.epochMilliseconds
  if (blockedMs > 0) {
    return new Failure('TOO_MANY_ATTEMPTS', { minutes: String(Math.ceil(blockedMs / 60_000)) })
  }
  const secret = await call.secrets.get(tx, placeOf(userId))
  const step = secret === null ? null : stepOf(secret, code, now)
  if (step !== null && step > lastStep) {
    await changeFactor(tx, userId, { lastStep: step, failures: 0, blockedUntil: null })
    return 'right'
  }
  const failures = factor.failures + 1
  const minutes = blockMinutes(failures)
  await changeFactor(tx, userId, {
    failures,
    blockedUntil: minutes === null ? null : now.add({ minutes }),
  })
  return 'wrong'
}
