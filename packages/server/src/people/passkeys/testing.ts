import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type {
  AssertedCredential,
  CreatedCredential,
  CreationOptions,
  RequestOptions,
} from '@tomoshibi/contract/passkeys'
import * as z from 'zod'

/** What a dishonest page or authenticator says in place of what is so. */
export interface Lies {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  /** It did not ask for a PIN or a finger. */
  readonly verified?: boolean
  readonly counter?: number
  readonly userHandle?: string | undefined
  readonly credentialId?: string
  /** Signs in place of the passkey's own key. */
  readonly key?: KeyObject
}

const flag = { present: 0x01, verified: 0x04, mayBackUp: 0x08, backedUp: 0x10, attested: 0x40 }
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
const point = z.object({ x: z.string(), y: z.string() })

export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** An authenticator in software, with one passkey (ES256). It answers as a browser gives it on to a page. */
export class Authenticator {
  readonly #keys = newKey()
  readonly #aaguid: Buffer
  readonly #origin: string
  counter = 0
  readonly credentialId: string = base64url(randomBytes(32))
  userHandle = ''

  constructor({ origin = 'http://localhost:4747', aaguid = '0'.repeat(32) } = {}) {
    this.#origin = origin
    this.#aaguid = Buffer.from(aaguid.replaceAll('-', ''), 'hex')
  }

  create(options: CreationOptions, lies: Lies = {}): CreatedCredential {
    this.userHandle = options.user.id
    const id = lies.credentialId ?? this.credentialId
    const rawId = Buffer.from(id, 'base64url')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(rawId.length)
    const attested = Buffer.concat([this.#aaguid, length, rawId, this.#coseKey()])
    const authData = Buffer.concat([this.#authData(options.rp.id, flag.attested, lies), attested])
    const attestationObject = isoCBOR.encode(
      new Map<string, string | Uint8Array | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', Uint8Array.from(authData)],
      ]),
    )
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, lies),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      },
    }
  }

  /** Each time it counts on. */
  get(options: RequestOptions, lies: Lies = {}): AssertedCredential {
    this.counter += 1
    const id = lies.credentialId ?? this.credentialId
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, lies)
    const authenticatorData = this.#authData(options.rpId, 0, lies)
    const signed = Buffer.concat([
      authenticatorData,
      sha256(Buffer.from(clientDataJSON, 'base64url')),
    ])
    const userHandle = 'userHandle' in lies ? lies.userHandle : this.userHandle
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON,
        authenticatorData: base64url(authenticatorData),
        signature: base64url(sign('sha256', signed, lies.key ?? this.#keys.privateKey)),
        ...(userHandle === undefined ? {} : { userHandle }),
      },
    }
  }

  #clientData(type: string, challenge: string, lies: Lies): string {
    return base64url(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.#origin,
        crossOrigin: false,
      }),
    )
  }

  #authData(rpId: string, more: number, lies: Lies): Buffer {
    const verified = lies.verified === false ? 0 : flag.verified
    const flags = flag.present | verified | flag.mayBackUp | flag.backedUp | more
    const count = Buffer.alloc(4)
    count.writeUInt32BE(lies.counter ?? this.counter)
    return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.from([flags]), count])
  }

  /** COSE: an elliptic key (1: 2) for ES256 (3: -7) on P-256 (-1: 1). */
  #coseKey(): Uint8Array {
    const { x, y } = point.parse(this.#keys.publicKey.export({ format: 'jwk' }))
    return isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
        [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
      ]),
    )
  }
}
