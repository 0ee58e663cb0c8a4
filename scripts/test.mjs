/**
 * `npm test`: everything that must hold before a change lands, cheapest first. Every check runs even
 * when an earlier one failed, so that one run names all there is to mend. The last line counts.
 *
 * Arguments: `--no-tests` for the static checks alone; anything else goes to Vitest (file filters).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { endWith, root, run, StepFailed, step } from './steps.mjs'

const args = process.argv.slice(2)
const withTests = !args.includes('--no-tests')
const filters = args.filter((arg) => arg !== '--no-tests')

const counts = { passed: 0, failed: 0, skipped: 0 }
/** @type {string[]} */
const toMend = []

/** @param {string} file @param {readonly string[]} rest */
const program = (file, ...rest) =>
  run(process.execPath, [join(root, 'node_modules', file), ...rest])

/**
 * @param {string} what
 * @param {string} mend the command that mends or shows it
 * @param {() => Promise<number | void>} work an exit code, or nothing when it throws on failure
 */
async function check(what, mend, work) {
  try {
    const code = await step(what, work)
    if (code) throw new StepFailed(what)
    counts.passed++
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    counts.failed++
    toMend.push(`${what}: ${mend}`)
  }
}

/** Runs Vitest and adds its counts; a run that cannot say how many tests it ran has failed. */
async function tests() {
  const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-tests-'))
  const report = join(folder, 'report.json')
  try {
    const code = await program(
      'vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    )
    const result = JSON.parse(readFileSync(report, 'utf8'))
    counts.passed += result.numPassedTests
    counts.failed += result.numFailedTests
    counts.skipped += result.numPendingTests + result.numTodoTests
    // A file that does not load, or an unhandled error, fails the run without a failed test.
    if (code !== 0 && result.numFailedTests === 0) counts.failed++
    if (code !== 0) toMend.push('Tests: npx vitest run FILE shows one file alone')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  await install()
  await check('Types and build', 'npm run build', build)
  await check('Format, lint and import rules', 'npm run format', () =>
    program('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'),
  )
  await check('Unused code and dependencies', 'npx knip', () =>
    program('knip/bin/knip.js', '--no-progress'),
  )
  if (withTests) {
    const { findChromium } = await import('./chromium.mjs')
    await check('A browser to test with', 'install Chromium or set CHROMIUM_PATH', async () => {
      await findChromium()
    })
    await step('Tests', tests)
  }
} catch (error) {
  if (error instanceof Error && !(error instanceof StepFailed)) endWith(error)
  counts.failed++
  toMend.push(String(error))
}
for (const line of toMend) process.stderr.write(`✗ ${line}\n`)
process.stdout.write(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
)
process.exitCode = counts.failed === 0 ? 0 : 1
