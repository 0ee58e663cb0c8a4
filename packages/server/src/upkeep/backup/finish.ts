import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

/** What of the data folder a restore replaces. */
export const restoredNames = ['facts', 'state', 'journal', 'imports', 'uploads'] as const

/** Where a restore builds what is to come, within the data folder. */
export const restoringFolder = (dataDir: string): string => join(dataDir, 'restoring')
const markerOf = (dataDir: string): string => join(restoringFolder(dataDir), 'complete.json')

const markerSchema = z.object({ before: z.string().regex(/^[\w.-]+$/) })

/**
 * Says that all that is to come is there. From here on the restore goes forward, however often it is cut
 * off.
 *
 * @param before name of the folder, within the data folder, that what is there now goes to
 */
export async function markComplete(dataDir: string, before: string): Promise<void> {
  const draft = `${markerOf(dataDir)}.draft`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify({ before }))
    await file.sync()
  } finally {
    await file.close()
  }
  renameSync(draft, markerOf(dataDir))
  const folder = await open(restoringFolder(dataDir), 'r')
  await folder.sync().finally(() => folder.close())
}

/**
 * Puts what a restore has built in its place, or drops it when it was cut off before it was whole. The
 * data folder must be ours and its stores closed.
 */
export function finishRestore(dataDir: string): void {
  const from = restoringFolder(dataDir)
  if (!existsSync(from)) return
  if (existsSync(markerOf(dataDir))) {
    const { before } = markerSchema.parse(JSON.parse(readFileSync(markerOf(dataDir), 'utf8')))
    const aside = join(dataDir, before)
    for (const name of restoredNames) {
      const come = join(from, name)
      const now = join(dataDir, name)
      const gone = join(aside, name)
      // In its place already, before this was cut off.
      if (!existsSync(come)) continue
      if (existsSync(now) && !existsSync(gone)) {
        mkdirSync(aside, { recursive: true, mode: 0o700 })
        renameSync(now, gone)
      }
      renameSync(come, now)
    }
  }
  rmSync(from, { recursive: true, force: true })
}
