/** The server's side of the benchmark: the program as it is, over a company made inside the engine. */
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { openApp } from '@tomoshibi/server/app'
import { httpServer } from '@tomoshibi/server/http/server'
import { moveWatermarks } from '@tomoshibi/server/light/lamps/store'
import { systemClock, todayIn } from '@tomoshibi/server/platform/clock'
import { readConfig } from '@tomoshibi/server/platform/config'
import { createLog } from '@tomoshibi/server/platform/log'
import * as z from 'zod'
import { makeCompany, TIME_ZONE } from '../metrics/company.ts'

export const readySchema = z.object({
  port: z.number(),
  token: z.string(),
  writeKey: z.string(),
  /** ISO date in the company's zone. */
  today: z.string(),
  /** Key of the lamp that an event puts out. */
  lamp: z.string(),
  /** Accounts for which it is lit. */
  lit: z.array(z.string()),
})
export type Ready = z.infer<typeof readySchema>

const orderSchema = z.object({ accounts: z.number(), events: z.number() })

const lamp = `
key: nobody_there
version: 1
name: { en: Nobody uses it, ja: 利用者がいません }
condition: mrr > 0 && active_users <= 0
off: active_users > 0
severity: warning
task:
  title: { en: Call them, ja: 連絡しましょう }
  body: { en: Ask what stands in the way., ja: 妨げになっていることを伺います。 }
  owner: account_owner
  dueDays: 7
`

async function serve(dataDir: string, order: z.infer<typeof orderSchema>): Promise<void> {
  const app = await openApp({
    config: { ...readConfig({}), dataDir },
    clock: systemClock,
    log: () => createLog(dataDir, { level: 'warn' }),
  })
  const { ports, caller, ingestion } = app
  const sizes = { ...order, users: order.accounts * 20, seed: 1, workspaceId: ports.workspaceId }
  await makeCompany(ports.facts, sizes, () => {})
  await caller.workspace.configure({ timeZone: TIME_ZONE })
  const scope = { workspaceId: ports.workspaceId, timeZone: TIME_ZONE }
  await ensureUseRollup(ports.facts, scope)
  await caller.lamps.define({ yaml: lamp })
  // Two years of lamps are not what is measured: history begins the day before yesterday.
  const today = todayIn(systemClock, TIME_ZONE)
  const definitions = await caller.lamps.definitions()
  const known = definitions.map(({ key, version }) => ({ key, version }))
  await moveWatermarks(
    ports.state.db,
    ports.workspaceId,
    known,
    today.subtract({ days: 2 }).toString(),
  )
  await caller.lamps.evaluate({})
  const lamps = await caller.lamps.list({ lit: true })
  const lit = lamps.filter(({ lamp: key }) => key === 'nobody_there').map(({ account }) => account)
  const { key: writeKey } = await caller.writeKeys.create({ name: 'benchmark' })
  const server = await httpServer({
    app,
    ingestion,
    localToken: app.folder.token,
    webFolder: dataDir,
    log: ports.log,
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  app.watchLamps()
  const address = server.server.address()
  process.on('message', async (message) => {
    if (message !== 'stop') return
    await server.close()
    await app.close()
    process.exit(0)
  })
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const ready: Ready = {
    port,
    token: app.folder.token,
    writeKey,
    today: today.toString(),
    lamp: 'nobody_there',
    lit,
  }
  process.send?.(ready)
}

// The parent's first word says how large the company is to be; without a parent nothing happens.
if (process.send !== undefined) {
  process.once('message', (order) => {
    void serve(process.env.TOMOSHIBI_DATA ?? '', orderSchema.parse(order))
  })
}
