import type { Problem } from '@tomoshibi/contract/errors'
import { Failure } from '../../call/failure.ts'
import { givenFiles } from './files.ts'
import { type OpenSource, openSource } from './formats/open.ts'
import { SourceError } from './formats/source.ts'
import { parseMapping } from './mapping/parse.ts'
import { note, unreadableDetails, unreadableNote } from './notes.ts'
import { type Guess, guessOf, sampleOf } from './suggest/guess.ts'
import { plainName } from './suggest/names.ts'
import { type AccountLookup, fileLines } from './suggest/write.ts'

/**
 * Writes a first mapping for files, from their headers and first values. What it is unsure of has a
 * comment; what it cannot know is left to be filled in, and is among the notes.
 *
 * @throws Failure FILE_UNREADABLE when no file can be read or understood
 */
export async function suggestMapping(
  paths: readonly string[],
): Promise<{ mapping: string; notes: Problem[] }> {
  const notes: Problem[] = []
  const opened: OpenSource[] = []
  try {
    const guesses: Guess[] = []
    for (const { path, name } of await givenFiles(paths)) {
      try {
        const source = await openSource(path)
        opened.push(source)
        const guess = guessOf(await sampleOf(source))
        if (guess === undefined) notes.push(note('TARGET_UNKNOWN', name))
        else guesses.push(guess)
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        notes.push(unreadableNote(name, error.says))
      }
    }
    if (guesses.length === 0) throw nothingFound(notes)
    const mapping = written(guesses)
    const parsed = parseMapping(mapping, { headers: opened })
    if (!parsed.ok) notes.push(...parsed.problems)
    return { mapping, notes }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new Failure('FILE_UNREADABLE', unreadableDetails(error.file, error.says), [], {
      cause: error,
    })
  } finally {
    for (const source of opened) await source.close()
  }
}

function nothingFound(notes: readonly Problem[]): Failure {
  const [first] = notes
  const why = first?.text ?? { en: 'there are no files', ja: 'ファイルがありません' }
  return new Failure('FILE_UNREADABLE', unreadableDetails(first?.file ?? '', why), notes)
}

function written(guesses: readonly Guess[]): string {
  const parts = guesses.map((guess) => fileLines(guess, lookupFor(guess, guesses)).join('\n'))
  return `# A first mapping, written from the files' headers and values. Please read it through: lines
# marked 'please check' could not be told from the files alone.
version: 1
# Time zone of dates without an offset; left out = the workspace's.
# timeZone: Asia/Tokyo

files:
${parts.join('\n\n')}
`
}

/** Another file whose id stands in this one, and which has an account column. */
function lookupFor(guess: Guess, guesses: readonly Guess[]): AccountLookup | undefined {
  if (guess.account !== undefined || !guess.target.hasAccount) return undefined
  for (const other of guesses) {
    if (other === guess || other.account === undefined || other.id === undefined) continue
    const key = other.id
    if (plainName(key) === 'id') continue
    const by = guess.sample.source.columns.find((column) => plainName(column) === plainName(key))
    if (by === undefined) continue
    return { file: other.sample.source.file, key, column: other.account, by }
  }
  return undefined
}
