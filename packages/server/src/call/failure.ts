import {
  type ErrorCode,
  errorCodes,
  errorData,
  errorRegistry,
  type Problem,
  problemSchema,
} from '@tomoshibi/contract/errors'
import { FactsError } from '@tomoshibi/facts/errors'
import { asStateError } from '@tomoshibi/state/errors'
import * as z from 'zod'

/**
 * A refusal that a person is to see: a code of the registry with what its texts are filled from.
 * Capabilities throw it; the guard turns it into the operation's error.
 */
export class Failure extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]

  constructor(
    code: ErrorCode,
    details: Readonly<Record<string, string>> = {},
    problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(errorData(code, details).what.en, options)
    this.name = 'Failure'
    this.code = code
    this.details = details
    this.problems = problems
  }

  get status(): number {
    return errorRegistry[this.code].status
  }
}

interface Renaming {
  readonly code: ErrorCode
  readonly store: 'facts' | 'state'
}

/** What the lower packages' own codes are called in the registry. */
const codesOfLowerPackages: Readonly<Record<string, Renaming>> = {
  FACTS_UNAVAILABLE: { code: 'STORE_UNAVAILABLE', store: 'facts' },
  FACTS_ENGINE_FAILED: { code: 'STORE_DID_NOT_START', store: 'facts' },
  FACTS_ACCESS_REFUSED: { code: 'STORE_ACCESS_REFUSED', store: 'facts' },
  FACTS_QUERY_TOO_LARGE: { code: 'QUERY_TOO_LARGE', store: 'facts' },
  FACTS_QUERY_TOO_SLOW: { code: 'QUERY_TOO_SLOW', store: 'facts' },
  FACTS_DISK_FULL: { code: 'DATA_FOLDER_FULL', store: 'facts' },
  FACTS_DAMAGED: { code: 'STORE_UNAVAILABLE', store: 'facts' },
  FACTS_SCHEMA_NEWER: { code: 'STORE_NEWER', store: 'facts' },
  STATE_ENGINE_MISSING: { code: 'STORE_ENGINE_MISSING', store: 'state' },
  STATE_ENGINE_FAILED: { code: 'STORE_DID_NOT_START', store: 'state' },
  STATE_FOLDER_UNREACHABLE: { code: 'STORE_FOLDER_UNREACHABLE', store: 'state' },
  STATE_FOLDER_OWNED: { code: 'DATA_FOLDER_OWNED', store: 'state' },
  STATE_UNAVAILABLE: { code: 'STORE_UNAVAILABLE', store: 'state' },
  STATE_ACCESS_REFUSED: { code: 'STORE_ACCESS_REFUSED', store: 'state' },
  STATE_DISK_FULL: { code: 'DATA_FOLDER_FULL', store: 'state' },
  STATE_SCHEMA_NEWER: { code: 'STORE_NEWER', store: 'state' },
  STATE_MIGRATION_FAILED: { code: 'STORE_MIGRATION_FAILED', store: 'state' },
}

/** Errors of the lower packages have a code and details, and sometimes several problems. */
const codedErrorSchema = z.object({
  code: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
  problems: z.array(problemSchema).catch([]),
})

function asTexts(details: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(details)) {
    if (Array.isArray(value)) texts[name] = value.map(String).join(', ')
    else if (value !== null && value !== undefined) texts[name] = String(value)
  }
  return texts
}

/**
 * The refusal that an error stands for, or null when it is a fault of ours.
 * Driver errors of a store that went away count as STORE_UNAVAILABLE.
 */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error
  if (!(error instanceof Error)) return null
  const told = codedFailure(error)
  if (told !== null) return told
  // An error of the fact store has network errors below it too; they are not the state store's.
  const state = error instanceof FactsError ? null : asStateError(error)
  return state === null ? null : codedFailure(state)
}

/** What the texts of a code are filled from. */
function namesIn(code: ErrorCode): Set<string> {
  const { what, mend } = errorRegistry[code]
  const texts = [what.en, what.ja, mend.en, mend.ja].join(' ')
  return new Set([...texts.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))
}

function codedFailure(error: Error): Failure | null {
  const parsed = codedErrorSchema.safeParse(error)
  if (!parsed.success) return null
  const { code, details, problems } = parsed.data
  const lower = codesOfLowerPackages[code]
  if (lower) {
    // Where an engine's disk is full, it does not say which folder that was.
    const unsaid = { folder: 'TOMOSHIBI_DATA', needed: '300 MB', problem: error.message }
    const known = { ...unsaid, ...asTexts(details), store: lower.store }
    // Details travel to whoever asked, signed in or not: addresses, users and words of an engine are not for them.
    const names = namesIn(lower.code)
    const told = Object.fromEntries(Object.entries(known).filter(([name]) => names.has(name)))
    return new Failure(lower.code, told, [], { cause: error })
  }
  const known = errorCodes.find((each) => each === code)
  if (known) return new Failure(known, asTexts(details), problems, { cause: error })
  return null
}
