import { healthOverrides } from '@tomoshibi/state/schema/health'
import { users } from '@tomoshibi/state/schema/people'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLampStores, tokyo } from '../../light/lamps/testing.ts'
import { listOverrides, setOverride } from './overrides.ts'

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

test('who set a score is kept as the user, and shown by the name that they have now', async () => {
  const w = stores.workspace()
  await w.facts.account('a', { name: 'Company a' }, tokyo('2026-01-01'))
  const ports = w.at('2026-02-01T03:00:00Z')
  const { db } = ports.state
  const at = new Date(0)
  const sato = { id: 'user-1', name: 'Sato', email: 'sato@example.com' }
  await db.insert(users).values({ ...sato, emailVerified: true, createdAt: at, updatedAt: at })
  const asked = { account: 'a', score: 30, reason: 'x', until: '2026-03-01' }
  expect(await setOverride(ports, { ...asked, actor: sato.id })).toMatchObject({ setBy: 'Sato' })
  const [stored] = await db.select().from(healthOverrides)
  expect(stored?.setBy).toBe(sato.id)
  await db.update(users).set({ name: 'Suzuki' }).where(eq(users.id, sato.id))
  expect(await listOverrides(ports, { all: false })).toMatchObject([{ setBy: 'Suzuki' }])
  // A program is nobody, and so is who is not there any more.
  await setOverride(ports, asked)
  await db.delete(users)
  expect((await listOverrides(ports, { all: true })).map(({ setBy }) => setBy)).toEqual([
    null,
    null,
  ])
})
