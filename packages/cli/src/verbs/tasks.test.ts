import {
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '@tomoshibi/server/call/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { runHere } from '../testing.ts'

let operations: TestOperations
let workspace: TestWorkspace
beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace('2026-11-21T03:00:00Z')
  const attributes = { name: 'Northwind', owner: 'Sato' }
  await workspace.facts.account('a1', attributes, '2026-08-01T00:00:00Z')
})
afterAll(() => operations.stop())

const run = (...args: readonly string[]) =>
  runHere(args, { connect: async () => ({ client: workspace.caller, close: async () => {} }) })
const idSchema = z.object({ id: z.string() })
const add = async (title: string, ...more: readonly string[]) => {
  const { out } = await run('tasks', 'add', 'a1', title, '--due', '2026-11-20', ...more, '--json')
  return idSchema.parse(JSON.parse(out)).id
}

test('tasks are made, listed, changed, commented on, finished and opened again', async () => {
  expect((await run('tasks', 'list')).out).toBe('No tasks.\n')
  const id = await add('Call them', '--body', 'Ask about the plan')
  const row = (await run('tasks', 'list', '--due', 'overdue')).out.split('\n')[1]
  expect(row).toMatch(
    /^2026-11-20 \(overdue\) +Northwind \(a1\) +Call them +Sato +open +a program +/,
  )
  const changed = await run('tasks', 'change', id, '--due', '2026-12-01', '--title', 'Write')
  expect(changed.out).toMatch(/2026-12-01 +Northwind \(a1\) +Write +Sato +open/)
  await run('tasks', 'comment', id, 'They\u001b[2J call back')
  const { out } = await run('tasks', 'show', id)
  expect(out).toContain('\nAsk about the plan\n')
  expect(out).toContain('\n2026-11-21 a program: They [2J call back\n')
  expect((await run('tasks', 'done', id, '--note', 'They renew')).out).toBe(`${id}  done\n`)
  expect((await run('tasks', 'list')).out).toBe('No tasks.\n')
  expect((await run('tasks', 'reopen', id)).code).toBe(0)
  expect((await run('tasks', 'list')).out).toContain(id)
})

test('of several, the one that is refused is told, and the command fails', async () => {
  const [a, b] = [await add('A'), await add('B')]
  await run('tasks', 'cancel', a)
  const { code, out } = await run('tasks', 'done', a, b)
  expect(out).toBe(`${a}  The task is finished or cancelled.\n${b}  done\n`)
  expect(code).toBe(1)
})

test('the owner is somebody, and can be the account’s again', async () => {
  const refused = await run('tasks', 'add', 'a1', 'C', '--due', '2026-12-01', '--owner', 'Satoh')
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('Did you mean Sato?')])
  const id = await add('C', '--owner', 'sato')
  await workspace.facts.account('a1', { owner: 'Ito' }, '2026-09-01T00:00:00Z')
  expect((await run('tasks', 'show', id)).out).toMatch(/Sato +open/)
  expect((await run('tasks', 'change', id, '--no-owner')).out).toMatch(/Ito +open/)
})
