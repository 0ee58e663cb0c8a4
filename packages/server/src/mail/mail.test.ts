import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type Browser,
  join,
  makeOwner,
  type PeopleServer,
  secretOf,
  startPeopleServer,
  strongPassword,
} from '../people/testing.ts'
import { type Mailbox, mailUser, type Received, startMailbox } from './testing.ts'

let here: PeopleServer
let owner: Browser
let box: Mailbox
beforeAll(async () => {
  here = await startPeopleServer()
  owner = here.browser()
  await makeOwner(here, owner)
  box = await startMailbox({ auth: true })
})
afterAll(async () => {
  await box.close()
  await here.close()
})
afterEach(async () => {
  box.refuseWith(null)
  await here.app.mails.deliveries.deliver()
  box.take()
})

const post = (browser: Browser, url: string, payload: object) =>
  browser.ask(url, { method: 'POST', payload })
const server = () => ({
  host: '127.0.0.1',
  port: box.port,
  security: 'none',
  user: mailUser.user,
  from: 'cs@example.com',
  fromName: 'CS 部',
})
const setMail = (more: object = {}) =>
  owner.ask('/api/installation/mail', { method: 'PUT', payload: { ...server(), ...more } })
const setUp = () => setMail({ password: mailUser.password })
const sent = async (): Promise<readonly Received[]> => {
  await here.app.mails.deliveries.deliver()
  return box.take()
}
const mailList = async () =>
  z
    .array(z.looseObject({ id: z.string(), kind: z.string(), state: z.string(), to: z.string() }))
    .parse((await owner.ask('/api/installation/mails')).body)
const linkIn = ({ text }: Received) => /(http\S+)#(\S+)/.exec(text)?.slice(1, 3) ?? []
let visitors = 0
/** At an address of the network that nobody else has. */
const stranger = () => {
  visitors += 1
  return here.browser(`10.20.0.${visitors}`)
}
const forgot = (email: string, more: object = {}) =>
  post(stranger(), '/api/session/forgot-password', { email, ...more })

describe('without a mail server', () => {
  test('nobody is promised an e-mail, whoever they are', async () => {
    const { body } = await owner.ask('/api/session')
    expect(body).toMatchObject({ ways: { passwordByMail: false } })
    for (const email of ['owner@example.com', 'nobody@example.com']) {
      expect((await forgot(email)).code).toBe('MAIL_NOT_SET_UP')
    }
    expect((await post(owner, '/api/installation/mail/test', { to: 'a@example.com' })).code).toBe(
      'MAIL_NOT_SET_UP',
    )
    expect(await mailList()).toEqual([])
  })
})

describe('the mail server', () => {
  test('is chosen by owners, and its password is told to nobody', async () => {
    expect((await setUp()).body).toMatchObject({ mail: { host: '127.0.0.1', hasPassword: true } })
    const shown = await owner.ask('/api/installation')
    const audit = await owner.ask('/api/audit?limit=50')
    for (const { body } of [shown, audit]) expect(JSON.stringify(body)).not.toContain('lanterns')
    const admin = await join(here, owner, { email: 'admin@example.com', role: 'admin' })
    expect((await admin.ask('/api/installation')).code).toBe('FORBIDDEN')
    await sent()
  })

  test('gets a test e-mail at once, and what it answers is told', async () => {
    const tried = await post(owner, '/api/installation/mail/test', { to: 'a@example.com' })
    expect(tried.code).toBeNull()
    const [mail] = box.take()
    expect(mail).toMatchObject({ from: 'cs@example.com', to: 'a@example.com' })
    expect(mail?.subject).toBe('Test e-mail from Tomoshibi')
    await setMail({ password: 'wrong' })
    const refused = await post(owner, '/api/installation/mail/test', { to: 'a@example.com' })
    expect(refused.code).toBe('MAIL_NOT_SENT')
    expect(JSON.stringify(refused.body)).toContain('535')
    await setUp()
  })

  test('does not get the password that was meant for another one', async () => {
    expect((await setMail({ port: box.port + 1 })).code).toBe('BAD_INPUT')
    expect((await setMail({ host: 'localhost' })).code).toBe('BAD_INPUT')
    expect((await setMail({ fromName: 'Other' })).code).toBeNull()
  })

  test('elsewhere gets no password without TLS', async () => {
    const elsewhere = { host: 'mail.example.com', password: 'x' }
    expect((await setMail(elsewhere)).code).toBe('BAD_INPUT')
    expect((await setMail({ ...elsewhere, security: 'starttls' })).code).toBeNull()
    await setUp()
  })

  test('is not trusted with a certificate that nobody vouches for, nor without the TLS that was chosen', async () => {
    const secure = await startMailbox({ secure: true })
    const plain = await startMailbox()
    const tried = async (more: object) => {
      await setMail({ user: '', password: '', ...more })
      return (await post(owner, '/api/installation/mail/test', { to: 'a@example.com' })).code
    }
    expect(await tried({ security: 'tls', port: secure.port })).toBe('MAIL_NOT_SENT')
    expect(await tried({ security: 'starttls', port: plain.port })).toBe('MAIL_NOT_SENT')
    expect(await tried({ security: 'none', port: plain.port })).toBeNull()
    await Promise.all([secure.close(), plain.close()])
    await setUp()
  })
})

describe('a forgotten password', () => {
  test('is chosen anew with the link of the e-mail, once, and its person is told', async () => {
    await join(here, owner, { email: 'mei@example.com', role: 'csm', name: 'Mei <b>' })
    await sent()
    expect((await forgot('Mei@example.com')).body).toEqual({ holdsHours: 1 })
    const [mail, ...others] = await sent()
    expect(others).toEqual([])
    expect(mail?.to).toBe('mei@example.com')
    const [address, link] = mail === undefined ? [] : linkIn(mail)
    expect(address).toBe('http://localhost:4747/new-password')
    const password = 'another nine lanterns'
    const reset = await post(stranger(), '/api/session/reset-password', { link, password })
    expect(reset.code).toBeNull()
    const again = await post(stranger(), '/api/session/reset-password', { link, password })
    expect(again.code).toBe('LINK_NOT_VALID')
    const signedIn = await post(stranger(), '/api/session/sign-in', {
      email: 'mei@example.com',
      password,
    })
    expect(signedIn.code).toBeNull()
    const [notice] = await sent()
    expect(notice).toMatchObject({ to: 'mei@example.com', subject: 'Your password was changed' })
    expect(notice?.html).toContain('Mei &lt;b&gt;')
  })

  test('does the same for an address that nobody has, and sends nothing there', async () => {
    const answers = await Promise.all(
      ['mei@example.com', 'nobody@example.com'].map((email) => forgot(email)),
    )
    expect(answers[0]).toEqual(answers[1])
    const { rows } = await here.app.ports.state.pool.query(
      "SELECT kind, state, attempts, count(*)::int AS n FROM mails WHERE state = 'waiting' GROUP BY 1, 2, 3",
    )
    expect(rows).toEqual([{ kind: 'forgotten_password', state: 'waiting', attempts: 0, n: 2 }])
    expect((await sent()).map(({ to }) => to)).toEqual(['mei@example.com'])
    expect(JSON.stringify(await mailList())).not.toContain('nobody@example.com')
  })

  test('lets the link of an earlier e-mail go, and one that is an hour old', async () => {
    await join(here, owner, { email: 'late@example.com', role: 'csm' })
    await sent()
    const look = async (mail: Received | undefined) => {
      const [, link] = mail === undefined ? [] : linkIn(mail)
      return (await post(stranger(), '/api/invitations/look', { link })).code
    }
    await forgot('late@example.com')
    const [first] = await sent()
    await forgot('late@example.com')
    const [second] = await sent()
    expect([await look(first), await look(second)]).toEqual(['LINK_NOT_VALID', null])
    here.app.at('2026-11-21T04:00:01Z')
    expect(await look(second)).toBe('LINK_NOT_VALID')
    here.app.at('2026-11-21T03:00:00Z')
  })

  test('fills nobody’s mailbox, known or not, and says so alike', async () => {
    await join(here, owner, { email: 'full@example.com', role: 'csm' })
    await sent()
    for (const email of ['full@example.com', 'never@example.com']) {
      const codes: unknown[] = []
      for (let n = 0; n < 4; n++) codes.push((await forgot(email)).code)
      expect(codes).toEqual([null, null, null, 'TOO_MANY_ATTEMPTS'])
    }
    expect(await sent()).toHaveLength(3)
  })

  test('leads to the address of the settings, whatever the request says of itself', async () => {
    const headers = {
      host: 'localhost:9999',
      'x-forwarded-host': 'evil.example',
      'x-original-host': 'evil.example',
      forwarded: 'host=evil.example',
    }
    const asked = await stranger().ask('/api/session/forgot-password', {
      method: 'POST',
      payload: { email: 'owner@example.com' },
      headers,
    })
    expect(asked.code).toBeNull()
    const [mail] = await sent()
    expect(mail?.raw).not.toMatch(/evil|9999/)
    expect(mail === undefined ? [] : linkIn(mail)[0]).toBe('http://localhost:4747/new-password')
  })
})

describe('an invitation', () => {
  test('is sent in the language that was chosen, and its link joins', async () => {
    const invited = await post(owner, '/api/invitations', {
      email: 'yui@example.com',
      role: 'csm',
      language: 'ja',
    })
    expect(invited.body).toMatchObject({ mailed: true })
    const [mail] = await sent()
    expect(mail?.subject).toBe('「Tomoshibi」への招待')
    expect(mail?.text).toContain('Olive Owner さんから')
    const [address, link] = mail === undefined ? [] : linkIn(mail)
    expect(address).toBe('http://localhost:4747/join')
    expect(link).toBe(secretOf(invited.body))
    const accept = { link, name: '結衣', password: strongPassword, language: 'ja' }
    expect((await post(stranger(), '/api/invitations/accept', accept)).code).toBeNull()
    await forgot('yui@example.com', { language: 'en' })
    expect((await sent())[0]?.subject).toBe('新しいパスワードの設定')
  })

  test('puts no header and no markup of whoever names themselves into the e-mail', async () => {
    const name = 'Eve\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>"\'&\u202e'
    await owner.ask('/api/workspace', { method: 'PATCH', payload: { name } })
    const admin = await join(here, owner, { email: 'eve@example.com', role: 'admin', name })
    await sent()
    await post(admin, '/api/invitations', { email: 'target@example.com', role: 'viewer' })
    const mails = await sent()
    await owner.ask('/api/workspace', { method: 'PATCH', payload: { name: 'Tomoshibi' } })
    expect(mails.map(({ to }) => to)).toEqual(['target@example.com'])
    const [mail] = mails
    const [head = ''] = mail?.raw.split('\r\n\r\n') ?? []
    expect(head).not.toMatch(/^bcc:/im)
    expect(mail?.subject).toMatch(/^You are invited to Eve Bcc: victim@example.com <script>/)
    expect(mail?.subject).not.toContain('\u202e')
    expect(mail?.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
    expect(mail?.html).not.toContain('<script')
  })

  test.each(['a@example.com\r\nBcc: b@example.com', 'a@example.com, b@example.com', '"a\nb"@x.jp'])(
    'goes to one address: %j is none',
    async (email) => {
      expect((await post(owner, '/api/invitations', { email, role: 'viewer' })).code).toBe(
        'BAD_INPUT',
      )
    },
  )
})

describe('a mail that cannot be sent', () => {
  const invite = (email: string) => post(owner, '/api/invitations', { email, role: 'viewer' })
  const stateOf = async (email: string) => (await mailList()).find(({ to }) => to === email)

  test('waits longer each time, is the same one at the end, and leaves nothing readable meanwhile', async () => {
    box.refuseWith(451)
    const invited = await invite('soon@example.com')
    expect(await sent()).toEqual([])
    expect(await stateOf('soon@example.com')).toMatchObject({
      state: 'waiting',
      attempts: 1,
      nextAt: '2026-11-21T03:01:00Z',
      problem: expect.stringContaining('451'),
    })
    const { rows } = await here.app.ports.state.pool.query(
      'SELECT row_to_json(m)::text AS row FROM mails m UNION ALL SELECT row_to_json(s)::text FROM secrets s',
    )
    expect(JSON.stringify(rows)).not.toContain(secretOf(invited.body))
    box.refuseWith(null)
    expect(await sent()).toEqual([])
    here.app.at('2026-11-21T03:01:00Z')
    const { id } = (await stateOf('soon@example.com')) ?? { id: '' }
    expect(await sent()).toMatchObject([
      { to: 'soon@example.com', messageId: `<${id}@example.com>` },
    ])
    expect(await stateOf('soon@example.com')).toMatchObject({ state: 'sent', problem: null })
    const left = await here.app.ports.state.pool.query(
      "SELECT 1 FROM secrets WHERE name LIKE 'mail.%-%'",
    )
    expect(left.rows).toEqual([])
    here.app.at('2026-11-21T03:00:00Z')
  })

  test('is given up after the last pause, is shown, warned of, and can be tried anew', async () => {
    box.refuseWith(451)
    await invite('never@example.com')
    const times = ['03:00', '03:01', '03:06', '03:21', '04:21', '08:21']
    for (const time of times) {
      here.app.at(`2026-11-21T${time}:00Z`)
      await sent()
    }
    expect(await stateOf('never@example.com')).toMatchObject({ state: 'failed', attempts: 6 })
    const { findings } = await here.app.caller.upkeep.doctor()
    expect(findings.filter(({ check }) => check === 'mail')).toMatchObject([{ level: 'warning' }])
    box.refuseWith(null)
    const { id } = (await stateOf('never@example.com')) ?? { id: '' }
    expect((await post(owner, `/api/installation/mails/${id}/retry`, {})).code).toBeNull()
    expect((await sent()).map(({ to }) => to)).toEqual(['never@example.com'])
    expect((await post(owner, `/api/installation/mails/${id}/retry`, {})).code).toBe(
      'MAIL_NOT_FOUND',
    )
    here.app.at('2026-11-21T03:00:00Z')
  })

  test('that the server refuses for good is not tried again', async () => {
    box.refuseWith(550)
    await invite('gone@example.com')
    await sent()
    expect(await stateOf('gone@example.com')).toMatchObject({ state: 'failed', attempts: 1 })
  })

  test('does not hold up the others', async () => {
    box.refuseWith(451)
    await invite('first@example.com')
    await sent()
    box.refuseWith(null)
    await invite('second@example.com')
    expect((await sent()).map(({ to }) => to)).toEqual(['second@example.com'])
  })
})
