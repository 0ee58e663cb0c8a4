import type { SecretsState } from '@tomoshibi/contract/secrets'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import { Failure } from '../call/failure.ts'
import type { Clock } from '../platform/clock.ts'
import {
  type KeySource,
  type Keys,
  makeKeyFile,
  nameOfSource,
  readKeys,
  replaceKeyFile,
} from './keys.ts'
import { newKey, type Place, type SecretKey, seal, unseal } from './sealing.ts'
import {
  allSecrets,
  lockAgainstRotation,
  lockForRotation,
  putSecret,
  removeSecret,
  type SecretRow,
  secretAt,
} from './store.ts'

/** The scopes that there are. */
export const scopes = {
  installation: 'installation',
  workspace: (id: string) => `workspace:${id}`,
  user: (id: string) => `user:${id}`,
} as const

/** What stands between the keys and the secrets. */
export interface SecretsHealth {
  readonly sealed: number
  /** How many need a key that is not there. */
  readonly withoutKey: number
  /** How many were changed, or belong elsewhere. */
  readonly damaged: number
  readonly source: KeySource
  readonly hasKey: boolean
}

export interface Rotated {
  /** How many were sealed anew. */
  readonly sealed: number
  readonly keyId: string
}

/** Texts that only this program can read, sealed in the state store. One for a process: it holds the keys. */
export class Secrets {
  readonly #state: StateStore
  readonly #clock: Clock
  readonly #source: KeySource
  #keys: Keys | null = null
  /** One rotation after the other: each lets go of keys that the one before it may still need. */
  #rotating: Promise<unknown> = Promise.resolve()

  constructor(ports: { readonly state: StateStore; readonly clock: Clock }, source: KeySource) {
    this.#state = ports.state
    this.#clock = ports.clock
    this.#source = source
  }

  /**
   * Sees that there is a key, and makes one where nothing is sealed yet.
   *
   * @returns the path of the file that was made; null when there was a key
   * @throws Failure SECRET_KEY_MISSING, SECRET_KEY_WRONG
   */
  async ensureKey(db: StateDb = this.#state.db): Promise<string | null> {
    if (this.#keys !== null) return null
    this.#keys = readKeys(this.#source)
    if (this.#keys !== null) return null
    const source = nameOfSource(this.#source)
    if (this.#source.kind === 'environment' || (await allSecrets(db)).length > 0) {
      throw new Failure('SECRET_KEY_MISSING', { source })
    }
    makeKeyFile(this.#source.path)
    this.#keys = readKeys(this.#source)
    return this.#source.path
  }

  /** Seals a text in place of what was there. @param tx a transaction @throws Failure SECRET_KEY_MISSING */
  async put(tx: StateDb, place: Place, text: string): Promise<void> {
    await lockAgainstRotation(tx)
    await putSecret(tx, this.#sealed(place, text, await this.#current(tx)))
  }

  /** @returns null when there is none @throws Failure SECRET_KEY_MISSING, SECRET_DAMAGED */
  async get(db: StateDb, place: Place): Promise<string | null> {
    const row = await secretAt(db, place)
    if (row === null) return null
    await this.ensureKey(db)
    return this.#opened(row)
  }

  async has(db: StateDb, place: Place): Promise<boolean> {
    return (await secretAt(db, place)) !== null
  }

  /** @returns whether there was one */
  async remove(tx: StateDb, place: Place): Promise<boolean> {
    return await removeSecret(tx, place)
  }

  /** Which secrets there are, never what they are. */
  async list(): Promise<SecretsState> {
    const rows = await allSecrets(this.#state.db)
    const { hasKey } = await this.health()
    return {
      source: this.#source.kind,
      keyId: hasKey ? (this.#keys?.[0].id ?? null) : null,
      secrets: rows.map(({ scope, name, keyId, changedAt }) => ({
        scope,
        name,
        keyId,
        changedAt: changedAt.toString(),
      })),
    }
  }

  /**
   * Seals everything with a new key and lets go of the old ones. Where the keys come from the environment, the first
   * of them is the new one, and the others are no longer needed then.
   *
   * @throws Failure SECRET_KEY_MISSING, SECRET_KEY_WRONG, SECRET_DAMAGED; the old keys hold then
   */
  async rotate(): Promise<Rotated> {
    const turn = this.#rotating.then(() => this.#rotate())
    this.#rotating = turn.catch(() => {})
    return await turn
  }

  async #rotate(): Promise<Rotated> {
    await this.ensureKey()
    const source = this.#source
    const done = await this.#state.transaction(async (tx) => {
      // From here on whoever seals waits, and so takes the new key.
      await lockForRotation(tx)
      const before = readKeys(source)
      if (before === null) throw new Failure('SECRET_KEY_MISSING', { source: nameOfSource(source) })
      const keys: Keys = source.kind === 'environment' ? before : [newKey(), ...before]
      // The new key is on disk before anything needs it; old ones stay until nothing does.
      if (source.kind !== 'environment') replaceKeyFile(source.path, keys)
      this.#keys = keys
      const [current] = keys
      const rows = await allSecrets(tx)
      for (const row of rows) await putSecret(tx, this.#sealed(row, this.#opened(row), current))
      return { sealed: rows.length, keyId: current.id }
    })
    this.#dropOldKeys()
    return done
  }

  /**
   * Removes what cannot be opened any more, because its key is lost or it was changed.
   *
   * @returns how many were removed
   */
  async forgetUnreadable(): Promise<number> {
    this.#keys ??= readKeys(this.#source)
    return await this.#state.transaction(async (tx) => {
      await lockForRotation(tx)
      const lost = (await allSecrets(tx)).filter((row) => !this.#canOpen(row))
      for (const row of lost) await removeSecret(tx, row)
      return lost.length
    })
  }

  /** How keys and secrets stand to each other. @throws Failure SECRET_KEY_WRONG */
  async health(): Promise<SecretsHealth> {
    const rows = await allSecrets(this.#state.db)
    const source = this.#source
    this.#keys ??= readKeys(source)
    const keys = this.#keys
    const withoutKey = rows.filter(({ keyId }) => !keys?.some(({ id }) => id === keyId)).length
    const readable = rows.filter((row) => this.#canOpen(row)).length
    const damaged = rows.length - withoutKey - readable
    return { sealed: rows.length, withoutKey, damaged, source, hasKey: keys !== null }
  }

  #dropOldKeys(): void {
    if (this.#keys === null || this.#source.kind === 'environment') return
    const [current] = this.#keys
    replaceKeyFile(this.#source.path, [current])
    this.#keys = [current]
  }

  #canOpen(row: SecretRow): boolean {
    try {
      this.#opened(row)
      return true
    } catch (error) {
      if (error instanceof Failure) return false
      throw error
    }
  }

  async #current(db: StateDb): Promise<SecretKey> {
    await this.ensureKey(db)
    if (this.#keys === null) {
      throw new Failure('SECRET_KEY_MISSING', { source: nameOfSource(this.#source) })
    }
    return this.#keys[0]
  }

  #sealed({ scope, name }: Place, text: string, key: SecretKey): SecretRow {
    const sealed = seal(text, { scope, name }, key)
    return { scope, name, keyId: key.id, sealed, changedAt: this.#clock.now() }
  }

  #opened(row: SecretRow): string {
    const key = this.#keys?.find(({ id }) => id === row.keyId)
    if (key === undefined) {
      throw new Failure('SECRET_KEY_MISSING', { source: nameOfSource(this.#source) })
    }
    return unseal(row.sealed, row, key)
  }
}
