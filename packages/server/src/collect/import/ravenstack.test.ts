// RavenStack is not part of this repository; without it beside the checkout these tests are skipped.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { QualityFinding } from '@tomoshibi/contract/collect'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { qualityReport } from '../quality/service.ts'
import { accountedFor, type ImportWorld, startImportWorld } from './testing/world.ts'

const root = resolve(import.meta.dirname, '../../../../..')
const folder = resolve(root, '../shared/data/ravenstack')
const mapping = readFileSync(join(root, 'examples/ravenstack.mapping.yaml'), 'utf8')
const isThere = existsSync(folder)

const rows = (name: string) =>
  z
    .array(z.record(z.string(), z.string()))
    .parse(parse(readFileSync(join(folder, `ravenstack_${name}.csv`)), { columns: true }))

describe.skipIf(!isThere)(`RavenStack${isThere ? '' : ` (skipped: there is no ${folder})`}`, () => {
  let world: ImportWorld
  let report: Map<string, QualityFinding>
  beforeAll(async () => {
    world = await startImportWorld()
    await world.run('w', {}, mapping, { paths: [folder] })
    const workspace = { id: 'w', timeZone: 'Asia/Tokyo' }
    const findings = await qualityReport(world.facts, workspace, '2026-11-21')
    report = new Map(findings.map((finding) => [finding.check, finding]))
  })
  afterAll(() => world.stop())

  it('is imported whole, and the second time nothing changes', async () => {
    const fresh = await world.run('fresh', {}, mapping, { paths: [folder] })
    expect(
      fresh.files.map(({ target, read, stored, leftOut }) => [target, read, stored, leftOut]),
    ).toEqual([
      ['accounts', 500, 500, 0],
      ['accounts', 600, 600, 0],
      ['contract_lines', 5000, 5000, 0],
      ['usage_events', 25_000, 25_000, 0],
      ['tickets', 2000, 2000, 0],
      ['survey_answers', 2000, 1175, 825],
    ])
    expect(fresh.notes.map(({ code, file }) => [code, file])).toEqual([
      ['FILE_NOT_MAPPED', 'expected_mrr_movements_2023.csv'],
    ])
    const again = await world.run('fresh', {}, mapping, { paths: [folder] })
    for (const counts of again.files) {
      expect(counts).toMatchObject({ stored: 0, updated: 0, superseded: 0, rejected: 0 })
      expect(accountedFor(counts)).toBe(counts.read)
    }
  })

  it('keeps each trial as a trial without an amount', async () => {
    const lines = await world.versions('w', 'contract_lines')
    const trials = new Set(lines.filter((l) => l.state === 'trial').map((l) => l.record_id))
    expect(trials.size).toBe(778)
    expect(lines.every((line) => line.state !== 'trial' || line.amount === '0')).toBe(true)
  })

  it('has its contradictions named, as many as a count over the files finds', () => {
    const subscriptions = rows('subscriptions')
    const byId = new Map(subscriptions.map((row) => [row.subscription_id, row]))
    const signups = new Map(rows('accounts').map((row) => [row.account_id, row.signup_date ?? '']))
    const usage = rows('feature_usage')
    const count = (check: string) => report.get(check)?.count ?? 0
    const of = (row: Record<string, string>) => byId.get(row.subscription_id ?? '')

    expect(count('usage_before_contract')).toBe(
      usage.filter((row) => (row.usage_date ?? '') < (of(row)?.start_date ?? '')).length,
    )
    expect(count('usage_after_contract')).toBe(
      usage.filter((row) => {
        const end = of(row)?.end_date ?? ''
        return end !== '' && (row.usage_date ?? '') >= end
      }).length,
    )
    expect(count('tickets_before_signup')).toBe(
      rows('support_tickets').filter(
        (row) => (row.submitted_at ?? '') < (signups.get(row.account_id ?? '') ?? ''),
      ).length,
    )
    const usageIds = usage.map((row) => row.usage_id)
    expect(count('repeated_ids')).toBe(
      new Set(usageIds.filter((id, i) => usageIds.indexOf(id) !== i)).size,
    )
    expect(count('contract_without_length')).toBe(
      subscriptions.filter((row) => row.start_date === row.end_date).length,
    )
    const paying = new Set(
      subscriptions
        .filter((row) => row.end_date === '' && row.is_trial === 'FALSE')
        .map((row) => row.account_id),
    )
    expect(count('churn_flag_while_paying')).toBe(
      rows('accounts').filter((row) => row.churn_flag === 'TRUE' && paying.has(row.account_id))
        .length,
    )
    expect(count('contracts_overlap')).toBe(overlapping(subscriptions))
    expect(count('churn_event_while_paying')).toBe(
      rows('churn_events').filter((churn) => goesOn(churn, subscriptions)).length,
    )
    expect(count('accounts_without_contract')).toBe(0)
    expect(count('contract_ends_before_start')).toBe(0)
  })

  it('has examples that lead back to the source', () => {
    const [example] = report.get('usage_before_contract')?.examples ?? []
    expect(example?.source).toBe('ravenstack_feature_usage.csv')
    expect(example?.values.contract_line).toMatch(/^S-/)
    for (const finding of report.values()) expect(finding.examples.length).toBeLessThanOrEqual(10)
  })
})

type Row = Record<string, string>

/** Lines that begin while one of the same account that began earlier still runs. */
function overlapping(subscriptions: readonly Row[]): number {
  const paid = subscriptions.filter((r) => r.is_trial === 'FALSE' && r.start_date !== r.end_date)
  return paid.filter((line) =>
    paid.some(
      (other) =>
        other.account_id === line.account_id &&
        other !== line &&
        isBefore(other, line) &&
        (other.end_date === '' || (other.end_date ?? '') > (line.start_date ?? '')),
    ),
  ).length
}

function isBefore(a: Row, b: Row): boolean {
  const [startA = '', startB = ''] = [a.start_date, b.start_date]
  return (
    startA < startB || (startA === startB && (a.subscription_id ?? '') < (b.subscription_id ?? ''))
  )
}

/** Whether a line is paid for when the day of the churn is over. */
function goesOn(churn: Row, subscriptions: readonly Row[]): boolean {
  const day = churn.churn_date ?? ''
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  return subscriptions.some(
    (line) =>
      line.account_id === churn.account_id &&
      line.is_trial === 'FALSE' &&
      (line.start_date ?? '') <= next &&
      (line.end_date === '' || (line.end_date ?? '') > next),
  )
}
