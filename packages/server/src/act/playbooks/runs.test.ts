import { createRouterClient } from '@orpc/server'
import { playbookSteps } from '@tomoshibi/state/schema/playbooks'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { program } from '../../call/caller.ts'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { writeTwoOwners } from '../../people/testing-accounts.ts'
import { advanceDue } from './advance.ts'
import type { PlaybookPorts } from './effects.ts'
import { tendPlaybooks } from './worker.ts'

let operations: TestOperations
beforeAll(async () => {
  operations = await startTestOperations()
  const { caller, ports } = operations.workspace()
  // Mails are written down and not sent: nobody starts that here.
  await caller.installation.setMail({
    ...{ host: '127.0.0.1', port: 2525, security: 'none', user: '' },
    ...{ from: 'cs@example.com', fromName: 'CS' },
  })
  await ports.state.pool.query(
    `INSERT INTO users (id, name, email, email_verified, language, created_at, updated_at)
     VALUES ('mei', 'Mei', 'mei@example.com', true, 'en', now(), now())`,
  )
})
afterAll(() => operations.stop())

const start = '2026-11-24T03:00:00Z'
async function company(): Promise<TestWorkspace> {
  const app = operations.workspace(start)
  await writeTwoOwners(app.facts)
  await app.caller.workspace.get()
  await app.ports.state.pool.query(
    `INSERT INTO members (workspace_id, user_id, role, team, owner_name, joined_at)
     VALUES ($1, 'mei', 'csm', '', 'Mei', now())`,
    [app.id],
  )
  return app
}

const portsOf = (app: TestWorkspace): PlaybookPorts => ({ ...app.ports, mails: app.mails })
const tend = (app: TestWorkspace) => tendPlaybooks(portsOf(app))
const both = (words: string) => `{ en: '${words}', ja: '${words}' }`
const task = (id: string, title = id) =>
  `  - id: ${id}\n    task: { title: ${both(title)}, body: ${both('How')}, dueDays: 3 }`
const email = (id: string, body = 'Hello', to = 'owner') =>
  `  - id: ${id}\n    email: { to: ${to}, subject: ${both(id)}, body: ${both(body)} }`
const wait = (id: string, time: string) => `  - id: ${id}\n    wait: { ${time} }`
const branch = (id: string, condition: string, goTo: string, other: string) =>
  `  - id: ${id}\n    branch: { if: '${condition}', goTo: ${goTo}, else: ${other} }`
const playbook = (steps: readonly string[], more = 'begin: by_hand', version = 1) =>
  `key: p\nversion: ${version}\nname: ${both('P')}\n${more}\nsteps:\n${steps.join('\n')}\n`

const idRow = z.array(z.object({ id: z.string() }))
/** What was written for the accounts of a workspace: titles of tasks, and steps with a mail that is there. */
async function effects(app: TestWorkspace) {
  const { pool, db } = app.ports.state
  const { rows: tasks } = await app.caller.tasks.list({ state: 'all', limit: 500 })
  const steps = (await db.select().from(playbookSteps)).filter(
    ({ workspaceId }) => workspaceId === app.id,
  )
  const mailIds = steps.flatMap(({ mailId }) => mailId ?? [])
  const found = await pool.query('SELECT id FROM mails WHERE id = ANY($1::uuid[])', [mailIds])
  const there = new Set(idRow.parse(found.rows).map(({ id }) => id))
  return {
    steps,
    tasks: tasks.filter(({ madeBy }) => madeBy.kind === 'playbook'),
    mails: steps.filter(({ mailId }) => mailId !== null && there.has(mailId)),
  }
}
const runsOf = async (app: TestWorkspace) => (await app.caller.playbooks.runs({})).rows

describe('a run', () => {
  test('tells a webhook of a step once, with what it says filled in, and fails where there is none', async () => {
    const app = await company()
    const { id } = await app.caller.webhooks.create({
      name: 'CRM',
      url: 'https://crm.example.com/hook',
      events: ['lamp.lit'],
    })
    const tell = `  - id: tell\n    webhook: { to: CRM, text: ${both('Look at {account_name}')} }`
    await app.caller.playbooks.define({ yaml: playbook([tell]) })
    const begun = await app.caller.playbooks.begin({ playbook: 'p', account: 'mine-1' })
    await tend(app)
    await tend(app)
    const [message, ...more] = await app.caller.webhooks.messages({ id })
    expect(more).toEqual([])
    expect(message).toMatchObject({ type: 'playbook.step', state: 'waiting' })
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      type: 'playbook.step',
      timestamp: start,
      data: {
        account: 'mine-1',
        playbook: { key: 'p', version: 1 },
        run: begun.id,
        step: 'tell',
        text: { en: 'Look at Mine Co 1' },
      },
    })
    await app.caller.webhooks.change({ id, on: false })
    const other = await app.caller.playbooks.begin({ playbook: 'p', account: 'mine-2' })
    await tend(app)
    const shown = await app.caller.playbooks.run({ id: other.id })
    expect(shown.run).toMatchObject({ state: 'failed' })
    await app.caller.webhooks.change({ id, on: true })
    await app.caller.playbooks.retry({ id: other.id })
    await tend(app)
    expect((await app.caller.playbooks.run({ id: other.id })).run.state).toBe('done')
    expect(await app.caller.webhooks.messages({ id })).toHaveLength(2)
  })

  test('does its steps in order, waits, and is told step by step', async () => {
    const app = await company()
    const steps = [
      task('call', 'Call {account_name}, {active_users} users'),
      wait('pause', 'businessDays: 2'),
      email('mail', 'Dear {owner_name}'),
    ]
    await app.caller.playbooks.define({ yaml: playbook(steps) })
    const run = await app.caller.playbooks.begin({ playbook: 'p', account: 'mine-1' })
    expect(run).toMatchObject({ state: 'running', step: 'call', byLamp: false, begunAt: start })
    await tend(app)
    const { tasks } = await effects(app)
    expect(tasks).toMatchObject([
      {
        title: { en: 'Call Mine Co 1, 0 users' },
        owner: 'Mei',
        assigned: false,
        dueOn: '2026-11-27',
        madeBy: { kind: 'playbook', playbook: 'p', run: run.id },
      },
    ])
    // A Tuesday at noon in Tokyo, and two working days later.
    app.at('2026-11-26T02:59:59Z')
    await tend(app)
    expect((await effects(app)).mails).toEqual([])
    app.at('2026-11-26T03:00:00Z')
    await tend(app)
    const shown = await app.caller.playbooks.run({ id: run.id })
    expect(shown.run).toMatchObject({ state: 'done', endedAt: '2026-11-26T03:00:00Z' })
    expect(shown.steps.map(({ id, became }) => [id, became?.en])).toEqual([
      ['call', 'The task was made.'],
      ['pause', 'Its time was over.'],
      ['mail', 'The e-mail was handed over to be sent.'],
    ])
    const { rows } = await app.ports.state.pool.query(
      'SELECT to_address, language, kind FROM mails WHERE id = ANY($1::uuid[])',
      [(await effects(app)).mails.map(({ mailId }) => mailId)],
    )
    expect(rows).toEqual([{ to_address: 'mei@example.com', language: 'en', kind: 'playbook' }])
  })

  test('goes the way that its account is, and stays on its version when that is edited', async () => {
    const app = await company()
    const steps = [
      wait('pause', 'hours: 1'),
      branch('fork', 'plan == "pro"', 'pro', 'basic'),
      `${task('pro')}\n    next: end`,
      task('basic'),
    ]
    await app.caller.playbooks.define({ yaml: playbook(steps) })
    for (const account of ['mine-1', 'mine-2']) {
      await app.caller.playbooks.begin({ playbook: 'p', account })
    }
    await tend(app)
    await app.caller.playbooks.define({ yaml: playbook([task('other')], undefined, 2) })
    app.at('2026-11-24T04:00:00Z')
    await tend(app)
    const { tasks } = await effects(app)
    const made = tasks.map(({ account, title }) => `${account} ${title.en}`).toSorted()
    expect(made).toEqual(['mine-1 pro', 'mine-2 basic'])
    expect((await runsOf(app)).map(({ version, state }) => [version, state])).toEqual([
      [1, 'done'],
      [1, 'done'],
    ])
  })

  test('is paused, resumed and cancelled, and does nothing in between', async () => {
    const app = await company()
    await app.caller.playbooks.define({ yaml: playbook([wait('pause', 'hours: 1'), task('call')]) })
    const { begin, pause, resume, retry, cancel } = app.caller.playbooks
    const { id } = await begin({ playbook: 'p', account: 'mine-1' })
    expect(await codeOf(begin({ playbook: 'p', account: 'mine-1' }))).toBe('RUN_REFUSED')
    await tend(app)
    expect(await pause({ id })).toMatchObject({ state: 'paused', nextAt: null })
    app.at('2026-11-25T03:00:00Z')
    await tend(app)
    expect((await effects(app)).tasks).toEqual([])
    expect(await codeOf(retry({ id }))).toBe('RUN_STATE')
    expect(await resume({ id })).toMatchObject({ state: 'running' })
    await tend(app)
    expect((await effects(app)).tasks).toHaveLength(1)
    expect(await codeOf(cancel({ id }))).toBe('RUN_STATE')
    const other = await begin({ playbook: 'p', account: 'mine-1' })
    await cancel({ id: other.id })
    app.at('2026-11-26T03:00:00Z')
    await tend(app)
    expect((await effects(app)).tasks).toHaveLength(1)
  })

  test('that fails keeps what was done before, says why, and is tried again', async () => {
    const app = await company()
    const steps = [task('call'), email('mail', 'Score {mood}')]
    await app.facts.account('zzother-1', { mood: 'fine' }, '2026-01-01T00:00:00Z')
    await app.caller.playbooks.define({ yaml: playbook(steps) })
    const { id } = await app.caller.playbooks.begin({ playbook: 'p', account: 'mine-1' })
    await tend(app)
    const [failed] = await runsOf(app)
    expect(failed).toMatchObject({ state: 'failed', step: 'mail' })
    expect(failed?.problem?.en).toContain('there is no value for mood')
    expect((await effects(app)).tasks).toHaveLength(1)
    await app.facts.account('mine-1', { mood: 'fine' }, '2026-01-01T00:00:00Z')
    await app.caller.playbooks.retry({ id })
    await tend(app)
    expect((await runsOf(app))[0]).toMatchObject({ state: 'done', problem: null })
    const { tasks, mails } = await effects(app)
    expect([tasks.length, mails.length]).toEqual([1, 1])
  })

  test('ends when what it is for comes true, and when its account is gone', async () => {
    const app = await company()
    const more = `begin: by_hand\nexit: 'stage == "saved"'`
    await app.facts.account('mine-1', { stage: 'risk' }, '2026-01-01T00:00:00Z')
    const steps = [wait('pause', 'days: 30'), task('call')]
    await app.caller.playbooks.define({ yaml: playbook(steps, more) })
    for (const account of ['mine-1', 'zzother-1']) {
      await app.caller.playbooks.begin({ playbook: 'p', account })
    }
    await tend(app)
    await app.facts.account('mine-1', { stage: 'saved' }, '2026-01-02T00:00:00Z')
    for (const attribute of ['name', 'owner', 'plan', 'segment', 'zzsecret']) {
      const record = `zzother-1:${attribute}`
      await app.facts.void('account_attributes', 'zzother-1', record, '2026-11-24T03:30:00Z')
    }
    app.at('2026-11-24T04:00:00Z')
    await tend(app)
    const ended = (await runsOf(app)).map(({ account, says }) => [account, says.en])
    expect(ended).toEqual([
      ['mine-1', 'Ended early: what it was for came true'],
      ['zzother-1', 'Ended early: the customer is not there any more'],
    ])
    expect((await effects(app)).tasks).toEqual([])
  })
})

describe('a lamp that lights', () => {
  const more = `begin: { lamp: at_risk }`
  const lamp = `key: at_risk
version: 1
name: ${both('At risk')}
condition: stage == "risk"
severity: info
task: { title: ${both('Look')}, body: ${both('How')}, owner: account_owner, dueDays: 1 }
`
  const all = ['mine-1', 'mine-2', 'zzother-1', 'zzother-2']
  const becomes = async (app: TestWorkspace, stage: string, known: string, accounts = all) => {
    for (const account of accounts) await app.facts.account(account, { stage }, known)
  }
  /** A company with the lamp, whose accounts come to be at risk on the day on which it has the playbook. */
  async function watched(steps: readonly string[], extra = '') {
    const app = await company()
    await becomes(app, 'risk', '2026-11-24T02:00:00Z')
    const files = [
      { name: 'lamp.yaml', yaml: lamp },
      { name: 'playbook.yaml', yaml: playbook(steps, `${more}\n${extra}`.trim()) },
    ]
    await app.caller.definitions.apply({ files })
    return app
  }
  const evaluate = async (app: TestWorkspace, day: string) => {
    app.at(`${day}T03:00:00Z`)
    await app.caller.lamps.evaluate({})
    await tend(app)
  }

  test('begins its playbook once for each lighting, and none that is bound to it later', async () => {
    const app = await watched([task('call')])
    await evaluate(app, '2026-11-24')
    await Promise.all([tend(app), tend(app)])
    await app.caller.lamps.evaluate({ replay: true })
    await evaluate(app, '2026-11-25')
    const late = playbook([task('late')], more).replace('key: p', 'key: late')
    await app.caller.playbooks.define({ yaml: late })
    await tend(app)
    const runs = await runsOf(app)
    expect(
      runs.map(({ playbook: key, account, state, byLamp }) => [key, account, state, byLamp]),
    ).toEqual(all.map((account) => ['p', account, 'done', true]))
    expect((await effects(app)).tasks).toHaveLength(4)
    // Another lighting is another run.
    await becomes(app, 'fine', '2026-11-26T01:00:00Z', ['mine-1'])
    await evaluate(app, '2026-11-26')
    await becomes(app, 'risk', '2026-11-28T01:00:00Z', ['mine-1'])
    await evaluate(app, '2026-11-28')
    const again = (await runsOf(app)).filter(({ account }) => account === 'mine-1')
    expect(again.map(({ playbook: key }) => key).toSorted()).toEqual(['late', 'p', 'p'])
  })

  test('ends the run when it goes out', async () => {
    const app = await watched([wait('pause', 'days: 5'), task('call')])
    await evaluate(app, '2026-11-24')
    await becomes(app, 'fine', '2026-11-25T01:00:00Z', ['mine-1'])
    await evaluate(app, '2026-11-25')
    const ended = (await runsOf(app)).filter(({ state }) => state === 'stopped')
    expect(ended).toMatchObject([
      { account: 'mine-1', says: { en: 'Ended early: its lamp is out' } },
    ])
    await evaluate(app, '2026-11-30')
    const made = (await effects(app)).tasks.map(({ account }) => account)
    expect(made.toSorted()).toEqual(['mine-2', 'zzother-1', 'zzother-2'])
  })

  test('does nothing for those held out, which is kept; nor beyond the limit', async () => {
    const app = await watched([task('call')], 'holdOut: 0.5\nlimit: { times: 1, days: 30 }')
    for (const account of ['mine-1', 'mine-2']) {
      await app.caller.playbooks.begin({ playbook: 'p', account })
    }
    await tend(app)
    await evaluate(app, '2026-11-24')
    const runs = await runsOf(app)
    const heldOut = new Set(runs.flatMap((run) => (run.state === 'held_out' ? [run.account] : [])))
    const { tasks } = await effects(app)
    expect(tasks.filter(({ account }) => heldOut.has(account))).toEqual([])
    expect(tasks).toHaveLength(all.length - heldOut.size)
    const skipped = runs.filter(({ state }) => state === 'skipped')
    expect(skipped.map(({ account, says }) => [account, says.en])).toEqual(
      ['mine-1', 'mine-2'].map((account) => [
        account,
        'Not begun: it began as often as its limit allows',
      ]),
    )
    for (const account of heldOut) {
      const { heldOut: told } = await app.caller.playbooks.preview({ account, key: 'p' })
      expect(told).toBe(true)
    }
  })
})

describe('whatever is cut off, each effect is there once', () => {
  /** Ends transactions before they are committed, where it is told to. */
  const cutOff = (ports: PlaybookPorts, isCut: () => boolean): PlaybookPorts => ({
    ...ports,
    state: {
      ...ports.state,
      transaction: (work) =>
        ports.state.transaction(async (tx) => {
          const result = await work(tx)
          if (isCut()) throw new Error('cut off')
          return result
        }),
    },
  })

  const kinds = fc.constantFrom('task', 'email', 'hours', 'days', 'until', 'branch')
  const drawn = fc.array(fc.tuple(kinds, fc.nat(9)), { minLength: 1, maxLength: 6 })
  const cuts = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 })

  /** The steps as YAML, and the ids of tasks and e-mails that an account with plan pro, or another, goes through. */
  function made(drawing: readonly (readonly [string, number])[]) {
    const ids = drawing.map((_, i) => `s${i}`)
    const target = (i: number, n: number) => ids[i + 1 + (n % (ids.length - i))] ?? 'end'
    const steps = drawing.map(([kind, n], i) => {
      const id = `s${i}`
      if (kind === 'task') return task(id)
      if (kind === 'email') return email(id)
      if (kind === 'hours') return wait(id, `hours: ${n + 1}`)
      if (kind === 'days') return wait(id, `days: ${n + 1}`)
      if (kind === 'until') {
        const condition = n % 2 === 0 ? 'plan == "pro"' : 'plan == "none"'
        return wait(id, `until: '${condition}', atMost: { hours: ${n + 1} }`)
      }
      return branch(id, 'plan == "pro"', target(i, n), target(i, n + 1))
    })
    const way = (isPro: boolean) => {
      const through: string[] = []
      for (let id = ids[0] ?? 'end'; id !== 'end'; ) {
        const i = ids.indexOf(id)
        const [kind = '', n = 0] = drawing[i] ?? []
        through.push(`${kind} ${id}`)
        id = kind === 'branch' ? target(i, isPro ? n : n + 1) : (ids[i + 1] ?? 'end')
      }
      return through.filter((each) => /^(task|email) /.test(each))
    }
    return { steps, way }
  }

  test('of any playbook, also with two workers at once', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, cuts, async (drawing, isCut) => {
        const app = await company()
        const { steps, way } = made(drawing)
        await app.caller.playbooks.define({ yaml: playbook(steps) })
        for (const account of ['mine-1', 'mine-2']) {
          await app.caller.playbooks.begin({ playbook: 'p', account })
        }
        const left = [...isCut]
        const ports = cutOff(portsOf(app), () => left.shift() === true)
        let now = Temporal.Instant.from(start)
        for (let looks = 0; looks < 200; looks += 1) {
          await Promise.allSettled([advanceDue(ports), advanceDue(ports)])
          const open = (await runsOf(app)).filter(({ endedAt }) => endedAt === null)
          if (open.length === 0) break
          // To the end of the wait: what is due again an hour later, is not waited for hour by hour.
          now = now.add({ hours: 24 * 3 })
          app.at(now.toString())
        }
        expect((await runsOf(app)).map(({ state }) => state)).toEqual(['done', 'done'])
        const { tasks, mails, steps: gone } = await effects(app)
        const counted = [...tasks.map(() => 'task'), ...mails.map(() => 'email')].toSorted()
        const expected = [...way(true), ...way(false)].map((each) => each.split(' ')[0] ?? '')
        expect(counted).toEqual(expected.toSorted())
        for (const run of await runsOf(app)) {
          const places = gone.flatMap(({ runId, place }) => (runId === run.id ? [place] : []))
          expect(places.toSorted((x, y) => x - y)).toEqual(places.map((_, i) => i + 1))
        }
      }),
      { numRuns: 6 },
    )
  })

  test('also where the connection breaks between two steps of one transaction', async () => {
    const app = await company()
    await app.caller.playbooks.define({
      yaml: playbook([task('call'), email('mail'), task('more')]),
    })
    await app.caller.playbooks.begin({ playbook: 'p', account: 'mine-1' })
    const { mails, state } = portsOf(app)
    const breaking: PlaybookPorts = {
      ...portsOf(app),
      mails: {
        wake: () => {},
        enqueue: async (tx, mail) => {
          const { rows } = await tx.execute('SELECT pg_backend_pid() AS pid')
          const [{ pid } = { pid: 0 }] = z.array(z.object({ pid: z.number() })).parse(rows)
          const written = await mails.enqueue(tx, mail)
          await state.pool.query('SELECT pg_terminate_backend($1)', [pid])
          return written
        },
      },
    }
    await expect(advanceDue(breaking)).rejects.toThrow()
    expect((await effects(app)).steps).toEqual([])
    expect((await effects(app)).tasks).toEqual([])
    await tend(app)
    const after = await effects(app)
    expect([after.tasks.length, after.mails.length, after.steps.length]).toEqual([2, 1, 3])
  })
})

describe('who sees their own accounts only', () => {
  test('sees, begins and stops no runs of others', async () => {
    const app = await company()
    await app.caller.playbooks.define({ yaml: playbook([wait('pause', 'days: 1'), task('call')]) })
    const { id } = await app.caller.playbooks.begin({ playbook: 'p', account: 'zzother-1' })
    const own = createRouterClient(app.router, {
      context: app.call({ ...program(app.id), accounts: { ownedBy: ['Mei'] } }),
    }).playbooks
    expect(await own.runs({})).toEqual({ total: 0, rows: [] })
    expect((await own.list())[0]?.runs.running).toBe(0)
    const codes = await Promise.all(
      [
        own.run({ id }),
        own.pause({ id }),
        own.cancel({ id }),
        own.runs({ account: 'zzother-1' }),
        own.begin({ playbook: 'p', account: 'zzother-1' }),
        own.preview({ key: 'p', account: 'zzother-1' }),
      ].map(codeOf),
    )
    expect(codes).toEqual([
      ...['RUN_NOT_FOUND', 'RUN_NOT_FOUND', 'RUN_NOT_FOUND'],
      ...['UNKNOWN_ACCOUNT', 'UNKNOWN_ACCOUNT', 'UNKNOWN_ACCOUNT'],
    ])
    const elsewhere = operations.workspace().caller.playbooks
    expect(await codeOf(elsewhere.cancel({ id }))).toBe('RUN_NOT_FOUND')
    expect((await runsOf(app))[0]?.state).toBe('running')
  })
})
