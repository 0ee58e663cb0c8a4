/**
 * `npm run bench:metrics`: makes a company inside the engine and measures what it takes to answer
 * questions about it, beside queries written by hand and beside other programs.
 *
 * `--events 10m|100m` how many usage events; 100m measures both sizes and the growth between them
 * `--quick`           a small company, to see that the benchmark itself works; writes nothing
 * `--runs N`          counted runs of each row, 5 unless told
 * `--seed N`          another company of the same size
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Engine, startEngine } from '@tomoshibi/facts/engine/engine'
import { FactsError } from '@tomoshibi/facts/errors'
import { type FactStore, openFacts } from '@tomoshibi/facts/store'
import { ensureUseRollup } from '@tomoshibi/facts/use-rollup/refresh'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import * as z from 'zod'
import { byHand, clickHouse } from './by-hand.ts'
import { makeCompany, type Sizes, TIME_ZONE, WORKSPACE } from './company.ts'
import { forgetPeak, peakMemory } from './memory.ts'
import { exportFacts, type Other, startDuckDb, startOtherPostgres } from './others.ts'
import { type Answer, allMetrics, answerOf, ask, difference, type Shape } from './questions.ts'
import { asMarkdown, type Line, type Section } from './report.ts'
import { inTurn, type Timing, timingOf } from './timing.ts'

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '10m' },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const quick = options.quick
const runs = Number(options.runs ?? (quick ? 2 : 5))
const seed = Number(options.seed)
const MILLION = 1_000_000
const largest = quick ? 200_000 : Number.parseInt(options.events, 10) * MILLION
const sized = (accounts: number, events: number): Sizes => ({
  accounts,
  users: accounts * 20,
  events,
  seed,
})
const usual = quick ? sized(500, 200_000) : sized(10_000, 10 * MILLION)

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

interface World {
  readonly engine: Engine
  readonly store: FactStore
  readonly folder: string
}

/** Makes a company in a folder of its own, does something with it, and leaves nothing behind. */
const withCompany = async <T>(sizes: Sizes, work: (world: World) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'tomoshibi-bench-'))
  let engine: Engine | undefined
  let store: FactStore | undefined
  try {
    engine = await startEngine({ dataDir: folder, log: say })
    store = await openFacts(engine)
    const made = performance.now()
    await makeCompany(store, sizes, () => {})
    const seconds = Math.round((performance.now() - made) / 1000)
    say(`${sizes.accounts} accounts with ${sizes.events} events made in ${seconds} s`)
    const rolled = performance.now()
    await ensureUseRollup(store, { workspaceId: WORKSPACE, timeZone: TIME_ZONE })
    say(`rolled up in ${Math.round((performance.now() - rolled) / 1000)} s`)
    return await work({ engine, store, folder })
  } finally {
    await store?.close()
    await engine?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const answerRow = z.object({ what: z.string(), value: z.coerce.number().nullable() })
const handWritten = async (store: FactStore, sql: string): Promise<Answer> => {
  const rows = await store.query({ sql, params: {} }, answerRow)
  return new Map(rows.flatMap(({ what, value }) => (value === null ? [] : [[what, value]])))
}

const shapeName = {
  board: { en: 'board', ja: 'KPIボード' },
  sheet: { en: 'sheet', ja: '顧客一覧' },
} as const

const label = (metric: string, shape: Shape): Line['what'] => {
  const name = builtInMetrics.get(metric)?.name ?? { en: metric, ja: metric }
  return {
    en: `${name.en}, ${shapeName[shape].en}`,
    ja: `${name.ja}(${shapeName[shape].ja})`,
  }
}

/** Answers that differ make the run fail, but not before the other rows are measured. */
const equal = (ours: Answer, other: Answer, what: string): void => {
  const differs = ours.size === 0 ? 'no figure at all' : difference(ours, other)
  if (differs === null) return
  say(`${what} is not the same in both: ${differs}`)
  process.exitCode = 1
}

const questions = byHand.flatMap((question) =>
  question.shapes.map((shape) => ({ ...question, shape })),
)

/** Each figure against the query that one would write by hand, which must say the same. */
const againstHand = async ({ store }: World): Promise<Section> => {
  const lines: Line[] = []
  for (const { metric, shape, sql } of questions) {
    const [ours, hand] = await inTurn<Answer>(
      [
        async () => answerOf(await ask(store, shape, [metric])),
        () => handWritten(store, sql(clickHouse, shape)),
      ],
      runs,
    )
    if (ours === undefined || hand === undefined) continue
    equal(ours.result, hand.result, `${metric} of the ${shape}`)
    lines.push(
      compared(label(metric, shape), ours.timing, hand.timing, (times) => times <= 1.2, '≤ 1.2×'),
    )
  }
  return {
    title: { en: 'Against ClickHouse SQL by hand', ja: '手書きの ClickHouse SQL との比較' },
    says: {
      en: 'The same answer from a query written for this company alone: one currency, no corrections, nothing but the value. Both run in turn on the same engine; the answers were compared in the run.',
      ja: 'この会社だけのために書いた SQL(通貨は1つ、訂正なし、値のみ)と同じ答えを、同じエンジンで交互に実行しました。答えが等しいことも実行中に確かめています。',
    },
    other: { en: 'By hand', ja: '手書き' },
    lines,
  }
}

const compared = (
  what: Line['what'],
  ours: Timing,
  other: Timing,
  isMet: (times: number) => boolean,
  mark: string,
): Line => {
  const times = ours.median / other.median
  return { what, ours, other, figure: `${times.toFixed(2)}×`, mark, met: isMet(times) }
}

/** The figures that another program was asked for too, all of one shape together. */
const againstOther = async ({ store }: World, other: Other, faster: number): Promise<Section> => {
  const lines: Line[] = []
  const name = other.dialect.name
  for (const shape of ['board', 'sheet'] as const) {
    const asked = questions.filter((question) => question.shape === shape)
    const metrics = asked.map(({ metric }) => metric)
    const answers = new Map<string, Answer>()
    const ours: number[] = []
    const others: number[] = []
    const each = new Map<string, number[]>(metrics.map((metric) => [metric, []]))
    // The other program may take minutes, so it runs less often.
    const rounds = Math.min(runs, 3)
    for (let round = 0; round < rounds; round += 1) {
      const startedMs = performance.now()
      const values = await ask(store, shape, metrics)
      ours.push(performance.now() - startedMs)
      let total = 0
      for (const { metric, sql } of asked) {
        const text = sql(other.dialect, shape)
        const began = performance.now()
        answers.set(metric, await other.answer(text))
        const took = performance.now() - began
        each.get(metric)?.push(took)
        total += took
      }
      others.push(total)
      for (const metric of metrics) {
        const own = answerOf(values.filter((value) => value.metric === metric))
        equal(own, answers.get(metric) ?? new Map(), `${metric} of the ${shape} in ${name}`)
      }
    }
    const [our, their] = [timingOf(ours), timingOf(others)]
    const times = their.median / our.median
    const names = (language: 'en' | 'ja') =>
      metrics.map((metric) => builtInMetrics.get(metric)?.name[language] ?? metric).join(', ')
    lines.push({
      what: {
        en: `${shapeName[shape].en}: ${names('en')}`,
        ja: `${shapeName[shape].ja}: ${names('ja')}`,
      },
      ours: our,
      other: their,
      figure: `${times.toFixed(1)}×`,
      mark: faster === 1 ? '≥ 1×' : `≥ ${faster}×`,
      met: times >= faster,
    })
    for (const [metric, took] of each) {
      lines.push({
        what: label(metric, shape),
        ours: null,
        other: timingOf(took),
        figure: '',
        mark: '',
        met: null,
      })
    }
  }
  return {
    title: {
      en: `Against ${name} ${other.version}`,
      ja: `${name} ${other.version} との比較`,
    },
    says: {
      en: 'The figures that were also written for it, asked together; how much faster Tomoshibi is. The rows below are the parts of the other side. The answers were compared in the run.',
      ja: '同じ数値をまとめて求め、何倍速いかを測りました。続く行は相手側の内訳です。答えが等しいことも実行中に確かめています。',
    },
    other: { en: name, ja: name },
    lines,
  }
}

interface Whole {
  /** A text says why there is no timing: the code of what it failed with. */
  readonly board: Timing | string
  readonly sheet: Timing | string
  /** Bytes; null where the system does not say. */
  readonly peak: number | null
}

/** A question that the engine refuses, such as one over the bound of its memory, is a row as well. */
const timed = async (store: FactStore, shape: Shape): Promise<Timing | string> => {
  try {
    const work = async () => (await ask(store, shape, allMetrics(shape))).length
    const [measured] = await inTurn([work], Math.min(runs, 3))
    return measured?.timing ?? ''
  } catch (error) {
    if (error instanceof FactsError) return error.code
    throw error
  }
}

/** The whole board and the whole sheet. */
const whole = async ({ engine, store }: World): Promise<Whole> => {
  await forgetPeak(engine.pid())
  const board = await timed(store, 'board')
  const sheet = await timed(store, 'sheet')
  return { board, sheet, peak: await peakMemory(engine.pid()) }
}

const BOUND = 1_500_000_000

const growthLines = (
  what: { en: string; ja: string },
  small: Whole,
  large: Whole,
  most: number,
): Line[] =>
  (['board', 'sheet'] as const).map((shape) => {
    const [from, to] = [small[shape], large[shape]]
    const line = {
      what: { en: `${shapeName[shape].en}, ${what.en}`, ja: `${shapeName[shape].ja}、${what.ja}` },
      ours: typeof to === 'string' ? null : to,
      other: typeof from === 'string' ? null : from,
      mark: `≤ ${most}×`,
    }
    if (typeof to === 'string') return { ...line, figure: to, met: false }
    if (typeof from === 'string') return { ...line, figure: from, met: null }
    const times = to.median / from.median
    return { ...line, figure: `${times.toFixed(2)}×`, met: times <= most }
  })

const memoryLine = ({ peak }: Whole, events: number): Line => ({
  what: {
    en: `peak memory of the engine at ${events / MILLION} million events`,
    ja: `${events / MILLION}百万イベントでのエンジンの最大メモリ`,
  },
  ours: null,
  other: null,
  figure: peak === null ? '?' : `${(peak / 1e9).toFixed(2)} GB`,
  mark: '< 1.5 GB',
  met: peak === null ? null : peak < BOUND,
})

const main = async (): Promise<void> => {
  const sections: Section[] = []
  // Each as soon as it is measured: a run takes long.
  const add = (section: Section): void => {
    sections.push(section)
    process.stdout.write(`${asMarkdown([section], 'en')}\n\n`)
  }
  const atUsual = await withCompany(usual, async (world) => {
    say('the whole board and sheet')
    const measured = await whole(world)
    say('against queries by hand')
    add(await againstHand(world))
    await exportFacts(world.engine, world.folder)
    for (const { start, faster } of [
      { start: startOtherPostgres, faster: 30 },
      { start: startDuckDb, faster: 1 },
    ]) {
      const other = await start(world.folder, join(world.folder, start.name))
      try {
        say(`against ${other.dialect.name}`)
        add(await againstOther(world, other, faster))
      } finally {
        await other.stop()
      }
    }
    return measured
  })
  say('a tenth of the accounts')
  const atTenth = await withCompany(sized(usual.accounts / 10, usual.events / 10), whole)
  const growth = growthLines(
    {
      en: `${usual.accounts / 10} → ${usual.accounts} accounts`,
      ja: `顧客 ${usual.accounts / 10} → ${usual.accounts}`,
    },
    atTenth,
    atUsual,
    12,
  )
  const memory = [memoryLine(atUsual, usual.events)]
  if (largest > usual.events) {
    say('ten times the events')
    const atLargest = await withCompany(sized(usual.accounts, largest), whole)
    const of = {
      en: `${usual.events / MILLION} → ${largest / MILLION} million events`,
      ja: `イベント ${usual.events / MILLION} → ${largest / MILLION}百万`,
    }
    growth.push(...growthLines(of, atUsual, atLargest, 1.5))
    memory.push(memoryLine(atLargest, largest))
  }
  add({
    title: { en: 'Growth and memory', ja: '規模とメモリ' },
    says: {
      en: `The whole board (${allMetrics('board').length} metrics × 24 months × 4 plans) and the whole sheet (${allMetrics('sheet').length} metrics × ${usual.accounts} accounts), from the request to the values.`,
      ja: `KPIボード全体(${allMetrics('board').length}指標×24か月×4プラン)と顧客一覧全体(${allMetrics('sheet').length}指標×${usual.accounts}顧客)。要求から値までの時間です。`,
    },
    other: { en: 'smaller', ja: '小さい方' },
    lines: [...growth, ...memory],
  })
  for (const language of ['en', 'ja'] as const) {
    const text = `${heading(language)}\n\n${asMarkdown(sections, language)}\n`
    if (!quick && process.exitCode !== 1)
      await writeFile(`docs/benchmarks${language === 'ja' ? '.ja' : ''}.md`, text)
  }
}

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`
const command = `npm run bench:metrics -- --events ${largest / MILLION}m`

const heading = (language: 'en' | 'ja'): string =>
  ({
    en: `# Benchmarks

[日本語](benchmarks.ja.md)

Written by \`${command}\` on ${machine}: ${usual.accounts} accounts, ${usual.users} users, 24 months, ${usual.events / MILLION} million events unless a row says otherwise. Each time is the median of several runs, with the least and the greatest. Whatever else the machine did meanwhile is in them: ratios say more than times. A missed mark is shown as missed.`,
    ja: `# ベンチマーク

[English](benchmarks.md)

\`${command}\` が書き出しました(${machine})。特に断りのない限り、顧客${usual.accounts}、利用者${usual.users}、24か月、イベント${usual.events / MILLION}百万件です。時間は複数回の中央値(最小–最大)です。同時に動いていた処理の影響を含むため、時間そのものより比を見てください。未達の目標は未達と示しています。`,
  })[language]

await main()
