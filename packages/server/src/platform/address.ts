import type { Config } from './config.ts'

/** Where people reach this installation. */
export type SiteConfig = Pick<Config, 'host' | 'publicUrls' | 'trustedProxies'>

/** Of an installation that only its own machine reaches. */
export const loopbackSite: SiteConfig = { host: '127.0.0.1', publicUrls: [], trustedProxies: [] }

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a name or address, as it stands in an address, is this machine's own. */
export const isLoopbackName = (name: string): boolean => loopbackNames.has(name.toLowerCase())

/** An address of the network as it stands in a URL. */
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Whether an address of the network is this machine's own. */
export const isLoopbackHost = (host: string): boolean =>
  /^(::ffff:)?127\./.test(host) || host === '::1'

/** How a program on this machine reaches what listens there. */
export function reachedLocally(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '[::1]' : inUrl(host)
}

/**
 * The origin that a Host header stands for: one of the public ones, or plain HTTP where this machine is asked
 * under a name of its own or the address that it listens on. Null for any other: a page whose name was pointed here
 * (DNS rebinding) would otherwise share our origin, and links would lead to it.
 */
export function originOf(hostHeader: string, { host, publicUrls }: SiteConfig): string | null {
  const given = hostHeader.toLowerCase()
  const known = publicUrls.find((url) => new URL(url).host === given)
  if (known !== undefined) return known
  const name = given.replace(/:\d+$/, '')
  return isLoopbackName(name) || name === inUrl(host) ? `http://${given}` : null
}

/** The address that stands in links of e-mails and at identity providers: a setting, never what a request says. */
export class PublicAddress {
  readonly #given: string | null
  #port: number

  constructor({ publicUrls, port }: Pick<Config, 'publicUrls' | 'port'>) {
    this.#given = publicUrls[0] ?? null
    this.#port = port
  }

  /** Told once the server listens, where the system chose the port. */
  listensOn(port: number): void {
    this.#port = port
  }

  /** Such as `https://cs.example.com`; this machine's own where none was given. */
  get origin(): string {
    return this.#given ?? `http://localhost:${this.#port}`
  }
}
