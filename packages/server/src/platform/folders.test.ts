import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolders } from './folders.ts'

describe('making a folder with those above it', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tomoshibi-folders-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('makes what is missing, for its owner alone, and leaves what is there', () => {
    const path = join(root, 'a', 'b', 'c')
    makeFolders(path)
    makeFolders(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('refuses a path on which a file is in the way', () => {
    writeFileSync(join(root, 'file'), '')
    expect(() => makeFolders(join(root, 'file'))).toThrow('EEXIST')
    expect(() => makeFolders(join(root, 'file', 'below'))).toThrow(/EEXIST|ENOTDIR/)
  })

  it.runIf(process.platform === 'linux')('ends where no folder can be made', () => {
    expect(() => makeFolders('/proc/no/such/folder')).toThrow('ENOENT')
  })
})
