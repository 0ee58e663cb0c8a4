import { readFileSync } from 'node:fs'
import type { AuditEntry } from '@tomoshibi/contract/audit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { codeOf } from '../call/testing.ts'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  secretOf,
  startPeopleServer,
  strongPassword,
} from '../people/testing.ts'
import { checkChain } from './chain.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer('2026-11-21T03:00:00.123456Z')
  owner = here.browser('10.0.0.7')
  await makeOwner(here, owner)
})
afterAll(() => here.close())

const post = (by: Browser, url: string, payload: object) => by.ask(url, { method: 'POST', payload })
const newest = async (question: Parameters<typeof here.app.caller.audit.list>[0] = {}) =>
  (await here.app.caller.audit.list(question))[0]
const table = () => here.app.ports.state.pool.query('SELECT * FROM audit_log ORDER BY seq')

describe('the audit log', () => {
  test('tells who made themselves the owner, when and from where', async () => {
    expect(await newest({ search: 'session.setUp' })).toMatchObject({
      actor: { kind: 'person', name: 'Olive Owner <owner@example.com>' },
      outcome: 'done',
      at: '2026-11-21T03:00:00.123Z',
      address: '10.0.0.7',
    })
  })

  test('tells of a change what was before and after', async () => {
    await join(here, owner, { email: 'vera@example.com', role: 'viewer', name: 'Vera' })
    const vera = (await here.app.caller.people.list()).find(({ name }) => name === 'Vera')
    await owner.ask(`/api/people/${vera?.userId}`, {
      method: 'PATCH',
      payload: { role: 'manager' },
    })
    expect(await newest()).toMatchObject({
      action: 'people.change',
      actor: { kind: 'person', name: 'Olive Owner <owner@example.com>' },
      before: { email: 'vera@example.com', role: 'viewer' },
      after: { email: 'vera@example.com', role: 'manager' },
    })
    await here.app.caller.workspace.configure({ settings: { renewalGraceDays: 45 } })
    expect(await newest()).toMatchObject({
      action: 'workspace.configure',
      actor: { kind: 'program', name: 'command line' },
      input: { settings: { renewalGraceDays: 45 } },
      before: { settings: {} },
    })
  })

  test('tells of sign-ins, right and wrong, and of what was refused', async () => {
    const email = 'owner@example.com'
    const visitor = here.browser('10.0.0.8')
    await post(visitor, '/api/session/sign-in', { email, password: 'not the right password' })
    expect(await newest()).toMatchObject({
      action: 'session.signIn',
      outcome: 'refused',
      code: 'SIGN_IN_REFUSED',
      actor: { kind: 'nobody' },
      input: { email, password: '•••' },
      address: '10.0.0.8',
    })
    await post(visitor, '/api/session/sign-in', { email, password: strongPassword })
    expect(await newest()).toMatchObject({ outcome: 'done', actor: { kind: 'person' } })
    const viewer = await join(here, owner, {
      email: 'ray@example.com',
      role: 'viewer',
      name: 'Ray',
    })
    await post(viewer, '/api/invitations', { email: 'x@example.com', role: 'owner' })
    expect(await newest()).toMatchObject({
      action: 'invitations.create',
      outcome: 'refused',
      code: 'FORBIDDEN',
      actor: { name: 'Ray <ray@example.com>' },
    })
    await viewer.ask('/api/people')
    expect(await newest({ outcome: 'refused' })).toMatchObject({ action: 'people.list' })
  })

  test('tells of attempts that are held up and of keys that do not hold, once in a while for each address', async () => {
    const told = async (code: string) => {
      const sql = 'SELECT address FROM audit_log WHERE code = $1 ORDER BY seq'
      const { rows } = await here.app.ports.state.pool.query<{ address: string }>(sql, [code])
      return rows.map(({ address }) => address)
    }
    const guess = async (from: string) => {
      const payload = { email: 'guessed@example.com', password: 'a guess of many' }
      for (let n = 0; n < 13; n++) {
        await post(here.browser(from), '/api/session/sign-in', payload)
      }
    }
    await guess('10.0.0.21')
    await guess('10.0.0.22')
    expect(await told('TOO_MANY_ATTEMPTS')).toEqual(['10.0.0.21', '10.0.0.22'])
    const headers = { authorization: 'Bearer tomo_api_made_up' }
    for (const from of ['10.0.0.23', '10.0.0.23', '10.0.0.24']) {
      const answer = await here.browser(from).ask('/api/accounts', { headers })
      expect(answer.code).toBe('SIGN_IN_NEEDED')
    }
    await here.browser('10.0.0.25').ask('/api/accounts')
    expect(await told('SIGN_IN_NEEDED')).toEqual(['10.0.0.23', '10.0.0.24'])
  })

  test('tells of exports, and nothing of what is merely read or merely wrong', async () => {
    const before = (await table()).rows.length
    await owner.ask('/api/accounts')
    await owner.ask('/api/people')
    await owner.ask('/api/accounts/none')
    await post(owner, '/api/invitations', { email: 'no address', role: 'csm' })
    expect((await table()).rows).toHaveLength(before)
    const file = await here.app.caller.audit.export({})
    expect(await newest()).toMatchObject({ action: 'audit.export', outcome: 'done' })
    const lines = (await file.text()).trimEnd().split('\n')
    expect(lines).toHaveLength(before)
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(lines.map((_, i) => i + 1))
  })

  test('tells of a key what it did', async () => {
    const { key } = await here.app.caller.apiKeys.create({
      name: 'robot',
      permissions: ['keys:manage'],
    })
    const headers = { authorization: `Bearer ${key}` }
    await here.browser().ask('/api/write-keys', { method: 'POST', payload: { name: 'w' }, headers })
    expect(await newest()).toMatchObject({
      action: 'writeKeys.create',
      actor: { kind: 'key', name: 'robot' },
    })
  })

  test('holds no secret of any kind', async () => {
    const invited = await post(owner, '/api/invitations', { email: 's@example.com', role: 'csm' })
    const made = await here.app.caller.writeKeys.create({ name: 'secret' })
    const { rows } = await table()
    const text = JSON.stringify(rows)
    expect(text).toContain('s@example.com')
    for (const secret of [secretOf(invited.body), made.key, strongPassword]) {
      expect(text).not.toContain(secret)
    }
  })

  test('is searched as it is written, not by patterns', async () => {
    expect(await here.app.caller.audit.list({ search: '%' })).toEqual([])
    const found = await here.app.caller.audit.list({ search: 'VERA@' })
    expect(found.length).toBeGreaterThan(1)
    const [first] = found
    const older = await here.app.caller.audit.list({
      search: 'vera@',
      before: first?.seq,
      limit: 1,
    })
    expect(older).toEqual(found.slice(1, 2))
    const { at } = first as AuditEntry
    expect(await here.app.caller.audit.list({ to: at })).toEqual([])
  })

  test('is of its workspace, and for who may see it', async () => {
    expect(await here.operations.workspace().caller.audit.list({})).toEqual([])
    const manager = await join(here, owner, { email: 'm@example.com', role: 'manager' })
    expect((await manager.ask('/api/audit')).code).toBe('FORBIDDEN')
    expect((await owner.ask('/api/audit')).status).toBe(200)
  })
})

describe('a change and its entry', () => {
  test('are one: without the entry there is no change', async () => {
    const { pool } = here.app.ports.state
    await pool.query('ALTER TABLE audit_log ADD CONSTRAINT full_disk CHECK (seq < 0) NOT VALID')
    try {
      const keys = await here.app.caller.writeKeys.list()
      expect(await codeOf(here.app.caller.writeKeys.create({ name: 'untold' }))).toBe('INTERNAL')
      const people = await here.app.caller.people.list()
      const userId = people.find(({ name }) => name === 'Ray')?.userId ?? ''
      expect(await codeOf(here.app.caller.people.remove({ userId }))).toBe('INTERNAL')
      expect(await here.app.caller.writeKeys.list()).toEqual(keys)
      expect(await here.app.caller.people.list()).toEqual(people)
    } finally {
      await pool.query('ALTER TABLE audit_log DROP CONSTRAINT full_disk')
    }
  })

  test('are one for definitions of every kind, and for taking them back', async () => {
    const { pool } = here.app.ports.state
    const { caller } = here.app
    const metric = `key: incidents_28d
name: { en: Incidents, ja: 障害 }
says: { en: Tickets, ja: チケット }
unit: count
better: lower
time: instant
measure: { fact: tickets, count: records, window: 28 days }`
    const scorecard = `key: simple
name: { en: Simple, ja: 簡易 }
when: mrr > 0
measures:
  - pulse: { expiresAfterDays: 60 }
    weight: 1`
    const goal = `key: nrr_2027
name: { en: Revenue, ja: 収益 }
metric: nrr
owner: Sato
from: 2026-04-01
due: 2027-03-31
baseline: 0.98
target: 1.05`
    const builtIn = new URL('../light/lamps/built-in/silence.yaml', import.meta.url)
    const lamp = readFileSync(builtIn, 'utf8').replace('key: silence', 'key: silence_of_ours')
    const files = (name: string, yaml: string) => ({ files: [{ name, yaml }] })
    const changes: readonly (() => Promise<unknown>)[] = [
      () => caller.metrics.apply(files('m.yaml', metric)),
      () => caller.health.apply(files('s.yaml', scorecard)),
      () => caller.goals.apply(files('g.yaml', goal)),
      () => caller.lamps.define({ yaml: lamp }),
      () => caller.metrics.retire({ key: 'incidents_28d' }),
      () => caller.health.retire({ key: 'simple' }),
      () => caller.goals.retire({ key: 'nrr_2027' }),
    ]
    const defined = async () =>
      (
        await pool.query(`
SELECT (SELECT count(*) FROM custom_metrics) AS metrics, (SELECT count(*) FROM scorecards) AS cards,
  (SELECT count(*) FROM goals) AS goals, (SELECT count(*) FROM lamp_definitions) AS lamps,
  (SELECT count(*) FROM retired_metrics) AS retired`)
      ).rows
    for (const change of changes) {
      const before = await defined()
      await pool.query('ALTER TABLE audit_log ADD CONSTRAINT full_disk CHECK (seq < 0) NOT VALID')
      try {
        expect(await codeOf(change())).toBe('INTERNAL')
        expect(await defined()).toEqual(before)
      } finally {
        await pool.query('ALTER TABLE audit_log DROP CONSTRAINT full_disk')
      }
      const entries = (await table()).rows.length
      await change()
      expect(await defined()).not.toEqual(before)
      expect((await table()).rows).toHaveLength(entries + 1)
    }
  })

  test('are one: without the change there is no entry, and a key is not taken before it is there', async () => {
    const before = (await table()).rows.length
    const id = '00000000-0000-4000-8000-000000000000'
    expect(await codeOf(here.app.caller.writeKeys.revoke({ id }))).toBe('WRITE_KEY_NOT_FOUND')
    expect((await table()).rows).toHaveLength(before)
    const made = await here.app.caller.writeKeys.create({ name: 'gone' })
    expect(await here.app.writeKeys.workspaceOf(made.key)).toBe(here.app.id)
    await here.app.caller.writeKeys.revoke({ id: made.id })
    expect(await here.app.writeKeys.workspaceOf(made.key)).toBeNull()
  })

  test('keep their order when many are made at once', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `many-${n}`)
    await Promise.all(names.map((name) => here.app.caller.writeKeys.create({ name })))
    const { rows } = await table()
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, i) => i + 1))
    expect(await checkChain(here.app.ports.state.db)).toMatchObject({ brokenAt: null })
  })
})

describe('tampering', () => {
  const findingOf = async () =>
    (await here.app.caller.upkeep.doctor()).findings.find(({ check }) => check === 'audit')

  test.each([
    ['change', 'UPDATE audit_log SET actor_name = $1 WHERE seq = 2'],
    ['take out', 'DELETE FROM audit_log WHERE $1::text IS NOT NULL AND seq = 2'],
  ])('with SQL alone cannot %s an entry', async (_, statement) => {
    const attempt = here.app.ports.state.pool.query(statement, ['x'])
    await expect(attempt).rejects.toThrow('never changed or deleted')
    await expect(here.app.ports.state.pool.query('TRUNCATE audit_log')).rejects.toThrow()
  })

  test.each([
    ['changed', `UPDATE audit_log SET details = details || ' ' WHERE seq = 3`],
    ['moved in time', `UPDATE audit_log SET at = at + interval '1 ms' WHERE seq = 3`],
    ['taken out', 'DELETE FROM audit_log WHERE seq = 3'],
    ['made up', `UPDATE audit_log SET hash = repeat('0', 64) WHERE seq = 3`],
  ])('past the trigger is found by the doctor: an entry %s', async (_, statement) => {
    const { pool } = here.app.ports.state
    expect(await findingOf()).toMatchObject({ level: 'ok' })
    await pool.query('CREATE TEMP TABLE IF NOT EXISTS never (x int)')
    const client = await pool.connect()
    try {
      await client.query('CREATE TABLE kept AS SELECT * FROM audit_log')
      await client.query('ALTER TABLE audit_log DISABLE TRIGGER USER')
      await client.query(statement)
      expect(await findingOf()).toMatchObject({
        level: 'trouble',
        what: { en: expect.stringContaining('entry 3') },
      })
      await client.query('TRUNCATE audit_log')
      await client.query('INSERT INTO audit_log SELECT * FROM kept')
    } finally {
      await client.query('ALTER TABLE audit_log ENABLE TRIGGER USER')
      await client.query('DROP TABLE IF EXISTS kept')
      client.release()
    }
    expect(await findingOf()).toMatchObject({ level: 'ok' })
  })
})

test('what came in is kept short', async () => {
  const long = 'x'.repeat(5_000)
  await post(owner, '/api/session/sign-in', { email: 'l@example.com', password: 'p' })
  await codeOf(here.app.caller.lamps.define({ yaml: long }))
  const entry = await here.app.caller.writeKeys
    .create({ name: 'y'.repeat(200) })
    .then(() => newest())
  expect(JSON.stringify(entry).length).toBeLessThan(2_000)
  expect(z.object({ input: z.object({ name: z.string() }) }).parse(entry).input.name).toHaveLength(
    200,
  )
})
