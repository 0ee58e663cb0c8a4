import { migrations } from '@tomoshibi/facts/migrations/migrate'
import type { FactStore } from '@tomoshibi/facts/store'
import { migrationsOf } from '@tomoshibi/state/migrate'
import type { StateStore } from '@tomoshibi/state/store'
import * as z from 'zod'

export interface Migrations {
  /** How many this program knows. */
  readonly known: number
  /** How many the store has been through. */
  readonly applied: number
}

export async function migrationsOfFacts(facts: FactStore): Promise<Migrations> {
  const known = migrations.length
  const tables = await facts.query(
    {
      sql: "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'",
      params: {},
    },
    z.object({ name: z.string() }),
  )
  if (tables.length === 0) return { known, applied: 0 }
  const [row] = await facts.query(
    { sql: 'SELECT uniqExact(version) AS n FROM migrations', params: {} },
    z.object({ n: z.coerce.number() }),
  )
  return { known, applied: row?.n ?? 0 }
}

export const migrationsOfState = (state: StateStore): Promise<Migrations> =>
  migrationsOf(state.pool)
