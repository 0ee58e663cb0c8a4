import { demonstrations } from '@tomoshibi/state/schema/demonstrations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../../call/testing.ts'
import { ensureDemonstration, holdsDemonstration } from './demo.ts'

const small = { accounts: 12, months: 3, seed: 5 }

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

async function fill(workspace: TestWorkspace) {
  const steps: string[] = []
  const holds = await ensureDemonstration(workspace, ({ phase }) => steps.push(phase), small)
  return { holds, steps: [...new Set(steps)] }
}

/** Two of them are made, with the lamps of all their days. */
const whileMadeMs = 240_000

describe('the demonstration company', () => {
  test(
    'fills a new workspace once; one that was cut off is finished later just as it was begun',
    async () => {
      const whole = operations.workspace('2026-11-21T03:00:00Z')
      expect(await holdsDemonstration(whole.ports)).toBe(false)
      expect(await fill(whole)).toEqual({ holds: true, steps: ['simulating', 'importing'] })
      const filled = await whole.caller.workspace.get()
      expect(filled).toMatchObject({ accounts: 12, lampsEvaluatedThrough: '2026-11-20' })
      expect(await fill(whole)).toEqual({ holds: true, steps: [] })
      expect(await holdsDemonstration(whole.ports)).toBe(true)

      const cutOff = operations.workspace('2026-11-25T03:00:00Z')
      await cutOff.caller.workspace.get()
      await cutOff.ports.state.db
        .insert(demonstrations)
        .values({ workspaceId: cutOff.id, state: 'loading', ...small, endsOn: '2026-11-21' })
      expect(await fill(cutOff)).toEqual({ holds: true, steps: ['simulating', 'importing'] })
      const question = { metrics: ['mrr', 'active_users'], on: '2026-11-20', perAccount: true }
      expect(await cutOff.caller.metrics.query(question)).toEqual(
        await whole.caller.metrics.query(question),
      )
    },
    whileMadeMs,
  )

  test('stays out of a workspace that has data of its own', async () => {
    const own = operations.workspace('2026-11-21T03:00:00Z')
    await own.facts.account('a1', { name: 'One' }, '2026-01-01T00:00:00Z')
    expect(await fill(own)).toEqual({ holds: false, steps: [] })
  })

  test('stays out of a workspace that has had an import, even a failed one', async () => {
    const tried = operations.workspace('2026-11-21T03:00:00Z')
    const order = { paths: ['/nowhere'], mapping: 'version: 1\nfiles: []' }
    const { id } = await tried.caller.imports.start(order)
    await tried.imports.ended(id)
    expect(await fill(tried)).toEqual({ holds: false, steps: [] })
  })
})
