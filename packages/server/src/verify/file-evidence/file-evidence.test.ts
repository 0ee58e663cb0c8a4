import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { evidenceOfTable, type FileQuestion } from './file-evidence.ts'
import { readFileTable } from './file-table.ts'

const published = resolve(import.meta.dirname, '../../../../../../shared/data/stats')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-file-evidence-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ask = async (path: string, question: FileQuestion) =>
  evidenceOfTable(await readFileTable(path), question)
async function askText(text: string, question: FileQuestion) {
  const path = join(folder, 'table.csv')
  writeFileSync(path, text)
  return await ask(path, question)
}
const problemOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

// The published data are not part of the repository; where they are missing this shows as skipped.
describe.skipIf(!existsSync(published))('published data, against R', () => {
  const area = z.object({ auc: z.number(), ci95: z.tuple([z.number(), z.number()]) })
  const numbers = z.record(z.string(), z.number())
  const expected = z.object({
    aSAH: z.object({ s100b: area, ndka: area, wfns: area }),
    rossi_cox: z.object({
      efron: z.object({
        coef: numbers,
        se: numbers,
        loglik: z.tuple([z.number(), z.number()]),
        C: z.number(),
      }),
    }),
  })
  const values = () =>
    expected.parse(JSON.parse(readFileSync(join(published, 'expected.json'), 'utf8')))

  it('aSAH: areas with DeLong intervals, of a text that counts as yes', async () => {
    const found = await ask(join(published, 'aSAH.csv'), { outcome: 'outcome=Poor' })
    expect(found.outcome).toEqual({ column: 'outcome=Poor', events: 41, n: 113, missing: 0 })
    for (const [name, { auc, ci95 }] of Object.entries(values().aSAH)) {
      const told = found.columns.find(({ column }) => column === name)?.auc.value
      expect(told?.value, name).toBeCloseTo(auc, 6)
      expect(told?.low, name).toBeCloseTo(ci95[0], 6)
      expect(told?.high, name).toBeCloseTo(ci95[1], 6)
    }
    expect(found.notNumbers).toEqual([{ column: 'gender', line: 2, cell: 'Female' }])
  })

  it('rossi: Cox over the columns that are neither time nor event', async () => {
    const question = { outcome: 'arrest', time: 'week' }
    const { survival } = await ask(join(published, 'rossi.csv'), question)
    const { coef, se, loglik, C } = values().rossi_cox.efron
    const told = survival?.cox.value
    expect(told?.coefficients.map(({ column }) => column)).toEqual(Object.keys(coef))
    for (const { column, estimate, standardError } of told?.coefficients ?? []) {
      expect(estimate, column).toBeCloseTo(coef[column] ?? Number.NaN, 6)
      expect(standardError, column).toBeCloseTo(se[column] ?? Number.NaN, 6)
    }
    expect(told?.logLikelihood.fitted).toBeCloseTo(loglik[1], 6)
    expect(told?.concordance?.value).toBeCloseTo(C, 6)
    expect(survival?.curve.value).toMatchObject({ n: 432, events: 114, median: null })
  })

  it('rossi: four effects of the exposure, each with its E-value', async () => {
    const { effect } = await ask(join(published, 'rossi.csv'), {
      outcome: 'arrest',
      exposure: 'fin',
      adjust: ['age', 'prio'],
    })
    // 48 of 216 against 66 of 216.
    expect(effect?.crude.value?.difference.estimate).toBeCloseTo(-18 / 216, 12)
    for (const method of ['standardised', 'weighted', 'doublyRobust'] as const) {
      const told = effect?.[method].value
      expect(told?.difference.estimate, method).toBeCloseTo(-0.08, 1)
      expect(told?.eValue?.point, method).toBeGreaterThan(1.5)
    }
    expect(effect?.weights?.balance.map(({ name }) => name)).toEqual(['age', 'prio'])
  })
})

describe('any table', () => {
  const rows =
    'id,lost,plan,users\na,1,pro,1\nb,0,pro,8\nc,yes,basic,2\nd,no,basic,NA\ne,,basic,9\n'

  it('takes yes and no in the usual words, and counts what is missing', async () => {
    const found = await askText(rows, { outcome: 'lost' })
    expect(found.outcome).toEqual({ column: 'lost', events: 2, n: 4, missing: 1 })
    expect(found.columns).toMatchObject([
      // 1 and 2 against 8: those who left used less.
      { column: 'users', n: 3, leftOut: 2, auc: { value: { value: 0, low: null } } },
    ])
  })

  it('cuts a number at a mark for an outcome or exposure', async () => {
    const { effect } = await askText(rows, { outcome: 'plan=basic', exposure: 'users>=8' })
    expect(effect?.leftOut).toBe(1)
    expect(effect?.crude).toMatchObject({ value: { n: 4, exposed: 2 } })
  })

  it('says why there is no value, in both languages', async () => {
    const found = await askText('lost,x\n1,1\n1,2\n', { outcome: 'lost', time: 'x' })
    expect(found.columns).toEqual([])
    expect(found.survival?.cox.reason?.en).toBe('There is no column of numbers.')
    const one = await askText('lost,x\n1,1\n1,2\n', { outcome: 'lost' })
    expect(one.columns[0]?.auc.value).toBeNull()
    expect(one.columns[0]?.auc.reason?.ja).toContain('すべてが同じ結果')
    expect(JSON.stringify(one)).not.toContain('NaN')
  })

  it('names what is wrong with the question', async () => {
    expect(await problemOf(askText(rows, { outcome: 'losst' }))).toContain('Did you mean lost?')
    expect(await problemOf(askText(rows, { outcome: 'plan' }))).toContain("line 2: 'pro'")
    expect(await problemOf(askText(rows, { outcome: 'plan=gold' }))).toContain("no row has 'gold'")
    expect(await problemOf(askText(rows, { outcome: 'lost', event: 'lost' }))).toContain('--time')
    expect(await problemOf(askText(rows, { outcome: 'lost', columns: ['plan'] }))).toContain(
      "column 'plan', line 2: 'pro' is not a number",
    )
    expect(await problemOf(askText(rows, { outcome: 'lost', time: 'plan' }))).toContain('plan')
    expect(await problemOf(askText('a,b\n1\n', { outcome: 'a' }))).toContain('line 2')
    expect(await problemOf(ask(join(folder, 'none.csv'), { outcome: 'a' }))).toContain('none.csv')
  })
})
