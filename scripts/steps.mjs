/** What the project's own commands share: saying what is done, and running programs. Node only. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Says what begins, and while it takes long says so every ten seconds.
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} what the work returns
 * @template T
 */
export async function step(what, work) {
  const begun = performance.now()
  const seconds = () => `${Math.round((performance.now() - begun) / 100) / 10} s`
  process.stderr.write(`› ${what} …\n`)
  const reminder = setInterval(
    () => process.stderr.write(`  still at it: ${what} (${seconds()})\n`),
    10_000,
  )
  try {
    const result = await work()
    process.stderr.write(`  done in ${seconds()}\n`)
    return result
  } finally {
    clearInterval(reminder)
  }
}

/**
 * Runs a program in the project's root.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options] quiet: its output is shown only when it fails
 * @returns {Promise<number>} its exit code; 1 when it could not be started or a signal ended it
 */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    })
    /** @type {Buffer[]} */
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output))
      resolve(code ?? 1)
    })
  })
}

/** A failure that has been explained already: the message is all there is to say. */
export class StepFailed extends Error {}

/**
 * Ends the program with one clear line for a failed step, and with everything for a surprise.
 * @param {unknown} error
 * @returns {never}
 */
export function endWith(error) {
  if (error instanceof StepFailed) process.stderr.write(`✗ ${error.message}\n`)
  else
    process.stderr.write(`✗ ${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
  process.exit(1)
}
