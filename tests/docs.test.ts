import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize } from 'node:path'
import { errorCodes } from '@tomoshibi/contract/errors'
import { metricValueSchema } from '@tomoshibi/contract/metrics'
import { startTestFacts, type TestFacts } from '@tomoshibi/facts/testing/engine'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { compileMetrics } from '@tomoshibi/metrics/compile'
import type { NameEntry } from '@tomoshibi/metrics/condition/scope'
import { checkMetrics } from '@tomoshibi/metrics/custom/check-all'
import { columnsOf, factNames, isInstant } from '@tomoshibi/metrics/custom/facts'
import { writtenMeasureSchema, writtenMetricSchema } from '@tomoshibi/metrics/custom/written'
import { checkScorecard } from '@tomoshibi/metrics/health/check'
import { isBadPeriod, periodsBetween, periodsOnDay } from '@tomoshibi/metrics/periods'
import type { MetricRequest } from '@tomoshibi/metrics/request'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import { parsePlaybook } from '@tomoshibi/server/act/playbooks/check'
import { parseMapping } from '@tomoshibi/server/collect/import/mapping/parse'
import { mappingSchema } from '@tomoshibi/server/collect/import/mapping/schema'
import { runImport } from '@tomoshibi/server/collect/import/service'
import { importTargets } from '@tomoshibi/server/collect/import/targets/catalogue'
import { qualityChecks } from '@tomoshibi/server/collect/quality/checks'
import { checkGoal } from '@tomoshibi/server/light/goals/check'
import { builtInLamps } from '@tomoshibi/server/light/lamps/built-in'
import { metricNames } from '@tomoshibi/server/light/lamps/names'
import { parseLampYaml } from '@tomoshibi/server/light/lamps/parse'
import { readYaml } from '@tomoshibi/server/measure/custom/yaml'
import { fixedClock } from '@tomoshibi/server/platform/clock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTomoshibi } from './command.ts'

interface Block {
  readonly language: string
  /** What stands after the language: the name of an example file. */
  readonly title: string
  readonly text: string
}

const textOf = (page: string): string => readFileSync(page, 'utf8')

const blocksOf = (page: string): Block[] =>
  [...textOf(page).matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', title = '', text = '']) => ({ language, title, text }),
  )

const proseOf = (page: string): string => textOf(page).replace(/^```[\s\S]*?^```$/gm, '')

const headingsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)

/** The name by which a link reaches a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')

const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name))
  .sort()
const pages = ['README.md', 'README.ja.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs]
const pairs = pages
  .filter((page) => page.endsWith('.ja.md'))
  .map((japanese) => [japanese.replace(/\.ja\.md$/, '.md'), japanese] as const)

describe('links lead somewhere', () => {
  test.each(pages)('%s', (page) => {
    const broken = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const [path = '', anchor] = link.split('#')
      if (/^[a-z]+:/.test(link)) return []
      const target = path === '' ? page : normalize(join(dirname(page), path))
      // The pictures are made by a command of their own.
      if (target.startsWith('docs/pictures/') && !existsSync('docs/pictures')) return []
      if (!existsSync(target)) return [link]
      return anchor === undefined || headingsOf(target).map(anchorOf).includes(anchor) ? [] : [link]
    })
    expect(broken).toEqual([])
  })
})

describe('both languages say the same', () => {
  test.each(pairs)('%s and %s', (english, japanese) => {
    expect(headingsOf(japanese).length).toBe(headingsOf(english).length)
    expect(blocksOf(japanese)).toEqual(blocksOf(english))
    const rows = (page: string) => proseOf(page).match(/^\|/gm)?.length ?? 0
    expect(rows(japanese), 'rows of tables').toBe(rows(english))
  })
})

/** The metrics, and the attributes of which the examples speak. */
const names = new Map<string, NameEntry>([
  ...metricNames('JPY'),
  ['plan', { type: 'string', column: 'plan', label: { en: 'plan', ja: 'plan' } }],
  ['signed_up_on', { type: 'date', column: 'day', label: { en: 'sign-up', ja: '登録日' } }],
])

/** Metrics of one's own, which other tests run on the demonstration company. */
const metricExamples = readdirSync('examples/metrics').map((name) =>
  textOf(join('examples/metrics', name)),
)

/** Problems of an example in YAML: a mapping, one entry of its files, a playbook, a lamp or a metric. */
function problemsOf(yaml: string): unknown {
  if (/^(version:|- file:)/.test(yaml)) {
    const whole = yaml.startsWith('- ') ? `version: 1\nfiles:\n${yaml}` : yaml
    const parsed = parseMapping(whole)
    return parsed.ok ? [] : parsed.problems
  }
  if (/^steps:/m.test(yaml)) {
    const lamps = builtInLamps().map(({ key }) => key)
    const parsed = parsePlaybook(yaml, { names: { names }, lamps, webhooks: ['Our CRM'] })
    return parsed.ok ? [] : parsed.problems
  }
  if (/^condition:/m.test(yaml)) {
    const parsed = parseLampYaml(yaml, { names })
    return parsed.ok ? [] : parsed.problems
  }
  if (/^due:/m.test(yaml)) {
    const lamps = builtInLamps().map(({ key }) => key)
    const scope = { catalogue: builtInMetrics, attributes: ['plan'], lamps }
    const checked = checkGoal(readYaml(yaml).content, scope)
    return checked.ok ? [] : checked.problems
  }
  if (/^measures:/m.test(yaml)) {
    const checked = checkScorecard(readYaml(yaml).content, builtInMetrics, ['plan'])
    return checked.ok ? [] : checked.problems
  }
  if (/^(measure|ratio|formula):/m.test(yaml)) {
    const own = metricExamples.filter((each) => each !== yaml)
    const checked = checkMetrics({
      files: [yaml, ...own].map((text) => ({
        id: text,
        name: text,
        content: readYaml(text).content,
      })),
      builtIn: builtInMetrics,
      attributes: ['plan'],
      versioned: (definition) => ({ ...definition, version: 1 }),
    })
    return checked.ok ? [] : checked.problems
  }
  return ['neither a mapping, nor a lamp, nor a metric, a scorecard, a playbook or a goal']
}

describe('examples in YAML are what the program reads', () => {
  const examples = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === 'yaml')
      .map(({ text }, i) => [`${page}, ${i + 1}.`, text] as const),
  )
  test.each(examples)('%s', (_, yaml) => {
    expect(problemsOf(yaml)).toEqual([])
  })
  test('and there are some', () => {
    expect(examples.length).toBeGreaterThan(3)
  })
})

describe('examples of metrics are files that there are', () => {
  test.each(['docs/custom-metrics.md', 'docs/custom-metrics.ja.md'])('%s', (page) => {
    const shown = blocksOf(page).filter(({ language }) => language === 'yaml')
    expect(shown.length).toBe(metricExamples.length)
    for (const { title, text } of shown) {
      expect(text, title).toBe(textOf(join('examples/metrics', title)))
    }
  })
})

/** What stands between backquotes, a bar in a table being written with a backslash. */
const codesOf = (page: string): Set<string> =>
  new Set(
    [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|')),
  )

/** Both pages of that name. */
const bothOf = (name: string): string[] => [`docs/${name}.md`, `docs/${name}.ja.md`]

describe('tables leave nothing out', () => {
  test.each(bothOf('importing'))('%s: every target with its fields', (page) => {
    for (const { name, fields } of Object.values(importTargets)) {
      const row = textOf(page).match(new RegExp(`^\\| \`${name}\` \\|.*$`, 'm'))?.[0] ?? ''
      for (const [field, { required }] of Object.entries(fields)) {
        const cell = row.split('|')[required ? 3 : 4]
        expect(cell, `${name}: ${field}`).toContain(`\`${field}\``)
      }
    }
  })
  test.each(bothOf('importing'))('%s: every key of a mapping, every check of quality', (page) => {
    const { shape } = mappingSchema
    const keys = [shape, shape.files.element.shape].flatMap((each) => Object.keys(each))
    const known = [...keys, ...qualityChecks.map(({ key }) => key)]
    const codes = codesOf(page)
    expect(known.filter((key) => !codes.has(key))).toEqual([])
  })
  test.each(bothOf('custom-metrics'))('%s: every fact with its columns, every key', (page) => {
    for (const fact of factNames) {
      const row = textOf(page).match(new RegExp(`^\\| \`${fact}\` \\|.*$`, 'm'))?.[0] ?? ''
      for (const [column, type] of columnsOf(fact)) {
        expect(row.split('|')[isInstant(type) ? 3 : 4], `${fact}: ${column}`).toContain(
          `\`${column}\``,
        )
      }
    }
    const keys = [writtenMetricSchema, writtenMeasureSchema].flatMap(({ shape }) =>
      Object.keys(shape).filter((key) => !['count', 'days_since', 'fact'].includes(key)),
    )
    const codes = codesOf(page)
    expect(keys.filter((key) => !codes.has(key))).toEqual([])
  })
  test.each(bothOf('metrics'))('%s: every setting, every key of an answer', (page) => {
    const codes = codesOf(page)
    const settings = new Set([...builtInMetrics.values()].flatMap((metric) => metric.settings))
    expect([...settings].filter((setting) => !codes.has(setting))).toEqual([])
    const keys = Object.keys(metricValueSchema.shape).filter((key) => !codes.has(key))
    expect(keys).toEqual([])
  })
  test.each(bothOf('lamps'))('%s: every built-in lamp as it is defined', (page) => {
    const codes = codesOf(page)
    const said = builtInLamps().flatMap(({ key, condition, off }) => [key, condition, off ?? key])
    expect(said.filter((each) => !codes.has(each))).toEqual([])
  })
  test.each(bothOf('operations'))('%s: errors that there are', (page) => {
    const codes = [...codesOf(page)].filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code))
    const errors = codes.filter((code) => !/^TOMOSHIBI_|_URL$/.test(code))
    expect(errors.filter((code) => !errorCodes.some((known) => known === code))).toEqual([])
    expect(errors.length).toBeGreaterThan(5)
  })
})

describe('commands are those of the command line', () => {
  /** Words that name a command, such as `metrics query`, with the options used after them. */
  const used = new Map<string, Set<string>>()
  for (const page of pages) {
    for (const { language, text } of blocksOf(page)) {
      if (language !== 'sh') continue
      for (const [, line = ''] of text.matchAll(/^npx tomoshibi (.*)$/gm)) {
        const words = line.match(
          /^[a-z-]+( (list|show|add|change|reopen|cancel|comment|begin|runs|run|pause|resume|retry|set|describe|define|apply|export|retire|cohorts|query|evaluate|evidence|start|done|snooze|silence|unsilence|silences|load|restore|retired|follow|notices|undo|create|revoke|invite|password-link|history|preview|override|overrides|withdraw|scorecards|check|verify|course|templates|find|erase|receipts)\b)?/,
        )
        const command = words?.[0] ?? ''
        const options = used.get(command) ?? new Set<string>()
        for (const [option] of line.matchAll(/--[a-z-]+/g)) options.add(option)
        used.set(command, options)
      }
    }
  }
  test.each([...used])('%s', async (command, options) => {
    const help = await runTomoshibi([...command.split(' '), '--help'], {})
    expect(help.code, help.stderr).toBe(0)
    expect(help.stdout).toContain(`Usage: tomoshibi ${command}`)
    expect([...options].filter((option) => !help.stdout.includes(option))).toEqual([])
  })
})

describe('the example of importing, from files to figures', () => {
  const page = 'docs/importing.md'
  const now = '2026-11-21T03:00:00Z'
  const workspaceId = 'docs'
  const settings = metricSettingsSchema.parse({})
  let folder: string
  let facts: TestFacts
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tomoshibi-docs-'))
    facts = await startTestFacts()
    for (const { language, title, text } of blocksOf(page)) {
      if (language === 'csv') writeFileSync(join(folder, basename(title)), text)
    }
  })
  afterAll(async () => {
    await facts.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The answer to a question, as `metrics query --json` prints it. */
  async function ask(question: Pick<MetricRequest, 'metrics' | 'periods' | 'knownAt'>) {
    const compiled = compileMetrics({
      workspaceId,
      settings,
      grain: 'portfolio',
      by: [],
      now,
      ...question,
    })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    return compiled.decode(await facts.store.query(compiled.query, compiled.rowSchema))
  }

  test('imports with its mapping, and shows what the pages say', async () => {
    const mapping = blocksOf(page).find(({ language }) => language === 'yaml')?.text ?? ''
    const summary = await runImport(
      { facts: facts.store, clock: fixedClock(now) },
      { workspaceId, timeZone: settings.timeZone, paths: [folder], mapping },
    )
    expect(summary.notes).toEqual([])
    expect(summary.files).toMatchObject([
      { target: 'accounts', read: 2, stored: 2 },
      { target: 'contract_lines', read: 2, stored: 2 },
    ])

    const onDay = periodsOnDay('2026-05-31', settings.timeZone)
    const june = periodsBetween({
      ...settings,
      from: '2026-06-01',
      to: '2026-07-01',
      grain: 'month',
    })
    if (isBadPeriod(onDay) || isBadPeriod(june)) throw new Error('no such period')
    const answer = await ask({ metrics: ['mrr'], periods: onDay, knownAt: 'now' })
    const shown = blocksOf('docs/metrics.md').find(({ language }) => language === 'json')?.text
    expect(JSON.parse(shown ?? '')).toEqual(answer.map((value) => metricValueSchema.parse(value)))

    const churn = async (knownAt: string) =>
      (await ask({ metrics: ['customer_churn_rate'], periods: june, knownAt })).map((v) => v.value)
    expect(await churn('now')).toEqual([0.5])
    expect(await churn('2026-05-01T00:00:00+09:00')).toEqual([0])
  })
})
