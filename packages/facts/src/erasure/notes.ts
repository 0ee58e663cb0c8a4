/** Writes down who is being erased, where statements read it, and forgets it again. */
import { onCluster, storedName } from '../ddl.ts'
import type { FactStore } from '../store.ts'
import type { FactErasure } from './conditions.ts'

const ERASURE_ID = /^[A-Za-z0-9-]{1,64}$/

/** The tables that are empty but while somebody is erased. */
const notes = ['erasure_ids', 'erasure_patterns', 'erasure_records'] as const

const stored = (store: FactStore, table: string): string => storedName(table, store.layout)

/** A statement that holds no value on every server; done when it is carried out there. */
export const alter = (store: FactStore, table: string, what: string): Promise<void> =>
  store.everywhere(
    `ALTER TABLE ${stored(store, table)}${onCluster(store.layout)} ${what} SETTINGS mutations_sync = 2`,
  )

/** Writes down who is meant, for the statements that follow. @throws FactsError */
const begin = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  const { erasureId, ids, patterns } = erasure
  if (!ERASURE_ID.test(erasureId)) throw new RangeError(`"${erasureId}" can't be an erasure's id.`)
  await forget(store, erasureId)
  const rows = ids.map(({ kind, account, old, new: next }) => ({
    erasure_id: erasureId,
    kind,
    account_id: account,
    old,
    new: next,
  }))
  if (rows.length > 0) await store.insert('erasure_ids', rows)
  const lines = patterns.map((pattern, number) => ({ erasure_id: erasureId, number, pattern }))
  if (lines.length > 0) await store.insert('erasure_patterns', lines)
}

export const forget = async (store: FactStore, erasureId: string): Promise<void> => {
  for (const table of notes) {
    await store.everywhere(
      `ALTER TABLE ${stored(store, table)}${onCluster(store.layout)} DROP PARTITION '${erasureId}'`,
    )
  }
}

/** Writes down who is meant, with those whose messages wait. @throws FactsError */
export const beginAll = async (store: FactStore, erasure: FactErasure): Promise<void> => {
  await begin(store, erasure)
  const { erasureId, persons } = erasure
  const rows = persons.map((person) => ({
    erasure_id: erasureId,
    kind: 'person',
    account_id: '',
    old: person,
    new: '',
  }))
  if (rows.length > 0) await store.insert('erasure_ids', rows)
}
