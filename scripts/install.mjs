/** Installs what the lock file names, when it is not there yet. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, StepFailed, step } from './steps.mjs'

const stamp = join(root, 'node_modules', '.tomoshibi-installed')
const oldestNode = [20, 19]

/** What the installed packages depend on: the lock file, and the platform they were chosen for. */
function wanted() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return createHash('sha256')
    .update(lock)
    .update(`${process.platform} ${process.arch}`)
    .digest('hex')
}

export async function install() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = oldestNode
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    throw new StepFailed(
      `Node.js ${process.versions.node} is too old: install ${oldestNode.join('.')} or later.`,
    )
  }
  const hash = wanted()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  await step('Installing packages (about 1 GB, once; half a minute to a few minutes)', async () => {
    // `npm install`, not `npm ci`: a lock file made on one system may lack the optional packages of
    // another, which `ci` refuses and `install` adds.
    const code = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code !== 0) {
      throw new StepFailed(
        'The packages could not be installed: see the lines above; check the network and the free disk space, then run the command again.',
      )
    }
  })
  writeFileSync(stamp, wanted())
}
