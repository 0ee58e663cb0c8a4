import { lampEpisodes, lampEvaluations } from '@tomoshibi/state/schema/lamps'
import { and, eq, isNull } from 'drizzle-orm'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../call/failure.ts'
import { codeOf } from '../../call/testing.ts'
import { actOnLamp } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
import { defineLamp } from './registry.ts'
import { lampHistory, listLamps, todaysLamps } from './service.ts'
import { silenceLamp, unsilenceLamp } from './silences.ts'
import { startLampStores, type TestWorkspace, tokyo } from './testing.ts'

/**
 * The whole way of a lamp, from facts to what is stored, against a small model of it: facts that come
 * late, people who act, definitions that change, a clock that jumps, and evaluations that are cut off.
 */

let stores: Awaited<ReturnType<typeof startLampStores>>
beforeAll(async () => {
  stores = await startLampStores()
})
afterAll(() => stores.stop())

const accounts = ['a', 'b'] as const
type Account = (typeof accounts)[number]
const firstDay = '2026-01-01'
const day = (on: string, plus: number) => Temporal.PlainDate.from(on).add({ days: plus }).toString()
const endOf = (on: string) => Date.parse(tokyo(day(on, 1)))
const days = (from: string, to: string) =>
  Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days

interface Rules {
  readonly version: number
  readonly hold: number
  readonly clear: number
  readonly lights: number
  readonly off: number
  /** Working days after which it is brought before Ueda; null = never. */
  readonly escalate: number | null
}

interface Lit {
  position: 'lit' | 'acting' | 'snoozed'
  litOn: string
  clearSince: string | null
  until: string | null
  /** Of a snooze: the day on which it was made, and the level from which on (or below which) it ends. */
  wakes: { readonly from: string; readonly above: number } | null
  /** The day since which it is lit. */
  since: string
}

/** What goes with one lighting, also when it goes out and lights again on its day. */
interface Lighting {
  /** The day on which its task was made. */
  taskOn: string | null
  escalatedOn: string | null
}

/** What a lamp is, in as few words as can be. */
class Model {
  readonly facts: { account: Account; effective: number; known: number; level: number }[] = []
  readonly lit = new Map<Account, Lit>()
  readonly holdsSince = new Map<Account, string>()
  rules: Rules = { version: 1, hold: 0, clear: 0, lights: 10, off: 5, escalate: 2 }
  /** Until when; null = until it is taken back. */
  readonly silenced = new Map<Account, string | null>()
  readonly lightings = new Map<string, Lighting>()
  through = day(firstDay, -1)
  now = Date.parse('2026-01-10T03:00:00Z')
  /** How often what happened, so that the test knows that it tested something. */
  readonly seen = nothingSeen()

  get today(): string {
    return Temporal.Instant.fromEpochMilliseconds(this.now)
      .toZonedDateTimeISO('Asia/Tokyo')
      .toPlainDate()
      .toString()
  }

  level(account: Account, on: string, known: number): number | null {
    const there = this.facts
      .filter(
        (fact) => fact.account === account && fact.effective <= endOf(on) && fact.known <= known,
      )
      .sort((one, two) => one.effective - two.effective)
    return there.at(-1)?.level ?? null
  }

  /** Finished days up to one, each by what was known at its end. */
  finish(last: string): void {
    while (this.through < last) {
      this.through = day(this.through, 1)
      this.#look(this.through, endOf(this.through) - 1)
    }
  }

  evaluate(): void {
    if (this.today <= this.through) return
    this.finish(day(this.today, -1))
    this.#look(this.today, this.now)
    for (const [account, lit] of this.lit) {
      const lighting = this.lighting(account, lit)
      if (this.isSilenced(account)) continue
      lighting.taskOn ??= this.today
      const { escalate } = this.rules
      if (lit.position !== 'lit' || escalate === null || lighting.escalatedOn !== null) continue
      let worked = 0
      const [from = ''] = [lit.since, lighting.taskOn].toSorted().slice(-1)
      for (let on = day(from, 1); on <= this.today; on = day(on, 1)) {
        const { dayOfWeek } = Temporal.PlainDate.from(on)
        if (dayOfWeek <= 5 && !holidays.includes(on)) worked += 1
      }
      if (worked < escalate) continue
      lighting.escalatedOn = this.today
      this.seen.escalated += 1
    }
  }

  isSilenced(account: Account): boolean {
    const until = this.silenced.get(account)
    return until === null || (until !== undefined && this.today < until)
  }

  lighting(account: Account, { litOn }: Lit): Lighting {
    const key = `${account} ${litOn}`
    const found = this.lightings.get(key) ?? { taskOn: null, escalatedOn: null }
    this.lightings.set(key, found)
    return found
  }

  #look(on: string, known: number): void {
    for (const account of accounts) {
      const level = this.level(account, on, known)
      const holds = level !== null && level >= this.rules.lights
      const clears = level !== null && level < this.rules.off
      const lit = this.lit.get(account)
      if (lit === undefined) {
        if (!holds || clears) {
          this.holdsSince.delete(account)
          continue
        }
        const since = this.holdsSince.get(account) ?? on
        this.holdsSince.set(account, since)
        if (days(since, on) < this.rules.hold) continue
        this.holdsSince.delete(account)
        this.lit.set(account, {
          ...{ position: 'lit', litOn: on, since: on },
          ...{ clearSince: null, until: null, wakes: null },
        })
        this.seen.lit += 1
        continue
      }
      lit.clearSince = clears ? (lit.clearSince ?? on) : null
      if (lit.clearSince !== null && days(lit.clearSince, on) >= this.rules.clear) {
        this.lit.delete(account)
        this.seen.cleared += 1
        continue
      }
      const { wakes } = lit
      const isWoken = wakes !== null && on >= wakes.from && level !== null && level > wakes.above
      if (lit.until === null || (on < lit.until && !isWoken)) continue
      this.seen[on >= lit.until ? 'again' : 'woken'] += 1
      Object.assign(lit, { position: 'lit', until: null, wakes: null, since: on })
    }
  }
}

const nothingSeen = () => ({
  ...{ lit: 0, cleared: 0, again: 0, woken: 0, crashed: 0, escalated: 0, silenced: 0 },
})
/** National holidays of the months in which the clock may be. */
const holidays = [
  ...['2026-01-01', '2026-01-12', '2026-02-11', '2026-02-23', '2026-03-20', '2026-04-29'],
  ...['2026-05-03', '2026-05-04', '2026-05-05', '2026-05-06', '2026-07-20', '2026-08-11'],
  ...['2026-09-21', '2026-09-22', '2026-09-23', '2026-10-12', '2026-11-03', '2026-11-23'],
]

const events = ['lit', 'cleared', 'again', 'woken', 'crashed', 'escalated', 'silenced'] as const

interface Real {
  readonly workspace: TestWorkspace
  facts: number
}
const clock = (model: Model, { workspace }: Real) =>
  workspace.at(Temporal.Instant.fromEpochMilliseconds(model.now).toString())

const yaml = ({ version, hold, clear, lights, off, escalate }: Rules) => `key: level
version: ${version}
name: { en: Level, ja: 水準 }
condition: level >= ${lights}
off: level < ${off}
holdDays: ${hold}
clearDays: ${clear}
severity: warning${escalate === null ? '' : `\nescalate: { afterDays: ${escalate}, to: { fixed: Ueda } }`}
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look, ja: 確認 }
  owner: account_owner
  dueDays: 3
`

async function write(
  model: Model,
  real: Real,
  account: Account,
  { ago, level }: { readonly ago: number; readonly level: number },
): Promise<void> {
  real.facts += 1
  // No two facts apply from the same instant.
  const effective = Math.max(Date.parse(tokyo(firstDay)), model.now - ago * 86_400_000) + real.facts
  const known = model.now + real.facts
  model.now = known
  model.facts.push({ account, effective, known, level })
  const ports = clock(model, real)
  await ports.facts.insert('account_attributes', [
    {
      workspace_id: real.workspace.id,
      account_id: account,
      record_id: `${account}:level:${real.facts}`,
      known_at: new Date(known).toISOString(),
      version: real.facts,
      deleted: false,
      source_id: `${real.facts}`,
      source: 'test',
      attribute: 'level',
      value: String(level),
      value_number: level,
      value_kind: 'number',
      effective_at: new Date(effective).toISOString(),
    },
  ])
}

/** What is stored is what the model says. */
async function compare(model: Model, real: Real): Promise<void> {
  const found = (await listLamps(clock(model, real), {})).filter(({ lamp }) => lamp === 'level')
  for (const account of accounts) {
    const lit = model.lit.get(account)
    const stored = found.find((each) => each.account === account)
    expect(stored?.state ?? 'off', `${account} on ${model.today}`).toBe(lit?.position ?? 'off')
    if (lit === undefined) continue
    expect({
      litOn: stored?.litOn,
      until: stored?.snoozedUntil,
      condition: stored?.snoozeCondition?.condition ?? null,
    }).toEqual({
      litOn: lit.litOn,
      until: lit.until,
      condition: lit.wakes === null ? null : `level > ${lit.wakes.above}`,
    })
    // It says why it lit.
    expect(stored?.why?.en.length).toBeGreaterThan(0)
    const { taskOn, escalatedOn } = model.lighting(account, lit)
    expect(stored?.escalated?.on ?? null, `${account} escalated`).toBe(escalatedOn)
    expect(stored?.silenced !== null, `${account} silenced`).toBe(model.isSilenced(account))
    // What is silenced asks nobody, and what is not has its task.
    if (!model.isSilenced(account)) expect(stored?.task === null).toBe(taskOn === null)
    else expect(['cancelled', 'done', undefined]).toContain(stored?.task?.state)
  }
  const asking = accounts.filter((account) => {
    const position = model.lit.get(account)?.position
    return (position === 'lit' || position === 'acting') && !model.isSilenced(account)
  })
  const today = (await todaysLamps(clock(model, real))).filter(({ lamp }) => lamp === 'level')
  expect(today.map(({ account }) => account).toSorted()).toEqual(asking)
}

class Fact implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  readonly #ago: number
  readonly #level: number
  constructor(account: Account, ago: number, level: number) {
    this.#account = account
    this.#ago = ago
    this.#level = level
  }
  check = () => true
  run = (model: Model, real: Real) =>
    write(model, real, this.#account, { ago: this.#ago, level: this.#level })
  toString = () => `${this.#account} is ${this.#level} since ${this.#ago} days ago`
}

class Jump implements fc.AsyncCommand<Model, Real> {
  readonly #hours: number
  constructor(hours: number) {
    this.#hours = hours
  }
  // What is known cannot become known later again, so the clock does not go back behind the facts.
  check = (model: Readonly<Model>) =>
    model.now + this.#hours * 3_600_000 >= Math.max(0, ...model.facts.map(({ known }) => known))
  run = async (model: Model) => {
    model.now += this.#hours * 3_600_000
  }
  toString = () => `clock ${this.#hours} h`
}

class Evaluate implements fc.AsyncCommand<Model, Real> {
  check = () => true
  run = async (model: Model, real: Real): Promise<void> => {
    await evaluateLamps(clock(model, real))
    model.evaluate()
    await compare(model, real)
  }
  toString = () => 'evaluate'
}

/** An evaluation that is cut off at one of its queries: what it finished stays, and nothing else. */
class Crash implements fc.AsyncCommand<Model, Real> {
  readonly #at: number
  constructor(at: number) {
    this.#at = at
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    clock(model, real)
    let cut = false
    try {
      await evaluateLamps(real.workspace.failingAt(this.#at))
    } catch {
      cut = true
      model.seen.crashed += 1
    }
    if (!cut) {
      model.evaluate()
      return
    }
    const ports = real.workspace.ports()
    const [row] = await ports.state.db
      .select({ through: lampEvaluations.evaluatedThrough })
      .from(lampEvaluations)
      .where(
        and(
          eq(lampEvaluations.workspaceId, ports.workspaceId),
          eq(lampEvaluations.lampKey, 'level'),
        ),
      )
    if (row !== undefined && row.through > model.through) model.finish(row.through)
  }
  toString = () => `crash at ${this.#at}`
}

class Act implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  readonly #kind: 'start' | 'done' | 'snooze'
  readonly #days: number
  constructor(account: Account, kind: 'start' | 'done' | 'snooze', span: number) {
    this.#account = account
    this.#kind = kind
    this.#days = span
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    const until = day(model.today, this.#days)
    const target = { account: this.#account, lamp: 'level' }
    const act =
      this.#kind === 'snooze' ? { kind: this.#kind, until, reason: 'later' } : { kind: this.#kind }
    const lit = model.lit.get(this.#account)
    const done = actOnLamp(clock(model, real), { ...target, act })
    if (lit === undefined) {
      const error: unknown = await done.then(
        () => null,
        (failure: unknown) => failure,
      )
      expect(error).toBeInstanceOf(Failure)
      expect(error).toMatchObject({ code: 'LAMP_NOT_LIT' })
      return
    }
    await done
    lit.position = this.#kind === 'snooze' ? 'snoozed' : 'acting'
    lit.until = this.#kind === 'snooze' ? until : null
    lit.wakes = null
    await compare(model, real)
  }
  toString = () => `${this.#kind} ${this.#account}`
}

/** Snoozed until its level rises above a line, and until a day at the latest. */
class Await implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  readonly #above: number
  readonly #days: number | null
  constructor(account: Account, above: number, span: number | null) {
    this.#account = account
    this.#above = above
    this.#days = span
  }
  check = (model: Readonly<Model>) => model.lit.has(this.#account)
  run = async (model: Model, real: Real) => {
    const lit = model.lit.get(this.#account)
    if (lit === undefined) throw new Error('it is lit by check()')
    const until = day(model.today, this.#days ?? 90)
    const act = {
      kind: 'snooze' as const,
      condition: `level > ${this.#above}`,
      reason: 'later',
      ...(this.#days === null ? {} : { until }),
    }
    const target = { account: this.#account, lamp: 'level' }
    const code = await codeOf(actOnLamp(clock(model, real), { ...target, act }))
    const level = model.level(this.#account, model.today, model.now)
    if (level !== null && level > this.#above) {
      expect(code).toBe('SNOOZE_ENDS_AT_ONCE')
      return
    }
    expect(code).toBe('no error')
    lit.position = 'snoozed'
    lit.until = until
    lit.wakes = { from: model.today, above: this.#above }
    await compare(model, real)
  }
  toString = () => `snooze ${this.#account} until level > ${this.#above}, ${this.#days} days`
}

class Silence implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  readonly #days: number | null
  constructor(account: Account, span: number | null) {
    this.#account = account
    this.#days = span
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    const until = this.#days === null ? null : day(model.today, this.#days)
    const target = { account: this.#account, lamp: 'level', reason: 'known' }
    const asked = until === null ? target : { ...target, until }
    await silenceLamp(clock(model, real), asked)
    model.silenced.set(this.#account, until)
    model.seen.silenced += 1
    await compare(model, real)
  }
  toString = () => `silence ${this.#account} for ${this.#days} days`
}

class Unsilence implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  constructor(account: Account) {
    this.#account = account
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    const target = { account: this.#account, lamp: 'level' }
    const code = await codeOf(unsilenceLamp(clock(model, real), target))
    expect(code).toBe(model.isSilenced(this.#account) ? 'no error' : 'NOT_SILENCED')
    model.silenced.delete(this.#account)
    await compare(model, real)
  }
  toString = () => `unsilence ${this.#account}`
}

class Edit implements fc.AsyncCommand<Model, Real> {
  readonly #rules: Omit<Rules, 'version'>
  constructor(rules: Omit<Rules, 'version'>) {
    this.#rules = rules
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    model.rules = { ...this.#rules, version: model.rules.version + 1 }
    await defineLamp(clock(model, real), yaml(model.rules))
  }
  toString = () => `edit ${JSON.stringify(this.#rules)}`
}

/** A fact arrives, and the lamps are looked at. */
class Turn implements fc.AsyncCommand<Model, Real> {
  readonly #account: Account
  readonly #level: number
  constructor(account: Account, level: number) {
    this.#account = account
    this.#level = level
  }
  check = () => true
  run = async (model: Model, real: Real) => {
    await write(model, real, this.#account, { ago: 0, level: this.#level })
    await new Evaluate().run(model, real)
  }
  toString = () => `${this.#account} turns to ${this.#level}`
}

/** Some days pass, and the lamps are looked at. */
class Days extends Evaluate {
  readonly #days: number
  constructor(span: number) {
    super()
    this.#days = span
  }
  override run = async (model: Model, real: Real) => {
    model.now += this.#days * 86_400_000
    await new Evaluate().run(model, real)
  }
  override toString = () => `${this.#days} days`
}

const account = fc.constantFrom(...accounts)
const level = fc.constantFrom(0, 0, 0, 4, 5, 7, 9, 10, 12, 20, 20, 20)
const fact = fc
  .tuple(account, fc.constantFrom(0, 0, 0, 1, 3, 12), level)
  .map(([of, ago, to]) => new Fact(of, ago, to))
const somedays = fc.constantFrom(1, 1, 1, 2, 3, 9, 30).map((span) => new Days(span))
const act = fc
  .tuple(
    account,
    fc.constantFrom('start', 'done', 'snooze', 'snooze'),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([of, kind, span]) => new Act(of, kind, span))
const waiting = fc
  .tuple(account, fc.constantFrom(6, 9, 15, 15), fc.constantFrom(null, 3, 9))
  .map(([of, above, span]) => new Await(of, above, span))
const silence = fc
  .tuple(account, fc.constantFrom(null, 1, 3))
  .map(([of, span]) => new Silence(of, span))
const turn = fc
  .tuple(account, fc.constantFrom(0, 0, 4, 7, 20, 20))
  .map(([of, to]) => new Turn(of, to))
const commands = [
  fact,
  turn,
  turn,
  turn,
  somedays,
  somedays,
  somedays,
  act,
  act,
  waiting,
  waiting,
  silence,
  account.map((of) => new Unsilence(of)),
  fc.constantFrom(-20, -3, 2, 9, 24, 700).map((hours) => new Jump(hours)),
  fc.constant(new Evaluate()),
  fc.integer({ min: 1, max: 6 }).map((at) => new Crash(at)),
  fc
    .record({
      hold: fc.constantFrom(0, 0, 1, 2),
      clear: fc.constantFrom(0, 0, 1, 2),
      lights: fc.constantFrom(8, 10, 12),
      off: fc.constantFrom(3, 5, 8),
      escalate: fc.constantFrom(null, 1, 2, 4),
    })
    .map((rules) => new Edit(rules)),
]

/** Every transition follows from the one before it, and is explained. */
async function checkTransitions(model: Model, real: Real): Promise<void> {
  const ports = clock(model, real)
  for (const of of accounts) {
    const moves = (await lampHistory(ports, of)).filter(({ lamp }) => lamp === 'level').reverse()
    let position = 'off'
    for (const { from, to, cause, why, reason, says } of moves) {
      expect(says.en.length * says.ja.length).toBeGreaterThan(0)
      expect(from, JSON.stringify(moves)).toBe(position)
      // Never lit twice: to light it must have been off or snoozed.
      if (to === 'lit') expect(['off', 'snoozed']).toContain(from)
      if (from === 'off') expect(why?.en.length).toBeGreaterThan(0)
      if (to === 'snoozed') expect({ cause, reason }).toEqual({ cause: 'person', reason: 'later' })
      if (to === 'off') expect(cause).toBe('data')
      position = to
    }
    expect(position).toBe(model.lit.get(of)?.position ?? 'off')
  }
  const open = await ports.state.db
    .select()
    .from(lampEpisodes)
    .where(
      and(
        eq(lampEpisodes.workspaceId, ports.workspaceId),
        eq(lampEpisodes.lampKey, 'level'),
        isNull(lampEpisodes.clearedOn),
      ),
    )
  expect(open.map(({ accountId }) => accountId).toSorted()).toEqual(
    [...model.lit.keys()].toSorted(),
  )
}

const runs = Number(process.env.TOMOSHIBI_TEST_MODEL_RUNS ?? 6)

test('a lamp does what its model says, whatever comes', async () => {
  const seen = nothingSeen()
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: 'max' }), async (all) => {
      const workspace = stores.workspace()
      const model = new Model()
      const real: Real = { workspace, facts: 0 }
      for (const of of accounts) {
        await workspace.facts.account(of, { name: of }, tokyo(firstDay))
        await workspace.facts.line(of, `${of}-line`, { from: tokyo(firstDay) })
        await write(model, real, of, { ago: 1, level: of === 'a' ? 20 : 7 })
      }
      await defineLamp(clock(model, real), yaml(model.rules))
      await fc.asyncModelRun(async () => ({ model, real }), all)
      await new Evaluate().run(model, real)
      await checkTransitions(model, real)
      // None is stuck: once the facts are good and long enough have been, all lamps are out.
      for (const of of accounts) await write(model, real, of, { ago: 0, level: 0 })
      model.now += (model.rules.clear + 2) * 86_400_000
      await new Evaluate().run(model, real)
      expect([...model.lit.keys()]).toEqual([])
      for (const what of events) seen[what] += model.seen[what]
    }),
    { numRuns: runs, endOnFailure: true },
  )
  // In few runs not everything has to come about.
  if (runs >= 20) for (const what of events) expect(seen[what], what).toBeGreaterThan(0)
}, 280_000)
