import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { companyMapping } from '../../simulate/mapping.ts'
import type { Headers } from './check.ts'
import { matchesFile } from './files.ts'
import { parseMapping } from './parse.ts'

/** Problems as `line:column code suggestions`, which is what a person looks for. */
function problemsOf(text: string, headers?: Headers): string[] {
  const parsed = parseMapping(text, { headers })
  if (parsed.ok) return []
  return parsed.problems.map(({ line, column, code, suggestions }) =>
    [`${line}:${column}`, code, ...suggestions].join(' '),
  )
}

const headers: Headers = [
  {
    file: 'lines.csv',
    columns: ['line_id', 'customer', 'price', 'start', 'end'],
    columnsKnown: true,
  },
  { file: 'events.jsonl', columns: ['line'], columnsKnown: false },
]

const good = `version: 1
currency: JPY
files:
  - file: lines.csv
    target: contract_lines
    id: line_id
    account: customer
    fields:
      amount: price
      billingUnit: { value: month }
      effectiveFrom: start
      effectiveTo: { column: end, knownAt: end }
`

describe('a mapping', () => {
  it('without a mistake is read, with its defaults', () => {
    const parsed = parseMapping(good, { headers })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(parsed.mapping.files[0]).toMatchObject({
      id: ['line_id'],
      account: { column: 'customer' },
      knownAt: 'import',
      repeatedId: 'replace',
      fields: { amount: { column: 'price' }, effectiveTo: { knownAt: { column: 'end' } } },
    })
  })

  it.each([
    [
      'of RavenStack',
      readFileSync(
        resolve(import.meta.dirname, '../../../../../../examples/ravenstack.mapping.yaml'),
        'utf8',
      ),
    ],
    ['of the demonstration company', companyMapping],
  ])('%s is one', (_, text) => {
    expect(problemsOf(text)).toEqual([])
  })

  it('with ten mistakes is told all ten, each with its line, column and what was meant', () => {
    const text = `version: 1
timeZone: Asia/Tokio
files:
  - file: lines.csv
    target: contract_line
    id: line_idd
    repeatedId: replac
  - file: lines.csv
    target: contract_lines
    knwonAt: start
    account: customer
    fields:
      amont: price
      currency: { value: YEN }
      billingUnit: { value: fortnight }
      effectiveFrom: { column: start, format: yyyy-mm-dd }
      effectiveTo: { column: ende }
`
    expect(problemsOf(text, headers)).toEqual([
      '2:11 UNKNOWN_TIME_ZONE Asia/Tokyo Asia/Tomsk',
      '5:13 UNKNOWN_TARGET contract_lines',
      '6:9 UNKNOWN_COLUMN line_id',
      '7:17 SHAPE',
      '10:5 UNKNOWN_KEY knownAt',
      '13:7 UNKNOWN_FIELD amount',
      '14:26 CONSTANT',
      '15:29 CONSTANT',
      '16:47 DATE_FORMAT',
      '17:30 UNKNOWN_COLUMN end',
    ])
  })

  it.each([
    ['an alias of nothing', 'version: 1\nfiles: *none\n', '2:8 YAML'],
    [
      'aliases of aliases that would fill the memory',
      `version: 1\na: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nfiles: [${'*b,'.repeat(20)}]\n`,
      '4:66 YAML',
    ],
  ])('with %s is told its place', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  it('says what is wrong in both languages', () => {
    const parsed = parseMapping(good.replace('amount: price', 'amount: prise'), { headers })
    expect(parsed).toMatchObject({
      problems: [
        {
          line: 9,
          column: 15,
          text: {
            en: "lines.csv has no column 'prise'; did you mean 'price'?",
            ja: 'lines.csv に列「prise」はありません（「price」ではありませんか）',
          },
        },
      ],
    })
  })

  it.each<[string, string, string[]]>([
    ['is no YAML', 'version: 1\nfiles: [\n', ['3:1 YAML']],
    ['is empty', '', ['1:1 SHAPE']],
    ['is a list', '- a\n', ['1:1 SHAPE']],
    ['repeats a key', `${good}version: 1\n`, ['13:1 YAML']],
    ['is of another version', good.replace('version: 1', 'version: 2'), ['1:10 SHAPE']],
    ['has a number for a column', good.replace('id: line_id', 'id: 7'), ['6:9 SHAPE']],
    [
      'names a field twice',
      good.replace('effectiveFrom: start', 'effectiveFrom: start\n      effectiveThrough: end'),
      ['12:7 VALUE_OPTION'],
    ],
    [
      'has a required field known later',
      good.replace('amount: price', 'amount: { column: price, knownAt: start }'),
      ['9:32 VALUE_OPTION'],
    ],
    [
      'uses an option where it means nothing',
      good.replace('amount: price', 'amount: { column: price, format: yyyy-MM-dd }'),
      ['9:32 VALUE_OPTION'],
    ],
    [
      'gives attributes to contract lines',
      `${good}    attributes:\n      name: customer\n`,
      ['13:5 ATTRIBUTES'],
    ],
    [
      'gives fields to accounts',
      'version: 1\nfiles:\n  - file: a.csv\n    target: accounts\n    account: a\n    fields: { plan: p }\n',
      ['3:5 ATTRIBUTES', '6:5 ATTRIBUTES'],
    ],
    [
      'looks an account up in a file that is not there',
      good.replace(
        'account: customer',
        'account: { lookup: { file: line.csv, key: a, column: b, by: start } }',
      ),
      ['7:32 LOOKUP_FILE lines.csv'],
    ],
    [
      'looks an account up in a column that is not there',
      good.replace(
        'account: customer',
        'account: { lookup: { file: lines.csv, key: line, column: customer, by: start } }',
      ),
      ['7:48 UNKNOWN_COLUMN line_id'],
    ],
    [
      'leaves out rows by a column that is not there',
      `${good}    where:\n      prize: { in: [a] }\n`,
      ['14:7 UNKNOWN_COLUMN price'],
    ],
    [
      'names an encoding that is not known',
      good.replace('target:', 'encoding: shift-jis\n    target:'),
      ['5:15 UNKNOWN_ENCODING shift_jis'],
    ],
    ['names no account', good.replace('    account: customer\n', ''), ['4:5 ACCOUNT']],
    [
      'gives a value two sources',
      good.replace('amount: price', "amount: { column: price, value: '1' }"),
      ['9:15 VALUE_SOURCE'],
    ],
    ['lacks the currency', good.replace('currency: JPY\n', ''), ['7:5 FIELD_MISSING']],
  ])('that %s is told so', (_, text, problems) => {
    expect(problemsOf(text, headers)).toEqual(problems)
  })

  it('may name columns that JSON Lines have not shown yet', () => {
    const text = `version: 1
files:
  - file: events.jsonl
    target: usage_events
    account: customer
    fields: { event: name, occurredAt: at }
`
    expect(problemsOf(text, headers)).toEqual([])
  })

  it('has to number a column whose name the header has twice', () => {
    const twice: Headers = [
      {
        file: 'lines.csv',
        columns: ['line_id', 'customer', 'price#1', 'price#2', 'start', 'end'],
        columnsKnown: true,
      },
    ]
    expect(problemsOf(good, twice)).toEqual(['9:15 UNKNOWN_COLUMN price#1 price#2'])
  })
})

describe('a file of a mapping', () => {
  it.each([
    ['lines.csv', 'lines.csv', true],
    ['exports/lines.csv', 'lines.csv', true],
    ['usage_*.csv', 'usage_2024.csv', true],
    ['usage_202?.csv.gz', 'usage_2024.csv.gz', true],
    ['usage_*.csv', 'usage_2024.csv.gz', false],
    ['a+b.csv', 'aab.csv', false],
    ['プラン*.csv', 'プラン一覧.csv', true],
    ['*a*b*.csv', 'xaxbx.csv.csv', true],
    ['*', '', true],
    ['../../etc/passwd', 'shadow', false],
    [`${'*'.repeat(40)}z`, 'a'.repeat(60), false],
  ])('%s is %s: %s', (pattern, name, expected) => {
    expect(matchesFile(pattern, name)).toBe(expected)
  })
})
