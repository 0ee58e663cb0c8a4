import { languages, type Text } from '@tomoshibi/contract/text'
import { Command, type Help, Option } from 'commander'
import * as z from 'zod'
import type { Client, Connection } from './connection.ts'
import { UsageError } from './failure.ts'
import type { Terminal } from './output/terminal.ts'

/** What every verb works with. */
export interface Surroundings {
  readonly terminal: Terminal
  /** Opens the operations: the running server of the data folder, or the folder itself. */
  connect(dataDir: string | undefined, workspace?: string): Promise<Connection>
}

const common = z.object({ data: z.string().optional(), workspace: z.string().optional() })

const titles: Readonly<Record<string, string>> = {
  'Usage:': '使い方:',
  'Arguments:': '引数:',
  'Options:': 'オプション:',
  'Commands:': 'コマンド:',
}

const helpWords = {
  help: { en: 'show help', ja: 'ヘルプを表示' },
  helpCommand: { en: 'show help for a command', ja: 'コマンドのヘルプを表示' },
  data: {
    en: 'data folder (default: TOMOSHIBI_DATA or ./data)',
    ja: 'データフォルダー(既定: TOMOSHIBI_DATA または ./data)',
  },
  workspace: {
    en: 'id of the workspace (default: the first one)',
    ja: 'ワークスペースの ID(既定: 最初のもの)',
  },
  language: { en: 'language: ja or en', ja: '言語: ja または en' },
  examples: { en: 'Examples:', ja: '例:' },
} as const satisfies Record<string, Text>

/** A command with what all of ours share: both languages, the common options, errors as values. */
export function newCommand(name: string, says: Text, terminal: Terminal): Command {
  const help: Partial<Help> =
    terminal.language === 'ja' ? { styleTitle: (title) => titles[title] ?? title } : {}
  return (
    new Command(name)
      .description(terminal.say(says))
      .helpOption('-h, --help', terminal.say(helpWords.help))
      .helpCommand('help [command]', terminal.say(helpWords.helpCommand))
      .configureHelp(help)
      // Usage errors are told by `explain`, in the chosen language.
      .configureOutput({
        writeOut: terminal.out,
        writeErr: terminal.err,
        outputError: () => {},
      })
      .exitOverride()
  )
}

/** Options that may stand before the verb and after it. */
export function withCommonOptions(command: Command, { say }: Terminal): Command {
  // The language is chosen before anything is parsed; here it is checked and shown in the help.
  return command
    .addOption(new Option('--data <folder>', say(helpWords.data)))
    .addOption(new Option('--workspace <id>', say(helpWords.workspace)))
    .addOption(new Option('--lang <language>', say(helpWords.language)).choices(languages))
}

/** A command that does something, below `parent`. */
export function verb(parent: Command, name: string, says: Text, terminal: Terminal): Command {
  const command = withCommonOptions(newCommand(name, says, terminal), terminal)
  parent.addCommand(command)
  return command
}

/** Examples under the help of a command, one a line. */
export function examples(command: Command, terminal: Terminal, lines: readonly string[]): Command {
  const shown = lines.map((line) => `  npx tomoshibi ${line}`).join('\n')
  return command.addHelpText('after', `\n${terminal.say(helpWords.examples)}\n${shown}`)
}

/** Runs `work` with the operations at hand and closes them afterwards, whatever happens. */
export async function withClient(
  { connect }: Surroundings,
  command: Command,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const { data, workspace } = common.parse(command.optsWithGlobals())
  const connection = await connect(data, workspace)
  try {
    await work(connection.client)
  } finally {
    await connection.close()
  }
}

/** Parser of an option that takes a calendar day. */
export function day(value: string): string {
  if (z.iso.date().safeParse(value).success) return value
  throw new UsageError({
    en: `'${value}' is not a calendar day; write it like 2026-04-30.`,
    ja: `「${value}」は日付ではありません。2026-04-30 のように書いてください。`,
  })
}

/** Parser of an option that takes a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= min && number <= max) return number
    throw new UsageError({
      en: `'${value}' is not a whole number from ${min} to ${max}.`,
      ja: `「${value}」は ${min} 以上 ${max} 以下の整数ではありません。`,
    })
  }
}

/** Parser of an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Parser of an option that takes a list with commas. */
export function listed(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Options that cannot be told together. */
export function onlyOne(options: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const given = names.filter((name) => options[name] !== undefined && options[name] !== false)
  const [first, second] = given
  if (first === undefined || second === undefined) return
  throw new UsageError({
    en: `--${first} and --${second} cannot be used together.`,
    ja: `--${first} と --${second} は同時に指定できません。`,
  })
}
