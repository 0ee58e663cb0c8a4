import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere } from '../testing.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-evidence-'))
  const rows = Array.from({ length: 40 }, (_, i) => {
    const isLost = i % 3 === 0
    return [i % 7, 40 - i, isLost ? 'lost' : 'kept', isLost ? i : 40, i % 2].join(',')
  })
  const header = 'users,seats,status,days,training'
  writeFileSync(join(folder, 'panel.csv'), `${header}\n${rows.join('\n')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (...args: readonly string[]) => [
  'evidence',
  'file',
  '--csv',
  join(folder, 'panel.csv'),
  ...args,
]

describe('evidence file', () => {
  const whole = ['--outcome', 'status=lost', '--time', 'days', '--exposure', 'training']

  test('tells areas, survival and effects without a server or a data folder', async () => {
    const { code, out, err } = await runHere(file(...whole, '--adjust', 'seats'))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('panel.csv: 40 rows; status=lost in 14 of 40.')
    expect(out).toMatch(/^Column +AUC +95 % interval/m)
    expect(out).toMatch(/^seats +0\.\d+ +0\.\d+ – 0\.\d+/m)
    expect(out).toContain('Kaplan–Meier (days, status=lost)')
    expect(out).toMatch(/^doubly robust +40 /m)
    expect(out).toContain('Rows are taken as independent.')
  })

  test('speaks Japanese, and JSON', async () => {
    const { out } = await runHere(file(...whole), { language: 'ja' })
    expect(out).toContain('panel.csv: 40行。status=lost は40行のうち14行。')
    expect(out).toContain('二重頑健')
    const parsed = JSON.parse((await runHere(file('--outcome', 'status=lost', '--json'))).out)
    expect(parsed).toMatchObject({ outcome: { events: 14, n: 40 }, survival: null, effect: null })
  })

  test('names a column that is not there, as a mistake in what was asked', async () => {
    const { code, err } = await runHere(file('--outcome', 'statu=lost'))
    expect(code).toBe(2)
    expect(err).toContain("there is no column 'statu'. Did you mean status?")
  })
})
