import { type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { Webhook } from 'standardwebhooks'
import type { Temporal } from 'temporal-polyfill'
import { problem } from './problems.ts'
import { AddressRefused, checkAddress, guardedLookup, type Reach } from './reach.ts'
import { type Outcome, outcomeOf } from './webhooks.ts'

const withinMs = 15_000

export interface Message {
  readonly id: string
  readonly body: string
}

/** The headers of the Standard Webhooks specification. With two secrets, there are two signatures. */
export function signedHeaders(
  { id, body }: Message,
  at: Temporal.Instant,
  secrets: readonly string[],
): Record<string, string> {
  const date = new Date(at.epochMilliseconds)
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, date, body))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.epochMilliseconds / 1000)),
    'webhook-signature': signatures.join(' '),
  }
}

/**
 * Sends a message. Addresses of private networks, of this machine and of its cloud are refused when the connection is made,
 * whatever name stands for them; redirects are not followed; of an answer only the status is looked at, since what it says
 * may be for somebody else.
 *
 * @returns what came of it, also where nothing answered
 * @throws Failure WEBHOOK_ADDRESS_REFUSED
 */
export async function send(
  address: string,
  message: Message,
  signature: Readonly<Record<string, string>>,
  reach: Reach,
): Promise<Outcome> {
  const url = checkAddress(address, reach)
  const isTls = url.protocol === 'https:'
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    lookup: guardedLookup(isTls, reach),
    signal: AbortSignal.timeout(withinMs),
    headers: {
      ...signature,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(message.body),
      'user-agent': 'Tomoshibi',
      connection: 'close',
    },
  }
  return await new Promise((resolve) => {
    const failed = (error: unknown) => resolve(failure(error))
    const sent = (isTls ? requestTls : requestPlain)(url, options, (answer) => {
      answer.destroy()
      resolve(outcomeOf(answer.statusCode ?? 0, answer.headers['retry-after']))
    })
    sent.on('error', failed)
    sent.end(message.body)
  })
}

/** What is told of a connection that failed: its code, never what stood at the other end. */
function failure(error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const isLate = error instanceof Error && /abort|timeout/i.test(`${error.name} ${code}`)
  const isRefused = error instanceof AddressRefused
  const why = isRefused
    ? problem.privateAddress
    : isLate
      ? problem.late
      : problem.noConnection(code)
  return { taken: false, problem: why, kind: 'down', retryAfter: null }
}
