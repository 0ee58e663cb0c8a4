import { Failure } from '@tomoshibi/server/call/failure'
import { describe, expect, test } from 'vitest'
import { chooseLanguage } from './output/terminal.ts'
import { runHere } from './testing.ts'

describe('a command line that is wrong ends with 2 and says what is wrong', () => {
  test.each([
    [['metrcs'], "There is no command 'metrcs'. Did you mean metrics?"],
    [['metrics', 'lst'], "There is no command 'lst'. Did you mean list?"],
    [['metrics', 'query', 'mrr', '--jsno'], "There is no option '--jsno'. Did you mean --json?"],
    [['metrics', 'query'], 'The argument key is missing.'],
    [['metrics', 'query', 'mrr', '--on'], "The option '--on <day>' needs a value."],
    [['metrics', 'query', 'mrr', '--on', '9999-99-99'], "'9999-99-99' is not a calendar day"],
    [['metrics', 'query', 'mrr', '--on', '2026-02-30'], "'2026-02-30' is not a calendar day"],
    [['metrics', 'query', 'mrr', '--grain', 'week'], "'week' cannot be given for option '--grain"],
    [['metrics', 'query', 'mrr', '--json', '--csv'], '--json and --csv cannot be used together'],
    [['lamps', 'snooze', 'a', 'silence'], "The option '--reason <text>' is required."],
    [['lamps', 'start', 'a', 'silence', 'now'], 'more arguments'],
    [['accounts', 'list', '--limit', '0'], "'0' is not a whole number from 1 to 1000."],
    [['workspace', 'set'], 'Name at least one setting'],
    [['import', 'a.csv'], 'Name the mapping with --mapping FILE'],
    [['metrics', 'list', '--lang', 'fr'], "'fr' cannot be given for option '--lang <language>'"],
    [['simulate', '--accounts', 'many'], "'many' is not a whole number"],
  ])('%j', async (args, says) => {
    const { code, out, err } = await runHere(args)
    expect(err).toContain(says)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })

  test('in Japanese as well', async () => {
    const { err } = await runHere(['metrics', 'query', 'mrr', '--jsno'], { language: 'ja' })
    expect(err).toContain('オプション「--jsno」はありません。 --json のことでしょうか。')
    expect(err).not.toContain('There is')
  })

  test('a group without a command shows its help', async () => {
    const { code, err } = await runHere(['metrics'])
    expect(code).toBe(2)
    expect(err).toContain('describe')
  })
})

describe('help', () => {
  test('names every verb, with examples, in the chosen language', async () => {
    const english = await runHere(['--help'])
    expect(english.code).toBe(0)
    for (const verb of [
      'serve',
      'import',
      'quality',
      'metrics',
      'lamps',
      'accounts',
      'workspace',
    ]) {
      expect(english.out).toMatch(new RegExp(`^  ${verb}\\b`, 'm'))
    }
    expect(english.out).toContain('npx tomoshibi import')
    const japanese = await runHere(['import', '--help'], { language: 'ja' })
    expect(japanese.out).toContain('使い方:')
    expect(japanese.out).toContain('マッピング')
    expect(japanese.out).not.toContain('Usage:')
  })

  test('--version prints the version alone', async () => {
    expect(await runHere(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' })
  })
})

describe('the language', () => {
  test.each([
    [[], { LANG: 'ja_JP.UTF-8' }, 'ja'],
    [[], { LANG: 'C.UTF-8' }, 'en'],
    [[], { LANG: 'en_US.UTF-8', LC_ALL: 'ja_JP.UTF-8' }, 'ja'],
    [['--lang', 'en'], { LANG: 'ja_JP.UTF-8' }, 'en'],
    [['metrics', 'list', '--lang=ja'], {}, 'ja'],
    [['--lang', 'fr'], { LANG: 'ja_JP.UTF-8' }, 'ja'],
  ])('%j with %j is %s', (args, env, language) => {
    expect(chooseLanguage(args, env)).toBe(language)
  })
})

test('what comes from outside cannot act on the terminal', async () => {
  const connect = () => Promise.reject(new Failure('UNKNOWN_ACCOUNT', { accountId: '\u001b[2Ja' }))
  const { err } = await runHere(['lamps', 'list'], { connect })
  expect(err).toContain('[2Ja')
  expect(err).not.toContain('\u001b')
})
