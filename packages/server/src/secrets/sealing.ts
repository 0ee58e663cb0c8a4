import { createCipheriv, createDecipheriv, hash as digest, randomBytes } from 'node:crypto'
import { Failure } from '../call/failure.ts'

const keyBytes = 32
/** As AES-GCM wants it. Random: a key would have to seal billions of texts before two were likely the same. */
const nonceBytes = 12
const tagBytes = 16

export interface SecretKey {
  /** Tells keys apart; says nothing of the key. */
  readonly id: string
  readonly bytes: Buffer
}

/** Where a sealed text belongs: it opens nowhere else. */
export interface Place {
  readonly scope: string
  readonly name: string
}

const keyOf = (bytes: Buffer): SecretKey => ({
  id: digest('sha256', Buffer.concat([Buffer.from('tomoshibi key '), bytes]), 'hex').slice(0, 12),
  bytes,
})

export const newKey = (): SecretKey => keyOf(randomBytes(keyBytes))

/** As `parseKeys` reads it. */
export const keyText = ({ bytes }: SecretKey): string => bytes.toString('base64url')

/**
 * Reads keys, each 32 bytes in base64, with white space or commas between; what follows # in a line is left out.
 *
 * @returns null when there is none, or a word is no such key
 */
export function parseKeys(text: string): readonly [SecretKey, ...SecretKey[]] | null {
  const words = text.replace(/#.*$/gm, '').split(/[\s,]+/)
  const [first, ...others] = words
    .filter((word) => word !== '')
    .map((word) =>
      /^[A-Za-z0-9+/_-]{43}=?$/.test(word) ? keyOf(Buffer.from(word, 'base64')) : null,
    )
  if (first === undefined || first === null) return null
  const rest = others.filter((key) => key !== null)
  return rest.length === others.length ? [first, ...rest] : null
}

/** What is bound to a sealed text beside the key. */
const boundTo = (keyId: string, { scope, name }: Place): Buffer =>
  Buffer.from(JSON.stringify(['tomoshibi secret 1', keyId, scope, name]))

export function seal(text: string, place: Place, key: SecretKey): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: tagBytes })
  cipher.setAAD(boundTo(key.id, place))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** @throws Failure SECRET_DAMAGED when it was changed, or sealed for another place or with another key */
export function unseal(sealed: string, place: Place, key: SecretKey): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const [nonce, text, tag] = [
    bytes.subarray(0, nonceBytes),
    bytes.subarray(nonceBytes, -tagBytes),
    bytes.subarray(-tagBytes),
  ]
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: tagBytes })
    decipher.setAAD(boundTo(key.id, place))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new Failure('SECRET_DAMAGED', { name: place.name }, [], { cause: error })
  }
}
