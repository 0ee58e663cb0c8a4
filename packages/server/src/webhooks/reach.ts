import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Failure } from '../call/failure.ts'

/** What a webhook may reach. */
export interface Reach {
  /** Addresses and networks (CIDR) that may be reached although they are private. */
  readonly privateAddresses: readonly string[]
  /** How names become addresses. */
  readonly lookup?: LookupFunction
}

/** A connection that was not made, since the address is none that a webhook may reach. */
export class AddressRefused extends Error {}

/** Whether an address is one of those that were allowed. IPv4 within IPv6 counts as what it is. */
function isAllowed(address: string, { privateAddresses }: Reach): boolean {
  const target = ipaddr.process(address)
  return privateAddresses.some((text) => {
    const [network, bits] = text.includes('/')
      ? ipaddr.parseCIDR(text)
      : [ipaddr.parse(text), isIP(text) === 4 ? 32 : 128]
    return network.kind() === target.kind() && target.match(network, bits)
  })
}

/**
 * Whether a connection to an address may be made: to any that is of the public internet over TLS, and to those that were allowed.
 * Loopback, private, link-local (where clouds tell their machines' secrets), multicast and translated ones are not public.
 */
export function mayReach(address: string, isTls: boolean, reach: Reach): boolean {
  if (isIP(address) === 0) return false
  if (isAllowed(address, reach)) return true
  return isTls && ipaddr.parse(address).range() === 'unicast'
}

/**
 * Looks names up, and gives only addresses that may be reached. It is asked for each connection and gives the very addresses
 * that are connected to, so that a name that stands for another one meanwhile is of no use.
 */
export function guardedLookup(isTls: boolean, reach: Reach): LookupFunction {
  return (name, options, done) => {
    const lookup = reach.lookup ?? systemLookup
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '', 0)
      const all = Array.isArray(found) ? found : []
      const [first] = all
      const isEach = all.every(({ address }) => mayReach(address, isTls, reach))
      if (first === undefined || !isEach) return done(new AddressRefused(), '', 0)
      if (options.all === true) done(null, all)
      else done(null, first.address, first.family)
    })
  }
}

/** An address of the network as it stands in a URL, without the brackets of IPv6; null for a name. */
const literalOf = ({ hostname }: URL): string | null => {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? null : bare
}

/**
 * The address of a webhook, if it may be one: https, without a user or password; plain http for what was allowed alone.
 * What a name stands for is looked at when it is connected to.
 *
 * @throws Failure WEBHOOK_ADDRESS_REFUSED
 */
export function checkAddress(text: string, reach: Reach): URL {
  const refused = (problem: string, problemJa: string) =>
    new Failure('WEBHOOK_ADDRESS_REFUSED', { problem, problemJa })
  const url = URL.canParse(text) ? new URL(text) : null
  const isTls = url?.protocol === 'https:'
  if (url === null || (!isTls && url.protocol !== 'http:')) {
    throw refused('it is no https address', 'https のアドレスではありません')
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('it holds a user or password', 'ユーザー名またはパスワードが含まれています')
  }
  const address = literalOf(url)
  if (!isTls && reach.privateAddresses.length === 0) {
    throw refused('it is not https', 'https ではありません')
  }
  if (address !== null && !mayReach(address, isTls, reach)) {
    throw refused('it is of a private network', 'プライベートネットワークのアドレスです')
  }
  return url
}
