import { randomUUID } from 'node:crypto'
import { ORPCError, os, ValidationError } from '@orpc/server'
import { type ErrorCode, errorData, errorRegistry, type Problem } from '@tomoshibi/contract/errors'
import { auditOf, confirmedMinutes, openTo, permissions } from '@tomoshibi/contract/operation'
import { reachOf } from '@tomoshibi/contract/roles'
import { seeingAccounts } from '@tomoshibi/facts/accounts-seen'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import * as z from 'zod'
import { record } from '../audit/service.ts'
import { accountsOwnedBy } from '../collect/accounts/owned.ts'
import type { Limits } from '../people/limits.ts'
import type { Caller, Visit } from './caller.ts'
import type { Afterwards, Ports } from './context.ts'
import { Failure, failureOf } from './failure.ts'

/** An error of the registry in the form in which operations return errors. */
export function operationError(
  code: ErrorCode,
  details: Readonly<Record<string, string>> = {},
  problems: readonly Problem[] = [],
) {
  const data = errorData(code, details, problems)
  return new ORPCError(code, { status: errorRegistry[code].status, message: data.what.en, data })
}

/** Names the first place at which the input is wrong; all of them are among the problems. */
function badInput(error: ValidationError) {
  const problems = error.issues.map((issue): Problem => {
    const place = (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.')
    const text = place ? `${place}: ${issue.message}` : issue.message
    return { code: 'BAD_INPUT', text: { en: text, ja: text }, suggestions: [] }
  })
  return operationError('BAD_INPUT', { problem: problems[0]?.text.en ?? '' }, problems)
}

function toOperationError(error: unknown, log: Logger) {
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
      return badInput(error.cause)
    }
    if (error.code in errorRegistry) return error
  }
  const failure = failureOf(error)
  if (failure) return operationError(failure.code, failure.details, failure.problems)
  const id = randomUUID()
  log.error({ err: error, id }, 'an operation failed')
  return operationError('INTERNAL', { id })
}

/** Characters that JSON may have and no text of the stores can. */
const noText = /[\0\p{Surrogate}]/u

/** Where in the input, key or value, the first such character is; null when there is none. */
function placeOfNoText(input: unknown): string | null {
  const open: { readonly path: readonly string[]; readonly value: unknown }[] = [
    { path: [], value: input },
  ]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next
    if (typeof value === 'string' && noText.test(value)) return path.join('.')
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inside] of Object.entries(value)) {
      if (noText.test(key)) return path.join('.')
      open.push({ path: [...path, key], value: inside })
    }
  }
  return null
}

const metaSchema = z.object({
  permission: z.enum([...openTo, ...permissions]),
  audit: z.enum(['refusals', 'change', 'export']).exactOptional(),
  confirmed: z.literal(true).exactOptional(),
})
type Required = z.infer<typeof metaSchema>['permission']

/** @throws Failure SIGN_IN_NEEDED, FORBIDDEN, NEEDS_ALL_ACCOUNTS */
export function checkMay(caller: Caller, permission: Required): void {
  if (permission === 'anyone') return
  const may =
    permission === 'signed_in' ? caller.person !== null : caller.permissions.has(permission)
  if (may && permission !== 'signed_in' && reachOf[permission] === 'all') {
    if (caller.accounts !== 'all') throw new Failure('NEEDS_ALL_ACCOUNTS')
  }
  if (may) return
  if (caller.kind === 'nobody' || permission === 'signed_in') throw new Failure('SIGN_IN_NEEDED')
  throw new Failure('FORBIDDEN', { permission })
}

/**
 * Keys and the command line have nobody who could be asked.
 *
 * @throws Failure CONFIRMATION_NEEDED
 */
export function checkConfirmed({ caller, clock }: Pick<GuardedContext, 'caller' | 'clock'>): void {
  if (caller.kind !== 'person') return
  const since = clock.now().subtract({ minutes: confirmedMinutes }).epochMilliseconds
  const confirmedAt = caller.person?.confirmedAt?.epochMilliseconds ?? Number.NEGATIVE_INFINITY
  if (confirmedAt <= since) throw new Failure('CONFIRMATION_NEEDED')
}

type GuardedContext = {
  readonly caller: Caller
  readonly visit: Visit
  readonly people: { readonly limits: Pick<Limits, 'isNews'> }
} & Pick<Ports, 'facts' | 'state' | 'seen' | 'workspaceId' | 'clock' | 'log'>

/**
 * Permissions whose changes are in the state store alone and quick: they are made in one transaction with
 * their entry in the audit log.
 */
const together: readonly Required[] = [
  'people:manage',
  'keys:manage',
  'workspace:configure',
  'lamps:act',
  'lamps:define',
  'tasks:act',
  'playbooks:run',
  'playbooks:define',
  'metrics:define',
  'goals:define',
]

/** Refusals that say something of who asks; what is merely wrong is no matter of trust. */
const toldRefusals: readonly ErrorCode[] = [
  'FORBIDDEN',
  'NEEDS_ALL_ACCOUNTS',
  'ROLE_BEYOND_YOURS',
  'SIGN_IN_REFUSED',
  'SECOND_STEP_REFUSED',
  'PASSKEY_REFUSED',
  'PROVIDER_SIGN_IN_OVER',
  'PROVIDER_ANSWER_WRONG',
  'PROVIDER_EMAIL_NOT_VOUCHED',
  'PROVIDER_PERSON_UNKNOWN',
  'PROVIDER_IDENTITY_TAKEN',
  'PROVIDER_NOT_FRESH',
  'LINK_NOT_VALID',
  'SET_UP_NOT_POSSIBLE',
]

/**
 * Whether a refusal belongs into the audit log. What somebody who guesses meets thousands of times is told once in a while
 * for each address, so that they cannot fill the log.
 */
function isTold(code: string, action: string, { caller, visit, people }: GuardedContext): boolean {
  if (toldRefusals.some((one) => one === code)) return true
  const isOften =
    code === 'TOO_MANY_ATTEMPTS' || (code === 'SIGN_IN_NEEDED' && caller.isWrongKey === true)
  return isOften && people.limits.isNews(`${code} ${action}`, visit.address)
}

/** The state store with a transaction in place of its database. */
const within = (state: StateStore, tx: StateDb): StateStore => ({
  ...state,
  db: tx,
  transaction: (work) => tx.transaction(work),
})

/** The facts as the caller sees them: all, or those of their accounts only. */
async function seenBy({ caller, facts, seen, workspaceId, clock }: GuardedContext) {
  if (caller.accounts === 'all') return { facts, ...(seen === undefined ? {} : { seen }) }
  const ids = await accountsOwnedBy({ facts, workspaceId, clock }, caller.accounts.ownedBy)
  return { facts: seeingAccounts(facts, ids), seen: new Set(ids) }
}

/**
 * Stands before every operation: refuses callers without its permission, shows them the accounts that
 * they see and no others, writes the audit log, and gives every error the form of the registry. What is
 * not in the registry is logged under an id and told as INTERNAL.
 */
export const guard = os
  .$context<GuardedContext>()
  .middleware(async ({ context, procedure, path, next }, input: unknown) => {
    const { caller, visit, clock, workspaceId, state } = context
    const told = { caller, visit, clock, workspaceId, action: path.join('.'), input }
    try {
      // An operation that names no permission fails here and so is open to nobody.
      const meta = metaSchema.parse(procedure['~orpc'].meta)
      const { permission } = meta
      checkMay(caller, permission)
      if (meta.confirmed === true) checkConfirmed(context)
      const place = placeOfNoText(input)
      if (place !== null) {
        const problem = `${place}: holds a NUL character or half of a surrogate pair`
        throw new Failure('BAD_INPUT', { problem })
      }
      const seen = await seenBy(context)
      if (auditOf(meta, procedure['~orpc'].route.method) === 'refusals') {
        return await next({ context: seen })
      }
      let before: unknown
      const noteBefore = (value: unknown) => {
        before = value
      }
      if (!together.includes(permission)) {
        const result = await next({ context: { ...seen, noteBefore } })
        const done = { ...told, outcome: 'done', before, after: result.output } as const
        await state.transaction((tx) => record(tx, done))
        return result
      }
      const late: Afterwards[] = []
      const afterwards = (work: Afterwards) => {
        late.push(work)
      }
      const result = await state.transaction(async (tx) => {
        const inside = { ...seen, noteBefore, afterwards, state: within(state, tx) }
        const result = await next({ context: inside })
        await record(tx, { ...told, outcome: 'done', before, after: result.output })
        return result
      })
      for (const work of late) work(state)
      return result
    } catch (error) {
      const refusal = toOperationError(error, context.log)
      const { code } = refusal
      if (isTold(code, told.action, context)) {
        await state
          .transaction((tx) => record(tx, { ...told, outcome: 'refused', code }))
          .catch((fault: unknown) =>
            context.log.error({ err: fault }, 'a refusal was not recorded'),
          )
      }
      throw refusal
    }
  })
