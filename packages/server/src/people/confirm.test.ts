import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  startPeopleServer,
  strongPassword,
} from './testing.ts'

let here: PeopleServer
let owner: Browser
let now = Temporal.Instant.from('2026-11-21T03:00:00Z')
beforeAll(async () => {
  here = await startPeopleServer()
  owner = here.browser()
  await makeOwner(here, owner)
})
afterAll(() => here.close())
/** An hour later, so that nobody is confirmed any more. */
beforeEach(() => later({ hours: 1 }))

function later(by: { hours?: number; minutes?: number }) {
  now = now.add(by)
  here.app.at(now.toString())
}

const post = (browser: Browser, url: string, payload: object) =>
  browser.ask(url, { method: 'POST', payload, confirms: false })
const confirm = (browser: Browser, password: string) =>
  post(browser, '/api/session/confirm', { password })
let invited = 0
const invite = async (browser: Browser) => {
  invited += 1
  const payload = { email: `guest${invited}@example.com`, role: 'viewer' }
  return (await post(browser, '/api/invitations', payload)).code
}

describe('what matters', () => {
  test('goes on for half an hour after signing in, then asks for the password, and does nothing before', async () => {
    const browser = here.browser()
    const email = 'owner@example.com'
    await post(browser, '/api/session/sign-in', { email, password: strongPassword })
    later({ minutes: 29 })
    expect(await invite(browser)).toBeNull()
    later({ minutes: 1 })
    expect(await invite(browser)).toBe('CONFIRMATION_NEEDED')
    const open = z.array(z.looseObject({ email: z.string() }))
    const emails = open.parse((await browser.ask('/api/invitations')).body).map((one) => one.email)
    expect(emails).not.toContain(`guest${invited}@example.com`)
    expect((await browser.ask('/api/people')).code).toBeNull()
  })

  test('goes on once the password was given, in this session alone', async () => {
    const other = here.browser()
    other.setCookie(owner.cookie())
    const elsewhere = here.browser()
    const email = 'owner@example.com'
    await post(elsewhere, '/api/session/sign-in', { email, password: strongPassword })
    later({ hours: 1 })
    expect((await confirm(owner, 'not the password')).code).toBe('SIGN_IN_REFUSED')
    expect(await invite(owner)).toBe('CONFIRMATION_NEEDED')
    expect((await confirm(owner, strongPassword)).body).toMatchObject({
      state: 'signed_in',
      confirmBy: ['password'],
    })
    expect(await invite(owner)).toBeNull()
    expect(await invite(elsewhere)).toBe('CONFIRMATION_NEEDED')
  })

  test('does not ask the command line, nor a key, which have nobody to answer', async () => {
    const payload = { email: 'machine@example.com', role: 'viewer' }
    const asked = await here.asProgram('/api/invitations', { method: 'POST', payload })
    expect(asked.code).toBeNull()
  })

  test('asks with the password of who is signed in, and counts wrong ones', async () => {
    const mei = await join(here, owner, { email: 'mei@example.com', role: 'admin' })
    later({ hours: 1 })
    const codes = new Set<string | null>()
    for (let tries = 0; tries < 11; tries++) codes.add((await confirm(mei, 'a guess')).code)
    expect([...codes]).toEqual(['SIGN_IN_REFUSED', 'TOO_MANY_ATTEMPTS'])
  })

  test('asks who signed in before it was written down when', async () => {
    await here.app.ports.state.pool.query('UPDATE sessions SET confirmed_at = NULL')
    expect(await invite(owner)).toBe('CONFIRMATION_NEEDED')
  })
})
