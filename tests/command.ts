/** Running the built program as a person would, for the tests of the whole. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The command line, as built. */
export const tomoshibi = join(process.cwd(), 'packages/cli/bin/tomoshibi.js')

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment without what the surroundings of the tests may have set for the program. */
export function plainEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const ours = ['PORT', 'TOMOSHIBI_DATA', 'TOMOSHIBI_DEMO', 'CLICKHOUSE_URL', 'DATABASE_URL']
  const rest = Object.entries(process.env).filter(([name]) => !ours.includes(name))
  return { ...Object.fromEntries(rest), LANG: 'en_US.UTF-8', ...extra }
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** All that came on stdout and stderr so far. */
  output(): string
  /** Resolves with the match once the output has it; rejects with the output when the program ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts a program; it is for the caller to see that it ends. */
export function start(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '', both: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
      texts.both += text
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout: texts.stdout, stderr: texts.stderr }))
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(texts.both)
        if (match) resolve(match)
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.on('close', () => reject(new Error(`ended without ${pattern}:\n${texts.both}`)))
      look()
    })
  return { child, ended, output: () => texts.both, says }
}

/** Runs the command line to its end. */
export function runTomoshibi(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<Ended> {
  const options = { env: plainEnvironment(env), ...(cwd === undefined ? {} : { cwd }) }
  return start(process.execPath, [tomoshibi, ...args], options).ended
}

/** A loopback port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}
