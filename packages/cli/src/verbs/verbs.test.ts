import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '@tomoshibi/server/call/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, runHere } from '../testing.ts'

let operations: TestOperations
let workspace: TestWorkspace
const long = '2026-08-01T00:00:00Z'

beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace('2026-11-21T03:00:00Z')
  const { facts } = workspace
  await facts.account('a1', { name: '=株式会社あかり', plan: 'pro' }, long)
  await facts.account('a2', { name: 'Northwind', plan: 'starter' }, long)
  await facts.line('a1', 'l1', { from: long, amount: '80000' })
  await facts.line('a2', 'l2', { from: long, amount: '1200.5' })
  await facts.answer('a1', 'u1', '2026-11-10T00:00:00Z', 2)
  await workspace.caller.lamps.evaluate({})
})
afterAll(() => operations.stop())

type Options = Parameters<typeof runHere>[1]
const run = (args: readonly string[], options: Options = {}): Promise<Ran> =>
  runHere(args, {
    connect: async () => ({ client: workspace.caller, close: async () => {} }),
    ...options,
  })

describe('evidence metric', () => {
  test('says first what it means, and what cannot be told', async () => {
    const { code, out } = await run(['evidence', 'metric', 'mrr', '--horizon', '7'])
    expect(code).toBe(0)
    expect(out).toMatch(/^It cannot be told yet\. There are no cases\./)
    expect(out).toContain('There is no month end whose horizon has passed.')
    const { out: japanese } = await run(['evidence', 'metric', 'mrr'], { language: 'ja' })
    expect(japanese).toMatch(/^まだ判断できません。/)
    const parsed = JSON.parse((await run(['evidence', 'metric', 'mrr', '--json'])).out)
    expect(parsed).toMatchObject({ metric: 'mrr', horizonDays: 90, verdict: 'cannot_tell' })
    expect((await run(['evidence', 'metric', 'mmr'])).code).toBe(2)
  })
})

describe('evidence lamp', () => {
  test('says of one lamp what lamps evidence says of all', async () => {
    const { code, out } = await run(['evidence', 'lamp', 'silence'])
    expect(code).toBe(0)
    const all = (await run(['lamps', 'evidence'])).out
    const sentence = out.split('\n').find((line) => line.startsWith('Silence: '))
    expect(sentence).toMatch(/^Silence: Not enough cases/)
    expect(all).toContain(sentence)
    expect(out.split('\n').filter((line) => line.includes('('))).toHaveLength(1)
    const parsed = JSON.parse((await run(['evidence', 'lamp', 'silence', '--json'])).out)
    expect(parsed).toMatchObject({ lamp: 'silence', verdict: 'not_enough_cases' })
    const unknown = await run(['evidence', 'lamp', 'silense'])
    expect(unknown.code).not.toBe(0)
    expect(unknown.err).toContain('silence')
  })
})

describe('evidence score and report', () => {
  test('score says why there is none, and gives JSON', async () => {
    const { code, out } = await run(['evidence', 'score', '--horizon', '7'])
    expect(code).toBe(0)
    expect(out).toMatch(/^There is no score\. Accounts with the outcome in the earlier half: 0;/)
    const { out: japanese } = await run(['evidence', 'score'], { language: 'ja' })
    expect(japanese).toMatch(/^スコアは作成できません。/)
    const parsed = JSON.parse((await run(['evidence', 'score', '--json'])).out)
    expect(parsed).toMatchObject({ verdict: 'cannot_tell', parts: [], accounts: [] })
    expect((await run(['evidence', 'score', '--against', 'mmr'])).code).toBe(2)
  })

  test('report is written in the language of the terminal', async () => {
    const out = join(operations.dataDir, 'evidence.html')
    const args = ['evidence', 'report', '--metrics', 'mrr', '--out', out]
    const found = await run(args, { language: 'ja' })
    expect(found).toMatchObject({ code: 0, err: '' })
    expect(found.out).toContain('に書き込みました')
    expect(readFileSync(out, 'utf8')).toContain('<html lang="ja">')
  })
})

describe('evidence panel', () => {
  test('writes the file that its name asks for, and says so', async () => {
    const out = join(operations.dataDir, 'panel.csv')
    const found = await run([
      'evidence',
      'panel',
      '--metrics',
      'mrr',
      '--horizon',
      '7',
      '--out',
      out,
    ])
    expect(found).toMatchObject({ code: 0, err: '' })
    expect(found.out).toMatch(/^Wrote .*panel\.csv/)
    expect(readFileSync(out, 'utf8')).toMatch(/^day,account_id,paying_since,lost_on,outcome,mrr\n/)
    const parquet = join(operations.dataDir, 'panel.parquet')
    await run(['evidence', 'panel', '--metrics', 'mrr', '--horizon', '7', '--out', parquet])
    expect(readFileSync(parquet).subarray(0, 4).toString()).toBe('PAR1')
  })

  test('refuses a name that says no format, and a folder that is not there', async () => {
    const odd = await run(['evidence', 'panel', '--out', 'panel.xlsx'])
    expect(odd.code).toBe(2)
    expect(odd.err).toContain('must end in .parquet or .csv')
    const lost = await run(['evidence', 'panel', '--metrics', 'mrr', '--out', '/nowhere/panel.csv'])
    expect(lost.code).toBe(2)
    expect(lost.err).toContain('cannot be written (ENOENT)')
  })
})

describe('metrics', () => {
  test('query prints JSON alone on stdout', async () => {
    const { code, out, err } = await run(['metrics', 'query', 'mrr', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject([
      { metric: 'mrr', on: '2026-11-21', value: '81200.5', currency: 'JPY', slice: {} },
    ])
  })

  test('query prints a column for each metric where that fits, else a line for each value', async () => {
    const args = ['metrics', 'query', 'mrr', 'nps', '--on', '2026-11-20', '--by', 'plan']
    const wide = (await run(args)).out.split('\n')
    expect(wide[0]).toMatch(/^Period +plan +mrr +nps$/)
    expect(wide[1]).toMatch(/^2026-11-20 +pro +¥80,000 {2}n=1 +-100 {2}n=1$/)
    expect(wide[2]).toMatch(/starter +¥1,201 {2}n=1 +– \(no data\)/)
    const narrow = (await run(args, { columns: 45 })).out.split('\n')
    expect(narrow[0]).toMatch(/^Metric +Period +plan +Value +n$/)
    expect(narrow).toHaveLength(6)
  })

  test('cohorts prints what is left of each month of first payment', async () => {
    const args = ['metrics', 'cohorts', '--from', '2026-08-01', '--to', '2026-11-01']
    const { out } = await run(args)
    const [head, august, ...rest] = out.trimEnd().split('\n')
    expect(head).toMatch(/^Cohort +Accounts +\+0 +\+1 +\+2$/)
    expect(august).toMatch(/^2026-08 +2 +100% +100% +100%$/)
    expect(rest).toEqual([])
    const parsed = JSON.parse((await run([...args, '--json'])).out)
    expect(parsed[2]).toMatchObject({
      cohort: '2026-08-01',
      month: 2,
      accounts: 2,
      mrrRetained: '81200.5',
      revenueRetention: 1,
    })
    const sheet = (await run([...args, '--by', 'plan', '--csv', '--known-at', '2026-11-20'])).out
    expect(sheet.split('\n')[1]).toBe('2026-08-01,pro,0,1,1,1,80000,80000,1,JPY,true,')
    const byPlan = (await run([...args, '--by', 'plan'])).out.split('\n')
    expect(byPlan[0]).toMatch(/^Cohort +plan +Accounts +\+0/)
    expect(byPlan[1]).toMatch(/^2026-08 +pro +1 +100%/)
    expect(byPlan[2]).toMatch(/^2026-08 +starter +1 +100%/)
    const trailing = ['metrics', 'query', 'nrr', '--on', '2026-10-31', '--trailing', '1', '--json']
    expect(JSON.parse((await run(trailing)).out)).toMatchObject([{ start: '2026-10-01', value: 1 }])
    const nobody = ['metrics', 'cohorts', '--from', '2025-01-01', '--to', '2025-03-01']
    expect((await run(nobody)).out).toBe('No account first paid in these months.\n')
  })

  test('query shows the change from the period before and from a year before', async () => {
    const asked = ['query', 'mrr', '--on', '2026-10-31', '--compare']
    const { out } = await run(['metrics', ...asked, 'previous,year'])
    expect(out).toMatch(/mrr +vs period before +vs year before/)
    const { out: text } = await run(['metrics', ...asked, 'year', '--json'])
    expect(JSON.parse(text)[0].compared.year_before).toMatchObject({ on: '2025-10-31' })
    const { out: cells } = await run(['metrics', ...asked, 'previous', '--csv'])
    expect(cells).toContain('previous_value,previous_change,previous_change_ratio')
    expect((await run(['metrics', ...asked, 'tomorrow'])).code).toBe(2)
  })

  test('movements prints each change, and how they lead from start to end', async () => {
    const args = ['metrics', 'movements', '--from', '2026-07-01', '--to', '2026-09-01']
    const { out } = await run(args)
    const [head, first, second, empty, ...sums] = out.trimEnd().split('\n')
    expect(head).toMatch(/^Day +Account +Movement +Amount +MRR after +Because of$/)
    expect(first).toMatch(/^2026-08-01 +a1 +New +¥80,000 +¥80,000$/)
    expect(second).toMatch(/^2026-08-01 +a2 +New +¥1,201 +¥1,201$/)
    expect(empty).toBe('')
    expect(sums.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'MRR at start ¥0',
      'New ¥81,201',
      'Reactivation ¥0',
      'Expansion ¥0',
      'Contraction ¥0',
      'Churn ¥0',
      'Exchange rates ¥0',
      'MRR at end ¥81,201',
    ])
    const japanese = await run([...args, '--account', 'a2'], { language: 'ja' })
    expect(japanese.out).toMatch(/^2026-08-01 +a2 +新規/m)
    const sheet = (await run([...args, '--csv'])).out.split('\n')
    expect(sheet[0]).toMatch(/^account,on,at,until,kind,amount,expansion_upgrade,/)
    expect(sheet[2]).toBe(
      'a2,2026-08-01,2026-08-01T00:00:00Z,2026-08-01T00:00:00Z,new,1200.5,,,,,,0,1200.5,JPY,',
    )
    const parsed = JSON.parse((await run([...args, '--json'])).out)
    expect(parsed.totals).toMatchObject({ start: '0', new: '81200.5', end: '81200.5' })
    const quiet = ['metrics', 'movements', '--from', '2026-09-01', '--to', '2026-10-01']
    expect((await run(quiet)).out).toMatch(
      /^Nothing moved in this period\.\n\nMRR at start +¥81,201/,
    )
  })

  test('query shows how sure the figures are', async () => {
    const october = ['--from', '2026-10-01', '--to', '2026-11-01', '--grain', 'month']
    const asked = ['metrics', 'query', 'customer_churn_rate', 'nrr', 'mrr', ...october]
    const { out } = await run([...asked, '--interval'])
    expect(out).toMatch(/0% \[0% – [\d.]+%\] {2}n=2/)
    expect(out).toContain('[too few cases]')
    expect((await run([...asked, '--interval', '--csv'])).out).toContain(',low,high,')
  })

  test('query goes on to the facts behind the figure of an account', async () => {
    const asked = ['metrics', 'query', 'mrr', 'licence_utilisation', '--on', '2026-10-31']
    const { out } = await run([...asked, '--account', 'a2', '--facts'])
    expect(out).toMatch(/^mrr {2}a2 {2}2026-10-31 {2}¥1,201\n\ncontract lines: 1–1 of 1\nRecord/)
    expect(out).toMatch(/^All together +¥1,201$/m)
    const found = JSON.parse((await run([...asked, '--account', 'a2', '--facts', '--json'])).out)
    expect(found).toHaveLength(2)
    expect(found[0].tables[0].rows[0]).toMatchObject({
      record: 'l2',
      adds: { numerator: '1200.5' },
    })
    expect((await run([...asked, '--facts'])).code).toBe(2)
    expect((await run([...asked, '--account', 'a2', '--facts', '--csv'])).code).toBe(2)
  })

  test('query says how its figures were made', async () => {
    const asked = ['metrics', 'query', 'nrr', '--on', '2026-10-31', '--explain']
    const { out } = await run(asked)
    expect(out).toMatch(/^Definitions:\n {2}nrr v\d+ /m)
    expect(out).toMatch(/currency = JPY \(/)
    expect(out).toMatch(/^ {2}[\d,]+ rows, [\d,]+ bytes.*contract_lines/m)
    expect(out).toContain('{workspace_id:String}')
    const explained = JSON.parse((await run([...asked, '--json'])).out)
    expect(explained.values[0]).toMatchObject({ metric: 'nrr' })
    expect(explained.queries[0].rowsRead).toBeGreaterThan(0)
    expect((await run([...asked, '--csv'])).out).toMatch(/^metric,version,/)
  })

  test('query prints CSV that no spreadsheet runs', async () => {
    const { out } = await run(['metrics', 'query', 'mrr', '--by', 'name', '--csv'])
    const [header, ...lines] = out.trimEnd().split('\n')
    expect(header).toBe(
      'metric,version,on,start,end,slice_name,account,numerator,denominator,value,n,unit,currency,complete,known_at,reason',
    )
    expect(lines.join('\n')).toContain(",'=株式会社あかり,")
    expect(lines.join('\n')).toContain(',1200.5,')
  })

  test('an account is asked for by its id, and drilled into', async () => {
    const one = await run(['metrics', 'query', 'mrr', '--account', 'a2', '--json'])
    expect(JSON.parse(one.out)).toMatchObject([{ account: 'a2', value: '1200.5' }])
    const drilled = await run(['metrics', 'query', 'mrr', '--drill', '--json'])
    const parts: unknown = JSON.parse(drilled.out)
    expect(parts).toMatchObject([{ account: null }, { account: 'a1' }, { account: 'a2' }])
  })

  test.each([
    [['query', 'mmr'], "There is no metric 'mmr'."],
    [['query', 'mrr', '--by', 'plam'], "No account has an attribute 'plam'."],
    [['query', 'mrr', '--account', 'a9'], "There is no account 'a9'."],
    [['query', 'mrr', '--known-at', 'yesterday'], 'knownAt'],
    [['describe', 'nrrr'], 'Did you mean'],
    [['query', 'mrr', '--by', 'cohort_moth'], 'Did you mean cohort_month?'],
    [
      ['cohorts', '--from', '2026-01-01', '--to', '2026-02-01', '--by', 'plam'],
      'Did you mean plan?',
    ],
    [['movements', '--from', '2026-03-01', '--to', '2026-02-01'], 'not after its start'],
    [
      ['movements', '--from', '2026-01-01', '--to', '2026-02-01', '--account', 'a9'],
      "There is no account 'a9'.",
    ],
    [['query', 'mrr', '--from', '2026-01-15', '--to', '2026-03-01', '--grain', 'month'], 'nearest'],
  ])('%j ends with 2', async (args, says) => {
    const { code, out, err } = await run(['metrics', ...args])
    expect(err).toContain(says)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })

  test('list and describe are for reading and for programs', async () => {
    const list = await run(['metrics', 'list'], { language: 'ja' })
    expect(list.out).toMatch(/^nrr +NRR/m)
    const described = await run(['metrics', 'describe', 'nrr', '--sql'])
    expect(described.out).toContain('SELECT')
    const json = await run(['metrics', 'describe', 'nrr', '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ key: 'nrr', sql: null })
  })
})

describe('lamps', () => {
  test('list, start, undo, snooze and done work on one lamp', async () => {
    const list = await run(['lamps', 'list', '--lit', '--account', 'a1'])
    expect(list.out).toContain('=株式会社あかり (a1)')
    expect(list.out).toContain('detractor')
    const states: string[] = []
    const acts = [
      ['start', 'a1', 'detractor'],
      ['undo', 'a1', 'detractor'],
      ['snooze', 'a1', 'detractor', '--until', '2026-12-01', '--reason', 'holiday'],
      ['undo', 'a1', 'detractor'],
      ['done', 'a1', 'detractor', '--note', 'called'],
    ]
    for (const act of acts) {
      const { out, err } = await run(['lamps', ...act, '--json'])
      expect(err).toBe('')
      const { state, task }: { state: string; task: { state: string } } = JSON.parse(out)
      states.push(`${state} ${task.state}`)
    }
    expect(states).toEqual([
      'acting started',
      'lit open',
      'snoozed open',
      'lit open',
      'acting done',
    ])
  })

  test('snooze until a condition, silence and take it back', async () => {
    const refused = await run(['lamps', 'snooze', 'a1', 'detractor', '--reason', 'x'])
    expect(refused.code).not.toBe(0)
    const snooze = ['snooze', 'a1', 'detractor', '--condition', 'mrr > 90000', '--reason', 'offer']
    const snoozed = await run(['lamps', ...snooze], { columns: 400 })
    expect(snoozed.out).toContain('[Snoozed until 2027-02-19 / MRR is above ¥90,000: offer]')
    await run(['lamps', 'undo', 'a1', 'detractor'])
    const silence = await run(['lamps', 'silence', 'a1', 'detractor', '--reason', 'pilot'])
    expect(silence.out).toMatch(/counts.*pilot/)
    expect((await run(['lamps', 'list', '--lit'])).out).not.toContain('detractor')
    expect((await run(['lamps', 'silences', '--account', 'a1'])).out).toContain('pilot')
    const { out } = await run(['lamps', 'unsilence', 'a1', 'detractor', '--json'])
    expect(JSON.parse(out)).toMatchObject({ state: 'withdrawn' })
    expect((await run(['lamps', 'silences'])).out).toBe('No lamp is silenced.\n')
    expect((await run(['lamps', 'list', '--lit'])).out).toContain('detractor')
  })

  test('load, retire and take it back', async () => {
    const { out } = await run(['lamps', 'load', '--json'])
    expect(JSON.parse(out)).toMatchObject({ through: '2026-11-20', retire: [] })
    expect((await run(['lamps', 'load'])).out).toContain('2026-08-22 – 2026-11-20')
    const retired = await run(['lamps', 'retire', 'detractor', '--reason', 'too many'])
    expect(retired.out).toContain('too many')
    expect((await run(['lamps', 'list', '--lit'])).out).not.toContain('detractor')
    expect((await run(['lamps', 'retired'])).out).toContain('detractor')
    await run(['lamps', 'restore', 'detractor'])
    expect((await run(['lamps', 'retired'])).out).toBe('No lamp is retired.\n')
    expect((await run(['lamps', 'list', '--lit'])).out).toContain('detractor')
    expect((await run(['lamps', 'restore', 'detractor'])).code).not.toBe(0)
  })

  test('what does not fit the screen goes below its line', async () => {
    const { out } = await run(['lamps', 'list', '--account', 'a1'], { columns: 90 })
    expect(out).toMatch(/^ {4}\S/m)
  })

  test('an unknown lamp ends with 2, one that is not lit with 1', async () => {
    const unknown = await run(['lamps', 'start', 'a1', 'detracter'])
    expect(unknown.code).toBe(2)
    expect(unknown.err).toContain('detractor')
    expect((await run(['lamps', 'start', 'a2', 'detractor'])).code).toBe(1)
  })

  test('evaluate and evidence say what they found', async () => {
    const evaluated = await run(['lamps', 'evaluate'])
    expect(evaluated.out).toMatch(/Evaluated 1 day,|Nothing was left/)
    const evidence = await run(['lamps', 'evidence'], { language: 'ja' })
    expect(evidence.out).toContain('的中率')
  })

  test('define adds one from a file, or names every mistake with its place', async () => {
    const good = join(operations.dataDir, 'good.yaml')
    const lamp = (condition: string) => `key: small
version: 1
name: { en: Small, ja: 小口 }
condition: ${condition}
severity: info
task:
  title: { en: Look, ja: 確認 }
  body: { en: Look at it, ja: 確認してください }
  owner: account_owner
  dueDays: 1
`
    writeFileSync(good, lamp('mrr > 0 && mrr < 2000'))
    const { code, out } = await run(['lamps', 'define', good])
    expect(code).toBe(0)
    expect(out).toMatch(/^Lamp small, version 1: /)
    const bad = join(operations.dataDir, 'bad.yaml')
    writeFileSync(bad, lamp('mr > 0 && plan < 3'))
    const refused = await run(['lamps', 'define', bad])
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('4:12')
    expect(refused.err).toContain('mrr')
  })
})

describe('import', () => {
  const mapping = `version: 1
files:
  - file: accounts.csv
    target: accounts
    id: account_id
    account: account_id
    attributes: { name: name, plan: plan }
`
  const files = () => {
    const folder = join(operations.dataDir, 'import')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'accounts.csv'), 'account_id,name,plan\nb1,One,pro\nb2,Two,pro\n')
    writeFileSync(join(folder, 'm.yaml'), mapping)
    return folder
  }
  const importing = (...more: string[]) => {
    const folder = files()
    const args = ['import', join(folder, 'accounts.csv'), '--mapping', join(folder, 'm.yaml')]
    return run([...args, ...more])
  }

  test('tells what would happen, does it, and changes nothing the second time', async () => {
    const dry = await importing('--dry-run', '--json')
    expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, files: [{ read: 2, stored: 2 }] })
    const first = await importing()
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/accounts\.csv +accounts +2 +2 +0 +0 +0 +0 +0/)
    const second = await importing('--json')
    expect(JSON.parse(second.out)).toMatchObject({ files: [{ stored: 0, unchanged: 2 }] })
  })

  test('tells every mistake of the mapping with its line', async () => {
    const folder = files()
    const file = join(folder, 'wrong.yaml')
    writeFileSync(
      file,
      mapping
        .replace('account: account_id', 'acount: account_id')
        .replace('name: name', 'name: nmae'),
    )
    const { code, err } = await run(['import', folder, '--mapping', file])
    expect(code).toBe(2)
    expect(err).toContain('wrong.yaml:6:')
    expect(err.split('\n').length).toBeGreaterThan(3)
  })

  test('suggests a mapping and does not write over a file', async () => {
    const folder = files()
    const out = join(folder, `suggested-${process.pid}.yaml`)
    const args = ['import', join(folder, 'accounts.csv'), '--suggest', '--out', out]
    expect((await run(args)).code).toBe(0)
    const again = await run(args)
    expect([again.code, again.err.includes('exists already')]).toEqual([2, true])
    const shown = await run(['import', join(folder, 'accounts.csv'), '--suggest'])
    expect(shown.out).toContain('accounts.csv')
  })

  test('a file that is not there is told', async () => {
    const { code, err } = await run(['import', '/nowhere.csv', '--mapping', '/nowhere.yaml'])
    expect(code).toBe(1)
    expect(err).toContain('/nowhere.yaml')
  })
})

describe('accounts, workspace, quality', () => {
  test('accounts are listed and shown', async () => {
    const list = await run(['accounts', 'list', '--search', 'north'])
    expect(list.out).toMatch(/^a2 +Northwind +¥1,201/m)
    expect(list.err).toBe('1 of 1\n')
    const shown = await run(['accounts', 'show', 'a2'])
    expect(shown.out).toContain('Northwind (a2)')
    expect(shown.out).toContain('2026-08-01 – open')
    expect((await run(['accounts', 'show', 'a9'])).code).toBe(2)
  })

  test('how fresh the data is, by its kind', async () => {
    const { code, out } = await run(['workspace', 'freshness'])
    expect(code).toBe(0)
    expect(out).toMatch(/^Contract lines +2026-/m)
    expect(out).toMatch(/^Exchange rates +none yet/m)
    expect(out).toContain('Figures and lamps have seen every fact.')
    const asJson: unknown = JSON.parse((await run(['workspace', 'freshness', '--json'])).out)
    expect(asJson).toMatchObject({ eventsWaitingSince: null, lampsWaitingSince: null })
  })

  test('settings are changed when they are right', async () => {
    const set = await run([
      'workspace',
      'set',
      '--name',
      'Mine',
      '--fiscal-year-start',
      '1',
      '--json',
    ])
    expect(JSON.parse(set.out)).toMatchObject({ name: 'Mine', fiscalYearStartMonth: 1 })
    const wrong = await run(['workspace', 'set', '--time-zone', 'Mars/Olympus'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('timeZone')
    expect((await run(['workspace', 'set', '--currency', 'XYZ'])).code).toBe(2)
    expect((await run(['workspace', 'show'])).out).toContain('Mine')
  })

  test('every setting can be read and chosen, by its own name', async () => {
    const set = ['workspace', 'set', 'renewalGraceDays=45', 'reactivationMaxGapDays=null']
    const { code, out } = await run([...set, 'extraHolidays=["2026-12-29"]'])
    expect(code).toBe(0)
    expect(out).toMatch(/^renewalGraceDays +45 \* +30 +Days after the end of a term/m)
    expect(out).toMatch(/^reactivationMaxGapDays +null \* +null/m)
    expect(out).toMatch(/^extraHolidays +\["2026-12-29"\] \* +\[\]/m)
    const reset = await run(['workspace', 'set', '--reset', 'renewalGraceDays'])
    expect(reset.out).toMatch(/^renewalGraceDays +30 +30 /m)
  })

  test('a setting that is wrong is named with what may have been meant, and nothing is changed', async () => {
    const wrong = ['renewalGraceDay=45', 'churnDate=contract_ned', 'grossMarginPercent=much']
    const { code, err } = await run(['workspace', 'set', 'npsWindowDays=30', ...wrong])
    expect(code).toBe(2)
    expect(err).toContain('Did you mean renewalGraceDays?')
    expect(err).toContain('Did you mean contract_end?')
    expect(err).toContain('grossMarginPercent: ')
    expect((await run(['workspace', 'show'])).out).toMatch(/^npsWindowDays +90 +90/m)
    expect((await run(['workspace', 'set', 'renewalGraceDays'])).code).toBe(2)
    expect((await run(['workspace', 'set', '--reset', 'grace'])).code).toBe(2)
  })

  test('quality reports in words or JSON', async () => {
    const { code, out } = await run(['quality', '--json'])
    expect(code).toBe(0)
    expect(Array.isArray(JSON.parse(out))).toBe(true)
  })
})

describe('retention', () => {
  test('shows each kind of fact with its period, or why it is kept', async () => {
    const { code, out } = await run(['retention', 'show'])
    expect(code).toBe(0)
    expect(out).toMatch(/invoices\s+for ever\s+–\s+–\s+the lifetime value/)
    expect(out).toMatch(/usage_events\s+for ever\s+–\s+–\s+from when it happened/)
    const { out: japanese } = await run(['retention', 'show'], { language: 'ja' })
    expect(japanese).toMatch(/invoices\s+無期限/)
  })

  test('is chosen and taken back, and refused where figures need what is old', async () => {
    expect((await run(['retention', 'apply'])).out).toMatch(/^No kind of fact has a period/)
    const chosen = await run(['retention', 'set', 'tickets', '24'])
    expect(chosen).toMatchObject({ code: 0, out: expect.stringMatching(/tickets\s+24 months/) })
    expect((await run(['retention', 'apply', '--dry-run'])).out).toBe(
      'tickets: nothing of before 2024-11-01 is left to delete\n',
    )
    const needed = await run(['retention', 'set', 'tickets', '1'])
    expect(needed.code).toBe(1)
    expect(needed.err).toContain('would have no value: ')
    const kept = await run(['retention', 'set', 'invoices', '24'], { language: 'ja' })
    expect(kept.code).toBe(1)
    expect(kept.err).toContain('請求書は削除できません')
    expect((await run(['retention', 'set', 'tickets', 'soon'])).code).toBe(2)
    expect((await run(['retention', 'set', 'nonsense', '3'])).code).toBe(2)
    const back = await run(['retention', 'set', 'tickets', 'forever', '--json'])
    expect(JSON.parse(back.out)).toMatchObject({ table: 'tickets', months: null })
  })
})

describe('people', () => {
  test('shows the passkeys of a person, and removes one by its name', async () => {
    const email = 'mei@example.com'
    const { link } = await workspace.caller.invitations.create({ email, role: 'csm' })
    await workspace.caller.invitations.accept({
      link: link.split('#')[1] ?? '',
      name: 'Mei',
      password: 'seven lanterns by the river',
    })
    await workspace.ports.state.pool.query(
      `INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, rp_id, name, created_at)
       SELECT gen_random_uuid(), users.id, name.text, '', 0, '[]', false, 'localhost', name.text, '2026-11-01'
       FROM users, unnest(ARRAY['Laptop', 'Phone']) AS name (text) WHERE email = $1`,
      [email],
    )
    const { code, out } = await run(['people', 'passkeys', email])
    expect(code).toBe(0)
    expect(out).toMatch(/[\da-f-]{36}\s+Laptop\s+2026-11-01T00:00:00Z/)
    const unknown = await run(['people', 'remove-passkey', email, 'Tablet'])
    expect(unknown.code).toBe(2)
    expect(unknown.err).toContain("'Tablet'")
    const removed = await run(['people', 'remove-passkey', email, 'Laptop', '--json'])
    expect(JSON.parse(removed.out)).toMatchObject([{ name: 'Phone' }])
    const reset = await run(['people', 'reset-second-factor', email], { language: 'ja' })
    expect(reset.out).toMatch(/^解除し/)
    expect((await run(['people', 'passkeys', email, '--json'])).out.trim()).toBe('[]')
  })
})

describe('identity-providers', () => {
  test('keeps what is not named, and says what the options take', async () => {
    const { identityProviders } = workspace.caller
    const issuer = 'https://id.example.com'
    const chosen = { id: 'company', name: 'Company ID', issuer, clientId: 'c', secret: 's' }
    await identityProviders.set({ ...chosen, domains: ['example.com'] })
    const changed = await run(['identity-providers', 'set', 'company', '--enabled', 'no', '--json'])
    expect(JSON.parse(changed.out)).toMatchObject([
      { id: 'company', name: 'Company ID', issuer, domains: ['example.com'], enabled: false },
    ])
    const { out } = await run(['identity-providers', 'list'])
    expect(out).toContain('http://localhost:4747/single-sign-on/company')
    const set = (...more: string[]) => run(['identity-providers', 'set', 'company', ...more])
    expect((await set('--enabled', 'maybe')).code).toBe(2)
    expect((await set('--joins', 'viewer')).code).toBe(2)
    const ended = await run(['identity-providers', 'end-sessions', 'company'])
    expect(ended.out).toBe('Sessions that ended: 0\n')
    await run(['identity-providers', 'remove', 'company'])
    expect(await identityProviders.list()).toEqual([])
  })
})
