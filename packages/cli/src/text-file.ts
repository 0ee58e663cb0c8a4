import { readFile } from 'node:fs/promises'
import { Failure } from '@tomoshibi/server/call/failure'

/** The text of a file that a person named. @throws Failure FILE_UNREADABLE */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure('FILE_UNREADABLE', { file, problem })
  }
}
