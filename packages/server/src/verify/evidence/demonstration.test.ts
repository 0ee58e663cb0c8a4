import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LampEvidence } from '@tomoshibi/contract/lamp-evidence'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { runImport } from '../../collect/import/service.ts'
import { writeCompany } from '../../collect/simulate/company.ts'
import { daysAfter } from '../../light/lamps/days.ts'
import { evaluateLamps } from '../../light/lamps/evaluate.ts'
import { type LampHistory, lampHistories } from '../../light/lamps/service.ts'
import { startLampStores } from '../../light/lamps/testing.ts'
import { evidenceOfLamps } from './service.ts'

/** The evidence of a company whose truth is known, against counting in the truth itself. */

const truthSchema = z.object({
  accounts: z.array(
    z.object({
      accountId: z.string(),
      churns: z.array(z.object({ endsOn: z.string() })),
      returns: z.array(z.string()),
    }),
  ),
})
type AccountTruth = z.infer<typeof truthSchema>['accounts'][number]

let evidence: LampEvidence[]
let histories: LampHistory[]
let truth: Map<string, AccountTruth>

beforeAll(async () => {
  const stores = await startLampStores()
  const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-company-'))
  try {
    const options = { accounts: 120, months: 12, seed: 7, endsOn: '2026-04-30' }
    const { files, mappingFile, truthFile } = await writeCompany(options, folder)
    const workspace = stores.workspace()
    const ports = workspace.at('2026-04-30T14:00:00Z')
    await runImport(ports, {
      workspaceId: workspace.id,
      timeZone: 'Asia/Tokyo',
      paths: files,
      mapping: await readFile(mappingFile, 'utf8'),
    })
    await evaluateLamps(ports)
    evidence = await evidenceOfLamps(ports)
    histories = await lampHistories(ports)
    const { accounts } = truthSchema.parse(JSON.parse(await readFile(truthFile, 'utf8')))
    truth = new Map(accounts.map((account) => [account.accountId, account]))
  } finally {
    await rm(folder, { recursive: true, force: true })
    await stores.stop()
  }
}, 300_000)

const horizon = 90

/** Lost on that day and not back at its end, which is where the next begins: nothing is left to lose. */
function isLost({ churns, returns }: AccountTruth, on: string): boolean {
  const last = churns
    .map(({ endsOn }) => endsOn)
    .filter((day) => day <= on)
    .at(-1)
  return last !== undefined && !returns.some((day) => day > last && day <= daysAfter(on, 1))
}

function countedInTruth({ episodes, evaluated }: LampHistory) {
  if (!evaluated) throw new Error('never evaluated')
  const { from, before } = evaluated
  const churnsOf = (accountId: string) =>
    (truth.get(accountId)?.churns ?? [])
      .map(({ endsOn }) => endsOn)
      .filter((day) => day >= from && day < before)
  const lit = episodes.filter(({ litOn }) => litOn >= from && litOn < before)
  const judged = lit.filter(({ accountId, litOn }) => {
    const account = truth.get(accountId)
    return account && !isLost(account, litOn) && daysAfter(litOn, horizon) < before
  })
  const followed = judged.filter(({ accountId, litOn }) =>
    churnsOf(accountId).some((day) => day >= litOn && day <= daysAfter(litOn, horizon)),
  )
  const churns = [...truth.keys()].flatMap((accountId) =>
    churnsOf(accountId).map((day) => ({ accountId, day })),
  )
  const announced = churns.filter(({ accountId, day }) =>
    lit.some(
      (e) => e.accountId === accountId && e.litOn <= day && e.litOn >= daysAfter(day, -horizon),
    ),
  )
  return {
    lit: lit.length,
    precision: [followed.length, judged.length],
    recall: [announced.length, churns.length],
  }
}

describe('the evidence of the demonstration company', () => {
  it('equals counting in its truth, for every lamp', () => {
    expect(evidence).toHaveLength(6)
    for (const each of evidence) {
      const history = histories.find(({ key }) => key === each.lamp)
      if (!history) throw new Error(each.lamp)
      expect([each.lamp, told(each)]).toEqual([each.lamp, countedInTruth(history)])
    }
  })

  it('has lamps that light before a part of the churns, and in vain, too', () => {
    const falling = evidence.find(({ lamp }) => lamp === 'falling_use')
    expect(falling?.precision.value).toBeGreaterThan(falling?.baseRate.value ?? 1)
    expect(falling?.precision.value).toBeLessThan(0.9)
    expect(falling?.recall.value).toBeGreaterThan(0.2)
    expect(falling?.recall.value).toBeLessThan(0.95)
    expect(falling?.leadDays.median).toBeGreaterThan(7)
  })

  it('is said in both languages, and too few cases are said to be too few', () => {
    for (const { verdict, says, precision } of evidence) {
      if (verdict === 'enough') {
        expect(says.en).toContain(`${precision.numerator} (`)
        expect(says.ja).toContain(`${precision.denominator}件のうち${precision.numerator}件`)
      } else {
        expect(says.en).toMatch(/^Not enough cases:/)
        expect(says.ja).toMatch(/^件数が不足/)
      }
    }
  })
})

function told({ lit, precision, recall }: LampEvidence) {
  return {
    lit,
    precision: [precision.numerator, precision.denominator],
    recall: [recall.numerator, recall.denominator],
  }
}
