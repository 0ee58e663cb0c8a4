import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StateError } from '../errors.ts'

/** PostgreSQL refuses to run as root; it then runs as this user, which owns nothing else. */
export const nobody = { uid: 65534, gid: 65534 } as const

/** A program as it is to be spawned. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

export const isRoot = process.getuid?.() === 0

/** util-linux's `setpriv`, which every common Linux has. */
const setpriv = process.platform === 'linux' ? findSetpriv() : null

/**
 * How to launch one of PostgreSQL's programs so that it may run and can reach what it needs.
 *
 * - Not root: as it is.
 * - Root: as `nobody`. Where that user cannot enter a folder on the way (a checkout in /root), Linux
 *   can give the program the one right to pass by, which leaves others' folders as they are.
 *
 * On Linux it also gets SIGINT (a fast shutdown) from the system when its parent is killed.
 *
 * @param reach paths that the program must get at, itself included.
 * @throws StateError STATE_FOLDER_UNREACHABLE when it would be shut out.
 */
export function launch(command: string, args: readonly string[], reach: readonly string[]): Launch {
  const closed = isRoot
    ? [command, ...reach].map(firstClosedFolder).find((path) => path !== null)
    : undefined
  const right = closed === undefined ? null : rightToPass(command)
  if (closed !== undefined && (setpriv === null || right === null)) {
    const message = `PostgreSQL cannot run as root, and the user it runs as instead (id ${nobody.uid}) cannot enter ${closed}: start as another user, or move the checkout and the data folder to where every user may enter, or give DATABASE_URL`
    throw new StateError('STATE_FOLDER_UNREACHABLE', message, { path: closed, uid: nobody.uid })
  }
  if (setpriv === null) return isRoot ? { command, args, ...nobody } : { command, args }
  const user = [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups']
  const rights = right === null ? [] : [`--inh-caps=+${right}`, `--ambient-caps=+${right}`]
  const whole = [...(isRoot ? user : []), ...rights, '--pdeathsig', 'INT', '--', command, ...args]
  return { command: setpriv, args: whole }
}

function findSetpriv(): string | null {
  const path = ['/usr/bin/setpriv', '/bin/setpriv'].find((candidate) => existsSync(candidate))
  // Versions before 2018, and smaller imitations, lack the option.
  const works =
    path && spawnSync(path, ['--pdeathsig', 'INT', '--', path, '--version']).status === 0
  return works ? path : null
}

/** Lets `nobody` pass through a folder of ours (not read it); a no-op unless root. */
export function letPass(folder: string): void {
  if (!isRoot) return
  const mode = statSync(folder).mode & 0o7777
  if ((mode & 0o001) === 0) chmodSync(folder, mode | 0o001)
}

/** The first path on the way to, and including, `path` that `nobody` may not enter or execute. */
function firstClosedFolder(path: string): string | null {
  const way: string[] = []
  for (let at = realpathSync(path); ; at = dirname(at)) {
    way.unshift(at)
    if (dirname(at) === at) break
  }
  return way.find((step) => !isOpen(step)) ?? null
}

function isOpen(path: string): boolean {
  const { mode, uid, gid } = statSync(path)
  if (uid === nobody.uid) return (mode & 0o100) !== 0
  if (gid === nobody.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}

/** The smallest capability that we have and that opens the way; containers often lack the smaller. */
function rightToPass(command: string): 'dac_read_search' | 'dac_override' | null {
  if (process.platform !== 'linux') return null
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const has = (bit: bigint) => (BigInt(`0x${effective ?? '0'}`) & (1n << bit)) !== 0n
  // Reading and searching is not executing: that still needs the program's own bit for others.
  if (has(2n) && isOpen(realpathSync(command))) return 'dac_read_search'
  return has(1n) ? 'dac_override' : null
}
