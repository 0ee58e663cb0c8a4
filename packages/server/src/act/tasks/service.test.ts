import { createRouterClient } from '@orpc/server'
import { builtInRoles } from '@tomoshibi/contract/roles'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, program } from '../../call/caller.ts'
import {
  codeOf,
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../call/testing.ts'
import { writeTwoOwners } from '../../people/testing-accounts.ts'

let operations: TestOperations
let app: TestWorkspace
beforeAll(async () => {
  operations = await startTestOperations()
  app = operations.workspace()
  await writeTwoOwners(app.facts)
  await app.caller.workspace.get()
  await app.ports.state.pool.query(
    `INSERT INTO users (id, name, email, email_verified, created_at, updated_at) VALUES
       ('mei', 'Mei Tanaka', 'mei@example.com', true, now(), now()),
       ('ken', 'Ken', 'ken@example.com', true, now(), now()),
       ('yui', 'Yui', 'yui@example.com', true, now(), now())`,
  )
  await app.ports.state.pool.query(
    `INSERT INTO members (workspace_id, user_id, role, team, owner_name, joined_at) VALUES
       ($1, 'mei', 'csm', 'east', 'Mei', now()),
       ($1, 'ken', 'csm', 'east', '', now()),
       ($1, 'yui', 'csm', '', 'Yui', now())`,
    [app.id],
  )
})
afterAll(() => operations.stop())
beforeEach(async () => {
  app.at('2026-11-21T03:00:00Z')
  await app.ports.state.pool.query('DELETE FROM tasks WHERE lamp_key IS NULL')
})

const as = (caller: Partial<Caller>) =>
  createRouterClient(app.router, { context: app.call({ ...program(app.id), ...caller }) })
const member = (userId: string, more: Partial<Caller> = {}) =>
  as({
    kind: 'person',
    permissions: new Set(builtInRoles.csm.permissions),
    person: {
      userId,
      name: userId,
      email: `${userId}@example.com`,
      sessionId: 's',
      confirmedAt: null,
      role: 'csm',
    },
    ...more,
  })
const make = (more: Partial<Parameters<typeof app.caller.tasks.create>[0]> = {}) =>
  app.caller.tasks.create({ account: 'mine-1', title: 'Call', dueOn: '2026-11-25', ...more })
const titles = ({ rows }: { rows: readonly { title: { en: string } }[] }) =>
  rows.map(({ title }) => title.en)

describe('a task', () => {
  test('is made by somebody for an account, and is its owner’s where nobody else is named', async () => {
    const task = await member('ken').tasks.create({
      account: 'mine-1',
      title: ' 電話する ',
      dueOn: '2026-11-25',
    })
    expect(task).toMatchObject({
      account: 'mine-1',
      accountName: 'Mine Co 1',
      title: { en: '電話する', ja: '電話する' },
      owner: 'Mei',
      assigned: false,
      overdue: false,
      state: 'open',
      madeBy: { kind: 'person', name: 'Ken' },
      createdAt: '2026-11-21T03:00:00Z',
      closedAt: null,
      closedBy: null,
    })
  })

  test('follows its account when that gets another owner', async () => {
    const workspace = operations.workspace()
    await workspace.facts.account('a', { name: 'A', owner: 'Before' }, '2026-01-01T00:00:00Z')
    const { tasks } = workspace.caller
    const followed = await tasks.create({ account: 'a', title: 'F', dueOn: '2026-11-25' })
    const own = await tasks.create({
      account: 'a',
      title: 'O',
      dueOn: '2026-11-25',
      owner: 'before',
    })
    await workspace.facts.account('a', { owner: 'After' }, '2026-02-01T00:00:00Z')
    const { rows } = await tasks.list({})
    const ownerOf = (id: string) => rows.find((row) => row.id === id)?.owner
    expect([ownerOf(followed.id), ownerOf(own.id)]).toEqual(['After', 'Before'])
  })

  test.each([
    ['Mei', 'Mei'],
    ['ＭＥＩ ', 'Mei'],
    ['mei@example.com', 'Mei'],
    ['Mei Tanaka', 'Mei'],
    ['Ken', 'ken@example.com'],
    ['someone else', 'Someone Else'],
  ])('given to %j is given to %j', async (owner, called) => {
    expect(await make({ owner })).toMatchObject({ owner: called, assigned: true })
  })

  test('is given to nobody who is not there, and who is near is proposed', async () => {
    const refused = await make({ owner: 'Someone Elsa' }).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'UNKNOWN_OWNER',
      data: { details: { suggestions: 'Someone Else' } },
    })
    const { id } = await make()
    expect(await codeOf(app.caller.tasks.change({ id, owner: 'Nobody' }))).toBe('UNKNOWN_OWNER')
  })

  test('is made for no account that is not there', async () => {
    expect(await codeOf(make({ account: 'nowhere' }))).toBe('UNKNOWN_ACCOUNT')
  })

  test('is finished by somebody at a time, with a note, and opened again', async () => {
    const { id } = await make()
    app.at('2026-11-22T00:00:00Z')
    const done = await member('ken').tasks.finish({ id, note: 'They renew' })
    expect(done).toMatchObject({
      state: 'done',
      closedAt: '2026-11-22T00:00:00Z',
      closedBy: 'Ken',
      note: 'They renew',
    })
    app.at('2026-11-23T00:00:00Z')
    expect(await member('mei').tasks.finish({ id, note: 'Again' })).toEqual(done)
    expect(await codeOf(app.caller.tasks.cancel({ id }))).toBe('TASK_CLOSED')
    expect(await codeOf(app.caller.tasks.change({ id, dueOn: '2026-12-01' }))).toBe('TASK_CLOSED')
    expect(await app.caller.tasks.reopen({ id })).toMatchObject({
      state: 'open',
      closedAt: null,
      closedBy: null,
      note: null,
    })
    expect(await member('mei').tasks.cancel({ id })).toMatchObject({
      state: 'cancelled',
      closedAt: '2026-11-23T00:00:00Z',
      closedBy: 'Mei Tanaka',
    })
    expect(await codeOf(app.caller.tasks.finish({ id }))).toBe('TASK_CLOSED')
  })

  test('is changed while it is open, field by field', async () => {
    const { id, ...before } = await make({ body: 'How' })
    const changed = await app.caller.tasks.change({ id, title: 'Write', owner: 'Ken' })
    expect(changed).toMatchObject({
      title: { en: 'Write', ja: 'Write' },
      body: before.body,
      dueOn: before.dueOn,
      owner: 'ken@example.com',
    })
    expect(await app.caller.tasks.change({ id, owner: null })).toMatchObject({ owner: 'Mei' })
    const [entry] = await app.caller.audit.list({ limit: 1 })
    expect(entry).toMatchObject({ action: 'tasks.change', before: { owner: 'ken@example.com' } })
  })

  test('has comments, the oldest first', async () => {
    const { id } = await make()
    await member('ken').tasks.comment({ id, text: 'No answer' })
    app.at('2026-11-22T03:00:00Z')
    const { task, comments } = await app.caller.tasks.comment({ id, text: 'They called back' })
    expect(task.comments).toBe(2)
    expect(comments).toMatchObject([
      { text: 'No answer', madeBy: 'Ken', madeAt: '2026-11-21T03:00:00Z' },
      { text: 'They called back', madeBy: null, madeAt: '2026-11-22T03:00:00Z' },
    ])
  })
})

describe('the list', () => {
  test('has what is open, the earliest due first, and tells of the day in the zone of the workspace', async () => {
    await make({ title: 'later', dueOn: '2026-12-24' })
    await make({ title: 'yesterday', dueOn: '2026-11-20' })
    const { id } = await make({ title: 'today', dueOn: '2026-11-21' })
    const listed = (more: object) => app.caller.tasks.list(more).then(titles)
    expect(await listed({})).toEqual(['yesterday', 'today', 'later'])
    expect(await listed({ due: 'overdue' })).toEqual(['yesterday'])
    expect(await listed({ due: 'today' })).toEqual(['yesterday', 'today'])
    expect(await listed({ due: 'week' })).toEqual(['yesterday', 'today'])
    // 00:30 of the 22nd in Tokyo, where it is still the 21st in UTC.
    app.at('2026-11-21T15:30:00Z')
    expect(await listed({ due: 'overdue' })).toEqual(['yesterday', 'today'])
    await app.caller.tasks.finish({ id })
    expect(await listed({})).toEqual(['yesterday', 'later'])
    expect(await listed({ state: 'closed' })).toEqual(['today'])
    expect(await listed({ state: 'all' })).toEqual(['yesterday', 'today', 'later'])
    const page = await app.caller.tasks.list({ state: 'all', limit: 1, offset: 2 })
    expect([page.total, titles(page)]).toEqual([3, ['later']])
  })

  test('is one’s own, or that of the team: by account, or by the name that a task was given to', async () => {
    await make({ title: 'of Mei’s account', dueOn: '2026-11-21' })
    await make({ title: 'given to Ken', owner: 'Ken', dueOn: '2026-11-22' })
    await make({ title: 'of another', account: 'zzother-1', dueOn: '2026-11-23' })
    await make({ title: 'given to Yui', account: 'zzother-1', owner: 'yui', dueOn: '2026-11-24' })
    const of = (user: string, whose: 'mine' | 'team') =>
      member(user).tasks.list({ whose }).then(titles)
    expect(await of('mei', 'mine')).toEqual(['of Mei’s account'])
    expect(await of('ken', 'mine')).toEqual(['given to Ken'])
    expect(await of('ken', 'team')).toEqual(['of Mei’s account', 'given to Ken'])
    expect(await of('yui', 'mine')).toEqual(['given to Yui'])
    // Of no team: their own, and not those of everybody without one.
    expect(await of('yui', 'team')).toEqual(['given to Yui'])
    expect(await codeOf(app.caller.tasks.list({ whose: 'mine' }))).toBe('SIGN_IN_NEEDED')
  })

  test('shows tasks of an account that is gone under its id', async () => {
    const { id } = await make()
    await app.ports.state.pool.query("UPDATE tasks SET account_id = 'gone' WHERE id = $1", [id])
    const { rows } = await app.caller.tasks.list({})
    expect(rows).toMatchObject([{ account: 'gone', accountName: 'gone', owner: null }])
  })
})

describe('who sees their own accounts only', () => {
  const own = () => member('mei', { accounts: { ownedBy: ['Mei'] } })

  test('is told of tasks of others as of those that are not there, and changes none', async () => {
    const mine = await make({ title: 'mine' })
    const other = await make({ account: 'zzother-1', title: 'other', owner: 'Mei' })
    for (const whose of ['all', 'mine', 'team'] as const) {
      expect(titles(await own().tasks.list({ whose }))).toEqual(['mine'])
    }
    const { id } = other
    const codes = await Promise.all(
      [
        own().tasks.get({ id }),
        own().tasks.change({ id, title: 'x' }),
        own().tasks.finish({ id }),
        own().tasks.reopen({ id }),
        own().tasks.cancel({ id }),
        own().tasks.comment({ id, text: 'x' }),
      ].map(codeOf),
    )
    expect(codes).toEqual(codes.map(() => 'TASK_NOT_FOUND'))
    expect(await codeOf(own().tasks.list({ account: 'zzother-1' }))).toBe('UNKNOWN_ACCOUNT')
    const attempt = own().tasks.create({ account: 'zzother-1', title: 'x', dueOn: '2026-12-01' })
    expect(await codeOf(attempt)).toBe('UNKNOWN_ACCOUNT')
    const results = await own().tasks.bulk({ ids: [mine.id, id], act: 'finish' })
    expect(results.map(({ done, code }) => [done, code])).toEqual([
      [true, null],
      [false, 'TASK_NOT_FOUND'],
    ])
    expect(await app.caller.tasks.get({ id })).toEqual({ task: other, comments: [] })
  })

  test('is not shown owners of other accounts as who might be meant', async () => {
    const refused = await own()
      .tasks.create({ account: 'mine-1', title: 'x', dueOn: '2026-12-01', owner: 'Someone Elsa' })
      .catch((error: unknown) => error)
    expect(JSON.stringify(refused)).not.toContain('Someone Else')
  })

  test('and another workspace sees none', async () => {
    const { id } = await make()
    const { caller } = operations.workspace()
    expect((await caller.tasks.list({ state: 'all' })).rows).toEqual([])
    expect(await codeOf(caller.tasks.get({ id }))).toBe('TASK_NOT_FOUND')
    expect(await codeOf(caller.tasks.finish({ id }))).toBe('TASK_NOT_FOUND')
  })
})

describe('several at once', () => {
  test('are done or refused one by one, and told in the order asked', async () => {
    const [a, b, c] = [await make(), await make(), await make()]
    await app.caller.tasks.cancel({ id: b.id })
    const ids = [c.id, b.id, a.id]
    const results = await app.caller.tasks.bulk({ ids, act: 'finish', note: 'All' })
    expect(results.map(({ id, done, code }) => [id, done, code])).toEqual([
      [c.id, true, null],
      [b.id, false, 'TASK_CLOSED'],
      [a.id, true, null],
    ])
    expect(results[1]?.says?.ja).toBe('このタスクは完了済み、またはキャンセル済みです。')
    const { rows } = await app.caller.tasks.list({ state: 'closed' })
    expect(rows.map(({ state }) => state).toSorted()).toEqual(['cancelled', 'done', 'done'])
  })

  test('get another day and owner', async () => {
    const [a, b] = [await make(), await make({ account: 'mine-2' })]
    const ids = [a.id, b.id]
    await app.caller.tasks.bulk({ ids, act: 'change', dueOn: '2027-01-05', owner: 'Ken' })
    const { rows } = await app.caller.tasks.list({})
    expect(rows.map(({ dueOn, owner }) => [dueOn, owner])).toEqual([
      ['2027-01-05', 'ken@example.com'],
      ['2027-01-05', 'ken@example.com'],
    ])
  })
})

describe('a task that a lamp made', () => {
  let workspace: TestWorkspace
  let id = ''
  const idOf = async (account: string) => {
    const { rows } = await workspace.caller.tasks.list({ account })
    const isOfLamp = ({ madeBy }: (typeof rows)[number]) =>
      madeBy.kind === 'lamp' && madeBy.lamp === 'detractor'
    return rows.find(isOfLamp)?.id ?? ''
  }
  // One for all: evaluating lamps takes long, and each test leaves the task of mine-1 open.
  beforeAll(async () => {
    workspace = operations.workspace()
    await writeTwoOwners(workspace.facts, 'mine')
    await workspace.caller.lamps.evaluate({})
    id = await idOf('mine-1')
  })
  const lamp = async (account = 'mine-1') =>
    (await workspace.caller.lamps.list({ account })).find((each) => each.lamp === 'detractor')

  test('is in the list with its lamp, and its day and owner can be changed', async () => {
    const { task } = await workspace.caller.tasks.get({ id })
    expect(task).toMatchObject({ owner: 'Mei', madeBy: { kind: 'lamp', lamp: 'detractor' } })
    const changed = await workspace.caller.tasks.change({ id, dueOn: '2027-01-05' })
    expect(changed.dueOn).toBe('2027-01-05')
    expect((await lamp())?.task?.dueOn).toBe('2027-01-05')
  })

  test('is finished with its lamp, and opened again with it', async () => {
    const { tasks } = workspace.caller
    expect(await tasks.finish({ id, note: 'Met' })).toMatchObject({ state: 'done', note: 'Met' })
    expect(await lamp()).toMatchObject({ state: 'acting', task: { state: 'done' } })
    expect(await tasks.reopen({ id })).toMatchObject({ state: 'open', closedAt: null })
    expect(await lamp()).toMatchObject({ state: 'lit', task: { state: 'open' } })
  })

  test('is not opened again where another act came after; that one stays', async () => {
    const { tasks, lamps } = workspace.caller
    const target = { account: 'mine-2', lamp: 'detractor' }
    const other = await idOf('mine-2')
    await tasks.finish({ id: other })
    await lamps.snooze({ ...target, until: '2027-01-01', reason: 'r' })
    expect(await codeOf(tasks.reopen({ id: other }))).toBe('TASK_OF_LAMP')
    expect(await lamp('mine-2')).toMatchObject({ state: 'snoozed', task: { state: 'done' } })
  })

  test('keeps its words, is cancelled by its lamp only, and needs lamps:act', async () => {
    const { tasks } = workspace.caller
    expect(await codeOf(tasks.change({ id, title: 'x' }))).toBe('TASK_OF_LAMP')
    expect(await codeOf(tasks.cancel({ id }))).toBe('TASK_OF_LAMP')
    const without = createRouterClient(workspace.router, {
      context: workspace.call(program(workspace.id, new Set(['tasks:read', 'tasks:act']))),
    })
    expect(await codeOf(without.tasks.finish({ id }))).toBe('FORBIDDEN')
    expect((await tasks.get({ id })).task.state).toBe('open')
  })
})
