/**
 * The company that is measured, made inside the engine by INSERT … SELECT, so that making it takes
 * little. Everything is a hash of a number and the seed: the same sizes give the same company.
 */
import type { FactStore } from '@tomoshibi/facts/store'

export interface Sizes {
  readonly accounts: number
  readonly users: number
  readonly events: number
  readonly seed: number
  /** Whose it is; `WORKSPACE` unless told. */
  readonly workspaceId?: string
}

export const WORKSPACE = 'bench'
export const TIME_ZONE = 'Asia/Tokyo'
/** Local days, half-open: the 24 months of which the company has facts. */
export const FROM = '2024-11-01'
export const TO = '2026-11-01'
/** The last of them. */
export const LAST_DAY = '2026-10-31'
/** A week later, when all that is told late has been told. */
export const NOW = '2026-11-08T00:00:00Z'
const PLANS = ['free', 'basic', 'pro', 'enterprise'] as const

const T0 = "toDateTime64('2024-10-31 15:00:00', 3, 'UTC')"
const DAYS = 730
const DAY_MS = 86_400_000

/** Parameters of every statement. Numbers only, but bound like all else. */
const bound = (sizes: Sizes, more: Readonly<Record<string, unknown>> = {}) => ({
  workspace_id: sizes.workspaceId ?? WORKSPACE,
  seed: sizes.seed,
  accounts: sizes.accounts,
  users: sizes.users,
  users_each: Math.max(1, Math.floor(sizes.users / sizes.accounts)),
  ...more,
})

const ID = "concat('acc-', leftPad(toString(a), 6, '0'))"
const USER = (index: string): string => `concat('u', toString(a), '-', toString(${index}))`
/** A number in [0, 1) of an account, a salt and perhaps a further number. */
const chance = (salt: string, more = '0'): string =>
  `(cityHash64(a, ${more}, '${salt}', {seed:UInt64}) / 18446744073709551616.)`
const pick = (words: readonly string[], roll: string): string =>
  `[${words.map((word) => `'${word}'`).join(', ')}][toUInt32(floor(${roll} * ${words.length})) + 1]`
const at = (day: string): string => `addMilliseconds(${T0}, toInt64((${day}) * ${DAY_MS}))`

/** When the account came: a third before the first day, the others over the first 22 months. */
const CAME = `if(${chance('old')} < 0.33, -300 * ${chance('came')}, 670 * ${chance('came')})`
const PLAN = pick(PLANS, `pow(${chance('plan')}, 0.7)`)

interface Statement {
  readonly table: string
  readonly columns: string
  readonly select: string
}

const facts = 'workspace_id, account_id, record_id, known_at, version, deleted, source_id, source'
const head = (record: string, known: string): string =>
  `{workspace_id:String}, ${ID}, ${record}, ${known}, 1, false, '', 'bench'`

const attribute = (key: string, value: string, chances: string, from: string): string => `
SELECT ${head(`concat(${ID}, '-${key}-', toString(k))`, 'effective')},
  '${key}', ${value}, NULL, 'string', effective
FROM (
  SELECT number AS a, arrayJoin([0, 1]) AS k, toDateTime64(${from}, 3, 'UTC') AS effective
  FROM numbers({accounts:UInt64})
)
WHERE k = 0 OR ${chance(`${key} moves`)} < ${chances}`

const CHANGED = `if(k = 0, '1970-01-01 00:00:00', ${at(`700 * ${chance('attribute', 'k')}`)})`

const attributes = (): Statement => ({
  table: 'account_attributes',
  columns: 'attribute, value, value_number, value_kind, effective_at',
  select: [
    attribute('name', `concat('Company ', toString(a))`, '0', CHANGED),
    attribute('plan', pick(PLANS, `pow(${chance('plan', 'k')}, 0.7)`), '0.1', CHANGED),
    attribute('segment', pick(['small', 'medium', 'large'], chance('segment')), '0', CHANGED),
    attribute(
      'region',
      pick(['kanto', 'kansai', 'chubu', 'kyushu', 'tohoku'], chance('r')),
      '0',
      CHANGED,
    ),
    attribute('owner', `concat('csm-', toString(cityHash64(a, k, 'owner') % 40))`, '0.2', CHANGED),
  ].join('\nUNION ALL\n'),
})

/**
 * One to three products an account, each a chain of one to five lines: every change of seats, plan or
 * price ends a line and starts the next. A quarter has a discount for a while. All pay in yen.
 */
const contractLines: Statement = {
  table: 'contract_lines',
  columns: `product, plan, quantity, amount, discount_amount, discount_percent, discount_until,
    currency, billing_unit, billing_count, effective_from, effective_to, auto_renew, notice_days,
    term_months, cancelled_at, state`,
  select: `
SELECT ${head(`concat(${ID}, '-', product, '-', toString(l))`, `least(starts, ${at('729')})`)},
  product, plan, seats, price, toDecimal128(0, 8), toDecimal64(if(discounted, 20, 0), 6),
  if(discounted, addMonths(starts, 6), NULL),
  'JPY', unit, 1,
  starts, ends, true, 60, 12, if(last AND lost, subtractDays(assumeNotNull(ends), 45), NULL), 'active'
FROM (
  SELECT
    a, p, l, lost,
    ['core', 'analytics', 'support'][p + 1] AS product,
    l = lines - 1 AS last,
    if(${chance('up', 'l')} < 0.2, 'enterprise', ${PLAN}) AS plan,
    toDecimal64(5 + floor(30 * ${chance('seats', 'p * 10 + l')}), 4) AS seats,
    if(${chance('unit')} < 0.3, 'year', 'month') AS unit,
    toDecimal128(100 * if(unit = 'year', 11, 1)
      * (100 + floor(5000 * ${chance('price', 'p * 10 + l')})), 8) AS price,
    ${chance('discount', 'p * 10 + l')} < 0.25 AS discounted,
    toDateTime64(${at('came + p * 40 + l * step')}, 3, 'UTC') AS starts,
    if(NOT last, ${at('came + p * 40 + (l + 1) * step')},
      if(lost, ${at('came + p * 40 + (l + 1) * step')}, NULL)) AS ends
  FROM (
    SELECT a, came, step, lost, p, 1 + toUInt32(floor(5 * ${chance('lines', 'p')})) AS lines
    FROM (
      SELECT
      number AS a,
      ${CAME} AS came,
      60 + floor(240 * ${chance('step')}) AS step,
      ${chance('lost')} < 0.25 AS lost,
      1 + toUInt32(floor(3 * pow(${chance('products')}, 2))) AS products
      FROM numbers({accounts:UInt64})
    )
    ARRAY JOIN range(products) AS p
  )
  ARRAY JOIN range(lines) AS l
)`,
}

const perAccount = (count: string, columns: string): string => `
  SELECT a, k, came, ${columns}
  FROM (
    SELECT number AS a, ${CAME} AS came, greatest(came, 0) AS since FROM numbers({accounts:UInt64})
  )
  ARRAY JOIN range(toUInt32(${count})) AS k`

const rates: Statement = {
  table: 'exchange_rates',
  columns: 'currency, reporting_currency, rate, effective_at',
  select: `
SELECT {workspace_id:String}, '', concat('usd-', toString(a)), effective, 1, false, '', 'bench',
  'USD', 'JPY', toDecimal128(140 + floor(20 * ${chance('rate')}), 12), effective
FROM (
  SELECT number AS a, subtractMonths(addMonths(${T0}, number), 24) AS effective FROM numbers(48)
)`,
}

const contacts: Statement = {
  table: 'contacts',
  columns: 'name, email, role, decision_maker, user_id, invited_at, left_at',
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'invited')},
  concat('Person ', toString(k)), '', '', k = 0, ${USER('k')}, invited,
  if(${chance('left', 'k')} < 0.05, addDays(invited, 200), NULL)
FROM (${perAccount('{users_each:UInt64}', `toDateTime64(${at(`since + 60 * ${chance('invited', 'k')}`)}, 3, 'UTC') AS invited`)}
)`,
}

const invoices: Statement = {
  table: 'invoices',
  columns: 'number, kind, amount, currency, issued_at, due_at, paid_at, paid_amount',
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'issued')},
  toString(k), if(${chance('one off', 'k')} < 0.05, 'one_off', 'recurring'),
  toDecimal128(1000 * (1 + floor(300 * ${chance('amount', 'k')})), 8),
  'JPY', issued, addDays(issued, 31),
  if(${chance('unpaid', 'k')} < 0.03, NULL, addDays(issued, 10 + toUInt32(30 * ${chance('paid', 'k')}))),
  toDecimal128(0, 8)
FROM (${perAccount('24', `toDateTime64(${at('k * 30.4')}, 3, 'UTC') AS issued`)}
  WHERE k * 30.4 >= came
)`,
}

const tickets: Statement = {
  table: 'tickets',
  columns: 'contact_id, kind, priority, subject, opened_at, first_response_at, resolved_at',
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'opened')},
  '', ${pick(['how_to', 'incident', 'request'], chance('kind', 'k'))}, 'normal', '',
  opened, addMinutes(opened, 5 + toUInt32(600 * ${chance('first', 'k')})),
  if(${chance('open', 'k')} < 0.05, NULL, addMinutes(opened, 700 + toUInt32(9000 * ${chance('done', 'k')})))
FROM (${perAccount(`12 * ${chance('tickets')}`, `toDateTime64(${at(`since + (729 - since) * ${chance('opened', 'k')}`)}, 3, 'UTC') AS opened`)}
)`,
}

const answers: Statement = {
  table: 'survey_answers',
  columns: 'kind, respondent_id, score, comment, delivered_at, answered_at',
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'delivered')},
  kind, ${USER('k % {users_each:UInt64}')},
  if(answered, floor(multiIf(kind = 'nps', 11 * pow(${chance('score', 'k')}, 0.5),
    kind = 'csat', 1 + 5 * ${chance('score', 'k')}, 1 + 7 * ${chance('score', 'k')})), NULL), '',
  delivered, if(answered, addHours(delivered, 1 + toUInt32(72 * ${chance('hours', 'k')})), NULL)
FROM (${perAccount(
    '16',
    `
    ${pick(['nps', 'nps', 'csat', 'ces'], chance('kind of survey', 'k'))} AS kind,
    ${chance('answered', 'k')} < 0.4 AS answered,
    toDateTime64(${at(`since + (725 - since) * ${chance('delivered', 'k')}`)}, 3, 'UTC') AS delivered`,
  )}
)`,
}

const touchpoints: Statement = {
  table: 'touchpoints',
  columns: `kind, direction, occurred_at, contact_id, decision_maker, owner, planned, subject, sentiment`,
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'at')},
  ${pick(['meeting', 'call', 'email', 'chat', 'event'], chance('kind of touch', 'k'))},
  ${pick(['inbound', 'outbound', 'two_way'], chance('direction', 'k'))},
  at, '', ${chance('decides', 'k')} < 0.2, concat('csm-', toString(cityHash64(a, 0, 'owner') % 40)),
  ${chance('planned', 'k')} < 0.5, '', if(${chance('pulse', 'k')} < 0.2, toInt8(1 + floor(5 * ${chance('mood', 'k')})), NULL)
FROM (${perAccount(`24 * ${chance('touches')}`, `toDateTime64(${at(`since + (729 - since) * ${chance('touched', 'k')}`)}, 3, 'UTC') AS at`)}
)`,
}

const milestones: Statement = {
  table: 'milestones',
  columns: 'programme, milestone, required, first_value, entered_at, met_at',
  select: `
SELECT ${head(`concat(${ID}, '-', toString(k))`, 'entered')},
  'standard', concat('step ', toString(k)), k < 4, k = 2, entered,
  if(${chance('met', 'k')} < 0.85, addDays(entered, 3 + 15 * k + toUInt32(40 * ${chance('days', 'k')})), NULL)
FROM (${perAccount('5', `toDateTime64(${at('least(came, 720)')}, 3, 'UTC') AS entered`)}
)`,
}

/** Events are made account by account, so that each part of the table holds accounts of its own. */
const events: Statement = {
  table: 'usage_events',
  columns: 'user_id, event, occurred_at, quantity, properties',
  select: `
SELECT
  {workspace_id:String}, concat('acc-', leftPad(toString(a), 6, '0')), concat('e', hex(a), '-', hex(k)),
  -- One in a hundred is told up to three days late.
  addMilliseconds(at, if(roll % 100 = 0, (bitShiftRight(roll, 20)) % 259200000, 5000)), 1, false, '', 'bench',
  -- A few users of each account make most of its events.
  concat('u', toString(a), '-', toString(toUInt32(floor(
    {users_each:UInt64} * pow(((bitShiftRight(roll, 8)) % 65536) / 65536., 1.5))))),
  ['login', 'login', 'login', 'view', 'view', 'edit', 'edit', 'report', 'export', 'invite', 'api', 'admin'][(bitShiftRight(roll, 24)) % 12 + 1],
  at, 1, '{}'
FROM (
  SELECT
    a, k, cityHash64(a, k, {seed:UInt64}) AS roll,
    -- Fewer events in the first months and at night.
    addMilliseconds(${T0}, toInt64(
      floor(${DAYS} * pow((k + (roll % 1000) / 1000.) / events, 0.8)) * ${DAY_MS}
      + ${DAY_MS} * (0.33 + 0.45 * ((bitShiftRight(roll, 32)) % 65536) / 65536.))) AS at
  FROM (
    SELECT
      number AS a,
      toUInt64({events:UInt64} / {accounts:UInt64} * (0.2 + 1.6 * ${chance('events')})) AS events
    FROM numbers({first:UInt64}, {count:UInt64})
  )
  ARRAY JOIN range(events) AS k
)`,
}

const insert = (
  store: FactStore,
  { table, columns, select }: Statement,
  params: Record<string, unknown>,
): Promise<void> =>
  store.command({ sql: `INSERT INTO ${table} (${facts}, ${columns})\n${select}`, params })

/** About as many events are made by one statement, which bounds its memory. */
const EVENTS_AT_ONCE = 1_000_000

/** Makes the company. `say` is told how far it is. */
export const makeCompany = async (
  store: FactStore,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<void> => {
  const small = [
    attributes(),
    contractLines,
    rates,
    contacts,
    invoices,
    tickets,
    answers,
    touchpoints,
    milestones,
  ]
  for (const statement of small) {
    say(`making ${statement.table}`)
    await insert(store, statement, bound(sizes))
  }
  const step = Math.max(1, Math.floor((EVENTS_AT_ONCE * sizes.accounts) / sizes.events))
  for (let first = 0; first < sizes.accounts; first += step) {
    const count = Math.min(step, sizes.accounts - first)
    await insert(store, events, bound(sizes, { events: sizes.events, first, count }))
    say(`making usage_events: ${Math.round((100 * (first + count)) / sizes.accounts)} %`)
  }
}
