import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportState } from '@tomoshibi/contract/collect'
import { imports } from '@tomoshibi/state/schema/imports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { settleAbandoned } from './runs.ts'

const mapping = `version: 1
files:
  - file: accounts.csv
    target: accounts
    id: id
    account: id
    knownAt: since
    attributes:
      name: name
  - file: lines.csv
    target: contract_lines
    id: line
    account: id
    knownAt: from
    fields:
      product: { value: Tomo }
      amount: amount
      currency: { value: JPY }
      billingUnit: { value: month }
      effectiveFrom: from
`

let operations: TestOperations
let folder: string
beforeAll(async () => {
  operations = await startTestOperations()
  folder = join(operations.dataDir, 'files')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'accounts.csv'),
    'id,name,since\na1,One,2026-10-01\na2,Two,2026-10-01\n',
  )
  writeFileSync(join(folder, 'lines.csv'), 'line,id,from,amount\nl1,a1,2026-10-01,100\n')
})
afterAll(() => operations.stop())

const order = (more: object = {}) => ({ paths: [folder], mapping, dryRun: false, ...more })

async function over(workspace: TestWorkspace, more: object = {}): Promise<ImportState> {
  const { id } = await workspace.caller.imports.start(order(more))
  await workspace.imports.ended(id)
  return await workspace.caller.imports.get({ id })
}

describe('an import in the background', () => {
  test('stores, then evaluates the lamps through the history that arrived', async () => {
    const workspace = operations.workspace('2026-11-21T03:00:00Z')
    const { state, summary, error } = await over(workspace)
    expect(error).toBeNull()
    expect(state).toBe('done')
    expect(summary?.files.map(({ file, stored }) => [file, stored])).toEqual([
      ['accounts.csv', 2],
      ['lines.csv', 1],
    ])
    const { lampsEvaluatedThrough, accounts } = await workspace.caller.workspace.get()
    expect(accounts).toBe(2)
    expect(lampsEvaluatedThrough).toBe('2026-11-20')
  })

  test('shows how far it is', async () => {
    const workspace = operations.workspace()
    const { id } = await workspace.caller.imports.start(order())
    const running = await workspace.caller.imports.get({ id })
    expect(running).toMatchObject({ id, state: 'running', summary: null, error: null })
    await workspace.imports.ended(id)
  })

  test('a dry run stores nothing and leaves the lamps alone', async () => {
    const workspace = operations.workspace()
    const { summary } = await over(workspace, { dryRun: true })
    expect(summary?.files[0]?.stored).toBe(2)
    const shown = await workspace.caller.workspace.get()
    expect(shown).toMatchObject({ accounts: 0, lampsEvaluatedThrough: null })
  })

  test('facts known in days already evaluated make the lamps begin anew', async () => {
    const workspace = operations.workspace('2026-11-21T03:00:00Z')
    await over(workspace)
    workspace.at('2026-11-22T03:00:00Z')
    const late = join(operations.dataDir, 'late')
    mkdirSync(late)
    // What a detractor answered in October arrives only now.
    writeFileSync(join(late, 'answers.csv'), 'id,account,at,score\nn1,a1,2026-10-20,2\n')
    const lateMapping = `version: 1
files:
  - file: answers.csv
    target: survey_answers
    id: id
    account: account
    knownAt: at
    fields: { kind: { value: nps }, respondentId: id, score: score, answeredAt: at }
`
    const state = await over(workspace, { paths: [late], mapping: lateMapping })
    expect(state.error).toBeNull()
    const lit = await workspace.caller.lamps.list({ lit: true })
    expect(lit.map(({ lamp, litOn }) => [lamp, litOn])).toContainEqual(['detractor', '2026-10-20'])
  })

  describe('decides the reporting currency while nobody has chosen one', () => {
    const dollars = mapping.replace('value: JPY', 'value: USD')
    const codes = (state: ImportState) => state.summary?.notes.map(({ code }) => code)

    test('as that of all amounts', async () => {
      const workspace = operations.workspace()
      expect(codes(await over(workspace, { mapping: dollars }))).toEqual(['CURRENCY_ADOPTED'])
      expect(await workspace.caller.workspace.get()).toMatchObject({ currency: 'USD' })
    })

    test('not in a dry run', async () => {
      const workspace = operations.workspace()
      await over(workspace, { mapping: dollars, dryRun: true })
      expect(await workspace.caller.workspace.get()).toMatchObject({ currency: 'JPY' })
    })

    test('and says what to do where another was chosen and there is no rate', async () => {
      const workspace = operations.workspace()
      await workspace.caller.workspace.configure({ currency: 'EUR' })
      expect(codes(await over(workspace, { mapping: dollars }))).toEqual(['CURRENCY_WITHOUT_RATE'])
      expect(await workspace.caller.workspace.get()).toMatchObject({ currency: 'EUR' })
    })
  })

  test('every mistake of the mapping is kept with its place', async () => {
    const workspace = operations.workspace()
    const wrong = mapping
      .replace('target: accounts', 'target: acounts')
      .replace('amount: amount', 'amont: amount')
    const { state, error } = await over(workspace, { mapping: wrong, mappingFile: 'm.yaml' })
    expect(state).toBe('failed')
    expect(error?.code).toBe('BAD_MAPPING')
    expect(error?.problems.length).toBeGreaterThanOrEqual(2)
    expect(error?.problems[0]).toMatchObject({ file: 'm.yaml', line: 4 })
  })

  test('one that was cut off with its process is told as such', async () => {
    const workspace = operations.workspace()
    await workspace.caller.workspace.get()
    const id = '3f0e6c1e-4c5e-4a31-8a2a-0d7d0e8a1b11'
    await workspace.ports.state.db.insert(imports).values({
      id,
      workspaceId: workspace.id,
      state: 'running',
      dryRun: false,
      startedAt: workspace.ports.clock.now(),
      files: [],
    })
    await settleAbandoned(workspace.ports)
    const { state, error } = await workspace.caller.imports.get({ id })
    expect([state, error?.code]).toEqual(['failed', 'IMPORT_CUT_OFF'])
  })

  test('is seen by its own workspace only', async () => {
    const [ours, theirs] = [operations.workspace(), operations.workspace()]
    await ours.caller.workspace.get()
    const { id } = await ours.caller.imports.start(order({ dryRun: true }))
    expect(await codeOf(theirs.caller.imports.get({ id }))).toBe('IMPORT_NOT_FOUND')
    await ours.imports.ended(id)
    expect(await codeOf(theirs.caller.imports.get({ id }))).toBe('IMPORT_NOT_FOUND')
    expect(await codeOf(ours.caller.imports.get({ id: "' OR 1=1" }))).toBe('IMPORT_NOT_FOUND')
  })
})
