import type { GivenFile } from './files.ts'
import { openSource } from './formats/open.ts'
import { SourceError, type SourceOptions } from './formats/source.ts'
import { matchesFile } from './mapping/files.ts'
import type { Mapping } from './mapping/schema.ts'
import type { Lookup } from './rows/account.ts'

// The keys of a lookup are held in memory: about 300 MB of them.
const lookupLimit = 2_000_000

export interface LookupWanted {
  readonly file: string
  readonly key: string
  readonly column: string
}

/** Lookups by what they are wanted for, each file read once for each. */
export class Lookups {
  readonly #found = new Map<string, Promise<Lookup>>()
  readonly #mapping: Mapping
  readonly #files: readonly GivenFile[]

  constructor(mapping: Mapping, files: readonly GivenFile[]) {
    this.#mapping = mapping
    this.#files = files
  }

  /**
   * Which account belongs to each key, or null for a key with several.
   *
   * @throws SourceError when a file cannot be read or has too many keys to hold
   */
  get(wanted: LookupWanted): Promise<Lookup> {
    const name = JSON.stringify([wanted.file, wanted.key, wanted.column])
    const before = this.#found.get(name)
    if (before !== undefined) return before
    const lookup = this.#read(wanted)
    this.#found.set(name, lookup)
    return lookup
  }

  async #read(wanted: LookupWanted): Promise<Lookup> {
    const accounts = new Map<string, string | null>()
    for (const { path, name } of this.#files) {
      if (!matchesFile(wanted.file, name)) continue
      const source = await openSource(path, optionsOf(this.#mapping, name))
      try {
        const key = source.columns.indexOf(wanted.key)
        const column = source.columns.indexOf(wanted.column)
        for await (const rows of source.rows()) {
          for (const row of rows) {
            if ('fault' in row) continue
            add(accounts, row.cells[key]?.trim() ?? '', row.cells[column]?.trim() ?? '')
          }
          if (accounts.size > lookupLimit) throw tooMany(name)
        }
      } finally {
        await source.close()
      }
    }
    return accounts
  }
}

function add(accounts: Map<string, string | null>, key: string, account: string): void {
  if (key === '' || account === '') return
  const before = accounts.get(key)
  if (before === undefined) accounts.set(key, account)
  else if (before !== account) accounts.set(key, null)
}

function tooMany(file: string): SourceError {
  return new SourceError(file, {
    en: `it has more than ${lookupLimit} keys, too many to look accounts up in`,
    ja: `キーが ${lookupLimit} 件を超えるため、顧客の参照に使えません`,
  })
}

/** How a file is to be read where some part of the mapping says so. */
export function optionsOf(mapping: Mapping, fileName: string): SourceOptions {
  const file = mapping.files.find((mapped) => matchesFile(mapped.file, fileName))
  return { format: file?.format, encoding: file?.encoding, delimiter: file?.delimiter }
}
