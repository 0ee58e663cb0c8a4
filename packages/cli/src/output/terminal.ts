import { type Language, languages, type Text } from '@tomoshibi/contract/text'

/** Where a verb writes: results to `out`, everything else (progress, notes, errors) to `err`. */
export interface Terminal {
  readonly language: Language
  /** For Intl. */
  readonly locale: string
  /** Somebody is watching `err`, so progress may be drawn over itself. */
  readonly watched: boolean
  /** Columns of `out`; wide when it goes to a file or a pipe. */
  readonly columns: number
  /** Chooses the language. */
  say(text: Text): string
  out(text: string): void
  err(text: string): void
}

const widePipe = 200

function isLanguage(value: string): value is Language {
  return languages.some((language) => language === value)
}

/**
 * The language asked for with --lang, else the one of LC_ALL, LC_MESSAGES or LANG, else English.
 * Read before the command line is parsed, because help is written in it.
 */
export function chooseLanguage(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = args.indexOf('--lang')
  const asked = at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith('--lang='))?.slice(7)
  if (asked !== undefined && isLanguage(asked)) return asked
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return locale.toLowerCase().startsWith('ja') ? 'ja' : 'en'
}

/** The terminal of this process. A reader that goes away (`| head`) ends the output quietly. */
export function processTerminal(language: Language): Terminal {
  return {
    language,
    locale: language === 'ja' ? 'ja-JP' : 'en-GB',
    watched: process.stderr.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : widePipe,
    say: (text) => text[language],
    out: writer(process.stdout),
    err: writer(process.stderr),
  }
}

function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let gone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    gone = true
  })
  return (text) => {
    if (!gone) stream.write(text)
  }
}
