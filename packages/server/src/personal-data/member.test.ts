import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { checkChain } from '../audit/service.ts'
import {
  type Answer,
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
} from '../people/testing.ts'
import { allTexts, placesOf } from './testing.ts'

let here: PeopleServer
let owner: Browser
beforeAll(async () => {
  here = await startPeopleServer('2026-11-21T03:00:00Z')
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())

const found = z.object({
  fingerprint: z.string(),
  member: z.object({ userId: z.string() }).nullable(),
})
const receiptShape = z.object({
  left: z.array(z.unknown()),
  auditEntries: z.number(),
  removedFromInstallation: z.boolean(),
})

const erase = async (by: Browser, email: string): Promise<Answer> => {
  const looked = await by.ask('/api/personal-data/find', { method: 'POST', payload: { email } })
  if (looked.code !== null) return looked
  const { fingerprint } = found.parse(looked.body)
  const payload = { email, fingerprint }
  return await by.ask('/api/personal-data/erase', { method: 'POST', payload })
}

const table = async () =>
  (await here.app.ports.state.pool.query('SELECT * FROM audit_log ORDER BY seq')).rows

describe('a member is erased', () => {
  test('with all that they did in the log, which stays whole', async () => {
    const email = 'mei.sato@example.com'
    const mei = await join(here, owner, {
      email,
      name: 'Mei Sato',
      role: 'admin',
      ownerName: 'Sato Mei',
    })
    await mei.ask('/api/workspace', { method: 'PATCH', payload: { name: 'By Mei Sato' } })
    await mei.ask('/api/api-keys', {
      method: 'POST',
      payload: { name: 'of mei.sato@example.com', permissions: ['accounts:read'] },
    })
    await here.app.caller.facts.put({
      type: 'accounts',
      records: [{ accountId: 'a', attributes: { name: 'A', owner: 'Mei Sato' } }],
    })
    // One who signs in and is somebody at a customer's as well.
    const before = (await table()).length
    const { status, body } = await erase(owner, 'MEI.Sato@example.com')
    expect(status).toBe(200)
    expect(receiptShape.parse(body)).toMatchObject({ left: [], removedFromInstallation: true })
    const { facts, state } = here.app.ports
    const hers = [email, 'Mei Sato', 'Sato Mei']
    expect(placesOf(await allTexts(facts, state), hers)).toEqual([])
    expect((await mei.ask('/api/people')).code).toBe('SIGN_IN_NEEDED')
    expect((await owner.ask('/api/people')).body).toHaveLength(1)
    const rows = await table()
    expect(rows).toHaveLength(before + 1)
    const chain = await checkChain(state.db)
    expect(chain).toMatchObject({ brokenAt: null, erased: receiptShape.parse(body).auditEntries })
    const theirs = rows.filter(({ actor_id }) => String(actor_id).startsWith('erased-'))
    expect(new Set(theirs.map(({ actor_id }) => actor_id)).size).toBe(1)
    expect(theirs.length).toBeGreaterThan(1)
    expect(theirs.every(({ address, user_agent }) => address === null && user_agent === null)).toBe(
      true,
    )
  })

  test('but not one above who asks, nor the last owner', async () => {
    await join(here, owner, { email: 'ada@example.com', name: 'Ada Admin', role: 'admin' })
    const admin = await join(here, owner, {
      email: 'bea@example.com',
      name: 'Bea Admin',
      role: 'admin',
    })
    expect((await erase(admin, 'owner@example.com')).code).toBe('ROLE_BEYOND_YOURS')
    expect((await erase(owner, 'owner@example.com')).code).toBe('LAST_OWNER')
    expect((await owner.ask('/api/people')).body).toHaveLength(3)
    const { rows } = await here.app.ports.state.pool.query(
      'SELECT * FROM erasures WHERE state = $1',
      ['running'],
    )
    expect(rows).toEqual([])
  })

  test('of another workspace they stay there', async () => {
    const email = 'two@example.com'
    const two = await join(here, owner, { email, name: 'Tom Two', role: 'viewer' })
    const other = here.operations.workspace()
    const { pool } = here.app.ports.state
    await other.caller.workspace.configure({ name: 'Other of Tom Two' })
    await pool.query(
      `INSERT INTO members SELECT $1, id, 'viewer', '', '', now() FROM users WHERE email = $2`,
      [other.id, email],
    )
    const { body } = await erase(owner, email)
    expect(receiptShape.parse(body)).toMatchObject({ removedFromInstallation: false })
    expect((await two.ask('/api/workspace')).body).toMatchObject({ name: 'Other of Tom Two' })
    const entries = await other.caller.audit.list({})
    expect(JSON.stringify(entries)).toContain('Tom Two')
  })

  test('an invitation to them holds no longer', async () => {
    const payload = { email: 'inv.ited@example.com', role: 'viewer' }
    const made = await owner.ask('/api/invitations', { method: 'POST', payload })
    await here.app.caller.facts.put({
      type: 'contacts',
      records: [{ id: 'c-1', accountId: 'a', name: 'Inv Ited', email: 'inv.ited@example.com' }],
    })
    expect((await erase(owner, 'inv.ited@example.com')).status).toBe(200)
    const link = z.object({ link: z.string() }).parse(made.body).link.split('#')[1]
    const looked = await here
      .browser()
      .ask('/api/invitations/look', { method: 'POST', payload: { link } })
    expect(looked.code).toBe('LINK_NOT_VALID')
  })
})

describe('an entry changed as if somebody had been erased', () => {
  const changed = async (statement: string) => {
    const { state } = here.app.ports
    await state.transaction(async (tx) => {
      await tx.execute(sql`SELECT set_config('tomoshibi.erasing', 'on', true)`)
      await tx.execute(sql.raw(statement)).catch((error: unknown) => {
        throw error instanceof Error ? (error.cause ?? error) : error
      })
    })
    return await checkChain(state.db)
  }

  test('cannot lose what chains it, or be deleted, even then', async () => {
    const seq = Number((await table()).at(-2)?.seq)
    for (const set of [
      `hash = 'x'`,
      `seq = 9999`,
      `at = now()`,
      `action = 'x'`,
      `outcome = 'refused'`,
      `previous_hash = 'x'`,
      `code = 'x', salt = NULL`,
      `details = '{}'`,
    ]) {
      await expect(changed(`UPDATE audit_log SET ${set} WHERE seq = ${seq}`), set).rejects.toThrow(
        'never changed',
      )
    }
    await expect(changed(`DELETE FROM audit_log WHERE seq = ${seq}`)).rejects.toThrow(
      'never changed',
    )
    await expect(changed(`UPDATE audit_rewritten SET hash = 'x'`)).rejects.toThrow('never changed')
  })

  test('is found by its hash', async () => {
    const seq = Number((await table()).at(-1)?.seq)
    const chain = await changed(
      `UPDATE audit_log SET details = '{"input":null,"before":null,"after":null}', salt = NULL WHERE seq = ${seq}`,
    )
    expect(chain).toMatchObject({ brokenAt: seq, entries: seq - 1 })
    // One that says of an erasure what it changed takes all of that with it.
    const erasure = (await table()).findLast(({ action }) => action === 'personalData.erase')
    const taken = await changed(
      `UPDATE audit_log SET details = '{"after":{"audit":{"entries":0,"hash":"x"}}}', salt = NULL WHERE seq = ${Number(erasure?.seq)}`,
    )
    expect(taken.brokenAt).toBeLessThan(Number(erasure?.seq))
  })
})
