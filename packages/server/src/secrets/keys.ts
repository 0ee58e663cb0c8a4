import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../call/failure.ts'
import { keyText, newKey, parseKeys, type SecretKey } from './sealing.ts'

/** Where keys come from. */
export type KeySource =
  | { readonly kind: 'environment'; readonly text: string }
  | { readonly kind: 'file' | 'data_folder'; readonly path: string }

export type Keys = readonly [SecretKey, ...SecretKey[]]

/** The source that the configuration names; the file `secret-key` of the data folder where it names none. */
export function keySourceOf(config: {
  readonly dataDir: string
  readonly secretKey: string | null
  readonly secretKeyFile: string | null
}): KeySource {
  if (config.secretKey !== null) return { kind: 'environment', text: config.secretKey }
  if (config.secretKeyFile !== null) return { kind: 'file', path: config.secretKeyFile }
  return { kind: 'data_folder', path: join(config.dataDir, 'secret-key') }
}

/** How a source is called in texts for people. */
export const nameOfSource = (source: KeySource): string =>
  source.kind === 'environment' ? 'TOMOSHIBI_SECRET_KEY' : source.path

/**
 * The keys of a source, the one that seals first; null when there is none.
 *
 * @throws Failure SECRET_KEY_WRONG when what is there is no key or cannot be read
 */
export function readKeys(source: KeySource): Keys | null {
  if (source.kind === 'environment') return parsed(source, source.text)
  let text: string
  try {
    text = readFileSync(source.path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Failure('SECRET_KEY_WRONG', { source: source.path }, [], { cause: error })
  }
  return parsed(source, text)
}

function parsed(source: KeySource, text: string): Keys {
  const keys = parseKeys(text)
  if (keys === null) throw new Failure('SECRET_KEY_WRONG', { source: nameOfSource(source) })
  return keys
}

/** Makes a file with a new key where there is none; one that another start made meanwhile stays. */
export function makeKeyFile(path: string): void {
  const draft = writeDraft(path, [newKey()])
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(path)
}

/** Puts other keys into a file, all at once. */
export function replaceKeyFile(path: string, keys: Keys): void {
  renameSync(writeDraft(path, keys), path)
  syncFolder(path)
}

function writeDraft(path: string, keys: Keys): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(file, keys.map((key) => `${keyText(key)}\n`).join(''))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
