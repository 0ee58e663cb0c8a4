import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder with those above it, readable by its owner alone, one after the other. Node's
 * recursive form says of a read-only file system that nothing is there, and its asynchronous one never
 * ends where a file system makes no folders at all, as below /proc.
 *
 * @throws the error of the file system for the first folder that cannot be made; ENOTDIR when a file is
 *   in the way.
 */
export function makeFolders(path: string): void {
  if (existsSync(path)) {
    // Made by itself, so that a file in its place is refused in the system's own words.
    if (!statSync(path).isDirectory()) mkdirSync(path)
    return
  }
  const parent = dirname(path)
  if (parent !== path) makeFolders(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const made = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!made || !statSync(path).isDirectory()) throw error
  }
}
