import { connect } from './connection.ts'
import { exitCodes, explain } from './failure.ts'
import { chooseLanguage, processTerminal } from './output/terminal.ts'
import { buildProgram } from './program.ts'
import type { Surroundings } from './verb.ts'

/**
 * Runs one command line.
 *
 * @returns the exit code: 0 done, 1 failed, 2 a mistake in what was asked.
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await buildProgram(surroundings).parseAsync([...args], { from: 'user' })
    return exitCodes.done
  } catch (error) {
    return explain(error, surroundings.terminal)
  }
}

/**
 * Runs the command line of this process and leaves its exit code; the process then ends by itself, after
 * everything written has been read.
 */
export async function main(args: readonly string[]): Promise<void> {
  const terminal = processTerminal(chooseLanguage(args, process.env))
  process.exitCode = await run(args, { terminal, connect })
}
