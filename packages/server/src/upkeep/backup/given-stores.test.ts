import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFacts } from '@tomoshibi/facts/store'
import { startTestCluster, startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { startGivenServer } from '@tomoshibi/state/testing/given-server'
import { freshDatabase } from '@tomoshibi/state/testing/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, openApp } from '../../app.ts'
import { codeOf } from '../../call/testing.ts'
import { fixedClock } from '../../platform/clock.ts'
import { type Config, readConfig } from '../../platform/config.ts'
import { silentLog } from '../../platform/log.ts'
import { saveBackup } from './file.ts'
import { restore } from './restore.ts'
import { writeBackup } from './take.ts'
import { expectItsInstant, fillCompany, takeUnderLoad } from './testing/load.ts'

const clock = fixedClock('2026-06-20T03:00:00Z')

describe.each([
  { on: 'one server', start: startTestFacts },
  { on: 'a cluster of two shards', start: startTestCluster },
])('a backup of stores that were given, ClickHouse being $on', ({ start }) => {
  let folder: string
  let clickhouse: TestFacts
  let postgres: Awaited<ReturnType<typeof startGivenServer>>
  let app: App
  let databases = 0

  /** A new database on the given ClickHouse, by its address alone. */
  const newClickhouse = () => {
    const { url, username, password, cluster } = clickhouse.connection
    const address = new URL(url)
    address.username = username
    address.password = password
    databases += 1
    address.pathname = `/given_${databases}`
    if (cluster !== undefined) {
      address.searchParams.set('cluster', cluster.name)
      const hosts = (cluster.nodes ?? []).map((node) => new URL(node).host)
      address.searchParams.set('nodes', hosts.join(','))
    }
    return address.href
  }
  const newStores = async (): Promise<Pick<Config, 'clickhouseUrl' | 'databaseUrl'>> => ({
    clickhouseUrl: newClickhouse(),
    databaseUrl: (await freshDatabase(postgres.url)).url,
  })
  const configOf = (name: string, stores: Partial<Config>): Config => ({
    ...readConfig({}),
    dataDir: join(folder, name),
    ...stores,
  })
  const open = (config: Config) => openApp({ config, clock, log: () => silentLog })
  const restoreTo = (config: Config) =>
    restore({ config, clock, file: join(folder, 'load.tar'), replace: false, log: silentLog })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tomoshibi-given-backup-'))
    ;[clickhouse, postgres] = await Promise.all([start(), startGivenServer()])
    app = await open(configOf('data', await newStores()))
    await fillCompany(app)
  })
  afterAll(async () => {
    await app?.close()
    await Promise.all([clickhouse.stop(), postgres.stop()])
    rmSync(folder, { recursive: true, force: true })
  })

  test('taken under load and restored to others, it gives the figures of its instant', async () => {
    const load = await takeUnderLoad(app, () =>
      saveBackup(join(folder, 'load.tar'), (sink) => writeBackup(app, sink)),
    )
    const stores = await newStores()
    const config = configOf('restored', stores)
    await restoreTo(config)
    // Nothing of the stores is in the folder; what is not facts yet is.
    expect(readdirSync(config.dataDir)).not.toContain('facts')
    const copy = await open(config)
    try {
      await expectItsInstant(app, copy, load)
      expect((await copy.caller.workspace.get()).name).toBe('灯')
      expect(await copy.caller.lamps.today()).toEqual(await app.caller.lamps.today())
    } finally {
      await copy.close()
    }
  })

  test('is never restored into a store that holds anything, and changes nothing there', async () => {
    const { clickhouseUrl, databaseUrl } = await newStores()
    const store = await openFacts(clickhouseUrl ?? '')
    await store.insert('contacts', [{ workspace_id: 'other', record_id: '1' }])
    await store.close()
    const config = configOf('occupied', { clickhouseUrl, databaseUrl })
    expect(await codeOf(restoreTo(config))).toBe('STORE_NOT_EMPTY')
    expect(existsSync(join(config.dataDir, 'journal'))).toBe(false)
    expect(existsSync(join(config.dataDir, 'restoring'))).toBe(false)
  })

  test('restores into stores of our own as well', async () => {
    const copy = await restoreTo(configOf('own', {})).then(() => open(configOf('own', {})))
    try {
      const [mrr] = await copy.caller.metrics.query({ metrics: ['mrr'], on: '2026-05-31' })
      expect(mrr?.value).toBe('20190')
    } finally {
      await copy.close()
    }
  })
})
