import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The rules' own messages for one import, written into `file` of a copy of the house. */
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-rules-'))
  copyFileSync('biome.json', join(folder, 'biome.json'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function isRefused(file: string, specifier: string): boolean {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `import { a } from '${specifier}'\n\nexport const b = a\n`)
  try {
    const args = ['lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', file]
    execFileSync(join(process.cwd(), 'node_modules/.bin/biome'), args, {
      cwd: folder,
      stdio: 'pipe',
    })
    return false
  } catch (error) {
    if (String(error).includes('noRestrictedImports')) return true
    throw error
  } finally {
    rmSync(path)
  }
}

describe('dependencies point downwards only', () => {
  test.each([
    ['packages/facts/src/a.ts', '@tomoshibi/state/store'],
    ['packages/state/src/a.ts', '@tomoshibi/facts/store'],
    ['packages/contract/src/a.ts', '@tomoshibi/server/app'],
    ['packages/metrics/src/a.ts', '@tomoshibi/facts/tables'],
    ['packages/metrics/src/a.ts', '@clickhouse/client'],
    ['packages/metrics/src/a.ts', 'node:fs'],
    ['packages/evidence/src/a.ts', 'pg'],
    ['packages/server/src/a.ts', '@tomoshibi/cli/main'],
    ['packages/server/src/light/lamps/service.ts', '../../measure/metrics/store.ts'],
    ['packages/web/src/a.ts', '@tomoshibi/server/app'],
    ['packages/cli/src/a.ts', '@tomoshibi/facts/store'],
  ])('%s may not import %s', (file, specifier) => {
    expect(isRefused(file, specifier)).toBe(true)
  })

  test.each([
    ['packages/server/src/a.ts', '@tomoshibi/facts/store'],
    ['packages/server/src/light/lamps/service.ts', './store.ts'],
    ['packages/server/src/light/lamps/service.ts', '../../measure/metrics/service.ts'],
    ['packages/web/src/a.ts', '@tomoshibi/contract/contract'],
    ['packages/cli/src/a.ts', '@tomoshibi/server/app'],
  ])('%s may import %s', (file, specifier) => {
    expect(isRefused(file, specifier)).toBe(false)
  })
})
