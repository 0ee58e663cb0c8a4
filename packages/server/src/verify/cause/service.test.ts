import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../../call/testing.ts'
import { runImport } from '../../collect/import/service.ts'
import { writeCompany } from '../../collect/simulate/company.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
import { readPanel } from '../panel/service.ts'
import { noticeKey, readNotices, readTouches } from './read.ts'
import { truthPanel } from './truth.ts'

/** A simulated company through import and engine. */
const options = { accounts: 150, months: 14, seed: 'cause', endsOn: '2026-11-01' }

const metricFile = (key: string, measure: string) => ({
  name: `${key}.yaml`,
  yaml: `key: ${key}
name: { en: ${key}, ja: ${key} }
says: { en: For a test., ja: テスト用です。 }
unit: count
better: higher
time: instant
measure:
${measure}
`,
})

let operations: TestOperations
let workspace: TestWorkspace
beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace('2026-11-01T00:00:00+09:00')
  const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-cause-'))
  try {
    const { files, mappingFile } = await writeCompany(options, folder)
    await runImport(workspace.ports, {
      workspaceId: workspace.id,
      timeZone: 'Asia/Tokyo',
      paths: files,
      mapping: await readFile(mappingFile, 'utf8'),
    })
    await workspace.caller.metrics.apply({
      files: [
        metricFile(
          'sync_users',
          `  fact: usage_events
  count: distinct user_id
  where: event == "accounting_sync"
  window: 31 days`,
        ),
        metricFile(
          'meetings',
          `  fact: touchpoints
  count: records
  where: decision_maker
  window: 28 days`,
        ),
      ],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 300_000)
afterAll(() => operations.stop())

it('makes the figures of the truth test as the engine makes them from the same files', async () => {
  const truth = truthPanel(options)
  const { ports } = workspace
  const { settings, catalogue } = await choicesOf(ports)
  const panel = await readPanel(ports.facts, {
    workspaceId: workspace.id,
    settings,
    catalogue,
    metrics: ['sync_users', 'meetings', 'active_users'],
    attributes: ['segment', 'plan'],
    days: truth.panel.days,
    outcome: 'churn',
    horizonDays: truth.horizonDays,
    now: ports.clock.now().toString(),
  })
  const keyOf = (account: string | undefined, day: number | undefined) => `${account} ${day}`
  const at = new Map(panel.account.map((account, row) => [keyOf(account, panel.day[row]), row]))
  const notices = await readNotices(ports.facts, workspace.id, truth.panel.days, 'Asia/Tokyo')
  const apart = { there: 0, sync: 0, meetings: 0, happened: 0, notice: 0, segment: 0 }
  truth.panel.account.forEach((account, row) => {
    const day = truth.panel.day[row] ?? 0
    const other = at.get(keyOf(account, day))
    if (other === undefined) return
    apart.there += 1
    // Without any use yet there is no value.
    const sync = panel.features.get('sync_users')?.[other] ?? Number.NaN
    if (!Number.isNaN(sync) && sync !== truth.values.sync[row]) apart.sync += 1
    const meetings = panel.features.get('meetings')?.[other] ?? Number.NaN
    if (!Number.isNaN(meetings) && meetings !== truth.values.meetings[row]) apart.meetings += 1
    if (panel.happened[other] !== truth.panel.happened[row]) apart.happened += 1
    if (Number(notices.has(noticeKey(day, account))) !== truth.panel.gaveNotice[row]) {
      apart.notice += 1
    }
    if (panel.attributes.get('segment')?.[other] !== truth.panel.traits.get('segment')?.[row]) {
      apart.segment += 1
    }
  })
  expect(panel.account.length).toBe(truth.panel.account.length)
  // Notice of one product, while another runs on, is no notice of the account.
  expect(apart.notice).toBeLessThanOrEqual(2)
  expect(apart).toMatchObject({
    there: truth.panel.account.length,
    sync: 0,
    meetings: 0,
    happened: 0,
    segment: 0,
  })
  const touches = await readTouches(ports.facts, workspace.id, 'Asia/Tokyo')
  expect(touches.length).toBeGreaterThan(50)
  const own = new Set(truth.touches.map(({ action, account, on }) => `${action} ${account} ${on}`))
  expect(
    touches.filter(({ action, account, on }) => !own.has(`${action} ${account} ${on}`)),
  ).toEqual([])
})

it('answers in both languages, with every estimator and never a call to push', async () => {
  const { cause, verdict } = await workspace.caller.evidence.metric({
    key: 'decision_maker_contacts',
  })
  expect(cause.effects.map(({ method }) => method)).toEqual([
    'crude',
    'standardised',
    'weighted',
    'doubly_robust',
  ])
  expect(verdict).toBe('no_relation_seen')
  expect(cause.verdict).toBe('no_relation_seen')
  expect(cause.says.en).toContain("No relation of 'Decision-maker contacts' with churn was seen.")
  expect(cause.says.ja).toContain('関係は見られませんでした')
  expect(cause.advice.en).toMatch(/^Do not steer/)
  expect(cause.adjustedFor.map(({ name }) => name)).toContain('licence_utilisation')
})
