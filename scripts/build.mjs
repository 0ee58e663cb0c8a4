/** Builds what is not up to date: the packages with the compiler, the page with Vite. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './install.mjs'
import { endWith, root, run, StepFailed, step } from './steps.mjs'

/** @param {string} folder @returns {number} when the newest file below it was changed, ms */
function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) {
      latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs)
    }
  }
  return latest
}

function pageIsUpToDate() {
  const page = join(root, 'packages/web/dist/index.html')
  if (!existsSync(page)) return false
  const sources = ['packages/web/src', 'packages/contract/src'].map((f) => newest(join(root, f)))
  const settings = ['packages/web/index.html', 'packages/web/vite.config.ts', 'package-lock.json']
  const changed = settings.map((f) => statSync(join(root, f)).mtimeMs)
  return statSync(page).mtimeMs > Math.max(...sources, ...changed)
}

export async function build() {
  await step('Building the program', async () => {
    const code = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'])
    if (code !== 0) throw new StepFailed('The program does not compile: see the lines above.')
  })
  if (pageIsUpToDate()) return
  await step('Building the page', async () => {
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    const code = await run(process.execPath, [vite, 'build', 'packages/web', '--logLevel', 'warn'])
    if (code !== 0) throw new StepFailed('The page could not be built: see the lines above.')
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await install()
    .then(build)
    .catch((error) => endWith(error))
}
