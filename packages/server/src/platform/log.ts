import { renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'
import { makeFolders } from './folders.ts'
import { loggedError } from './logged-error.ts'

/** When the file is longer, it becomes `….1` and a new one is begun: two of them at most. */
const longestBytes = 10 * 2 ** 20

/** Where the log of a data folder is. */
export const logFile = (dataDir: string) => join(dataDir, 'log', 'tomoshibi.log')

/** How values under these names are written: an address or an error may hold personal data. */
const serializers = {
  err: (error: unknown) => loggedError(error),
  error: (error: unknown) => loggedError(error),
  req: (request: unknown) => ({ method: textOf(request, 'method') }),
  res: (reply: unknown) => ({ statusCode: textOf(reply, 'statusCode') }),
}

function textOf(from: unknown, name: string): string | number | null {
  const value: unknown = typeof from === 'object' && from !== null ? Reflect.get(from, name) : null
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

interface Options {
  readonly level: LogLevel
  /** Options for tests. */
  readonly longestBytes?: number
}

/**
 * The log of this process: JSON lines in `log/tomoshibi.log` in the data folder, written before the
 * call returns, so that the last line before a crash is there. It tells what the program did, never
 * what the data says. People are told on the terminal.
 */
export function createLog(dataDir: string, options: Options): Logger {
  const path = logFile(dataDir)
  const longest = options.longestBytes ?? longestBytes
  // It has no personal data, and is still for the user alone who runs the program.
  makeFolders(dirname(path))
  const file = pino.destination({ dest: path, mode: 0o600, sync: true })
  // On a full disk lines are lost: that is no reason to end, since what is acknowledged is not lost by it.
  file.on('error', () => {})
  let size = statSync(path).size
  const write = (line: string) => {
    try {
      if (size > longest) {
        renameSync(path, `${path}.1`)
        file.reopen()
        size = 0
      }
      file.write(line)
      size += Buffer.byteLength(line)
    } catch {
      // As above.
    }
  }
  const secret = ['password', 'token', 'url', 'authorization']
  const paths = secret.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`])
  const redact = { paths, censor: '[secret]' }
  return pino({ level: options.level, redact, serializers }, { write })
}

/** A log that keeps nothing. */
export const silentLog: Logger = pino({ level: 'silent' })
