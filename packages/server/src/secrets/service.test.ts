import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { startTestState, type TestState } from '@tomoshibi/state/testing/postgres'
import { Temporal } from 'temporal-polyfill'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeOf } from '../call/testing.ts'
import { keySourceOf } from './keys.ts'
import { keyText, newKey } from './sealing.ts'
import { Secrets, scopes } from './service.ts'

let store: TestState
let folder: string
beforeAll(async () => {
  store = await startTestState()
})
afterAll(() => store.stop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-secrets-'))
})
afterEach(async () => {
  await store.state.pool.query('DELETE FROM secrets')
  rmSync(folder, { recursive: true, force: true })
})

const clock = { now: () => Temporal.Instant.from('2026-11-21T03:00:00Z') }
/** As another start of the program would have them. */
const opened = (secretKey: string | null = null) =>
  new Secrets(
    { state: store.state, clock },
    keySourceOf({ dataDir: folder, secretKey, secretKeyFile: null }),
  )
const put = (secrets: Secrets, name: string, text: string) =>
  store.state.transaction((tx) => secrets.put(tx, { scope: scopes.installation, name }, text))
const get = (secrets: Secrets, name: string) =>
  secrets.get(store.state.db, { scope: scopes.installation, name })
const keyFile = () => join(folder, 'secret-key')
const linesOfKey = () => readFileSync(keyFile(), 'utf8').trim().split('\n')

test('are kept over a start, in no readable form, with a key that only its user can read', async () => {
  const first = opened()
  expect(await first.ensureKey()).toBe(keyFile())
  await put(first, 'mail.password', 'hunter2 or so')
  await put(first, 'mail.password', 'hunter3 or so')
  const again = opened()
  expect(await again.ensureKey()).toBeNull()
  expect(await get(again, 'mail.password')).toBe('hunter3 or so')
  expect(await get(again, 'nothing')).toBeNull()
  const { rows } = await store.state.pool.query('SELECT * FROM secrets')
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain('hunter')
  expect(JSON.stringify(await again.list())).not.toContain('hunter')
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
})

test('that were moved to another name or scope in the database do not open there', async () => {
  const secrets = opened()
  await put(secrets, 'mail.password', 'text')
  await store.state.pool.query("UPDATE secrets SET name = 'oidc.secret'")
  expect(await codeOf(get(secrets, 'oidc.secret'))).toBe('SECRET_DAMAGED')
  expect(await secrets.health()).toMatchObject({ sealed: 1, damaged: 1, withoutKey: 0 })
})

describe('a key that is lost', () => {
  test('is told of and never replaced in silence; what it sealed can be forgotten', async () => {
    await put(opened(), 'mail.password', 'text')
    rmSync(keyFile())
    const secrets = opened()
    expect(await codeOf(secrets.ensureKey())).toBe('SECRET_KEY_MISSING')
    expect(await codeOf(get(secrets, 'mail.password'))).toBe('SECRET_KEY_MISSING')
    expect(await codeOf(put(secrets, 'oidc.secret', 'text'))).toBe('SECRET_KEY_MISSING')
    expect(await codeOf(secrets.rotate())).toBe('SECRET_KEY_MISSING')
    expect(await secrets.health()).toMatchObject({ sealed: 1, withoutKey: 1, hasKey: false })
    expect(await secrets.forgetUnreadable()).toBe(1)
    await put(secrets, 'mail.password', 'anew')
    expect(await get(opened(), 'mail.password')).toBe('anew')
  })

  test('leaves the secrets that other keys open', async () => {
    const [old, current] = [keyText(newKey()), keyText(newKey())]
    await put(opened(old), 'one', '1')
    await put(opened(`${current} ${old}`), 'two', '2')
    const secrets = opened(current)
    expect(await secrets.health()).toMatchObject({ sealed: 2, withoutKey: 1 })
    expect(await secrets.forgetUnreadable()).toBe(1)
    expect([await get(secrets, 'one'), await get(secrets, 'two')]).toEqual([null, '2'])
  })

  test('is not one that is no key', async () => {
    writeFileSync(keyFile(), 'password')
    expect(await codeOf(opened().ensureKey())).toBe('SECRET_KEY_WRONG')
    expect(await codeOf(opened('password').ensureKey())).toBe('SECRET_KEY_WRONG')
  })
})

describe('a rotation', () => {
  test('seals everything with a new key and leaves no old one', async () => {
    const secrets = opened()
    await put(secrets, 'one', '1')
    await put(secrets, 'two', '2')
    const [before] = linesOfKey()
    expect(await secrets.rotate()).toMatchObject({ sealed: 2 })
    expect(linesOfKey()).toHaveLength(1)
    expect(linesOfKey()).not.toContain(before)
    for (const program of [secrets, opened()]) {
      expect([await get(program, 'one'), await get(program, 'two')]).toEqual(['1', '2'])
    }
    expect(await codeOf(get(opened(before), 'one'))).toBe('SECRET_KEY_MISSING')
  })

  test('with keys of the environment seals with the first, so that the others can go', async () => {
    const [old, current] = [keyText(newKey()), keyText(newKey())]
    await put(opened(old), 'one', '1')
    const secrets = opened(`${current},${old}`)
    expect(await get(secrets, 'one')).toBe('1')
    expect(await secrets.rotate()).toMatchObject({ sealed: 1 })
    expect(await get(opened(current), 'one')).toBe('1')
  })

  test('that fails leaves every secret as readable as it was', async () => {
    const secrets = opened()
    await put(secrets, 'one', '1')
    await put(secrets, 'two', '2')
    await store.state.pool.query("UPDATE secrets SET sealed = 'AAAA' WHERE name = 'two'")
    expect(await codeOf(secrets.rotate())).toBe('SECRET_DAMAGED')
    expect(await get(opened(), 'one')).toBe('1')
  })

  test('makes whoever seals meanwhile take the new key', async () => {
    const secrets = opened()
    await put(secrets, 'one', '1')
    const { pool } = store.state
    const waiting = async (count: number) => {
      const sql =
        "SELECT count(*)::int AS n FROM pg_locks WHERE relation = 'secrets'::regclass AND NOT granted"
      while ((await pool.query(sql)).rows[0].n < count) await setImmediate()
    }
    const holder = await pool.connect()
    await holder.query('BEGIN; LOCK TABLE secrets IN SHARE ROW EXCLUSIVE MODE')
    const rotation = secrets.rotate()
    await waiting(1)
    const late = put(secrets, 'late', '2')
    await waiting(2)
    await holder.query('COMMIT')
    holder.release()
    await Promise.all([rotation, late])
    expect(await opened().health()).toMatchObject({ sealed: 2, withoutKey: 0 })
  })

  test('beside others loses nothing', async () => {
    const secrets = opened()
    await put(secrets, 'one', '1')
    await Promise.all([secrets.rotate(), secrets.rotate(), secrets.rotate()])
    expect(await get(opened(), 'one')).toBe('1')
    expect(linesOfKey()).toHaveLength(1)
  })
})
