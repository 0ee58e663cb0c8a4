import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf, startTestOperations, type TestOperations } from '../../call/testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

test('a key is shown once and stored as its hash only', async () => {
  const { caller, ports } = operations.workspace()
  const { key, ...made } = await caller.writeKeys.create({ name: 'website' })
  expect(key).toMatch(/^tomo_[A-Za-z0-9]{32}$/)
  expect(key.startsWith(made.hint)).toBe(true)
  expect(await caller.writeKeys.list()).toEqual([made])
  const { rows } = await ports.state.pool.query('SELECT * FROM write_keys')
  expect(JSON.stringify(rows)).not.toContain(key)
})

test('a key leads to its workspace until it is revoked, from the next request on', async () => {
  const { caller, id, writeKeys } = operations.workspace()
  const { key, id: keyId } = await caller.writeKeys.create({ name: 'server' })
  const other = await caller.writeKeys.create({ name: 'another' })
  expect(await writeKeys.workspaceOf(key)).toBe(id)
  expect(await writeKeys.workspaceOf(`${key}x`)).toBeNull()
  expect(await writeKeys.workspaceOf('')).toBeNull()
  const revoked = await caller.writeKeys.revoke({ id: keyId })
  expect(revoked.revokedAt).not.toBeNull()
  expect(await writeKeys.workspaceOf(key)).toBeNull()
  expect(await writeKeys.workspaceOf(other.key)).toBe(id)
  expect(await caller.writeKeys.revoke({ id: keyId })).toEqual(revoked)
})

test('a workspace sees and revokes its own keys only', async () => {
  const ours = operations.workspace()
  const theirs = operations.workspace()
  const { key, id } = await theirs.caller.writeKeys.create({ name: 'theirs' })
  expect(await ours.caller.writeKeys.list()).toEqual([])
  expect(await codeOf(ours.caller.writeKeys.revoke({ id }))).toBe('WRITE_KEY_NOT_FOUND')
  expect(await theirs.writeKeys.workspaceOf(key)).toBe(theirs.id)
})
