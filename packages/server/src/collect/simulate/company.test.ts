import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CompanyTruth, type WrittenCompany, writeCompany } from './company.ts'
import { companyFiles, fileKeys } from './files.ts'
import { bytesOf } from './testing/read-company.ts'

const options = { accounts: 12, months: 6, seed: 7, endsOn: '2026-11-21' }

describe('a company written to a folder', () => {
  let folder: string
  let written: WrittenCompany
  const progress: number[] = []

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'company-')), 'made', 'for', 'it')
    written = await writeCompany(options, folder, (done) => progress.push(done))
  })
  afterAll(() => rm(join(folder, '..', '..', '..'), { recursive: true }))

  it('is one CSV file for each kind of fact, a mapping, and the truth apart', async () => {
    const expected = [...fileKeys.map((key) => `${key}.csv`), 'mapping.yaml', 'truth.json']
    expect(await readdir(folder)).toEqual(expected.sort())
    expect(written.files.map((file) => file.slice(folder.length + 1))).toEqual(
      fileKeys.map((key) => `${key}.csv`),
    )
  })

  it.each(fileKeys)('%s.csv has its header and as many rows as are told', async (key) => {
    const lines = (await readFile(join(folder, `${key}.csv`), 'utf8')).split('\n')
    expect(lines[0]).toBe(companyFiles[key].columns.join(','))
    expect(lines.at(-1)).toBe('')
    expect(lines.length - 2).toBe(written.rows[key])
  })

  it('tells how far it is', () => {
    expect(progress).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  })

  it('has a truth for every account', async () => {
    const truth: CompanyTruth = JSON.parse(await readFile(written.truthFile, 'utf8'))
    expect(truth.accounts.map((account) => account.accountId)).toHaveLength(12)
    expect(truth.company).toEqual({ ...options, seed: '7', startsOn: '2026-05-01' })
  })

  it('is written again byte for byte', async () => {
    const again = join(folder, '..', 'again')
    await writeCompany(options, again)
    for (const name of await readdir(folder)) {
      expect(await readFile(join(again, name))).toEqual(await readFile(join(folder, name)))
    }
  })

  it('refuses what cannot be simulated before it writes anything', async () => {
    const nowhere = join(folder, '..', 'nowhere')
    await expect(writeCompany({ ...options, accounts: 0 }, nowhere)).rejects.toThrow(
      'accounts must be a whole number from 1 to 100000, not 0',
    )
    await expect(readdir(nowhere)).rejects.toThrow('ENOENT')
  })
})

describe('a simulated company', () => {
  it('is another for another seed', () => {
    expect(bytesOf(options)).toBe(bytesOf({ ...options }))
    expect(bytesOf(options)).not.toBe(bytesOf({ ...options, seed: 8 }))
  })

  it('takes a seed as a number or as text', () => {
    expect(bytesOf(options)).toBe(bytesOf({ ...options, seed: '7' }))
  })

  it('has the same accounts among more of them', () => {
    const small = bytesOf({ ...options, accounts: 5 })
    expect(bytesOf(options).startsWith(small)).toBe(true)
  })

  it.each([
    [{ months: 0 }, 'months'],
    [{ months: 1.5 }, 'months'],
    [{ accounts: 100_001 }, 'accounts'],
    [{ endsOn: '2026-02-30' }, 'endsOn'],
  ])('refuses %j', (wrong, option) => {
    expect(() => bytesOf({ ...options, ...wrong })).toThrow(option)
  })

  it.each([1, 2])('may be as short as %i months', (months) => {
    expect(bytesOf({ ...options, months })).not.toBe('')
  })
})
