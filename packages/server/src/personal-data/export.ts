/** Everything that is held of a person, as a file. */
import { randomUUID } from 'node:crypto'
import { heldRows } from '@tomoshibi/facts/erasure/held'
import type { Call } from '../call/context.ts'
import { inTurn } from '../collect/turns.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { findPerson, type Sought } from './person.ts'
import { factErasure, planOf } from './plan.ts'
import { factRegister } from './register/facts.ts'
import type { RegisteredTable } from './register/register.ts'
import { stateRegister } from './register/state.ts'
import { stateRows } from './state.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * A JSON file with every row of both stores that is the person's own or names them, by table, each with what it
 * is there for and how long it is kept. Passwords, keys and their hashes are not in it.
 *
 * @throws Failure PERSON_NOT_FOUND
 */
export async function exportPerson(call: Call, sought: Sought): Promise<File> {
  const { facts, state, workspaceId, clock, disk } = call
  // What was received and is no fact yet is theirs as well.
  await disk.clearJournal()
  const person = await findPerson(call, sought)
  const plan = planOf(person)
  const byTable = new Map<string, Row[]>()
  const add = ({ table, row }: { readonly table: string; readonly row: Row }) => {
    const rows = byTable.get(table) ?? []
    rows.push(row)
    byTable.set(table, rows)
  }
  await inTurn(facts, async () => {
    for await (const held of heldRows(facts, factErasure(workspaceId, randomUUID(), plan))) {
      add(held)
    }
  })
  const memberId = plan.member?.userId ?? null
  const inState = stateRows(state, workspaceId, {
    patterns: plan.patterns,
    persons: plan.persons,
    memberId,
  })
  for await (const held of inState) add(held)
  const { name } = await getWorkspace(call)
  const { ids, persons, emails, names, shared, member } = person
  const head = {
    madeAt: clock.now().toString({ smallestUnit: 'millisecond' }),
    workspace: { id: workspaceId, name },
    person: { ids, aliases: persons, emails, names, sharedWithOthers: shared, member },
  }
  const parts = [`{"about":${JSON.stringify(head)},"held":[`]
  let isFirst = true
  for (const { store, table, purpose, kept } of [...factRegister, ...stateRegister]) {
    const rows = byTable.get(table)
    if (rows === undefined) continue
    parts.push(isFirst ? '\n' : ',\n', `{${described({ store, table, purpose, kept })},"rows":[`)
    isFirst = false
    rows.forEach((row, i) => {
      parts.push(i === 0 ? '\n' : ',\n', JSON.stringify(row))
    })
    parts.push('\n]}')
  }
  parts.push('\n]}\n')
  return new File(parts, 'personal-data.json', { type: 'application/json' })
}

const described = (table: Pick<RegisteredTable, 'store' | 'table' | 'purpose' | 'kept'>): string =>
  JSON.stringify(table).slice(1, -1)
