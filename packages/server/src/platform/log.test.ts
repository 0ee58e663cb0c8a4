import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { makeFolders } from './folders.ts'
import { createLog, logFile } from './log.ts'

test.runIf(existsSync('/dev/full'))(
  'a log on a full disk loses lines and ends nothing',
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-log-'))
    const path = logFile(dataDir)
    makeFolders(dirname(path))
    symlinkSync('/dev/full', path)
    const log = createLog(dataDir, { level: 'info' })
    // An error that nobody hears would end the process, and this test with it.
    for (let line = 0; line < 3; line++) {
      expect(() => log.info('a line')).not.toThrow()
      await nextTurn()
    }
    rmSync(dataDir, { recursive: true })
  },
)
