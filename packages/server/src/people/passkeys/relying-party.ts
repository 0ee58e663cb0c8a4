import { isIP } from 'node:net'

/** For whom passkeys are made: the host that browsers bind them to, and the origin of the page that may ask. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

/**
 * Browsers make passkeys for the name of a host alone, and only on pages over TLS or of this machine.
 *
 * @param origin where people reach the installation: the setting, never what a request says
 * @returns null where passkeys cannot work there
 */
export function relyingPartyOf(origin: string): RelyingParty | null {
  const { protocol, hostname, origin: exact } = new URL(origin)
  const isSafe = protocol === 'https:' || hostname === 'localhost'
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  return isSafe && !isAddress ? { id: hostname, origin: exact } : null
}
