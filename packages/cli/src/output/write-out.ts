import { writeFile } from 'node:fs/promises'
import type { Text } from '@tomoshibi/contract/text'
import { UsageError } from '../failure.ts'

/** Writes a file that was asked for, replacing one of that name. @throws UsageError when it cannot. */
export async function writeOut(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError({
      en: `'${path}' cannot be written (${code}). Name a folder that exists and that you may write to.`,
      ja: `「${path}」に書き込めません(${code})。書き込み権限のある既存のフォルダーを指定してください。`,
    })
  }
}

export const written = (path: string, bytes: number): Text => ({
  en: `Wrote ${path} (${(bytes / 1024).toFixed(0)} KiB).`,
  ja: `${path} に書き込みました(${(bytes / 1024).toFixed(0)} KiB)。`,
})
