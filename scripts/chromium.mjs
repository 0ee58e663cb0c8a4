/** Finds a Chromium for the browser tests and the screenshots, or installs Debian's. */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, StepFailed, step } from './steps.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** @param {string} path */
function runs(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function installed() {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [...candidates, ...places].find(runs)
}

/**
 * The path of a Chromium: CHROMIUM_PATH where given, else one that is installed, else Debian's package,
 * which root can install.
 * @returns {Promise<string>}
 * @throws {StepFailed} saying what is missing
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (runs(given)) return given
    throw new StepFailed(`CHROMIUM_PATH is '${given}', which cannot be run.`)
  }
  const found = installed()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await step("Installing Debian's Chromium, for the browser tests", async () => {
      await run('apt-get', ['update'], { quiet: true })
      // Without a font for Japanese the pictures would show boxes.
      await run('apt-get', ['install', '-y', 'chromium', 'fonts-noto-cjk'], { quiet: true })
    })
    const now = installed()
    if (now) return now
  }
  throw new StepFailed(
    'There is no Chromium for the browser tests. Install one (Debian: apt-get install chromium), or name yours with CHROMIUM_PATH.',
  )
}

/** Flags that keep Chromium to the page it is given: nothing fetched, updated or synchronised. */
export const chromiumFlags = [
  // Root has no sandbox to give.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-quic',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
