import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportState, ImportSummary } from '@tomoshibi/contract/collect'
import type { Problem } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import type { Client } from '../connection.ts'
import { ImportFailed, UsageError } from '../failure.ts'
import { json } from '../output/json.ts'
import { importProgress } from '../output/progress.ts'
import { clean, table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { readText } from '../text-file.ts'
import { examples, type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  import: { en: 'load files into the workspace', ja: 'ファイルを取り込む' },
  mapping: { en: 'the mapping, a YAML file', ja: 'マッピング(YAML ファイル)' },
  dryRun: {
    en: 'tell what would happen and change nothing',
    ja: '何も変更せず、取り込みの結果だけを表示',
  },
  rejects: { en: 'write rejected rows to this file', ja: '取り込めなかった行の出力先' },
  suggest: {
    en: 'write a first mapping from headers and values',
    ja: '見出しと値からマッピングの案を作る',
  },
  outFile: { en: 'write the suggested mapping to this file', ja: 'マッピング案の出力先' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  file: { en: 'File', ja: 'ファイル' },
  target: { en: 'Target', ja: '対象' },
  read: { en: 'Read', ja: '読込' },
  stored: { en: 'Stored', ja: '新規' },
  updated: { en: 'Updated', ja: '更新' },
  unchanged: { en: 'Unchanged', ja: '変更なし' },
  superseded: { en: 'Superseded', ja: '後の行で上書き' },
  leftOut: { en: 'Left out', ja: '対象外' },
  rejected: { en: 'Rejected', ja: '取込不可' },
  nothingChanged: { en: 'Dry run: nothing was changed.', ja: '試行のため、何も変更していません。' },
} as const satisfies Record<string, Text>

const importOptions = z.object({
  mapping: z.string().optional(),
  dryRun: z.boolean().default(false),
  rejects: z.string().optional(),
  suggest: z.boolean().default(false),
  out: z.string().optional(),
  json: z.boolean().default(false),
})
type ImportOptions = z.infer<typeof importOptions>

/** Short enough to feel immediate on small files, long enough not to burden a large one. */
const askEveryMs = 150

/** `import PATH… --mapping FILE`, `import PATH… --suggest`. */
export function addImport(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  examples(
    verb(program, 'import', words.import, terminal)
      .argument('<path...>')
      .option('--mapping <file>', say(words.mapping))
      .option('--dry-run', say(words.dryRun))
      .option('--rejects <file>', say(words.rejects))
      .option('--suggest', say(words.suggest))
      .option('--out <file>', say(words.outFile))
      .option('--json', say(words.json)),
    terminal,
    [
      'import data/*.csv --suggest --out mapping.yaml',
      'import data/*.csv --mapping mapping.yaml --dry-run',
      'import data/*.csv --mapping mapping.yaml --rejects rejects.csv',
    ],
  ).action(async (given: readonly string[], _options, command: Command) => {
    const options = importOptions.parse(command.opts())
    const paths = given.map((path) => resolve(path))
    if (options.suggest) {
      await withClient(surroundings, command, (client) => suggest(client, paths, options, terminal))
      return
    }
    if (options.mapping === undefined) {
      throw new UsageError({
        en: 'Name the mapping with --mapping FILE; --suggest writes a first one.',
        ja: '--mapping FILE でマッピングを指定してください。--suggest で案を作れます。',
      })
    }
    const mapping = await readText(options.mapping)
    await withClient(surroundings, command, (client) =>
      load(client, paths, mapping, options, terminal),
    )
  })
}

async function suggest(
  client: Client,
  paths: readonly string[],
  { out }: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  if (out !== undefined && existsSync(out)) {
    throw new UsageError({
      en: `'${out}' exists already; choose another name.`,
      ja: `「${out}」はすでにあります。別の名前を指定してください。`,
    })
  }
  const suggestion = await client.imports.suggest({ paths: [...paths] })
  tellNotes(suggestion.notes, terminal)
  if (out === undefined) return terminal.out(suggestion.mapping)
  await writeFile(out, suggestion.mapping, { flag: 'wx' })
  const said = {
    en: `Written to ${out}. Check it before importing.`,
    ja: `${out} に書き出しました。取り込む前にご確認ください。`,
  }
  terminal.err(`${terminal.say(said)}\n`)
}

async function load(
  client: Client,
  paths: readonly string[],
  mapping: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  const { id } = await client.imports.start({
    paths: [...paths],
    mapping,
    dryRun: options.dryRun,
    ...(options.mapping === undefined ? {} : { mappingFile: options.mapping }),
    ...(options.rejects === undefined ? {} : { rejectsFile: resolve(options.rejects) }),
  })
  const state = await untilOver(client, id, terminal)
  if (state.error !== null) throw new ImportFailed(state.error)
  if (state.summary === null) return
  terminal.out(options.json ? json(state.summary) : summaryTable(state.summary, terminal))
  tellNotes(state.summary.notes, terminal)
  if (!options.json) tellRejects(state.summary, terminal)
  if (state.summary.dryRun) terminal.err(`${terminal.say(words.nothingChanged)}\n`)
}

async function untilOver(client: Client, id: string, terminal: Terminal): Promise<ImportState> {
  const progress = importProgress(terminal)
  try {
    for (;;) {
      const state = await client.imports.get({ id })
      if (state.state !== 'running') return state
      progress.show(state.progress)
      await sleep(askEveryMs)
    }
  } finally {
    progress.end()
  }
}

function summaryTable(summary: ImportSummary, terminal: Terminal): string {
  const { say } = terminal
  const figures = [
    'read',
    'stored',
    'updated',
    'unchanged',
    'superseded',
    'leftOut',
    'rejected',
  ] as const
  const count = new Intl.NumberFormat(terminal.locale)
  const columns = [
    { title: say(words.file) },
    { title: say(words.target) },
    ...figures.map((key) => ({ title: say(words[key]), right: true })),
  ]
  const rows = summary.files.map((counts) => [
    counts.file,
    counts.target,
    ...figures.map((key) => count.format(counts[key])),
  ])
  return table(columns, rows)
}

export function tellNotes(notes: readonly Problem[], terminal: Terminal): void {
  for (const note of notes) {
    const place = [note.file, note.line, note.column].filter((part) => part !== undefined).join(':')
    terminal.err(`${clean(`${place === '' ? '' : `${place}  `}${terminal.say(note.text)}`)}\n`)
  }
}

export function tellRejects(summary: ImportSummary, terminal: Terminal): void {
  for (const reject of summary.rejectExamples) {
    const column = reject.column === null ? '' : ` ${reject.column}`
    const value = reject.value === '' ? '' : ` '${reject.value.slice(0, 80)}'`
    const line = `${reject.file}:${reject.line}${column}${value}  ${terminal.say(reject.reason)}`
    terminal.err(`${clean(line)}\n`)
  }
  if (summary.rejectsFile === null) return
  const said = {
    en: `All rejected rows: ${summary.rejectsFile}`,
    ja: `取り込めなかった行の一覧: ${summary.rejectsFile}`,
  }
  terminal.err(`${terminal.say(said)}\n`)
}
