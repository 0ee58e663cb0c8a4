import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestOperations, type TestOperations } from '../call/testing.ts'
import { updateWorkspaceSettings } from '../platform/workspace.ts'
import { startJobs } from './jobs.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const nothing = {
  evaluate: async () => {},
  follow: async () => {},
  verify: async () => {},
  retain: async () => {},
}

test('every workspace has its own jobs, also one that is made later', async () => {
  const first = operations.workspace()
  const second = operations.workspace()
  await updateWorkspaceSettings(first.ports, { timeZone: 'Asia/Tokyo' })
  await updateWorkspaceSettings(second.ports, { timeZone: 'America/New_York' })
  const evaluated = new Set<string>()
  let enough: () => void = () => {}
  const all = new Promise<void>((resolve) => {
    enough = resolve
  })
  const jobs = await startJobs(first.ports, {
    ...nothing,
    evaluate: async ({ workspaceId }) => {
      evaluated.add(workspaceId)
      if (evaluated.has('later') && evaluated.has(second.id)) enough()
    },
  })
  await first.caller.workspaces.create({ name: 'Later', id: 'later' })
  await all
  const { rows } = await first.ports.state.pool.query(
    "SELECT key, timezone FROM jobs.schedule WHERE name = 'evaluate-lamps' ORDER BY key",
  )
  expect(rows).toEqual([
    { key: 'later', timezone: 'Asia/Tokyo' },
    { key: first.id, timezone: 'Asia/Tokyo' },
    { key: second.id, timezone: 'America/New_York' },
  ])
  await jobs.stop()
})

test('lamps are evaluated at the start and planned for every night of the zone', async () => {
  const { ports } = operations.workspace()
  await updateWorkspaceSettings(ports, { timeZone: 'Europe/Berlin' })
  const evaluated = new Promise<void>((resolve) => {
    const work = { ...nothing, evaluate: async () => resolve() }
    void startJobs(ports, work).then((jobs) => stops.push(jobs.stop))
  })
  const stops: (() => Promise<void>)[] = []
  await evaluated
  // Stopping waits for the start, and started twice it does not double anything.
  const again = await startJobs(ports, nothing)
  const { rows } = await ports.state.pool.query(
    'SELECT name, cron, timezone FROM jobs.schedule WHERE key = $1 ORDER BY name',
    [ports.workspaceId],
  )
  expect(rows).toEqual([
    { name: 'apply-retention', cron: '30 3 * * *', timezone: 'Europe/Berlin' },
    { name: 'check-evidence', cron: '30 1 * * *', timezone: 'Europe/Berlin' },
    { name: 'evaluate-lamps', cron: '10 0 * * *', timezone: 'Europe/Berlin' },
    { name: 'follow-goals', cron: '50 0 * * *', timezone: 'Europe/Berlin' },
  ])
  await again.stop()
  for (const stop of stops) await stop()
})
