import { factTables } from '@tomoshibi/facts/tables'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { checkMetrics } from '@tomoshibi/metrics/custom/check-all'
import { columnsOf, factNames, facts } from '@tomoshibi/metrics/custom/facts'
import { describe, expect, it, test } from 'vitest'
import { problemsWith, usual } from './testing.ts'
import { readYaml } from './yaml.ts'

const tickets = { fact: 'tickets', count: 'records', window: '28 days' }
const metric = (more: object) => ({ ...usual, key: 'own', unit: 'count', ...more })
const ofMeasure = (measure: object, more: object = {}) => metric({ measure, ...more })

/** Code and path of each problem. */
const found = (...contents: readonly unknown[]) =>
  problemsWith(contents).map(({ code, path }) => [code, path.join('.')])

describe('the description of facts', () => {
  test.each([...factNames])('names every column of %s, or says why it is not offered', (name) => {
    const fact = facts[name]
    const table = Object.values(factTables).find((each) => each.name === fact.table)
    const inTable = Object.keys(table?.columns ?? {})
    const described = Object.keys(fact.columns)
    const withheld = Object.keys(fact.withheld)
    expect(inTable.filter((column) => !described.includes(column)).toSorted()).toEqual(
      withheld.toSorted(),
    )
    const reads = [...columnsOf(name)].flatMap(([column, { reads: read }]) => read ?? [column])
    expect(reads.filter((column) => !inTable.includes(column))).toEqual([])
    expect(described).toContain(fact.at)
  })

  test('gives each column a type that it has', () => {
    const types = { text: /String/, flag: /Bool/, money: /Decimal\(38, 8\)/ }
    for (const name of factNames) {
      const { table, columns } = facts[name]
      const inTable = Object.values(factTables).find((each) => each.name === table)?.columns ?? {}
      for (const [column, description] of Object.entries<{ type: string; sql?: string }>(columns)) {
        const type = inTable[column]?.type
        if (description.sql !== undefined || type === undefined) continue
        const fits =
          description.type === 'happened' || description.type === 'planned'
            ? /DateTime64/
            : description.type === 'number'
              ? /Int|Float|Decimal/
              : Object.entries(types).find(([each]) => each === description.type)?.[1]
        expect(type, `${table}.${column}`).toMatch(fits ?? /never/)
      }
    }
  })
})

describe('what would count one thing twice', () => {
  it.each([
    ['two facts joined by name', ofMeasure({ ...tickets, fact: 'tickets, invoices' })],
    ['two facts joined by a word', ofMeasure({ ...tickets, fact: 'tickets join usage_events' })],
    ['a join', ofMeasure({ ...tickets, join: 'usage_events' })],
    [
      'a column of another fact',
      ofMeasure({ fact: 'tickets', sum: 'invoices.amount', window: 'all' }),
    ],
    [
      'a column that another fact has',
      ofMeasure({ fact: 'tickets', sum: 'amount', window: 'all' }),
    ],
    ['a condition on another fact', ofMeasure({ ...tickets, where: 'invoices.amount > 5' })],
  ])('%s', (_, content) => {
    expect(problemsWith([content]).map(({ code }) => code)).toEqual(['FAN_OUT'])
    expect(problemsWith([content])[0]?.text.en).toContain('counted several times')
  })

  test('values that are the same at several accounts, added over accounts', () => {
    const features = { fact: 'usage_events', count: 'distinct event', window: '28 days' }
    expect(found(ofMeasure(features))).toEqual([['COUNTS_TWICE', 'measure.count']])
    expect(found(ofMeasure(features, { grains: ['account'] }))).toEqual([])
    const ratio = { ratio: { of: features, over: { ...tickets } }, unit: 'ratio' }
    expect(found(metric(ratio))).toEqual([['COUNTS_TWICE', 'ratio.of.count']])
  })

  test('counts of different users, added in a formula, however deep', () => {
    const users = (key: string, window: string) => ({
      ...ofMeasure({ fact: 'usage_events', count: 'distinct user_id', window }),
      key,
    })
    const half = { ...usual, key: 'half', unit: 'ratio', formula: 'weekly * 0.5' }
    for (const formula of [
      'weekly + monthly',
      'active_users + active_users_7d',
      'half + monthly',
      'weekly / 2 + monthly / 2',
      'weekly - -monthly',
      'weekly - (0 - monthly)',
      'weekly - monthly * -1',
      '0 - weekly - monthly',
    ]) {
      const sum = metric({ unit: 'ratio', formula })
      const problems = found(users('weekly', '7 days'), users('monthly', '28 days'), half, sum)
      expect(problems, formula).toEqual([['COUNTS_TWICE', 'formula']])
    }
    for (const formula of [
      '(active_users - active_users_7d) / active_users',
      '-active_users_7d + active_users',
      'active_users_7d / active_users + active_users_1d / active_users',
    ]) {
      expect(found(metric({ unit: 'ratio', formula })), formula).toEqual([])
    }
  })

  test('rates, added over accounts in a ratio', () => {
    const ratio = { unit: 'percent', ratio: { of: 'licence_utilisation', over: 'paying_accounts' } }
    expect(found(metric(ratio))).toEqual([['DOES_NOT_ADD', 'ratio.of']])
    const mean = { fact: 'survey_answers', mean: 'score', window: '90 days' }
    expect(found(metric({ unit: 'ratio', ratio: { of: mean, over: tickets } }))).toEqual([
      ['DOES_NOT_ADD', 'ratio.of'],
    ])
  })
})

describe('a definition that does not hold up', () => {
  it.each<[string, object, [string, string][]]>([
    ['a key that is taken', { ...ofMeasure(tickets), key: 'mrr' }, [['NAME_TAKEN', 'key']]],
    ['a key that CEL has', { ...ofMeasure(tickets), key: 'has' }, [['NAME_TAKEN', 'key']]],
    ['a key that is no name', { ...ofMeasure(tickets), key: 'Own-1' }, [['BAD_TEXT', 'key']]],
    ['a key over two lines', { ...ofMeasure(tickets), key: 'a\nb' }, [['BAD_TEXT', 'key']]],
    ['nothing', {}, ['key', 'name', 'says', 'unit', 'better', 'time'].map((k) => ['MISSING', k])],
    ['no recipe', metric({}), [['ONE_RECIPE', '']]],
    ['two recipes', ofMeasure(tickets, { formula: 'mrr' }), [['ONE_RECIPE', '']]],
    [
      'an unknown fact',
      ofMeasure({ ...tickets, fact: 'ticket' }),
      [['UNKNOWN_FACT', 'measure.fact']],
    ],
    [
      'an unknown setting',
      ofMeasure({ ...tickets, filter: 'x' }),
      [['UNKNOWN_KEY', 'measure.filter']],
    ],
    ['two statistics', ofMeasure({ ...tickets, mean: 'x' }), [['ONE_STATISTIC', 'measure']]],
    [
      'a count of nothing',
      ofMeasure({ ...tickets, count: 'tickets' }),
      [['BAD_COUNT', 'measure.count']],
    ],
    ['no window', ofMeasure({ fact: 'tickets', count: 'records' }), [['MISSING', 'measure']]],
    [
      'a window that is none',
      ofMeasure({ ...tickets, window: '0 days' }),
      [['BAD_WINDOW', 'measure.window']],
    ],
    [
      'a window of 100 years',
      ofMeasure({ ...tickets, window: '100 years' }),
      [['BAD_WINDOW', 'measure.window']],
    ],
    [
      'a window of a period',
      ofMeasure(tickets, { time: 'period' }),
      [['WINDOW_OF_PERIOD', 'measure.window']],
    ],
    [
      'free text',
      ofMeasure({ ...tickets, count: 'distinct subject' }),
      [['UNKNOWN_COLUMN', 'measure.count']],
    ],
    [
      'a sum of scores',
      ofMeasure({ fact: 'survey_answers', sum: 'score', window: 'all' }),
      [['WRONG_TYPE', 'measure.sum']],
    ],
    [
      'a mean of words',
      ofMeasure({ fact: 'tickets', mean: 'kind', window: 'all' }),
      [['WRONG_TYPE', 'measure.mean']],
    ],
    [
      'a time that is none',
      ofMeasure({ ...tickets, at: 'kind' }),
      [['UNKNOWN_COLUMN', 'measure.at']],
    ],
    [
      'amounts of lines',
      ofMeasure({ fact: 'contract_lines', sum: 'amount', window: 'all' }),
      [['UNKNOWN_COLUMN', 'measure.sum']],
    ],
    ['a count as money', { ...ofMeasure(tickets), unit: 'money' }, [['WRONG_UNIT', 'unit']]],
    [
      'money as a count',
      ofMeasure({ fact: 'invoices', sum: 'amount', window: 'all' }),
      [['WRONG_UNIT', 'unit']],
    ],
    ['a count in hours', { ...ofMeasure(tickets), unit: 'hours' }, [['WRONG_UNIT', 'unit']]],
    [
      'a condition without a column',
      ofMeasure({ ...tickets, where: '1 < 2' }),
      [['BAD_CONDITION', 'measure.where']],
    ],
    [
      'a pattern',
      ofMeasure({ ...tickets, where: 'kind.matches("(a+)+$")' }),
      [['UNSUPPORTED', 'measure.where']],
    ],
    [
      'an unknown metric in a ratio',
      metric({ unit: 'ratio', ratio: { of: 'mrrr', over: tickets } }),
      [['UNKNOWN_METRIC', 'ratio.of']],
    ],
    [
      'an unknown name in a formula',
      metric({ unit: 'ratio', formula: 'actve_users * 2' }),
      [['UNKNOWN_NAME', 'formula']],
    ],
    [
      'a formula of nothing',
      metric({ unit: 'ratio', formula: '1 + 1' }),
      [['NO_METRIC', 'formula']],
    ],
    [
      'a formula that is a condition',
      metric({ unit: 'ratio', formula: 'mrr > 5' }),
      [['WRONG_TYPE', 'formula']],
    ],
    [
      'money and a number, added',
      metric({ unit: 'money', formula: 'mrr + active_users' }),
      [['WRONG_TYPE', 'formula']],
    ],
    [
      'money times money',
      metric({ unit: 'money', formula: 'mrr * overdue' }),
      [['WRONG_TYPE', 'formula']],
    ],
    [
      'an amount beyond all bounds',
      metric({ unit: 'money', formula: 'mrr * 1e30' }),
      [['BAD_NUMBER', 'formula']],
    ],
    [
      'a period in a formula of an instant',
      metric({ unit: 'percent', formula: 'nrr' }),
      [['OTHER_TIME', 'formula']],
    ],
    [
      'an instant in a formula of a period',
      metric({ unit: 'money', time: 'period', formula: 'mrr' }),
      [['OTHER_TIME', 'formula']],
    ],
    ['a circle of one', metric({ unit: 'ratio', formula: 'own + 1' }), [['CYCLE', 'formula']]],
    [
      'a grain that it cannot have',
      metric({ time: 'period', unit: 'money', formula: 'ltv * 2', grains: ['account'] }),
      [['NO_SUCH_GRAIN', 'grains.0']],
    ],
    [
      'accounts of a formula',
      metric({ unit: 'ratio', formula: 'active_users / 2', accounts: 'all' }),
      [['ACCOUNTS_OF_FORMULA', 'accounts']],
    ],
    [
      'a headline of an instant',
      ofMeasure(tickets, { headline: 'month' }),
      [['HEADLINE_OF_INSTANT', 'headline']],
    ],
    [
      'a line break in a name',
      { ...ofMeasure(tickets), name: { en: 'a\n-- b', ja: 'x' } },
      [['BAD_TEXT', 'name.en']],
    ],
  ])('%s', (_, content, problems) => {
    expect(found(content)).toEqual(problems)
    for (const { text } of problemsWith([content])) expect(text.ja).toMatch(/[ぁ-んァ-ン]/)
  })

  test('attributes have their names for themselves', () => {
    const outcome = checkMetrics({
      files: [{ id: 'a', name: 'a', content: { ...ofMeasure(tickets), key: 'plan' } }],
      builtIn: builtInMetrics,
      attributes: ['plan'],
      versioned: (definition) => ({ ...definition, version: 1 }),
    })
    expect(outcome.ok ? [] : outcome.problems.map(({ code }) => code)).toEqual(['NAME_TAKEN'])
  })

  test('circles over several files are named once, with the way round', () => {
    const of = (key: string, formula: string) => ({ ...usual, key, unit: 'ratio', formula })
    const problems = problemsWith([of('a', 'b * 2'), of('b', 'c + 1'), of('c', 'a / 2 + "a".size')])
    expect(problems.map(({ code, file }) => [code, file])).toEqual([['CYCLE', '3.yaml']])
    expect(problems[0]?.text.en).toContain('a → b → c → a')
  })

  test('what is made of a metric that does not hold up waits for it', () => {
    const of = (key: string, formula: string) => ({ ...usual, key, unit: 'ratio', formula })
    const broken = { ...of('a', 'active_users * 2'), better: 'upwards' }
    expect(found(broken, of('b', 'a * 2'))).toEqual([['UNKNOWN_VALUE', 'better']])
    expect(found(of('a', 'active_usrs'), of('b', 'a * 2'))).toEqual([['UNKNOWN_NAME', 'formula']])
  })

  test('one key in two files', () => {
    expect(found(ofMeasure(tickets), ofMeasure(tickets))).toEqual([['NAME_TAKEN', 'key']])
  })

  test('says what may have been meant', () => {
    const suggested = (content: object) => problemsWith([content])[0]?.suggestions
    expect(suggested(ofMeasure({ ...tickets, fact: 'ticket' }))).toEqual(['tickets'])
    expect(suggested(ofMeasure({ ...tickets, wher: 'x' }))).toEqual(['where'])
    expect(suggested(ofMeasure({ ...tickets, count: 'distinct contct_id' }))).toEqual([
      'contact_id',
    ])
    expect(suggested({ ...ofMeasure(tickets), unit: 'counts' })).toEqual(['count'])
  })
})

describe('YAML that plays tricks', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
`
  it.each([
    ['aliases of aliases', bomb, 'BAD_YAML'],
    ['an alias of nothing', 'key: *nobody\n', 'BAD_YAML'],
    ['an anchor', 'key: &x own\n', 'BAD_YAML'],
    ['a tag', 'key: !!binary aGVsbG8=\n', 'BAD_YAML'],
    ['a tag of its own', 'key: !function own\n', 'BAD_YAML'],
    ['a key twice', 'key: a\nkey: b\n', 'BAD_YAML'],
    ['two documents', 'key: a\n---\nkey: b\n', 'BAD_YAML'],
    ['a thousand brackets', `key: ${'['.repeat(20_000)}\n`, 'BAD_YAML'],
    ['a map for a key', '{ a: b }: c\n', 'BAD_YAML'],
    ['an indentation that breaks off', 'key:\n\t- a\n', 'BAD_YAML'],
  ])('%s', (_, yaml, code) => {
    const { problems, content } = readYaml(yaml)
    expect(problems.map((problem) => problem.code)).toContain(code)
    expect(content).toBeNull()
  })

  it.each([
    ['a merge key', '<<: { key: own }\n'],
    ['a prototype', '__proto__: { key: own }\nconstructor: own\n'],
  ])('%s is a setting that there is not', (_, yaml) => {
    const { content } = readYaml(yaml)
    expect(problemsWith([content]).map(({ code }) => code)).toContain('UNKNOWN_KEY')
  })

  it.each([
    ['a text', 'just words'],
    ['a list', '- a\n- b'],
    ['nothing', ''],
    ['a number', '5'],
  ])('%s is no metric', (_, yaml) => {
    expect(problemsWith([readYaml(yaml).content]).map(({ code }) => code)).toEqual(['WRONG_TYPE'])
  })
})
