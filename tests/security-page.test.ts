import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * How many requirements each section of the OWASP Application Security Verification Standard 4.0.3 has, by number, where
 * all of them are of level 1 or 2; else their numbers. Those that were deleted from it, and those of level 3 alone, are left out.
 */
const sections: Readonly<Record<string, number | readonly number[]>> = {
  '1.1': 7,
  '1.2': 4,
  '1.4': [1, 4, 5],
  '1.5': 4,
  '1.6': 4,
  '1.7': 2,
  '1.8': 2,
  '1.9': 2,
  '1.10': 1,
  '1.11': 2,
  '1.12': [2],
  '1.14': 6,
  '2.1': 12,
  '2.2': 3,
  '2.3': 3,
  '2.4': 5,
  '2.5': 7,
  '2.6': 3,
  '2.7': 6,
  '2.8': 7,
  '2.9': 3,
  '2.10': 4,
  '3.1': 1,
  '3.2': 4,
  '3.3': 4,
  '3.4': 5,
  '3.5': 3,
  '3.7': 1,
  '4.1': [1, 2, 3, 5],
  '4.2': 2,
  '4.3': 3,
  '5.1': 5,
  '5.2': 8,
  '5.3': 10,
  '5.4': 3,
  '5.5': 4,
  '6.1': 3,
  '6.2': 6,
  '6.3': 2,
  '6.4': 2,
  '7.1': 4,
  '7.2': 2,
  '7.3': [1, 3, 4],
  '7.4': 3,
  '8.1': 4,
  '8.2': 3,
  '8.3': 8,
  '9.1': 3,
  '9.2': 4,
  '10.2': 2,
  '10.3': 3,
  '11.1': 8,
  '12.1': 3,
  '12.2': 1,
  '12.3': 6,
  '12.4': 2,
  '12.5': 2,
  '12.6': 1,
  '13.1': [1, 3, 4, 5],
  '13.2': [1, 2, 3, 5, 6],
  '13.3': 2,
  '13.4': 2,
  '14.1': 4,
  '14.2': 6,
  '14.3': [2, 3],
  '14.4': 7,
  '14.5': 4,
}
const numbers = Object.entries(sections).flatMap(([section, which]) => {
  const each = typeof which === 'number' ? Array.from({ length: which }, (_, i) => i + 1) : which
  return each.map((one) => `V${section}.${one}`)
})

/** What a state is called in both languages, in the order of the columns of the summary. */
const states = {
  en: ['met', 'met, no test', 'in part', 'not applicable', 'not met'],
  ja: ['適合', '適合(テストなし)', '一部適合', '対象外', '未適合'],
} as const
const pages = { en: 'docs/security.md', ja: 'docs/security.ja.md' } as const
type Language = keyof typeof pages
const languages: readonly Language[] = ['en', 'ja']

/** The cells of each row of each table. */
const cellsOf = (language: Language): string[][] =>
  readFileSync(pages[language], 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

interface Requirement {
  readonly number: string
  /** Its place among the states. */
  readonly state: number
  readonly how: string
  readonly tests: readonly string[]
}

const testsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, name = '']) => name)

const requirementsOf = (language: Language): Requirement[] =>
  cellsOf(language)
    .filter(([number = '']) => /^V[\d.]+$/.test(number))
    .map(([number = '', , state = '', how = '']) => ({
      number,
      state: states[language].map(String).indexOf(state),
      how,
      tests: testsIn(how),
    }))

/** The summary: chapter → how many are in each state, and at last how many there are. */
const summaryOf = (language: Language): Map<string, number[]> =>
  new Map(
    cellsOf(language)
      .filter(
        (cells) => cells.length === states[language].length + 2 && /^\d+$/.test(cells[1] ?? ''),
      )
      .map(([chapter = '', ...counts]) => [chapter.split(' ')[0] ?? '', counts.map(Number)]),
  )

const testFiles = ['packages', 'tests'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))
    .map((path) => join(root, path)),
)

describe.each(languages)('the page about security in %s', (language) => {
  const rows = requirementsOf(language)

  test('has each requirement of level 1 or 2 once, in order, with a state and a reason', () => {
    expect(rows.map(({ number }) => number)).toEqual(numbers)
    expect(rows.filter(({ state, how }) => state < 0 || how === '')).toEqual([])
  })

  test('counts in its summary what its rows say', () => {
    const counted = (of: readonly Requirement[]) => [
      ...states[language].map((_, place) => of.filter(({ state }) => state === place).length),
      of.length,
    ]
    const chapters = [...new Set(numbers.map((number) => number.split('.')[0] ?? ''))]
    const expected = chapters.map((chapter): [string, number[]] => [
      chapter,
      counted(rows.filter(({ number }) => number.startsWith(`${chapter}.`))),
    ])
    const all = language === 'en' ? 'All' : '合計'
    expect([...summaryOf(language)]).toEqual([...expected, [all, counted(rows)]])
  })

  test('names for what is met a test, and only there says that there is none', () => {
    const [met, untested] = [0, 1]
    const wrong = rows.filter(
      ({ state, tests }) =>
        (state === met && tests.length === 0) || (state === untested && tests.length > 0),
    )
    expect(wrong).toEqual([])
  })

  test('names tests that there are', () => {
    const named = new Set(testsIn(readFileSync(pages[language], 'utf8')))
    const isThere = (name: string) =>
      testFiles.some((path) => path === name || path.endsWith(`/${name}`))
    expect([...named].filter((name) => !isThere(name))).toEqual([])
    expect(named.size).toBeGreaterThan(20)
  })
})

test('both languages say the same of each requirement, by the same tests', () => {
  const said = (language: Language) =>
    requirementsOf(language).map(({ number, state, tests }) => ({ number, state, tests }))
  expect(said('ja')).toEqual(said('en'))
})
