import { connect } from './connection.ts'
import { exitCodes, explain } from './failure.ts'
import { chooseLanguage, processTerminal } from './output/terminal.ts'
import { buildProgram } from './program.ts'

/**
 * Runs one command line and leaves the exit code with the process: 0 done, 1 failed, 2 a mistake in
 * what was asked. The process then ends by itself, after everything written has been read.
 */
export async function main(args: readonly string[]): Promise<void> {
  const terminal = processTerminal(chooseLanguage(args, process.env))
  const program = buildProgram({ terminal, connect })
  try {
    await program.parseAsync([...args], { from: 'user' })
    process.exitCode ??= exitCodes.done
  } catch (error) {
    process.exitCode = explain(error, terminal)
  }
}
