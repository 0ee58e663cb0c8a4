import type { Permission } from '@tomoshibi/contract/operation'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { record } from '../audit/service.ts'
import type { Caller, Visit } from '../call/caller.ts'
import { Failure } from '../call/failure.ts'
import { checkMay } from '../call/guard.ts'
import { type Recogniser, recognise, visitOf } from './caller.ts'

/** A route that is no operation, and so has no guard before it. */
interface OwnRoute {
  readonly permission: Permission
  /** What the audit log calls it. */
  readonly action: string
}

/**
 * Who sends a request to a route of its own. Whoever may not is refused, and that is written down, as the guard does both.
 *
 * @throws Failure SIGN_IN_NEEDED, FORBIDDEN, NEEDS_ALL_ACCOUNTS
 */
export async function permitted(
  callers: Recogniser,
  request: FastifyRequest,
  reply: FastifyReply,
  { permission, action }: OwnRoute,
): Promise<{ readonly caller: Caller; readonly visit: Visit }> {
  const visit = visitOf(request, reply, callers.site)
  const caller = await recognise(callers, request, visit)
  try {
    checkMay(caller, permission)
  } catch (error) {
    // Of who is nobody there is nothing to tell.
    if (!(error instanceof Failure) || error.code === 'SIGN_IN_NEEDED') throw error
    const { code } = error
    const { state, clock, log } = callers.ports
    const { workspaceId } = caller
    const told = { caller, visit, clock, workspaceId, action, outcome: 'refused', code } as const
    await state
      .transaction((tx) => record(tx, told))
      .catch((fault: unknown) => log.error({ err: fault }, 'a refusal was not recorded'))
    throw error
  }
  return { caller, visit }
}
