import { isIPv6 } from 'node:net'
import { Failure } from '../call/failure.ts'
import type { Clock } from '../platform/clock.ts'

const minute = 60_000

/**
 * How many attempts are let through. Somebody who guesses is slowed down whether they try many passwords
 * on one account, or one on many. Whoever signed in before from where they are now is not held up by
 * what others try on their account from elsewhere.
 */
const rules = {
  /** One account from one address. */
  pair: { most: 10, withinMs: 15 * minute },
  /** One address, whatever it asks for: an office behind one address must still get in. */
  address: { most: 100, withinMs: 15 * minute },
  /** One account, from addresses where it was not signed in before. */
  account: { most: 50, withinMs: 60 * minute },
  /** One address, for challenges of passkeys, of which the sign-in page takes one whenever it is opened. */
  challenge: { most: 300, withinMs: 15 * minute },
  /** E-mails that whoever types an address in has sent there. */
  mail: { most: 3, withinMs: 60 * minute },
} as const
type Rule = keyof typeof rules

const toldAgainAfterMs = 15 * minute

/** So many counts are kept; the oldest make room. */
const mostKept = 50_000

interface Count {
  attempts: number
  readonly sinceMs: number
}

export interface Attempt {
  /** The e-mail address that is tried; null for a link, which is too long to be guessed. */
  readonly account: string | null
  readonly address: string | null
}

/** Counts attempts at what must not be guessed. In memory: a restart forgets them. */
export class Limits {
  readonly #clock: Clock
  readonly #counts = new Map<string, Count>()
  readonly #familiar = new Map<string, true>()
  readonly #told = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Counts an attempt before it is looked at, so that many at once count as well.
   *
   * @throws Failure TOO_MANY_ATTEMPTS
   */
  begin({ account, address }: Attempt): void {
    this.#count('address', sourceOf(address))
    if (account === null) return
    const pair = pairOf(account, address)
    this.#count('pair', pair)
    if (!this.#familiar.has(pair)) this.#count('account', account)
  }

  /** Counts an e-mail to an address that anybody can ask for. @throws Failure TOO_MANY_ATTEMPTS */
  beginMail({ account, address }: Attempt & { readonly account: string }): void {
    this.#count('address', sourceOf(address))
    this.#count('mail', account)
  }

  /** Counts a challenge that anybody can ask for. @throws Failure TOO_MANY_ATTEMPTS */
  beginChallenge(address: string | null): void {
    this.#count('challenge', sourceOf(address))
  }

  /** It was right: what was tried before no longer counts against who did it. */
  succeeded({ account, address }: Attempt): void {
    if (account === null) return
    const pair = pairOf(account, address)
    this.#counts.delete(`pair ${pair}`)
    keep(this.#familiar, pair, true)
  }

  /**
   * Whether something that can happen very often from one address was not told from there in the last quarter of an hour.
   * It then counts as told.
   */
  isNews(what: string, address: string | null): boolean {
    const id = JSON.stringify([what, sourceOf(address)])
    const nowMs = this.#clock.now().epochMilliseconds
    const toldMs = this.#told.get(id)
    if (toldMs !== undefined && nowMs - toldMs < toldAgainAfterMs) return false
    keep(this.#told, id, nowMs)
    return true
  }

  #count(rule: Rule, key: string): void {
    const { most, withinMs } = rules[rule]
    const nowMs = this.#clock.now().epochMilliseconds
    const id = `${rule} ${key}`
    const found = this.#counts.get(id)
    const isRunning = found !== undefined && nowMs - found.sinceMs < withinMs
    const count: Count = isRunning ? found : { attempts: 0, sinceMs: nowMs }
    if (count.attempts >= most) {
      const minutes = Math.ceil((count.sinceMs + withinMs - nowMs) / minute)
      throw new Failure('TOO_MANY_ATTEMPTS', { minutes: String(minutes) })
    }
    count.attempts += 1
    keep(this.#counts, id, count)
  }
}

const pairOf = (account: string, address: string | null): string =>
  JSON.stringify([account, sourceOf(address)])

/**
 * What counts as one address. Of IPv6 it is the network of the first 64 bits: whoever has one address in it has all of
 * them, and could come from another one with each attempt.
 */
function sourceOf(address: string | null): string {
  if (address === null) return ''
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  // The two colons stand for as many groups of zeros as there is room for, which may begin among the first four.
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
  const first = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${first.join(':')}::/64`
}

/** Sets an entry as the newest, and lets the oldest go. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= mostKept) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
