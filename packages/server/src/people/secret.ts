import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const least = 32

/**
 * The secret with which session cookies are signed: the file `secret` of the data folder, readable by its
 * owner only, made when it is not there. A restored backup has another one, so that everybody signs in
 * again.
 */
export function cookieSecret(dataDir: string): string {
  const path = join(dataDir, 'secret')
  const found = read(path)
  if (found !== null) return found
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    // Another start of ours was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const made = read(path)
  if (made === null) throw new Error(`${path} holds no secret`)
  return made
}

function read(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text.length >= least ? text : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
