import type { Language } from '@tomoshibi/contract/text'
import type { Connection } from './connection.ts'
import { run } from './main.ts'
import type { Terminal } from './output/terminal.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line in this process, over given operations, and keeps what it writes. */
export async function runHere(
  args: readonly string[],
  options: {
    readonly connect?: () => Promise<Connection>
    readonly language?: Language
    readonly columns?: number
  } = {},
): Promise<Ran> {
  const texts = { out: '', err: '' }
  const language = options.language ?? 'en'
  const terminal: Terminal = {
    language,
    locale: language === 'ja' ? 'ja-JP' : 'en-GB',
    watched: false,
    columns: options.columns ?? 200,
    say: (text) => text[language],
    out: (text) => {
      texts.out += text
    },
    err: (text) => {
      texts.err += text
    },
  }
  const connect =
    options.connect ?? (() => Promise.reject(new Error('this command line needs no data')))
  const code = await run(args, { terminal, connect })
  return { code, ...texts }
}
