/** Who is who, and to which account a person belongs: what messages taught, in their order. */

export interface AccountSince {
  readonly accountId: string
  readonly sinceMs: number
}

/** A person by the names that messages use: a user before an anonymous visitor. */
export const personOf = (userId: string, anonymousId: string): string =>
  userId === '' ? `a:${anonymousId}` : `u:${userId}`

/** The user id in the name of a person; empty for an anonymous visitor. */
export const userIdOf = (person: string): string => (person.startsWith('u:') ? person.slice(2) : '')

export class People {
  readonly #links: Map<string, string>
  readonly #accounts: Map<string, readonly AccountSince[]>
  /** What is to be stored. */
  readonly newLinks = new Map<string, string>()
  readonly newAccounts: { person: string; accountId: string; sinceMs: number }[] = []

  /**
   * @param links whom each person turned out to be
   * @param accounts to which accounts each belongs, by when
   */
  constructor(
    links: ReadonlyMap<string, string>,
    accounts: ReadonlyMap<string, readonly AccountSince[]>,
  ) {
    this.#links = new Map(links)
    this.#accounts = new Map(
      [...accounts].map(([person, list]) => [
        person,
        list.toSorted((a, b) => a.sinceMs - b.sinceMs),
      ]),
    )
  }

  /** Who a person is in the end. */
  whoIs(person: string): string {
    let found = person
    for (;;) {
      const next = this.#links.get(found)
      if (next === undefined) return found
      found = next
    }
  }

  /** The accounts of whoever a person is, earliest first; they never change in place. */
  accountsOf(person: string): readonly AccountSince[] {
    return this.#accounts.get(this.whoIs(person)) ?? []
  }

  /**
   * A message says that a person belongs to an account from an instant on.
   *
   * @returns the persons whose account was not known until now
   */
  belongs(person: string, accountId: string, sinceMs: number): readonly string[] {
    const who = this.whoIs(person)
    const known = this.accountsOf(who)
    if (accountAt(known, sinceMs) === accountId) return []
    const others = known.filter((each) => each.sinceMs !== sinceMs)
    this.#accounts.set(
      who,
      [...others, { accountId, sinceMs }].toSorted((a, b) => a.sinceMs - b.sinceMs),
    )
    this.newAccounts.push({ person: who, accountId, sinceMs })
    return known.length === 0 ? this.#all(who) : []
  }

  /**
   * A message says that a person is another one.
   *
   * @returns the persons whose account was not known until now
   */
  is(person: string, other: string): readonly string[] {
    const who = this.whoIs(other)
    if (this.whoIs(person) === who) return []
    // Someone who left this name behind may come back to it; a circle would be nobody.
    if (person === who) return []
    const was = this.whoIs(person)
    const before = this.accountsOf(person)
    const after = this.accountsOf(who)
    const theirs = this.#all(person)
    const others = this.#all(who)
    this.#links.set(person, who)
    this.newLinks.set(person, who)
    if (before.length === 0) return after.length === 0 ? [] : theirs
    if (after.length > 0 || was !== person) return []
    for (const { accountId, sinceMs } of before) {
      this.newAccounts.push({ person: who, accountId, sinceMs })
    }
    this.#accounts.set(who, before)
    return others
  }

  /** The person and all who turned out to be them. */
  #all(person: string): string[] {
    const all = [person]
    for (const other of this.#links.keys()) {
      if (other !== person && this.#leadsTo(other, person)) all.push(other)
    }
    return all
  }

  #leadsTo(from: string, to: string): boolean {
    for (let next = this.#links.get(from); next !== undefined; next = this.#links.get(next)) {
      if (next === to) return true
    }
    return false
  }
}

/** The account in force at an instant; before the first one it is that. Null when there is none. */
export function accountAt(accounts: readonly AccountSince[], atMs: number): string | null {
  const inForce = accounts.findLast(({ sinceMs }) => sinceMs <= atMs)
  return (inForce ?? accounts[0])?.accountId ?? null
}
