import { type ErrorCode, errorData, errorRegistry } from '@tomoshibi/contract/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { originOf, type SiteConfig } from '../platform/address.ts'

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

/** Our origin as the request's Host header names it; null when it is none of ours. */
export const requestedOrigin = (request: FastifyRequest, site: SiteConfig): string | null =>
  originOf(request.headers.host ?? '', site)

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
