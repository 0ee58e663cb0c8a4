import { type ErrorCode, errorData, errorRegistry } from '@tomoshibi/contract/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopbackHost, originOf, type SiteConfig } from '../platform/address.ts'

/** Answers with an error of the registry, in the form in which operations answer with theirs. */
export function refuse(
  reply: FastifyReply,
  code: ErrorCode,
  details: Readonly<Record<string, string>> = {},
): FastifyReply {
  const data = errorData(code, details)
  const { status } = errorRegistry[code]
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .send({ defined: true, code, status, message: data.what.en, data })
}

/**
 * Our origin as the request's Host header names it; null when it is none of ours. Where there is TLS in front,
 * plain HTTP that is not among the public addresses is for this machine only: what the header says decides
 * nothing, since who is elsewhere can say `localhost` as well.
 */
export function requestedOrigin(request: FastifyRequest, site: SiteConfig): string | null {
  const origin = originOf(request.headers.host ?? '', site)
  if (origin === null || site.publicUrls.includes(origin)) return origin
  const hasTls = site.publicUrls.some((url) => url.startsWith('https:'))
  return hasTls && !isOfThisMachine(request) ? null : origin
}

/** By the connection itself, which no header changes. */
function isOfThisMachine({ socket: { remoteAddress, localAddress } }: FastifyRequest): boolean {
  if (remoteAddress === undefined) return false
  return isLoopbackHost(remoteAddress) || remoteAddress === localAddress
}

/**
 * Whether another site's page sent the request. Browsers say so in Sec-Fetch-Site and, on requests
 * that change something, in Origin; programs send neither. A page on another port of localhost is
 * 'same-site' and foreign too.
 */
export function fromAnotherPage(request: FastifyRequest, ourOrigin: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = request.headers
  return origin !== undefined && origin !== ourOrigin
}
