import type { Layout } from '../ddl.ts'

export interface Migration {
  /** Counts up from 1 without gaps. */
  readonly version: number
  readonly name: string
  /**
   * Statements in order. Each must do no harm when it is run again or by two processes at once
   * (`IF NOT EXISTS`), because the engine has no transactions around DDL.
   */
  readonly statements: (layout: Layout) => readonly string[]
}
