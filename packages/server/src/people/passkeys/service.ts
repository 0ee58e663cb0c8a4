import { randomUUID } from 'node:crypto'
import { generateRegistrationOptions } from '@simplewebauthn/server'
import {
  type CreatedCredential,
  type CreationOptions,
  creationOptionsSchema,
  type Passkey,
} from '@tomoshibi/contract/passkeys'
import type { StateDb } from '@tomoshibi/state/store'
import * as z from 'zod'
import { afterCommit, type Call } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { endSessions } from '../identity.ts'
import { languageOf } from '../languages.ts'
import { checkMayHandle, checkOnlyHere, oneMember } from '../members.ts'
import { tellOfChange } from '../notices.ts'
import { takesSecondStep } from '../second-steps.ts'
import { signedIn } from '../service.ts'
import { checkWayInRemains } from '../ways-in.ts'
import { newChallenge, timeoutMs, useChallenge } from './challenge.ts'
import { defaultName } from './default-name.ts'
import { type RelyingParty, relyingPartyOf } from './relying-party.ts'
import {
  addPasskey,
  changePasskey,
  dropPasskey,
  dropPasskeysOf,
  type PasskeyRow,
  passkeysOf,
} from './store.ts'
import { algorithms, handleOf, verifyNew } from './verify.ts'

/** For whom passkeys are made here. @throws Failure PASSKEYS_NOT_POSSIBLE */
export function partyOf({ address }: Pick<Call, 'address'>): RelyingParty {
  const party = relyingPartyOf(address.origin)
  if (party === null) throw new Failure('PASSKEYS_NOT_POSSIBLE', { address: address.origin })
  return party
}

const storedTransports = z.array(z.string()).catch([])

/** How an authenticator's passkey is named to a browser. */
export const described = ({ credentialId, transports }: PasskeyRow) => ({
  id: credentialId,
  transports: storedTransports.parse(transports),
})

const shownBy =
  ({ address }: Pick<Call, 'address'>) =>
  ({ id, name, createdAt, lastUsedAt, backedUp, rpId }: PasskeyRow): Passkey => ({
    id,
    name,
    createdAt: createdAt.toString(),
    lastUsedAt: lastUsedAt?.toString() ?? null,
    backedUp,
    usable: relyingPartyOf(address.origin)?.id === rpId,
  })

const listOf = async (call: Call, userId: string): Promise<Passkey[]> =>
  (await passkeysOf(call.state.db, userId)).map(shownBy(call))

/** The passkeys of the person who calls. */
export const listPasskeys = async (call: Call): Promise<Passkey[]> =>
  await listOf(call, signedIn(call).userId)

/**
 * What the browser is asked in order to make a passkey: one that is found without a name, and whose authenticator verifies the
 * person. Which make it is, is not asked for.
 *
 * @throws Failure PASSKEYS_NOT_POSSIBLE, TOO_MANY_ATTEMPTS
 */
export async function beginAdding(call: Call): Promise<CreationOptions> {
  const { userId, name, email } = signedIn(call)
  const party = partyOf(call)
  call.people.limits.beginChallenge(call.visit.address)
  const own = await passkeysOf(call.state.db, userId)
  const options = await generateRegistrationOptions({
    rpName: 'Tomoshibi',
    rpID: party.id,
    userName: email,
    userDisplayName: name,
    userID: Uint8Array.from(Buffer.from(handleOf(userId), 'base64url')),
    challenge: bytesOf(await newChallenge(call, 'add', userId)),
    timeout: timeoutMs,
    attestationType: 'none',
    excludeCredentials: own.map(described),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [...algorithms],
  })
  return creationOptionsSchema.parse(options)
}

/** As bytes: of a text, the library would encode the letters once more. */
export const bytesOf = (challenge: string) => Uint8Array.from(Buffer.from(challenge, 'base64url'))

/**
 * Adds a passkey that was made in this browser. With the first way to take a second step, all other sessions of the person
 * end: whoever came in with the password alone is out.
 *
 * @throws Failure PASSKEY_REFUSED, PASSKEY_OVER, PASSKEY_KNOWN, PASSKEYS_NOT_POSSIBLE
 */
export async function add(call: Call, credential: CreatedCredential): Promise<Passkey> {
  const { userId, sessionId } = signedIn(call)
  const party = partyOf(call)
  const { clientDataJSON, transports = [] } = credential.response
  const asked = await useChallenge(call, 'add', clientDataJSON)
  // Somebody else signed in in this browser meanwhile.
  if (asked.userId !== userId) throw new Failure('PASSKEY_OVER')
  const made = await verifyNew(credential, { ...asked, party })
  const { userAgent } = call.visit
  const row = await call.state.transaction(async (tx) => {
    const language = await languageOf(tx, userId)
    const row: PasskeyRow = {
      id: randomUUID(),
      userId,
      credentialId: made.credential.id,
      publicKey: Buffer.from(made.credential.publicKey).toString('base64url'),
      counter: made.credential.counter,
      transports,
      backedUp: made.credentialBackedUp,
      rpId: party.id,
      name: defaultName({ aaguid: made.aaguid, transports, userAgent }, language),
      createdAt: call.clock.now(),
      lastUsedAt: null,
    }
    const isFirst = !(await takesSecondStep(tx, userId))
    if (!(await addPasskey(tx, row))) throw new Failure('PASSKEY_KNOWN')
    if (isFirst) await endSessions(tx, userId, sessionId)
    await tellOfChange(tx, call, userId, 'passkey_added')
    return row
  })
  call.mails.wake()
  return shownBy(call)(row)
}

/** @throws Failure PASSKEY_NOT_FOUND */
async function oneOf(call: Call, userId: string, id: string): Promise<Passkey> {
  const found = (await listOf(call, userId)).find((one) => one.id === id)
  if (found === undefined) throw new Failure('PASSKEY_NOT_FOUND')
  return found
}

/** @throws Failure PASSKEY_NOT_FOUND */
export async function rename(
  call: Call,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Passkey> {
  const { userId } = signedIn(call)
  call.noteBefore?.(await oneOf(call, userId, id))
  const isThere = await call.state.transaction((tx) => changePasskey(tx, { userId, id }, { name }))
  if (!isThere) throw new Failure('PASSKEY_NOT_FOUND')
  return await oneOf(call, userId, id)
}

/**
 * Removes a passkey of the person who calls. Often its device is lost, so all their other sessions end.
 *
 * @throws Failure PASSKEY_NOT_FOUND, LAST_WAY_IN
 */
export async function remove(call: Call, id: string): Promise<Passkey[]> {
  const { userId, sessionId } = signedIn(call)
  await removeOne(call, { userId, id }, sessionId)
  return await listOf(call, userId)
}

async function removeOne(
  call: Call,
  which: { readonly userId: string; readonly id: string },
  keptSessionId?: string,
): Promise<void> {
  const { userId, id } = which
  call.noteBefore?.(await oneOf(call, userId, id))
  await call.state.transaction(async (tx) => {
    if (!(await dropPasskey(tx, which))) throw new Failure('PASSKEY_NOT_FOUND')
    if (keptSessionId !== undefined) await checkWayInRemains(tx, userId)
    await endSessions(tx, userId, keptSessionId)
    await tellOfChange(tx, call, userId, 'passkey_removed')
  })
  afterCommit(call, () => call.mails.wake())
}

/** Takes all passkeys from somebody who lost them. @returns whether they had any */
export const removeAllOf = async (tx: StateDb, userId: string): Promise<boolean> =>
  await dropPasskeysOf(tx, userId)

/** The passkeys of a member. @throws Failure MEMBER_NOT_FOUND */
export async function listOfMember(call: Call, userId: string): Promise<Passkey[]> {
  await oneMember(call.state.db, call.workspaceId, userId)
  return await listOf(call, userId)
}

/**
 * Removes a passkey of a member, and ends their sessions.
 *
 * @throws Failure MEMBER_NOT_FOUND, ROLE_BEYOND_YOURS, PASSKEY_NOT_FOUND
 */
export async function removeOfMember(
  call: Call,
  which: { readonly userId: string; readonly id: string },
): Promise<Passkey[]> {
  const { role } = await oneMember(call.state.db, call.workspaceId, which.userId)
  await checkMayHandle(call.state.db, call, role)
  await checkOnlyHere(call.state.db, call, which.userId)
  await removeOne(call, which)
  return await listOf(call, which.userId)
}
