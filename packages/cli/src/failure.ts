import { ORPCError } from '@orpc/client'
import type { ImportState } from '@tomoshibi/contract/collect'
import {
  type ErrorCode,
  type ErrorData,
  errorData,
  errorDataSchema,
  type Problem,
} from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import { failureOf } from '@tomoshibi/server/call/failure'
import { CommanderError } from 'commander'
import { clean } from './output/table.ts'
import type { Terminal } from './output/terminal.ts'

/** The command line itself was wrong: exit 2. */
export class UsageError extends Error {
  readonly text: Text
  constructor(text: Text) {
    super(text.en)
    this.name = 'UsageError'
    this.text = text
  }
}

/** Ctrl+C or a like signal, after everything was put away: exit 130. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

/** What went wrong stands on the output already: exit 1 and no more words. */
export class AlreadyTold extends Error {
  constructor() {
    super('already told')
    this.name = 'AlreadyTold'
  }
}

/** An import that ended with an error of the registry. */
export class ImportFailed extends Error {
  readonly code: string
  readonly data: ErrorData
  constructor(error: NonNullable<ImportState['error']>) {
    super(error.what.en)
    this.name = 'ImportFailed'
    this.code = error.code
    this.data = { what: error.what, mend: error.mend, details: {}, problems: error.problems }
  }
}

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Mistakes in what was asked, which the caller mends by asking differently. */
const usageCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'BAD_INPUT',
  'UNKNOWN_METRIC',
  'METRIC_HAS_NO_ACCOUNT_VALUE',
  'METRIC_HAS_NO_PORTFOLIO_VALUE',
  'UNKNOWN_ATTRIBUTE',
  'UNKNOWN_ACCOUNT',
  'UNKNOWN_LAMP',
  'BAD_PERIOD',
  'BAD_MAPPING',
  'BAD_CONDITION',
  'BAD_METRIC',
  'METRIC_BUILT_IN',
  'BAD_CONFIGURATION',
  'DATA_FOLDER_NOT_EMPTY',
  'SNOOZE_IN_THE_PAST',
])

/** What commander found, in words of both languages; its own text is English only. */
const commanderWords: Readonly<Record<string, (quoted: string) => Text>> = {
  'commander.unknownCommand': (it) => ({
    en: `There is no command '${it}'.`,
    ja: `コマンド「${it}」はありません。`,
  }),
  'commander.unknownOption': (it) => ({
    en: `There is no option '${it}'.`,
    ja: `オプション「${it}」はありません。`,
  }),
  'commander.missingArgument': (it) => ({
    en: `The argument ${it} is missing.`,
    ja: `引数 ${it} が足りません。`,
  }),
  'commander.optionMissingArgument': (it) => ({
    en: `The option '${it}' needs a value.`,
    ja: `オプション「${it}」には値が必要です。`,
  }),
  'commander.missingMandatoryOptionValue': (it) => ({
    en: `The option '${it}' is required.`,
    ja: `オプション「${it}」は必須です。`,
  }),
  'commander.excessArguments': () => ({
    en: 'There are more arguments than this command takes.',
    ja: '引数が多すぎます。',
  }),
}

const helpHint: Text = {
  en: "'tomoshibi help' shows all commands.",
  ja: 'tomoshibi help ですべてのコマンドを確認できます。',
}

const notAChoice = /^error: (.*) argument '(.*)' is invalid\. Allowed choices are (.*)\.$/

function commanderText(error: CommanderError): Text {
  const [, option, value, choices] = notAChoice.exec(error.message) ?? []
  if (option !== undefined) {
    return {
      en: `'${value}' cannot be given for ${option}. Allowed: ${choices}`,
      ja: `「${value}」は ${option} に指定できません。指定できる値: ${choices}`,
    }
  }
  const words = commanderWords[error.code]
  if (!words) {
    const text = error.message.replace(/^error: /, '')
    return { en: text, ja: text }
  }
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const suggestion = /\(Did you mean (?:one of )?([^?]*)\?\)/.exec(error.message)?.[1]
  const text = words(quoted)
  if (suggestion === undefined) return text
  return {
    en: `${text.en} Did you mean ${suggestion}?`,
    ja: `${text.ja} ${suggestion} のことでしょうか。`,
  }
}

function problemLine(problem: Problem, terminal: Terminal): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined)
  const where = place.length > 0 ? `${place.join(':')}  ` : ''
  return `  ${clean(`${where}${terminal.say(problem.text)}`)}\n`
}

function tell(data: ErrorData, terminal: Terminal): void {
  terminal.err(`${clean(terminal.say(data.what))}\n`)
  // A single problem without a place is what the error itself says.
  const [first, ...others] = data.problems
  if (others.length > 0 || first?.line !== undefined) {
    for (const problem of data.problems) terminal.err(problemLine(problem, terminal))
  }
  terminal.err(`${terminal.say(data.mend)}\n`)
}

/** What operations answered, or what the server's own code threw in this process. */
function registryData(error: unknown): { code: string; data: ErrorData } | null {
  if (error instanceof ImportFailed) return error
  if (error instanceof ORPCError) {
    const data = errorDataSchema.safeParse(error.data)
    return data.success ? { code: String(error.code), data: data.data } : null
  }
  const failure = failureOf(error)
  if (!failure) return null
  return {
    code: failure.code,
    data: errorData(failure.code, failure.details, failure.problems),
  }
}

/**
 * Tells on `err` what went wrong and how to mend it.
 *
 * @returns The exit code: 2 for a mistake in what was asked, else 1.
 */
export function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done
    // A group of commands without one of them has shown its help.
    if (error.code === 'commander.help') return exitCodes.usage
    terminal.err(`${terminal.say(commanderText(error))}\n${terminal.say(helpHint)}\n`)
    return exitCodes.usage
  }
  if (error instanceof Interrupted) {
    const said = { en: 'Interrupted; nothing was kept.', ja: '中断しました。何も残していません。' }
    terminal.err(`${terminal.say(said)}\n`)
    return exitCodes.interrupted
  }
  if (error instanceof AlreadyTold) return exitCodes.failed
  if (error instanceof UsageError) {
    terminal.err(`${terminal.say(error.text)}\n${terminal.say(helpHint)}\n`)
    return exitCodes.usage
  }
  const known = registryData(error)
  if (known) {
    tell(known.data, terminal)
    return usageCodes.has(known.code) ? exitCodes.usage : exitCodes.failed
  }
  const reason = error instanceof Error ? error.message : String(error)
  tell(errorData('INTERNAL', { id: reason }), terminal)
  return exitCodes.failed
}
