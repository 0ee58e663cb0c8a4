import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plainEnvironment, runTomoshibi, start, tomoshibi } from './command.ts'

/** How often to kill; `npm run test:crash` kills 50 times. */
const crashes = Number(process.env.TOMOSHIBI_TEST_CRASHES ?? 2)
const seed = Number(process.env.TOMOSHIBI_TEST_SEED ?? 20_260_401)

// Each is a start of the program, so few of them.
const questions = [
  [
    ...['metrics', 'query', 'mrr_start', 'mrr_new', 'mrr_expansion', 'mrr_contraction'],
    ...['mrr_churn', 'mrr_end', 'nrr', 'grr', 'customer_churn_rate', 'active_users', 'overdue'],
    ...['--from', '2026-01-01', '--to', '2026-07-01', '--grain', 'month', '--json'],
  ],
  [
    ...['metrics', 'query', 'mrr', 'nps', 'active_users', 'silent_days'],
    ...['--on', '2026-06-30', '--grain-account', '--json'],
  ],
  ['quality', '--json'],
]

let folder: string
let files: string
let emptyData: string
let undisturbed: string[]
/** How long an undisturbed import takes, so that kills fall anywhere within one. */
let importMs: number

const importArgs = () => ['import', files, '--mapping', join(files, 'mapping.yaml')]

async function succeeds(args: readonly string[], data: string): Promise<string> {
  const ended = await runTomoshibi(args, { TOMOSHIBI_DATA: data })
  expect(ended.code, ended.stderr).toBe(0)
  return ended.stdout
}

async function answers(data: string): Promise<string[]> {
  const texts: string[] = []
  for (const question of questions) texts.push(await succeeds(question, data))
  return texts
}

/** A small generator of our own seed, so that a failing run can be repeated. */
function* fractions(from: number): Generator<number, never> {
  for (let state = from; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-crash-'))
  files = join(folder, 'company')
  emptyData = join(folder, 'empty')
  const company = ['--accounts', '40', '--months', '6', '--seed', '3', '--ends-on', '2026-06-30']
  await succeeds(['simulate', ...company, '--out', files], emptyData)
  await succeeds(['accounts', 'list', '--json'], emptyData)
  const reference = join(folder, 'reference')
  cpSync(emptyData, reference, { recursive: true })
  const begun = performance.now()
  await succeeds(importArgs(), reference)
  importMs = performance.now() - begun
  undisturbed = await answers(reference)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an import that is killed at any moment and run again', () => {
  test(
    `gives what an undisturbed one gives, ${crashes} times`,
    async () => {
      const random = fractions(seed)
      for (let crash = 0; crash < crashes; crash++) {
        const data = join(folder, `crash-${crash}`)
        cpSync(emptyData, data, { recursive: true })
        const killAfterMs = random.next().value * importMs
        const env = plainEnvironment({ TOMOSHIBI_DATA: data })
        const first = start(process.execPath, [tomoshibi, ...importArgs()], { env })
        await new Promise((resolve) => setTimeout(resolve, killAfterMs))
        first.child.kill('SIGKILL')
        await first.ended
        await succeeds(importArgs(), data)
        expect(await answers(data), `killed after ${killAfterMs} ms`).toEqual(undisturbed)
        rmSync(data, { recursive: true, force: true })
      }
    },
    120_000 + crashes * 60_000,
  )
})
