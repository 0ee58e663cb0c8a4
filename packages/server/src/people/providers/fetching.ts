import type { CustomFetch } from 'openid-client'
import { ProviderTrouble } from './problems.ts'

/** Descriptions and keys of providers have some kilobytes. */
const mostBytes = 1024 * 1024
/** For one request, its body included. */
export const fetchSeconds = 10

const isLocal = (url: URL): boolean =>
  url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)

/**
 * Whether a provider may name an address, which is no more to be trusted than it is: over TLS alone, unless it is itself on this
 * machine without.
 */
export const mayName = (issuer: string, url: URL): boolean =>
  url.protocol === 'https:' || (isLocal(new URL(issuer)) && isLocal(url))

/** Fetches for one provider: nowhere else when it is sent on, and no more than can be held. */
export function fetchFor(issuer: string): CustomFetch {
  return async (address, { method, headers, body }) => {
    const url = new URL(address)
    if (!mayName(issuer, url)) throw new ProviderTrouble('plain')
    const answer = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      redirect: 'manual',
      signal: AbortSignal.timeout(fetchSeconds * 1000),
    })
    const { status } = answer
    if (status >= 300 && status < 400) {
      await answer.body?.cancel()
      throw new ProviderTrouble('sentOn')
    }
    return new Response(await bodyOf(answer), { status, headers: answer.headers })
  }
}

/** Counted as it comes, whatever length was announced. @throws ProviderTrouble */
async function bodyOf(answer: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (answer.body === null) return null
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body) {
    bytes += part.byteLength
    if (bytes > mostBytes) throw new ProviderTrouble('tooLong')
    parts.push(part)
  }
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
