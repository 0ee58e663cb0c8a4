import type { Finding } from '@tomoshibi/contract/upkeep'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  checkClock,
  checkDisk,
  checkImports,
  checkJobs,
  checkJournal,
  checkLamps,
  checkMigrations,
  checkProgram,
  checkRestarts,
  checkZones,
  diagnosis,
} from './doctor.ts'

const now = Temporal.Instant.from('2026-06-01T00:00:00Z')
const nowMs = now.epochMilliseconds
const quiet = { bytes: 0, mostBytes: 1000, oldestAtMs: null, damaged: [] }
const minutesAgo = (minutes: number) => nowMs - minutes * 60_000
const agreed = { instant: '2026-06-01T00:00:00Z', program: 540, facts: 540, state: 540 }

const cases: readonly (readonly [string, Finding['level'], Finding | readonly Finding[]])[] = [
  ['Node.js of the least version', 'ok', checkProgram('v20.19.0')],
  ['a newer Node.js', 'ok', checkProgram('v24.1.0')],
  ['Node.js one minor version too old', 'trouble', checkProgram('v20.18.9')],
  ['an old Node.js with a high minor version', 'trouble', checkProgram('v18.99.0')],
  ['plenty of disk', 'ok', checkDisk('/data', 2 * 2 ** 30)],
  ['little disk', 'warning', checkDisk('/data', 2 * 2 ** 30 - 1)],
  ['a full disk', 'trouble', checkDisk('/data', 300 * 2 ** 20 - 1)],
  ['no restart', 'ok', checkRestarts('facts', 0)],
  ['a restart', 'warning', checkRestarts('state', 1)],
  ['tables up to date', 'ok', checkMigrations('facts', { known: 3, applied: 3 })],
  ['tables behind', 'warning', checkMigrations('facts', { known: 3, applied: 2 })],
  ['tables of a newer program', 'trouble', checkMigrations('state', { known: 3, applied: 4 })],
  ['zones that agree', 'ok', checkZones({ timeZone: 'Asia/Tokyo', at: [agreed] })],
  [
    'a zone that the fact store sees otherwise',
    'trouble',
    checkZones({ timeZone: 'Asia/Tokyo', at: [agreed, { ...agreed, facts: 600 }] }),
  ],
  [
    'a zone that the state store sees otherwise',
    'trouble',
    checkZones({ timeZone: 'Asia/Tokyo', at: [{ ...agreed, state: 0 }] }),
  ],
  [
    'a zone of which a store says nothing',
    'trouble',
    checkZones({ timeZone: 'Asia/Tokyo', at: [{ ...agreed, facts: Number.NaN }] }),
  ],
  ['no facts', 'ok', checkClock(nowMs, null)],
  ['a fact from a clock a little ahead', 'ok', checkClock(nowMs, nowMs + 60_000)],
  ['a fact from the future', 'warning', checkClock(nowMs, nowMs + 6 * 60_000)],
  ['a quiet journal', 'ok', checkJournal(quiet, nowMs)],
  [
    'events of a minute ago',
    'ok',
    checkJournal({ ...quiet, bytes: 9, oldestAtMs: minutesAgo(1) }, nowMs),
  ],
  [
    'events of three minutes ago',
    'warning',
    checkJournal({ ...quiet, oldestAtMs: minutesAgo(3) }, nowMs),
  ],
  [
    'events of an hour ago',
    'trouble',
    checkJournal({ ...quiet, oldestAtMs: minutesAgo(60) }, nowMs),
  ],
  [
    'a journal that is more than half full',
    'warning',
    checkJournal({ ...quiet, bytes: 501 }, nowMs),
  ],
  ['a journal that is nearly full', 'trouble', checkJournal({ ...quiet, bytes: 901 }, nowMs)],
  [
    'a journal that cannot be read',
    'trouble',
    checkJournal({ ...quiet, damaged: ['1.journal'] }, nowMs),
  ],
  ['no failed job', 'ok', checkJobs([])],
  ['a failed job', 'warning', checkJobs([{ queue: 'evaluate-lamps', count: 2, lastAt: null }])],
  ['an import that went well', 'ok', checkImports(null)],
  ['an import that failed', 'warning', checkImports('id')],
  ['lamps through yesterday', 'ok', checkLamps('2026-05-31', '2026-06-01')],
  ['lamps through the day before', 'warning', checkLamps('2026-05-30', '2026-06-01')],
  ['lamps that were never evaluated', 'warning', checkLamps(null, '2026-06-01')],
]

const rank = ['ok', 'warning', 'trouble'] as const

describe('the doctor', () => {
  test.each(cases)('takes %s for %s', (_what, level, found) => {
    const findings = Array.isArray(found) ? found : [found]
    const worst = Math.max(...findings.map((each: Finding) => rank.indexOf(each.level)))
    expect(rank[worst]).toBe(level)
    for (const { what, mend, level: own } of findings) {
      expect(what.en).not.toBe('')
      expect(what.ja).not.toBe('')
      // What is not well comes with what to do about it, in both languages.
      expect(mend === null).toBe(own === 'ok')
      if (mend !== null) expect([mend.en, mend.ja]).not.toContain('')
    }
  })

  test('finds a server healthy as long as nothing is in trouble', () => {
    const [fine, warned] = [checkDisk('/', 2 ** 40), checkImports('id')]
    expect(diagnosis([fine, warned], now)).toMatchObject({
      healthy: true,
      checkedAt: '2026-06-01T00:00:00.000Z',
    })
    expect(diagnosis([fine, checkDisk('/', 0)], now).healthy).toBe(false)
  })
})
