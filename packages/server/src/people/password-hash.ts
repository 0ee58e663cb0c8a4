import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { verifyPassword } from 'better-auth/crypto'

/** How passwords are hashed and compared. */
export interface Hasher {
  hash(password: string): Promise<string>
  verify(both: { readonly hash: string; readonly password: string }): Promise<boolean>
  /** Whether a hash is of another cost, and is to be made anew when its password is next given. */
  isOutdated(hash: string): boolean
}

/** What a hash costs: memory is 128 · 2^ln · r bytes, time grows with p as well. */
interface Cost {
  readonly ln: number
  readonly r: number
  readonly p: number
}

const saltBytes = 16
const keyBytes = 32

/** Another hash cannot make the server work longer or take more memory than this. */
const most: Cost = { ln: 20, r: 16, p: 16 }

/**
 * scrypt with a salt of its own for each password, as a PHC string: `$scrypt$ln=15,r=8,p=3$SALT$KEY`. Its cost stands in
 * it, so that one from before is still compared.
 */
export const scryptHasher = (cost: Cost): Hasher => ({
  hash: async (password) => {
    const salt = randomBytes(saltBytes)
    return toText(cost, salt, await derive(password, salt, cost))
  },
  verify: async ({ hash, password }) => {
    const read = fromText(hash)
    // As they were kept before their cost stood in them.
    if (read === null) return await verifyPassword({ hash, password })
    return timingSafeEqual(await derive(password, read.salt, read.cost), read.key)
  },
  isOutdated: (hash) => !hash.startsWith(prefixOf(cost)),
})

/** One of the costs that the OWASP Password Storage Cheat Sheet gives for scrypt: 32 MiB, three times over. */
export const hasher: Hasher = scryptHasher({ ln: 15, r: 8, p: 3 })

const prefixOf = ({ ln, r, p }: Cost): string => `$scrypt$ln=${ln},r=${r},p=${p}$`

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

const toText = (cost: Cost, salt: Buffer, key: Buffer): string =>
  `${prefixOf(cost)}${base64(salt)}$${base64(key)}`

const form = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

function fromText(hash: string) {
  const [, ln, r, p, salt = '', key = ''] = form.exec(hash) ?? []
  if (ln === undefined) return null
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  if (cost.ln > most.ln || cost.r > most.r || cost.p > most.p) {
    throw new Error('a hash of a password asks for more work than any of ours')
  }
  const read = { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') }
  return read.key.length === keyBytes ? read : null
}

/** The same letters give the same password, however a keyboard puts them together. */
const derive = (password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const N = 2 ** ln
    const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
