import type { WebhookEvent } from '@tomoshibi/contract/webhooks'
import { problem } from './problems.ts'

/** What a webhook is told. */
interface Told {
  /** Tells it apart from everything else of its type in the workspace, for ever. */
  readonly about: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Something that happened, of which every webhook is told that wants to be. */
export interface Happening extends Told {
  readonly type: WebhookEvent
}

/** Something that one webhook is told, whatever else it is told of. */
export interface OwnMessage extends Told {
  /** What `webhook-id` says. */
  readonly id: string
  readonly type: string
}

/** The text that is sent: type, time and data, as the Standard Webhooks specification recommends. */
export const bodyOf = (type: string, at: string, data: Happening['data']): string =>
  JSON.stringify({ type, timestamp: at, data })

const minute = 60
const hour = 60 * minute

export const longestPauseSeconds = 24 * hour

/** After which a message that did not arrive is tried again, in seconds: the schedule of Standard Webhooks. */
const pauses = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

/**
 * How long to wait after so many failed attempts.
 *
 * @param asked what the receiver asked for in Retry-After, in seconds
 * @returns seconds; null: it is given up
 */
export function pauseAfter(attempts: number, asked: number | null): number | null {
  const pause = pauses[attempts - 1]
  if (pause === undefined) return null
  return Math.max(pause, Math.min(asked ?? 0, longestPauseSeconds))
}

/** What came of an attempt. */
export type Outcome =
  | { readonly taken: true; readonly status: number }
  | {
      readonly taken: false
      /** As `problems.ts` names it. */
      readonly problem: string
      /** gone: the receiver wants nothing more. down: it takes nothing now. refused: it does not take this message. */
      readonly kind: 'gone' | 'down' | 'refused'
      /** Seconds that the receiver asked us to wait. */
      readonly retryAfter: number | null
    }

/** What says something of the receiver rather than of the message. */
const isDown = (status: number): boolean => status >= 500 || status === 408 || status === 429

/** What an answer means: 2xx takes the message, 410 ends the webhook, everything else is tried again. */
export function outcomeOf(status: number, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return { taken: true, status }
  const isElsewhere = status >= 300 && status < 400
  return {
    taken: false,
    problem: isElsewhere ? problem.redirect(status) : problem.http(status),
    kind: status === 410 ? 'gone' : isDown(status) ? 'down' : 'refused',
    retryAfter: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : null,
  }
}
