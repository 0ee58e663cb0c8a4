import {
  type VerifiedRegistrationResponse,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { AssertedCredential, CreatedCredential } from '@tomoshibi/contract/passkeys'
import { Failure } from '../../call/failure.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyRow } from './store.ts'

/** ES256, EdDSA and RS256, which all authenticators have one of (COSE numbers). */
export const algorithms: readonly number[] = [-7, -8, -257]

/** What a person is called in their passkeys: random, and nothing that says who they are. */
export const handleOf = (userId: string): string => Buffer.from(userId).toString('base64url')

interface Asked {
  readonly party: RelyingParty
  readonly challenge: string
}

/** What the library throws says what was wrong with the answer: nothing for who sent it, but for the log. */
async function refusing<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    throw new Failure('PASSKEY_REFUSED', {}, [], { cause: error })
  }
}

type Registered = NonNullable<VerifiedRegistrationResponse['registrationInfo']>

/**
 * Whether a new passkey was made for us, on a page of ours, for this challenge, by a person whom the authenticator verified.
 *
 * @throws Failure PASSKEY_REFUSED
 */
export async function verifyNew(
  credential: CreatedCredential,
  { party, challenge }: Asked,
): Promise<Registered> {
  const { transports, ...response } = credential.response
  const checked = await refusing(() =>
    verifyRegistrationResponse({
      response: {
        ...credential,
        response: { ...response, ...(transports === undefined ? {} : { transports }) },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    }),
  )
  if (!checked.verified) throw new Failure('PASSKEY_REFUSED')
  return checked.registrationInfo
}

export interface Use {
  readonly counter: number
  readonly backedUp: boolean
}

/**
 * Whether the passkey signed this challenge, for us, on a page of ours, for a person whom it verified, and for the
 * person whose it is. A count of signatures that does not go on tells of a copy.
 *
 * @throws Failure PASSKEY_REFUSED
 */
export async function verifyUse(
  passkey: PasskeyRow,
  credential: AssertedCredential,
  { party, challenge }: Asked,
): Promise<Use> {
  const { userHandle, ...response } = credential.response
  if (userHandle !== undefined && userHandle !== handleOf(passkey.userId)) {
    throw new Failure('PASSKEY_REFUSED')
  }
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response: { ...credential, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    }),
  )
  if (!verified) throw new Failure('PASSKEY_REFUSED')
  const { newCounter, credentialBackedUp } = authenticationInfo
  return { counter: newCounter, backedUp: credentialBackedUp }
}
