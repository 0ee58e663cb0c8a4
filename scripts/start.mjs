/** `npm start`: installs and builds what is missing, then runs the server in this process. */
import { endWith } from './steps.mjs'

// npm hands a SIGTERM to the shell between us and itself, which ends without handing it on.
const shell = process.ppid
const watch = setInterval(() => {
  if (process.ppid === shell) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 250)
watch.unref()

try {
  const { install } = await import('./install.mjs')
  await install()
  const { build } = await import('./build.mjs')
  await build()
} catch (error) {
  endWith(error)
}
// In this process and not in a child, so that signals and the exit code are the server's own.
process.argv.splice(1, process.argv.length - 1, 'tomoshibi', 'serve', ...process.argv.slice(2))
await import('../packages/cli/bin/tomoshibi.js')
