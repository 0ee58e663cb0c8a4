import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Analytics } from '@segment/analytics-node'
import {
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '@tomoshibi/server/call/testing'
import { Ingestion } from '@tomoshibi/server/collect/ingest/service'
import { httpServer } from '@tomoshibi/server/http/server'
import { systemClock } from '@tomoshibi/server/platform/clock'
import { silentLog } from '@tomoshibi/server/platform/log'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { start } from '../command.ts'
import { eventually, openBrowser } from './screen.ts'

const require = createRequire(import.meta.url)
const bundle = join(
  dirname(require.resolve('@segment/analytics-next/package.json')),
  'dist/umd/index.js',
)

let operations: TestOperations
let workspace: TestWorkspace
let ingestion: Ingestion
let server: Awaited<ReturnType<typeof httpServer>>
let host: string
let writeKey: string

const listening = (address: string | { readonly port: number } | null): number =>
  address !== null && typeof address === 'object' ? address.port : 0

beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace()
  const folder = await mkdtemp(join(operations.dataDir, 'events-'))
  const app = { ...workspace, ports: { ...workspace.ports, clock: systemClock } }
  ingestion = await Ingestion.open(app.ports, folder)
  const options = { app, ingestion, localToken: 'token', webFolder: folder, log: silentLog }
  server = await httpServer(options)
  await server.listen({ port: 0, host: '127.0.0.1' })
  host = `http://localhost:${listening(server.server.address())}`
  writeKey = (await workspace.caller.writeKeys.create({ name: 'SDKs' })).key
})
afterAll(async () => {
  await server?.close()
  await ingestion?.close()
  await operations?.stop()
})

const row = z.object({ row: z.string() })

async function rows(sql: string): Promise<string[]> {
  await ingestion.settled()
  const params = { workspace_id: workspace.id }
  const found = await workspace.ports.facts.query({ sql, params }, row)
  return found.map((each) => each.row)
}

const use = (source: string) =>
  rows(`
SELECT DISTINCT concat(account_id, ' | ', user_id, ' | ', event) AS row FROM usage_events
WHERE workspace_id = {workspace_id:String} AND startsWith(account_id, '${source}') ORDER BY row`)

const attributes = (source: string) =>
  rows(`
SELECT concat(attribute, '=', value) AS row FROM account_attributes
WHERE workspace_id = {workspace_id:String} AND startsWith(account_id, '${source}') ORDER BY row`)

const contacts = (source: string) =>
  rows(`
SELECT concat(user_id, ' ', name, ' ', email) AS row FROM contacts
WHERE workspace_id = {workspace_id:String} AND startsWith(account_id, '${source}') ORDER BY row`)

describe('@segment/analytics-node, with nothing but its host set', () => {
  test('sends all six calls, and what it sends becomes facts', async () => {
    const analytics = new Analytics({ writeKey, host })
    const failures: unknown[] = []
    analytics.on('error', (failure) => failures.push(failure))
    analytics.page({ anonymousId: 'a1', name: 'Pricing' })
    analytics.identify({
      userId: 'u1',
      anonymousId: 'a1',
      traits: { name: '佐藤 花', email: 'hana@example.com' },
    })
    analytics.track({ userId: 'u1', event: 'Report Exported', properties: { rows: 120 } })
    analytics.group({ userId: 'u1', groupId: 'node-acme', traits: { name: 'Acme', employees: 42 } })
    analytics.screen({ userId: 'u1', name: 'Home' })
    analytics.alias({ previousId: 'a1', userId: 'u1' })
    analytics.track({
      userId: 'u2',
      event: 'Report Exported',
      context: { groupId: 'node-other' },
    })
    await analytics.closeAndFlush()
    expect(failures).toEqual([])
    expect(await use('node-')).toEqual([
      'node-acme | u1 | Report Exported',
      'node-acme | u1 | Viewed Home Screen',
      'node-acme | u1 | Viewed Pricing Page',
      'node-other | u2 | Report Exported',
    ])
    expect(await attributes('node-')).toEqual(['employees=42', 'name=Acme'])
    expect(await contacts('node-')).toEqual(['u1 佐藤 花 hana@example.com'])
  })

  test('is told of an event that cannot be taken', async () => {
    const analytics = new Analytics({ writeKey: 'tomo_wrong', host, maxRetries: 0 })
    const failures: unknown[] = []
    analytics.on('error', (failure) => failures.push(failure))
    analytics.track({ userId: 'u1', event: 'Lost' })
    await analytics.closeAndFlush()
    expect(failures).toHaveLength(1)
  })
})

describe('the examples of the documentation', () => {
  const page = readFileSync('docs/events.md', 'utf8')
  const block = (start: string): string => page.split(`\`\`\`${start}\n`)[1]?.split('```')[0] ?? ''

  test('from a server: the program as printed', async () => {
    // Beside the installed packages, where an import finds them.
    const folder = await mkdtemp(join('node_modules', '.events-example-'))
    try {
      const program = join(folder, 'server.mjs')
      await writeFile(
        program,
        block('js server.mjs').replaceAll('http://localhost:4747', () => host),
      )
      const env = { ...process.env, WRITE_KEY: writeKey }
      expect((await start(process.execPath, [program], { env }).ended).stderr).toBe('')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    expect(await use('A-001')).toEqual(['A-001 | u-17 | Report Exported'])
    expect(await attributes('A-001')).toEqual(['employees=42', 'name=Acme'])
  })

  test('over HTTP: the request as printed, and its answer', async () => {
    const [, body = ''] = /-d '([^']+)'/.exec(page) ?? []
    const answer = await fetch(`${host}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
      body,
    })
    expect(await answer.json()).toEqual(JSON.parse(block('json')))
  })
})

describe('@segment/analytics-next in Chromium, with nothing but its host set', () => {
  let site: Server
  let browser: Browser
  let address: string

  beforeAll(async () => {
    const script = await readFile(bundle)
    const load = /AnalyticsBrowser\.load\(\{[^}]*\}\)/.exec(readFileSync('docs/events.md', 'utf8'))
    const printed = load?.[0]
      .replace("'tomo_…'", JSON.stringify(writeKey))
      .replace("'http://localhost:4747'", JSON.stringify(host))
    const page = `<!doctype html><title>A product</title><script src="/analytics.js"></script>
<script>
window.started = AnalyticsNext.${printed}
</script>`
    site = createServer((request, response) => {
      const isScript = request.url === '/analytics.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? script : page)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${listening(site.address())}/`
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  test('sends from a page of another site, and what it sends becomes facts', async () => {
    const page = await browser.newPage()
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).hostname))
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(address)
    await page.evaluate(`(async () => {
      await started.page('Docs')
      await started.track('Report Opened', { format: 'pdf' })
      await started.identify('w1', { name: 'Ken', email: 'ken@example.com' })
      await started.group('web-acme', { name: 'Acme Web' })
      await started.track('Report Exported')
    })()`)
    const expected = [
      'web-acme | w1 | Report Exported',
      'web-acme | w1 | Report Opened',
      'web-acme | w1 | Viewed Docs Page',
    ]
    await eventually(() => use('web-'), expected)
    expect(await attributes('web-')).toEqual(['name=Acme Web'])
    expect(await contacts('web-')).toEqual(['w1 Ken ken@example.com'])
    expect(complaints).toEqual([])
    expect([...asked].sort()).toEqual(['127.0.0.1', 'localhost'])
    await page.close()
  })
})
