import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckName, Diagnosis } from '@tomoshibi/contract/upkeep'
import { migrations } from '@tomoshibi/facts/migrations/migrate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, openApp } from '../../app.ts'
import { systemClock } from '../../platform/clock.ts'
import { type Config, readConfig } from '../../platform/config.ts'
import { takeDataFolder } from '../../platform/data-folder.ts'
import { silentLog } from '../../platform/log.ts'
import { mainWorkspaceId } from '../../platform/workspace.ts'
import { examineFolder } from './service.ts'

let dataDir: string
let config: Config
let app: App

const open = () => openApp({ config, clock: systemClock, log: () => silentLog })

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-doctor-'))
  config = { ...readConfig({}), dataDir }
  app = await open()
})
afterAll(async () => {
  await app.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What was found not to be well, in short. */
const amiss = ({ findings }: Diagnosis, ...checks: CheckName[]) =>
  findings
    .filter(({ level, check }) => level !== 'ok' && (checks.length === 0 || checks.includes(check)))
    .map(({ check, level, what }) => `${check} ${level}: ${what.en}`)

const looked = ({ findings }: Diagnosis) => new Set(findings.map(({ check }) => check))

describe('of a server that runs', () => {
  test('everything is looked at, and a new one is well', async () => {
    const found = await app.caller.upkeep.doctor()
    expect(amiss(found)).toEqual([])
    expect(found.healthy).toBe(true)
    expect([...looked(found)].sort()).toEqual([
      'audit',
      'clock',
      'disk',
      'engines',
      'imports',
      'jobs',
      'journal',
      'mail',
      'migrations',
      'program',
      'retention',
      'secrets',
      'stores',
      'time_zones',
    ])
  })

  test('an import that failed, a job that failed and facts without lamps are warnings', async () => {
    const { id } = await app.caller.imports.start({ paths: ['/nowhere'], mapping: 'version: 1' })
    await expect
      .poll(async () => (await app.caller.imports.get({ id })).state, { timeout: 20_000 })
      .toBe('failed')
    const { pool } = app.ports.state
    await pool.query('CREATE SCHEMA jobs')
    await pool.query('CREATE TABLE jobs.job (name text, state text, completed_on timestamptz)')
    await pool.query(
      `INSERT INTO jobs.job VALUES ('evaluate-lamps', 'failed', now()), ('evaluate-lamps', 'completed', now())`,
    )
    await app.ports.facts.insert('contacts', [
      {
        workspace_id: mainWorkspaceId,
        account_id: 'a',
        record_id: 'c',
        known_at: '2026-01-01T00:00:00Z',
        version: 1,
      },
    ])
    const found = await app.caller.upkeep.doctor()
    expect(found.healthy).toBe(true)
    expect(amiss(found)).toEqual([
      expect.stringMatching(/^jobs warning: 1 jobs 'evaluate-lamps' have failed/),
      `imports warning: The last import failed (${id}).`,
      'lamps warning: No lamp was ever evaluated.',
    ])
    await pool.query('DROP SCHEMA jobs CASCADE')
  })

  test('secrets whose key lies beside them are a warning, and those whose key is gone trouble', async () => {
    const { state } = app.ports
    const place = { scope: 'installation', name: 'mail.password' }
    await state.transaction((tx) => app.secrets.put(tx, place, 'text'))
    expect(amiss(await app.caller.upkeep.doctor(), 'secrets')).toEqual([
      expect.stringContaining('secrets warning: All 1 secrets are sealed, but their key lies'),
    ])
    const key = join(dataDir, 'secret-key')
    renameSync(key, `${key}.away`)
    await app.close()
    const found = await examineFolder(config, systemClock)
    expect(found.healthy).toBe(false)
    expect(amiss(found, 'secrets')).toEqual([
      `secrets trouble: The key of the sealed secrets is not at ${key}.`,
    ])
    const secretKeyFile = `${key}.away`
    const mended = await examineFolder({ ...config, secretKeyFile }, systemClock)
    expect(amiss(mended, 'secrets')).toEqual([])
    renameSync(secretKeyFile, key)
    app = await open()
    await app.ports.state.pool.query('DELETE FROM secrets')
  })
})

describe('of a folder that no server has', () => {
  test('a folder that somebody has without answering is told by who has it', async () => {
    const found = await examineFolder(config, systemClock)
    expect(found.healthy).toBe(false)
    expect(amiss(found)).toEqual([expect.stringContaining(`process ${process.pid}`)])
  })

  test('its stores are opened and looked at, and nothing is changed', async () => {
    const { key } = await app.caller.writeKeys.create({ name: 'left' })
    expect(key).not.toBe('')
    // As a server that was killed: acknowledged, and not facts.
    await app.ports.facts.close()
    const event = { type: 'track', event: 'x', userId: 'u', context: { groupId: 'a' } }
    const body = Buffer.from(JSON.stringify(event))
    const longAgoMs = Date.parse('2026-01-01T00:00:00Z')
    await app.ingestion.take(mainWorkspaceId, 'track', body, longAgoMs)
    await app.close()
    const before = readdirSync(join(dataDir, 'journal'))
    const found = await examineFolder(config, systemClock)
    expect(amiss(found, 'journal')).toEqual([expect.stringContaining('journal trouble')])
    expect(amiss(found, 'stores', 'migrations', 'lock', 'folder', 'time_zones')).toEqual([])
    expect(looked(found)).toContain('lock')
    expect(readdirSync(join(dataDir, 'journal'))).toEqual(before)

    app = await open()
    await app.ingestion.settled()
    expect(amiss(await app.caller.upkeep.doctor(), 'journal')).toEqual([])
  })

  test('tables that are behind are said to be, and stay so', async () => {
    await app.ports.state.pool.query(
      'DELETE FROM drizzle.__drizzle_migrations WHERE id = (SELECT max(id) FROM drizzle.__drizzle_migrations)',
    )
    await app.ports.facts.command({ sql: 'DROP TABLE migrations SYNC', params: {} })
    await app.close()
    const found = await examineFolder(config, systemClock)
    expect(found.healthy).toBe(true)
    expect(amiss(found)).toEqual([
      `migrations warning: The fact store is ${migrations.length} migrations behind this program.`,
      'migrations warning: The state store is 1 migrations behind this program.',
    ])
    const again = await examineFolder(config, systemClock)
    expect(amiss(again)).toEqual(amiss(found))
    rmSync(dataDir, { recursive: true })
    app = await open()
  })

  test('a journal with a damaged part is trouble', async () => {
    await app.close()
    const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-doctor-journal-'))
    const { Ingestion } = await import('../../collect/ingest/service.ts')
    app = await open()
    const body = Buffer.from('{"batch":[]}')
    const small = await Ingestion.open(app.ports, folder, { segmentBytes: 1 })
    await app.ports.facts.close()
    for (let n = 0; n < 3; n++) await small.take(mainWorkspaceId, 'batch', body, 1000 * n)
    const { inspectJournal } = await import('../../collect/ingest/journal.ts')
    const [first = ''] = readdirSync(join(folder, 'journal')).sort()
    truncateSync(join(folder, 'journal', first), 20)
    const found = await inspectJournal(join(folder, 'journal'), 0)
    expect(found.damaged).toEqual([first])
    await small.close()
    rmSync(folder, { recursive: true })
  })

  test('a store that does not start, or refuses, is trouble with what to do; the other is looked at', async () => {
    const databaseUrl = 'postgresql://nobody:hush@127.0.0.1:1/none'
    const other = mkdtempSync(join(tmpdir(), 'tomoshibi-doctor-other-'))
    takeDataFolder(other, systemClock).release()
    const found = await examineFolder({ ...config, dataDir: other, databaseUrl }, systemClock)
    expect(found.healthy).toBe(false)
    expect(amiss(found, 'stores')).toHaveLength(1)
    expect(JSON.stringify(found)).not.toContain('hush')
    expect(looked(found)).toContain('migrations')
    rmSync(other, { recursive: true })
  })

  test('one that is not there yet is no trouble', async () => {
    const found = await examineFolder(
      { ...config, dataDir: join(dataDir, 'new', 'one') },
      systemClock,
    )
    expect(amiss(found)).toEqual([])
    expect(readdirSync(dataDir)).not.toContain('new')
  })

  test.runIf(process.getuid?.() !== 0)('one that cannot be written to is trouble', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'tomoshibi-doctor-closed-'))
    chmodSync(closed, 0o500)
    const found = await examineFolder({ ...config, dataDir: closed }, systemClock)
    expect(found.healthy).toBe(false)
    rmSync(closed, { recursive: true })
  })
})
