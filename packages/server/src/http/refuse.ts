import { type ErrorCode, errorData, errorRegistry } from '@tomoshibi/contract/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'

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

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The name in the Host header when it is not one of this machine's own: a page whose name was pointed
 * at 127.0.0.1 (DNS rebinding) would otherwise share our origin. Null when it is ours.
 */
export function foreignHost(request: FastifyRequest): string | null {
  const host = request.headers.host ?? ''
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return loopbackNames.has(name) ? null : host
}

/**
 * Whether another site's page sent the request. Browsers say so in Sec-Fetch-Site and, on requests
 * that change something, in Origin; programs send neither. A page on another port of localhost is
 * 'same-site' and foreign too.
 */
export function fromAnotherPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = request.headers
  return origin !== undefined && origin !== `http://${request.headers.host ?? ''}`
}
