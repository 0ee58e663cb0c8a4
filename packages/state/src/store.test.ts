import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspaces } from './schema/workspaces.ts'
import { startTestState, type TestState } from './testing/postgres.ts'

let test: TestState
beforeAll(async () => {
  test = await startTestState()
})
afterAll(() => test.stop())

describe('the state store', () => {
  it('keeps instants to the millisecond', async () => {
    const createdAt = Temporal.Instant.from('2026-01-01T00:00:00.123Z')
    await test.state.db
      .insert(workspaces)
      .values({ id: 'main', name: 'Main', settings: {}, createdAt })
    const [row] = await test.state.db.select().from(workspaces)
    expect(row?.createdAt.equals(createdAt)).toBe(true)
  })
})
