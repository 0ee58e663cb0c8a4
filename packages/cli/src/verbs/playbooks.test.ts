import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const yaml = `key: rescue
version: 1
name: { en: Rescue, ja: 立て直し }
begin: by_hand
steps:
  - id: call
    task: { title: { en: 'Call {account_name}', ja: 電話 }, body: { en: How, ja: 進め方 }, dueDays: 2 }
  - id: pause
    wait: { businessDays: 3 }
`
const idSchema = z.object({ id: z.string() })

test('a playbook is previewed, defined, begun, looked at, paused and cancelled', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tomoshibi-playbook-')), 'rescue.yaml')
  writeFileSync(file, yaml)
  const preview = await run('playbooks', 'preview', 'a1', '--file', file)
  expect(preview.out).toContain('\n  Call Northwind\n  How\n')
  expect((await run('playbooks', 'list')).out).toBe('There is no playbook yet.\n')
  const defined = await run('playbooks', 'define', file)
  expect(defined.out).toBe(
    'Rescue (rescue, 1)\n  Begun by hand.\n  call: Task: Call {account_name} (within 2 days)\n  pause: Wait 3 working days\n',
  )
  const begun = await run('playbooks', 'begin', 'rescue', 'a1', '--json')
  const { id } = idSchema.parse(JSON.parse(begun.out))
  expect((await run('playbooks', 'list')).out).toContain('\n  running 1\n')
  const runs = await run('playbooks', 'runs', '--state', 'running')
  expect(runs.out).toMatch(/2026-11-21 +Northwind \(a1\) +Rescue \(rescue, 1\) +Under way +call +/)
  expect((await run('playbooks', 'pause', id)).out).toContain('Paused')
  const refused = await run('playbooks', 'retry', id)
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('(Paused)')])
  expect((await run('playbooks', 'cancel', id)).out).toContain('Cancelled')
  expect((await run('playbooks', 'run', id)).out).toMatch(/\ncall +Task: Call .* +– +–\n/)
})
