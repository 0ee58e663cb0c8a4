import { appendFile, mkdtemp, readdir, rename, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { Journal, type JournalOptions } from './journal.ts'

let root: string
let folder: string
let count = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tomoshibi-journal-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))
beforeEach(() => {
  count += 1
  folder = join(root, String(count))
})

const open = (options: Partial<JournalOptions> = {}) =>
  Journal.open({ folder, nextRecord: 0, log: silentLog, ...options })

const append = (journal: Journal, text: string) =>
  journal.append({
    workspaceId: 'w',
    endpoint: 'batch',
    receivedAtMs: 1_780_000_000_000,
    body: Buffer.from(text),
  })

const texts = async (journal: Journal, maxBytes = 1e9) =>
  (await journal.read(maxBytes)).map(({ number, body }) => `${number} ${body}`)

const files = async () => (await readdir(folder)).sort()

describe('the journal', () => {
  test('gives back what was appended, in order and once, also after it was opened anew', async () => {
    const first = await open()
    await Promise.all(['a', 'b', 'ｃ'].map((text) => append(first, text)))
    expect(await texts(first)).toEqual(['0 a', '1 b', '2 ｃ'])
    expect(await texts(first)).toEqual([])
    await first.close()
    const second = await open({ nextRecord: 1 })
    await append(second, 'd')
    expect(await texts(second)).toEqual(['1 b', '2 ｃ', '3 d'])
    await second.close()
  })

  test('reads about as much as is asked for', async () => {
    const journal = await open({ segmentBytes: 1 })
    for (const text of ['a', 'b', 'c']) await append(journal, text)
    expect(await texts(journal, 1)).toEqual(['0 a'])
    expect(journal.hasUnread).toBe(true)
    expect(await texts(journal)).toEqual(['1 b', '2 c'])
    expect(journal.hasUnread).toBe(false)
    await journal.close()
  })

  test('drops files whose records are facts, and counts what waits', async () => {
    const journal = await open({ segmentBytes: 1 })
    for (const text of ['a', 'b', 'c']) await append(journal, text)
    expect(journal.backlogBytes).toBeGreaterThan(0)
    await journal.read(1e9)
    await journal.forget(2)
    expect(await files()).toEqual(['0000000000000002.journal'])
    expect(journal.backlogBytes).toBe(0)
    await journal.close()
    const again = await open({ nextRecord: 3 })
    expect(await texts(again)).toEqual([])
    expect(again.durable).toBe(3)
    await again.close()
  })

  test('leaves out what a crash left half written, wherever it was cut', async () => {
    const journal = await open()
    await append(journal, 'whole')
    await append(journal, 'torn')
    await journal.close()
    const [name = ''] = await files()
    const path = join(folder, name)
    for (const cut of [1, 10, 40]) {
      await truncate(path, 60 + 45 - cut).catch(() => {})
      const again = await open()
      expect(await texts(again)).toEqual(['0 whole'])
      await again.close()
    }
  })

  test('takes bytes that nobody wrote for none', async () => {
    const journal = await open()
    await append(journal, 'whole')
    await journal.close()
    const [name = ''] = await files()
    await appendFile(join(folder, name), Buffer.alloc(100, 7))
    const again = await open()
    await append(again, 'next')
    expect(await texts(again)).toEqual(['0 whole', '1 next'])
    await again.close()
  })

  test('says that a record could not be written, and goes on when the disk does', async () => {
    const journal = await open({ segmentBytes: 1 })
    await append(journal, 'a')
    await rename(folder, `${folder}-away`)
    await expect(append(journal, 'lost')).rejects.toThrow('ENOENT')
    expect(journal.durable).toBe(1)
    await rename(`${folder}-away`, folder)
    await append(journal, 'b')
    expect(await texts(journal)).toEqual(['0 a', '2 b'])
    await journal.close()
  })
})
