import type { FactStore } from '@tomoshibi/facts/store'
import type { FactTableName } from '@tomoshibi/facts/tables'
import type { RandomFact } from './random-company.ts'
import { fact } from './testing.ts'

/** Inserts the facts of a random company as they are, without a load. */
export const insertAll = async (
  store: FactStore,
  workspaceId: string,
  company: readonly RandomFact[],
): Promise<void> => {
  const byTable = new Map<FactTableName, RandomFact[]>()
  for (const each of company) byTable.set(each.table, [...(byTable.get(each.table) ?? []), each])
  for (const [table, mine] of byTable) {
    await store.insert(
      table,
      mine.map(({ row }) => fact(table, workspaceId, row)),
    )
  }
}
