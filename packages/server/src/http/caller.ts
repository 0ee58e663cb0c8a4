import { timingSafeEqual } from 'node:crypto'
import { workspaceHeader } from '@tomoshibi/contract/workspaces'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Operations } from '../app.ts'
import { type Caller, nobody, program, type Visit } from '../call/caller.ts'
import { Failure } from '../call/failure.ts'
import { checkWorkspace } from '../people/workspaces.ts'
import type { SiteConfig } from '../platform/address.ts'
import { requestedOrigin } from './refuse.ts'

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * Over TLS our cookies are called so: browsers then take them from us alone, not from a neighbouring host or over
 * plain HTTP.
 */
const hostPrefix = '__Host-'
const ownCookies = /^tomoshibi\./

/** The request as operations see it. Cookies that they set go out with the reply. */
export function visitOf(request: FastifyRequest, reply: FastifyReply, site: SiteConfig): Visit {
  const isSecure = requestedOrigin(request, site)?.startsWith('https:') ?? false
  const given = request.headers.cookie ?? ''
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    cookie: isSecure ? ofHost(given) : given,
    setCookie: (line) =>
      reply.header('set-cookie', isSecure ? `${hostPrefix}${line}; Secure` : line),
  }
}

/** The cookies that only we can have set, by their own names; one of ours without the prefix is somebody else's. */
const ofHost = (header: string): string =>
  header
    .split(/; */)
    .filter((pair) => !ownCookies.test(pair))
    .map((pair) => (pair.startsWith(hostPrefix) ? pair.slice(hostPrefix.length) : pair))
    .join('; ')

/** What tells who sends a request. */
export interface Recogniser extends Pick<Operations, 'people' | 'apiKeys' | 'ports'> {
  readonly localToken: string
  readonly site: SiteConfig
}

/**
 * Who sends a request. An `Authorization` header counts alone: with the local token it is the command
 * line of the data folder's owner, with an API key the program that has it, with anything else nobody. Without one it is whose session the cookie
 * is of. The workspace in which they ask stands in a header; a person may belong to several.
 *
 * @throws Failure WORKSPACE_NOT_FOUND
 */
export async function recognise(
  { people, apiKeys, ports, localToken }: Recogniser,
  request: FastifyRequest,
  visit: Visit,
): Promise<Caller> {
  const { authorization, [workspaceHeader]: header } = request.headers
  const wanted = typeof header === 'string' && header !== '' ? header : undefined
  if (authorization === undefined) return await people.recognise(visit, wanted)
  if (equals(authorization, `Bearer ${localToken}`)) {
    if (wanted !== undefined) await checkWorkspace(ports.state, wanted)
    return program(wanted ?? ports.workspaceId)
  }
  const [, text = ''] = /^Bearer (\S+)$/.exec(authorization) ?? []
  const unknown: Caller = { ...nobody(ports.workspaceId), isWrongKey: true }
  const caller = (await apiKeys.callerOf(text)) ?? unknown
  // A key is of one workspace: one that says another is not meant to come here.
  if (caller.kind === 'key' && wanted !== undefined && wanted !== caller.workspaceId) {
    throw new Failure('WORKSPACE_NOT_FOUND')
  }
  return caller
}
