import { FactsError } from '@tomoshibi/facts/errors'
import { StateError } from '@tomoshibi/state/errors'
import { Failure } from '../call/failure.ts'

/** What the log keeps of an error. */
export interface LoggedError {
  readonly type: string
  /** Codes, and names of the schema: nothing that came from outside. */
  readonly facts: Readonly<Record<string, string>>
  /** Only where JavaScript itself wrote it, without what it quotes. */
  readonly message?: string
  /** Where it was thrown, innermost first. */
  readonly at: readonly string[]
  readonly cause?: LoggedError
  readonly errors?: readonly LoggedError[]
}

/** Names that drivers give to what is not data. */
const namesOfFacts = [
  'code',
  'syscall',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'queryId',
  'status',
] as const
const ofOneWord = /^[\w .:/-]{1,100}$/
const framesKept = 12
const causesKept = 5

/**
 * An error without personal data. Messages of drivers, parsers and validation quote rows, parameters and
 * bodies (`Failed query … params: hana@example.com`), so they are left out: the code and the place in
 * the source say what happened.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, facts: {}, at: [] }
  const message = ownWords(error)
  const inner = error instanceof AggregateError ? error.errors.slice(0, causesKept) : []
  const isDeep = depth >= causesKept
  return {
    type: error.constructor.name,
    facts: { ...factsOf(error), ...detailsOf(error) },
    ...(message === null ? {} : { message }),
    at: framesOf(error),
    ...(error.cause === undefined || isDeep ? {} : { cause: loggedError(error.cause, depth + 1) }),
    ...(inner.length === 0 || isDeep
      ? {}
      : { errors: inner.map((each) => loggedError(each, depth + 1)) }),
  }
}

function factsOf(error: Error): Record<string, string> {
  const facts: Record<string, string> = {}
  for (const name of namesOfFacts) {
    const value: unknown = Reflect.get(error, name)
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    if (ofOneWord.test(text)) facts[name] = text
  }
  return facts
}

/** Of our own errors only those details that are codes; the others may name accounts and files. */
function detailsOf(error: Error): Record<string, string> {
  if (error instanceof FactsError) {
    const { queryId, engineCode } = error.details
    return { ...(queryId && { queryId }), ...(engineCode && { engineCode }) }
  }
  if (error instanceof StateError || error instanceof Failure) return { code: error.code }
  return {}
}

/** A message that JavaScript itself wrote, without what it quotes; null for all others. */
function ownWords(error: Error): string | null {
  const isOwn =
    error.constructor === TypeError ||
    error.constructor === RangeError ||
    error.constructor === ReferenceError
  if (!isOwn) return null
  return error.message
    .replace(/(['"`]).*\1/gs, '…')
    .replace(/[^\x20-\x7e…]+/g, '…')
    .slice(0, 200)
}

/** The lines of the stack below the message, which stands above them and may be of any length. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? ''
  const at = stack.indexOf(error.message)
  const below = at < 0 ? '' : stack.slice(at + error.message.length)
  return below
    .split('\n')
    .flatMap((line) => /^\s+at (.{1,200})$/.exec(line)?.[1] ?? [])
    .slice(0, framesKept)
}
