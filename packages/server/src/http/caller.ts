import { timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Operations } from '../app.ts'
import { type Caller, nobody, program, type Visit } from '../call/caller.ts'

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The request as operations see it. Cookies that they set go out with the reply. */
export function visitOf(request: FastifyRequest, reply: FastifyReply): Visit {
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    cookie: request.headers.cookie ?? '',
    setCookie: (line) =>
      reply.header('set-cookie', request.protocol === 'https' ? `${line}; Secure` : line),
  }
}

/** What tells who sends a request. */
export type Recogniser = Pick<Operations, 'people' | 'apiKeys' | 'ports'>

/**
 * Who sends a request. An `Authorization` header counts alone: with the local token it is the command
 * line of the data folder's owner, with an API key the program that has it, with anything else nobody. Without one it is whose session the cookie
 * is of.
 */
export async function recognise(
  { people, apiKeys, ports }: Recogniser,
  localToken: string,
  request: FastifyRequest,
  visit: Visit,
): Promise<Caller> {
  const { authorization } = request.headers
  if (authorization === undefined) return await people.recognise(visit)
  if (equals(authorization, `Bearer ${localToken}`)) return program(ports.workspaceId)
  const [, text = ''] = /^Bearer (\S+)$/.exec(authorization) ?? []
  return (await apiKeys.callerOf(text)) ?? nobody(ports.workspaceId)
}
