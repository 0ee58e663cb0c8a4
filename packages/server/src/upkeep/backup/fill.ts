import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { factTablesOf, sumOf } from '@tomoshibi/facts/snapshot'
import type { FactStore } from '@tomoshibi/facts/store'
import { fillState, type StateFill, stateRows } from '@tomoshibi/state/snapshot'
import type { StateStore } from '@tomoshibi/state/store'
import { Failure } from '../../call/failure.ts'
import { makeFolders } from '../../platform/folders.ts'
import { type Part, partsOf } from './archive.ts'
import type { Manifest } from './manifest.ts'

/** Where what is in a backup goes. What is not named is left out. */
export interface Target {
  readonly facts: FactStore | null
  readonly state: StateStore | null
  /** The folder of the journal. */
  readonly journal: string | null
}

/** @throws Failure STORE_NOT_EMPTY when there is anything in a store that is to be filled */
export async function checkEmpty({ facts, state }: Pick<Target, 'facts' | 'state'>): Promise<void> {
  if (facts !== null) {
    for (const table of await factTablesOf(facts)) {
      const { rows } = await sumOf(facts, table)
      if (rows > 0) throw new Failure('STORE_NOT_EMPTY', { store: 'facts', table: table.name })
    }
  }
  if (state === null) return
  for (const [table, rows] of await stateRows(state)) {
    if (rows > 0) throw new Failure('STORE_NOT_EMPTY', { store: 'state', table })
  }
}

/**
 * Puts what is in a backup, which was checked before, into empty stores and an empty folder, and holds
 * what is then there against what should be.
 *
 * @param told of each table or file before it is put in
 * @throws Failure COPY_DIFFERS; FactsError, errors of the state store and of the file system
 */
export async function fillFrom(
  file: string,
  manifest: Manifest,
  target: Target,
  told: (part: string) => void,
): Promise<void> {
  const parts = partsOf(file)
  let next = await parts.next()
  // The archive has the state first.
  const all = async (kind: Part['kind'], put: ((part: Part) => Promise<void>) | null) => {
    while (!next.done && next.value.kind === kind) {
      if (put === null) await drain(next.value)
      else {
        told(`${kind}/${next.value.name}`)
        await put(next.value)
      }
      next = await parts.next()
    }
  }
  const { state, facts, journal } = target
  if (state === null) await all('state', null)
  else {
    await fillState(state, async (fill) => {
      await all('state', (part) => putState(manifest, part, fill))
      for (const sequence of manifest.state.sequences) await fill.sequence(sequence)
    })
    await compareState(manifest, state)
  }
  if (journal === null) await all('journal', null)
  else {
    makeFolders(journal)
    await all('journal', (part) => putJournal(journal, part))
  }
  if (facts === null) await all('facts', null)
  else {
    await all('facts', (part) => putFacts(manifest, part, facts))
    await compareFacts(manifest, facts)
  }
}

async function drain({ bytes }: Part): Promise<void> {
  for await (const _ of bytes) {
    // Left out.
  }
}

async function putState(manifest: Manifest, part: Part, fill: StateFill): Promise<void> {
  const table = manifest.state.tables.find(({ name }) => name === part.name)
  if (table === undefined) throw differs(`state/${part.name}`)
  await fill.table(table, part.bytes)
}

async function putFacts(manifest: Manifest, part: Part, facts: FactStore): Promise<void> {
  const table = manifest.facts.tables.find(({ name }) => name === part.name)
  if (table === undefined) throw differs(`facts/${part.name}`)
  await facts.writeBytes(table.name, table.columns, part.bytes)
}

async function putJournal(folder: string, { name, bytes }: Part): Promise<void> {
  if (!/^\d{16}\.journal$/.test(name)) throw differs(`journal/${name}`)
  const file = createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600, flush: true })
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()))
  await pipeline(bytes, file)
  await closed
}

async function compareState(manifest: Manifest, state: StateStore): Promise<void> {
  const found = await stateRows(state)
  for (const { name, rows } of manifest.state.tables) {
    if (found.get(name) !== rows) throw differs(`state/${name}: ${found.get(name)} ≠ ${rows}`)
  }
}

async function compareFacts(manifest: Manifest, facts: FactStore): Promise<void> {
  for (const { name, columns, rows, hash } of manifest.facts.tables) {
    const found = await sumOf(facts, { name, columns })
    if (found.rows !== rows || found.hash !== hash) {
      throw differs(`facts/${name}: ${found.rows} (${found.hash}) ≠ ${rows} (${hash})`)
    }
  }
}

const differs = (problem: string): Failure => new Failure('COPY_DIFFERS', { problem })
