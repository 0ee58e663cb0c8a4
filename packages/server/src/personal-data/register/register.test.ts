import { startTestFacts } from '@tomoshibi/facts/testing/engine'
import { startTestState } from '@tomoshibi/state/testing/postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { factRegister } from './facts.ts'
import { columnClasses, type RegisteredTable } from './register.ts'
import { stateRegister } from './state.ts'

/** table.column of every column that there is. */
type Columns = readonly string[]
let inFacts: Columns
let inState: Columns
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  const [facts, state] = await Promise.all([startTestFacts(), startTestState()])
  stops.push(facts.stop, state.stop)
  const found = await facts.store.query(
    {
      sql: `SELECT concat(replaceRegexpOne(table, '_local$', ''), '.', name) AS name
        FROM system.columns WHERE database = currentDatabase()`,
      params: {},
    },
    z.object({ name: z.string() }),
  )
  inFacts = [...new Set(found.map(({ name }) => name))].toSorted()
  const { rows } = await state.state.pool.query(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public'`,
  )
  inState = z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name)
    .toSorted()
})
afterAll(() => Promise.all(stops.map((stop) => stop())))

const columnsOf = (register: readonly RegisteredTable[]): Columns =>
  register
    .flatMap(({ table, columns }) => Object.keys(columns).map((column) => `${table}.${column}`))
    .toSorted()

test('every column of the facts is in the register, once, and no other', () => {
  expect(columnsOf(factRegister)).toEqual(inFacts)
})

test('every column of the state is in the register, once, and no other', () => {
  expect(columnsOf(stateRegister)).toEqual(inState)
})

test('whoever has columns that say something of people is named', () => {
  const classes = new Set(columnClasses)
  for (const { table, columns, whose } of [...factRegister, ...stateRegister]) {
    for (const [column, of] of Object.entries(columns)) {
      expect(classes.has(of), `${table}.${column}`).toBe(true)
      if (of === 'identity' || of === 'theirs')
        expect(whose, `${table}.${column}`).not.toBe('nobody')
    }
  }
})
