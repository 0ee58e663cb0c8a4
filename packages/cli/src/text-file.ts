import { readFile } from 'node:fs/promises'
import { Failure } from '@tomoshibi/server/call/failure'

/** The text of a file that a person named. @throws Failure FILE_UNREADABLE */
export async function readText(file: string): Promise<string> {
  try {
    // Bytes that are no text would come back as others; a mark at the start stays, as it is the file's.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure('FILE_UNREADABLE', { file, problem })
  }
}
