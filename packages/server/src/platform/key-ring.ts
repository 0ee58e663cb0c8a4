import { hash, randomBytes } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import type { Clock } from './clock.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const randomLength = 32

/** SHA-256, hexadecimal. A key is random and long, so that no salt is needed. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex')

/** A key's text: the prefix and 32 random letters and digits. */
export function newKeyText(prefix: string): string {
  let key = prefix
  while (key.length < prefix.length + randomLength) {
    for (const byte of randomBytes(randomLength)) {
      // Bytes beyond the last whole alphabet would favour its first letters.
      if (byte < 4 * alphabet.length) key += alphabet[byte % alphabet.length]
    }
  }
  return key.slice(0, prefix.length + randomLength)
}

export interface HeldKey {
  readonly id: string
  readonly hash: string
  readonly expiresAt: Temporal.Instant | null
}

export interface KeyRingOptions<K extends HeldKey> {
  readonly clock: Clock
  /** All keys that hold. */
  read(): Promise<readonly K[]>
  /** Writes down when keys were last used. */
  used(at: ReadonlyMap<string, Temporal.Instant>): Promise<void>
  /** Told when that failed. Nothing else comes of it. */
  onError(error: unknown): void
}

/** Uses are written down at most so often. */
const writeEveryMs = 60_000

/** Keys that hold, in memory: to look one up costs no query. */
export class KeyRing<K extends HeldKey> {
  readonly #options: KeyRingOptions<K>
  #held: Promise<ReadonlyMap<string, K>> | null = null
  #used = new Map<string, Temporal.Instant>()
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #writing: Promise<void> = Promise.resolve()

  constructor(options: KeyRingOptions<K>) {
    this.#options = options
  }

  /** Keys were made or revoked: they are read anew before the next one is looked up. */
  changed(): void {
    this.#held = null
  }

  /**
   * The key of that text; null when there is none, or it no longer holds.
   *
   * @throws what `read` throws, while the keys have not been read
   */
  async find(text: string): Promise<K | null> {
    this.#held ??= this.#read()
    const reading = this.#held
    try {
      const found = (await reading).get(hashOfKey(text)) ?? null
      const now = this.#options.clock.now()
      if (found === null || isOver(found.expiresAt, now)) return null
      this.#note(found.id, now)
      return found
    } catch (error) {
      if (this.#held === reading) this.#held = null
      throw error
    }
  }

  async #read(): Promise<ReadonlyMap<string, K>> {
    return new Map((await this.#options.read()).map((key) => [key.hash, key]))
  }

  #note(id: string, now: Temporal.Instant): void {
    this.#used.set(id, now)
    if (now.epochMilliseconds - this.#writtenAtMs < writeEveryMs) return
    this.#writtenAtMs = now.epochMilliseconds
    void this.flush()
  }

  /** Writes down the uses that were not yet. Never rejects. */
  async flush(): Promise<void> {
    const used = this.#used
    if (used.size > 0) {
      this.#used = new Map()
      // One after the other, so that an earlier use never takes the place of a later one.
      this.#writing = this.#writing
        .then(() => this.#options.used(used))
        .catch((error: unknown) => this.#options.onError(error))
    }
    await this.#writing
  }
}

export const isOver = (expiresAt: Temporal.Instant | null, now: Temporal.Instant): boolean =>
  expiresAt !== null && Temporal.Instant.compare(expiresAt, now) <= 0
