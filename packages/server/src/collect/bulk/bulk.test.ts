import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { program } from '../../call/caller.ts'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const ticket = (id: string, more: object = {}) => ({
  id,
  accountId: 'acme',
  subject: 'Cannot log in',
  openedAt: '2026-05-01T09:00:00+09:00',
  ...more,
})

const outcomesOf = async (workspace: TestWorkspace, records: Record<string, unknown>[]) => {
  const { records: results } = await workspace.caller.facts.put({ type: 'tickets', records })
  return results.map(({ id, outcome }) => `${id} ${outcome}`)
}

const subjects = ({ ports, id }: TestWorkspace) =>
  ports.facts.query(
    {
      sql: `
SELECT record_id, account_id, argMax(subject, (known_at, version)) AS subject
FROM tickets WHERE workspace_id = {workspace_id:String}
GROUP BY record_id, account_id
HAVING NOT argMax(deleted, (known_at, version)) ORDER BY record_id`,
      params: { workspace_id: id },
    },
    z.object({ record_id: z.string(), account_id: z.string(), subject: z.string() }),
  )

describe('records of a kind of fact', () => {
  test('are created, then unchanged, then updated; each is told apart', async () => {
    const workspace = operations.workspace()
    expect(await outcomesOf(workspace, [ticket('t1'), ticket('t2')])).toEqual([
      't1 created',
      't2 created',
    ])
    workspace.at('2026-11-21T04:00:00Z')
    const again = [ticket('t1'), ticket('t2', { subject: 'Solved' }), ticket('t3')]
    expect(await outcomesOf(workspace, again)).toEqual(['t1 unchanged', 't2 updated', 't3 created'])
    workspace.at('2026-11-21T05:00:00Z')
    expect(await outcomesOf(workspace, again)).toEqual([
      't1 unchanged',
      't2 unchanged',
      't3 unchanged',
    ])
    expect((await subjects(workspace)).map(({ subject }) => subject)).toEqual([
      'Cannot log in',
      'Solved',
      'Cannot log in',
    ])
  })

  test('of one id in one request: the later one counts', async () => {
    const workspace = operations.workspace()
    const records = [ticket('t1'), ticket('t1', { subject: 'Later' })]
    expect(await outcomesOf(workspace, records)).toEqual(['t1 superseded', 't1 created'])
    expect(await subjects(workspace)).toMatchObject([{ subject: 'Later' }])
  })

  test('that are wrong are rejected with every reason, and keep no others out', async () => {
    const { caller } = operations.workspace()
    const { counts, records } = await caller.facts.put({
      type: 'tickets',
      records: [
        ticket('t1'),
        ticket('t2', { openedAt: 'soon' }),
        { id: 't3', accountId: 'acme' },
        ticket('t4', { subjekt: 'x' }),
        ticket(''),
        ticket('t6', { accountId: null }),
      ],
    })
    expect(counts).toMatchObject({ created: 1, rejected: 5 })
    expect(
      records.map(({ reasons }) => reasons.map(({ field, code }) => `${field} ${code}`)),
    ).toEqual([
      [],
      ['openedAt DATE_UNREADABLE'],
      ['openedAt REQUIRED'],
      ['subjekt FIELD_UNKNOWN'],
      ['id REQUIRED'],
      ['accountId REQUIRED'],
    ])
    expect(records[3]?.reasons[0]?.what.en).toContain('did you mean subject?')
  })

  test('say the same thing once', async () => {
    const { caller } = operations.workspace()
    const invoice = {
      id: 'i1',
      accountId: 'acme',
      amount: 1200.5,
      currency: 'JPY',
      issuedAt: '2026-05-01',
    }
    const { records } = await caller.facts.put({
      type: 'invoices',
      records: [
        { ...invoice, dueOn: '2026-05-31' },
        { ...invoice, id: 'i2', dueOn: '2026-05-31', dueAt: '2026-06-01' },
        { ...invoice, id: 'i3' },
      ],
    })
    expect(
      records.map(({ outcome, reasons }) => [outcome, ...reasons.map(({ code }) => code)]),
    ).toEqual([['created'], ['rejected', 'FIELDS_EXCLUDE'], ['rejected', 'REQUIRED']])
  })

  test('move to another account with their id', async () => {
    const workspace = operations.workspace()
    await outcomesOf(workspace, [ticket('t1')])
    workspace.at('2026-11-21T04:00:00Z')
    expect(await outcomesOf(workspace, [ticket('t1', { accountId: 'other' })])).toEqual([
      't1 updated',
    ])
    expect((await subjects(workspace)).map(({ account_id }) => account_id)).toEqual(['other'])
  })
})

test('accounts have attributes of any name: null takes one away, absence leaves it', async () => {
  const workspace = operations.workspace()
  const put = async (attributes: Record<string, unknown>) => {
    const records = [{ accountId: 'acme', attributes }]
    return (await workspace.caller.facts.put({ type: 'accounts', records })).counts
  }
  expect(
    await put({ name: 'Acme', seats: 12, trial: true, signed_up_on: '2026-01-31' }),
  ).toMatchObject({
    created: 1,
  })
  workspace.at('2026-11-21T04:00:00Z')
  expect(await put({ seats: null })).toMatchObject({ created: 0, updated: 1 })
  const account = await workspace.caller.accounts.get({ accountId: 'acme' })
  expect(account.name).toBe('Acme')
})

test('whoever may not write facts cannot', async () => {
  const { router, call, id } = operations.workspace()
  const { createRouterClient } = await import('@orpc/server')
  const client = createRouterClient(router, {
    context: call(program(id, new Set(['accounts:read']))),
  })
  expect(await codeOf(client.facts.put({ type: 'tickets', records: [] }))).toBe('FORBIDDEN')
})
