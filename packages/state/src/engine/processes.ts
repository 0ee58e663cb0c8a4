import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Identifies one process for ever, where a bare pid may be given to another after it ended: the pid
 * with what the system says about when it started, and which boot that was.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly started: string
}

/** The identity of a running process, or null when no process has that pid (a zombie has ended). */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid)
  return started === null ? null : { pid, started }
}

/** Whether exactly that process, not a later one with its pid, still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started
}

/** The command line of a running process, or null. */
export function commandLine(pid: number): string | null {
  if (process.platform === 'linux') {
    return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || null
  }
  return ps(pid, 'command=')
}

function startedOnLinux(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const startTicks = fields[19]
  if (state === 'Z' || state === 'X' || startTicks === undefined) return null
  const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  return `${boot}:${startTicks}`
}

function startedElsewhere(pid: number): string | null {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null
  }
  // Windows has no `ps`; the bare pid has to do there.
  return process.platform === 'win32' ? 'running' : ps(pid, 'lstart=')
}

function ps(pid: number, column: string): string | null {
  try {
    const said = execFileSync('ps', ['-o', column, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim() || null
  } catch {
    return null
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
