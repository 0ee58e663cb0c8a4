/**
 * Owns one PostgreSQL for a program that may end at any instant.
 *
 * A postmaster does not notice that its parent is gone. This process does, because the channel to the
 * program closes however the program ends; it then stops the postmaster and ends itself. It lives in
 * its own session, so that Ctrl-C in a terminal reaches the program first and the program can finish
 * its writes.
 *
 * Plain JavaScript, because it is run as it is by the same Node.js from source and from a build.
 *
 * in:  { type: 'start', launch, env } | { type: 'stop' }
 * out: { type: 'started', pid } | { type: 'log', line } | { type: 'ended', code, signal, reason? }
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Milliseconds that each way of stopping gets before the next, harsher one. */
const patience = [
  { signal: 'SIGINT', ms: 20_000 },
  { signal: 'SIGQUIT', ms: 5_000 },
  { signal: 'SIGKILL', ms: 5_000 },
]

/** @type {import('node:child_process').ChildProcess | null} */
let postmaster = null
let stopping = false

process.on('message', (message) => {
  if (message.type === 'start') start(message)
  else if (message.type === 'stop') stop()
})
process.on('disconnect', stop)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)

function start({ launch, env }) {
  if (stopping || postmaster !== null) return
  const { command, args, ...user } = launch
  const child = spawn(command, args, { ...user, env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  postmaster = child
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => tell({ type: 'log', line }))
  }
  child.once('spawn', () => tell({ type: 'started', pid: child.pid }))
  child.once('error', (error) => end({ code: null, signal: null, reason: error.message }))
  child.once('exit', (code, signal) => end({ code, signal }))
}

function stop() {
  if (stopping) return
  stopping = true
  if (postmaster === null) process.exit(0)
  press(0)
}

function press(step) {
  const way = patience[step]
  if (way === undefined) return
  postmaster?.kill(way.signal)
  setTimeout(() => press(step + 1), way.ms)
}

function end(how) {
  tell({ type: 'ended', ...how }, () => process.exit(0))
  // Nobody listens any more when the program is gone.
  if (!process.connected) process.exit(0)
}

function tell(message, then = () => {}) {
  if (process.connected) process.send(message, then)
}
