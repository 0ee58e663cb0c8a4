import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestOperations, type TestOperations, type TestWorkspace } from '../../call/testing.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
})
afterAll(() => operations.stop())

const tokyo = (day: string) => `${day}T00:00:00+09:00`
const months = ['2025-10', '2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2026-04']
const lost = 30

/** Thirty of sixty accounts leave, each some weeks after its last and faint use; the others use much. */
async function company(): Promise<TestWorkspace> {
  const workspace = operations.workspace('2026-12-01T00:00:00Z')
  const { facts } = workspace
  for (let a = 0; a < 2 * lost; a++) {
    const id = `a${String(a).padStart(2, '0')}`
    const left = a < lost ? `2026-0${1 + (a % 4)}-1${a % 7}` : null
    const end = left === null ? {} : { to: tokyo(left), known: tokyo('2025-09-01') }
    await facts.account(id, { name: id }, tokyo('2025-09-01'))
    await facts.line(id, `l${id}`, { from: tokyo('2025-09-01'), ...end })
    for (const month of months) {
      const day = `${month}-05`
      if (left !== null && day >= left) continue
      const users = Array.from({ length: left === null ? 4 + (a % 3) : 1 }, (_, u) => `u${u}`)
      await facts.use(id, tokyo(day), users)
    }
  }
  return workspace
}

/** A lamp that lights for the faint ones, and so goes before every loss. */
const faint = (threshold: number, version = 1) => `
key: faint
version: ${version}
name: { en: Faint use, ja: 利用がわずか }
condition: mrr > 0 && active_users > 0 && active_users <= ${threshold}
severity: warning
task:
  title: { en: Call, ja: 連絡しましょう }
  body: { en: Ask., ja: 伺います。 }
  owner: account_owner
  dueDays: 7
`

describe('what is in use', () => {
  it('has no badge before it was checked, one afterwards, and none again in a new version', async () => {
    const workspace = await company()
    const { caller } = workspace
    await caller.lamps.define({ yaml: faint(1) })
    await caller.lamps.evaluate({})
    const stateOf = async (key: string) =>
      (await caller.evidence.badges()).filter((badge) => badge.key === key)

    expect(await stateOf('faint')).toMatchObject([
      { subject: 'lamp', version: 1, state: 'never_verified', checkedAt: null, says: null },
    ])
    // The lamp names it, so that it is in use.
    expect(await stateOf('active_users')).toMatchObject([
      { subject: 'metric', outcome: 'churn', state: 'never_verified' },
    ])

    const { checked, badges } = await caller.evidence.check({})
    expect(checked).toBe(badges.length)
    const evidence = await caller.evidence.lamp({ key: 'faint' })
    expect(await stateOf('faint')).toMatchObject([
      { state: 'holds', checkedAt: '2026-12-01T00:00:00Z', isOld: false, says: evidence.says },
    ])
    const [metric] = await stateOf('active_users')
    const found = await caller.evidence.metric({ key: 'active_users' })
    expect(metric?.state).toBe(found.verdict === 'separates' ? 'holds' : found.verdict)
    expect(metric?.says?.en).toBe(`${found.says.en} ${found.cause.says.en}`)

    // Nothing is due for a week, and then all of it.
    expect((await caller.evidence.check({})).checked).toBe(0)
    expect((await caller.evidence.check({ all: true })).checked).toBe(checked)
    workspace.at('2026-12-08T00:00:00Z')
    expect((await caller.evidence.check({})).checked).toBe(checked)

    await caller.lamps.define({ yaml: faint(2, 2) })
    expect(await stateOf('faint')).toMatchObject([{ version: 2, state: 'never_verified' }])
  })

  it('is asked of a lamp before what that lamp announces', async () => {
    const { caller } = operations.workspace('2026-12-01T00:00:00Z')
    const yaml = faint(1).replace('severity: warning', 'severity: info\noutcome: expansion')
    await caller.lamps.define({ yaml })
    const { badges } = await caller.evidence.check({})
    const found = badges.filter(({ subject, key }) => subject === 'lamp' && key === 'faint')
    expect(found).toMatchObject([{ outcome: 'expansion', checkedAt: '2026-12-01T00:00:00Z' }])
    expect((await caller.evidence.check({})).checked).toBe(0)
  })

  it('is checked also where nothing can be told, and says so', async () => {
    const { caller } = operations.workspace('2026-12-01T00:00:00Z')
    const before = await caller.evidence.badges()
    expect(before.map(({ state }) => state)).toEqual(before.map(() => 'never_verified'))
    const { badges } = await caller.evidence.check({})
    expect(badges.length).toBe(before.length)
    expect(badges.map(({ state }) => state)).toEqual(badges.map(() => 'cannot_tell'))
    expect(badges.every(({ says }) => says !== null && says.en !== '' && says.ja !== '')).toBe(true)
  })

  it('in another workspace has checks of its own', async () => {
    const one = operations.workspace('2026-12-01T00:00:00Z')
    const other = operations.workspace('2026-12-01T00:00:00Z')
    await one.caller.evidence.check({})
    const states = (await other.caller.evidence.badges()).map(({ state }) => state)
    expect(new Set(states)).toEqual(new Set(['never_verified']))
  })
})
