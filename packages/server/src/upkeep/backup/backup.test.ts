import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type App, openApp } from '../../app.ts'
import { codeOf } from '../../call/testing.ts'
import { fixedClock } from '../../platform/clock.ts'
import { type Config, readConfig } from '../../platform/config.ts'
import { silentLog } from '../../platform/log.ts'
import { ArchiveWriter, checkArchive, partsOf } from './archive.ts'
import { saveBackup } from './file.ts'
import { finishRestore } from './finish.ts'
import { restore } from './restore.ts'
import { writeBackup } from './take.ts'
import { expectItsInstant, fillCompany, takeUnderLoad } from './testing/load.ts'

const clock = fixedClock('2026-06-20T03:00:00Z')
let folder: string
let config: Config
let app: App

const open = (dataDir: string) =>
  openApp({ config: { ...config, dataDir }, clock, log: () => silentLog })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-backup-'))
  config = { ...readConfig({}), dataDir: join(folder, 'data') }
  app = await open(config.dataDir)
  await fillCompany(app)
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const take = (name: string) => saveBackup(join(folder, name), (sink) => writeBackup(app, sink))

const restoreTo = (name: string, dataDir: string, more: { replace?: boolean } = {}) =>
  restore({
    config: { ...config, dataDir },
    clock,
    file: join(folder, name),
    replace: more.replace ?? false,
    log: silentLog,
  })

const snapshotsOf = ({ ports }: App) =>
  ports.facts.query(
    {
      sql: "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'snapshot_')",
      params: {},
    },
    z.object({ name: z.string() }),
  )

describe('a backup taken while events arrive', () => {
  test('has every event that was acknowledged before, and restored it gives the figures of its instant', async () => {
    const load = await takeUnderLoad(app, () => take('load.tar'))
    expect(load.taken.journal.length).toBeGreaterThan(0)

    const dataDir = join(folder, 'restored')
    const { before: aside, facts } = await restoreTo('load.tar', dataDir)
    expect(aside).toBeNull()
    expect(facts).toBeGreaterThan(100)
    const copy = await open(dataDir)
    try {
      await expectItsInstant(app, copy, load)

      expect(await copy.caller.workspace.get()).toMatchObject({
        name: '灯',
        timeZone: 'Europe/Berlin',
      })
      expect(await copy.caller.writeKeys.list()).toEqual(await app.caller.writeKeys.list())
      expect(await copy.caller.lamps.today()).toEqual(await app.caller.lamps.today())
      // What goes on there is not mistaken for what was.
      const rows = async ({ ports }: App) =>
        (await ports.state.pool.query('SELECT max(id) AS n FROM lamp_transitions')).rows
      expect(await rows(copy)).toEqual(await rows(app))
    } finally {
      await copy.close()
    }
  })

  test('leaves nothing behind in the store', async () => {
    expect(await snapshotsOf(app)).toEqual([])
    const { pool } = app.ports.state
    const open = await pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in trans%'",
    )
    expect(open.rowCount).toBe(0)
  })

  test('is one at a time', async () => {
    // Which of them is first depends on whose file is open sooner.
    const both = ['one.tar', 'other.tar'].map((name) => codeOf(take(name)))
    expect((await Promise.all(both)).toSorted()).toEqual(['BACKUP_RUNNING', 'no error'])
    const left = readdirSync(folder).filter((name) => /^(one|other)\.tar/.test(name))
    expect(left).toHaveLength(1)
    expect(left[0]).not.toContain('partial')
  })
})

describe('a backup that does not come to its end', () => {
  const nothingIsLeft = async (name: string) => {
    expect(readdirSync(folder).filter((each) => each.startsWith(name))).toEqual([])
    expect(await snapshotsOf(app)).toEqual([])
    await take('next.tar')
    rmSync(join(folder, 'next.tar'))
  }

  test.each([0, 1, 3, 20])(
    'cut off after %i writes leaves nothing, and the next one works',
    async (count) => {
      let writes = 0
      const cut = saveBackup(join(folder, 'cut.tar'), (sink) => {
        const counting = new Writable({
          write(chunk, _encoding, done) {
            writes += 1
            if (writes > count) done(new Error('cut off'))
            else sink.write(chunk, done)
          },
        })
        return writeBackup(app, counting)
      })
      await expect(cut).rejects.toThrow('cut off')
      await nothingIsLeft('cut.tar')
    },
  )

  test.runIf(existsSync('/dev/full'))('on a full disk says so and leaves nothing', async () => {
    symlinkSync('/dev/full', join(folder, 'full.tar.partial'))
    expect(await codeOf(take('full.tar'))).toBe('BACKUP_NOT_WRITTEN')
    await nothingIsLeft('full.tar')
  })

  test('never takes the place of another file', async () => {
    writeFileSync(join(folder, 'mine.tar'), 'mine')
    expect(await codeOf(take('mine.tar'))).toBe('BACKUP_NOT_WRITTEN')
    expect(readFileSync(join(folder, 'mine.tar'), 'utf8')).toBe('mine')
    expect(await codeOf(take('no/such/folder.tar'))).toBe('BACKUP_NOT_WRITTEN')
  })

  test('what a killed process left in the store goes with the next', async () => {
    await app.ports.facts.command({
      sql: 'CREATE TABLE snapshot_0a1b2c3d_contacts CLONE AS contacts',
      params: {},
    })
    await take('after.tar')
    expect(await snapshotsOf(app)).toEqual([])
  })
})

describe('a file that is no whole backup is refused, and changes nothing', () => {
  let whole: Buffer
  beforeAll(async () => {
    await take('whole.tar')
    whole = readFileSync(join(folder, 'whole.tar'))
  })
  const refused = async (bytes: Buffer | string) => {
    writeFileSync(join(folder, 'bad.tar'), bytes)
    const target = join(folder, 'never')
    const code = await codeOf(restoreTo('bad.tar', target))
    expect(existsSync(target)).toBe(false)
    return code
  }

  test('one that is whole is taken', async () => {
    const manifest = await checkArchive(join(folder, 'whole.tar'))
    expect(manifest.facts.tables.map(({ name }) => name)).toContain('usage_events')
    expect(manifest.state.tables.map(({ name }) => name)).toContain('workspaces')
    expect(manifest.facts.tables.some(({ name }) => /staging|snapshot|migrations/.test(name))).toBe(
      false,
    )
  })

  test.each([0, 100, 511, 5_000])('cut off at byte %i', async (bytes) => {
    expect(await refused(whole.subarray(0, bytes))).toBe('BACKUP_DAMAGED')
  })

  test('cut off at any tenth of it', async () => {
    for (let tenth = 1; tenth < 10; tenth++) {
      const at = Math.floor((whole.length * tenth) / 10)
      expect(await refused(whole.subarray(0, at)), `${tenth}/10`).toBe('BACKUP_DAMAGED')
    }
  })

  test('cut off before the list of its contents', async () => {
    expect(await refused(whole.subarray(0, whole.indexOf('manifest.json')))).toBe('BACKUP_DAMAGED')
  })

  test.each([
    ['a table', 'a table of facts', 'facts/usage_events/000000'],
    ['the list', 'the list of contents', 'manifest.json'],
    ['the state', 'a table of the state', 'state/workspaces/000000'],
  ])('with one bit of %s changed', async (_name, _what, entry) => {
    const bad = Buffer.from(whole)
    // The entry's bytes begin with the next block after its head.
    const at = bad.indexOf(entry) + 512 + 10
    bad.writeUInt8(bad.readUInt8(at) ^ 1, at)
    expect(await refused(bad)).toBe('BACKUP_DAMAGED')
  })

  test('that is something else', async () => {
    expect(await refused('account_id,name\n1,x\n')).toBe('BACKUP_DAMAGED')
    expect(await codeOf(restoreTo('not-there.tar', join(folder, 'never')))).toBe('FILE_UNREADABLE')
    expect(await codeOf(restoreTo('data', join(folder, 'never')))).toBe('FILE_UNREADABLE')
  })

  test('of a newer program', async () => {
    const manifest = await checkArchive(join(folder, 'whole.tar'))
    const newer = async (facts: number, state: number) => {
      const path = join(folder, 'bad.tar')
      const archive = new ArchiveWriter(createWriteStream(path), new Date(0))
      await archive.finish({
        ...manifest,
        version: '99.0.0',
        facts: { tables: [], migrations: facts },
        state: { tables: [], sequences: [], migrations: state },
      })
      return codeOf(restoreTo('bad.tar', join(folder, 'newer')))
    }
    expect(await newer(manifest.facts.migrations + 1, manifest.state.migrations)).toBe(
      'BACKUP_NEWER',
    )
    expect(await newer(manifest.facts.migrations, manifest.state.migrations + 1)).toBe(
      'BACKUP_NEWER',
    )
    expect(existsSync(join(folder, 'newer'))).toBe(false)
  })

  test('whose rows are not those that it says', async () => {
    const source = join(folder, 'whole.tar')
    const manifest = await checkArchive(source)
    const path = join(folder, 'bad.tar')
    const archive = new ArchiveWriter(createWriteStream(path), new Date(0))
    for await (const { kind, name, bytes } of partsOf(source)) await archive.add(kind, name, bytes)
    const tables = manifest.facts.tables.map((table) =>
      table.name === 'usage_events' ? { ...table, hash: '1' } : table,
    )
    await archive.finish({ ...manifest, facts: { ...manifest.facts, tables } })
    expect(await codeOf(restoreTo('bad.tar', join(folder, 'differs')))).toBe('COPY_DIFFERS')
    expect(
      readdirSync(join(folder, 'differs')).filter((name) => !name.startsWith('owner')),
    ).toEqual([])
  })
})

describe('a folder that holds data', () => {
  test('is only restored to when that was asked for, and what was there is kept', async () => {
    const dataDir = join(folder, 'restored')
    expect(await codeOf(restoreTo('whole.tar', dataDir))).toBe('DATA_FOLDER_NOT_EMPTY')
    const mine = await open(dataDir)
    await mine.caller.workspace.configure({ name: 'before' })
    expect(await codeOf(restoreTo('whole.tar', dataDir, { replace: true }))).toBe(
      'DATA_FOLDER_OWNED',
    )
    await mine.close()

    const { before } = await restoreTo('whole.tar', dataDir, { replace: true })
    expect(before).toBe('before-restore-20260620T030000Z')
    const now = await open(dataDir)
    expect((await now.caller.workspace.get()).name).toBe('灯')
    await now.close()
    const kept = await open(join(dataDir, before ?? ''))
    expect((await kept.caller.workspace.get()).name).toBe('before')
    await kept.close()
  })

  const mark = (dataDir: string, name: string, text: string) => {
    mkdirSync(join(dataDir, name), { recursive: true })
    writeFileSync(join(dataDir, name, 'who'), text)
  }
  const who = (dataDir: string, name: string) => readFileSync(join(dataDir, name, 'who'), 'utf8')

  test('keeps what it has when a restore is cut off before all is there', () => {
    const dataDir = mkdtempSync(join(folder, 'cut-'))
    mark(dataDir, 'facts', 'old')
    mark(dataDir, 'restoring/facts', 'new')
    finishRestore(dataDir)
    expect(who(dataDir, 'facts')).toBe('old')
    expect(existsSync(join(dataDir, 'restoring'))).toBe(false)
  })

  test.each([0, 1, 2, 3, 4])(
    'gets the new data when it is cut off after %i of the last moves',
    (moves) => {
      const dataDir = mkdtempSync(join(folder, 'moves-'))
      for (const name of ['facts', 'state']) {
        mark(dataDir, name, 'old')
        mark(dataDir, `restoring/${name}`, 'new')
      }
      writeFileSync(join(dataDir, 'restoring', 'complete.json'), '{"before":"aside"}')
      mkdirSync(join(dataDir, 'aside'))
      const steps = ['facts', 'state'].flatMap((name) => [
        [join(dataDir, name), join(dataDir, 'aside', name)],
        [join(dataDir, 'restoring', name), join(dataDir, name)],
      ])
      for (const [from = '', to = ''] of steps.slice(0, moves)) renameSync(from, to)
      finishRestore(dataDir)
      finishRestore(dataDir)
      for (const name of ['facts', 'state']) {
        expect(who(dataDir, name)).toBe('new')
        expect(who(dataDir, `aside/${name}`)).toBe('old')
      }
      expect(existsSync(join(dataDir, 'restoring'))).toBe(false)
    },
  )

  test('a truncated file beside a journal is no reason to lose it', async () => {
    truncateSync(join(folder, 'bad.tar'), 10)
    expect(await codeOf(restoreTo('bad.tar', join(folder, 'restored'), { replace: true }))).toBe(
      'BACKUP_DAMAGED',
    )
    expect(existsSync(join(folder, 'restored', 'facts'))).toBe(true)
  })
})
