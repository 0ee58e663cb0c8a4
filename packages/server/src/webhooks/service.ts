import { randomBytes, randomUUID } from 'node:crypto'
import {
  type Webhook,
  type WebhookEvent,
  type WebhookMessage,
  webhookEvents,
} from '@tomoshibi/contract/webhooks'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { afterCommit, type Ports } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import type { Clock } from '../platform/clock.ts'
import { Deliveries } from '../platform/deliveries.ts'
import { getWorkspace } from '../platform/workspace.ts'
import { type Secrets, scopes } from '../secrets/service.ts'
import { problem, sayProblem } from './problems.ts'
import { checkAddress, type Reach } from './reach.ts'
import { type Message, send, signedHeaders } from './send.ts'
import {
  addMessages,
  addWebhook,
  allWebhooks,
  changeMessage,
  changeWebhook,
  claimDue,
  type DueMessage,
  dropWebhook,
  forgetDone,
  giveUp,
  latestMessages,
  type MessageRow,
  messageAt,
  type WebhookRow,
  webhookAt,
} from './store.ts'
import {
  bodyOf,
  type Happening,
  longestPauseSeconds,
  type Outcome,
  type OwnMessage,
  pauseAfter,
} from './webhooks.ts'

/** While an attempt runs, no other one begins; one that was cut off is made up for after it. */
const attemptMinutes = 1
/** So many receivers are sent to at the same time. */
const mostAtOnce = 8
const keptDays = 30
/** A message is worth telling for so long. */
const waitsDays = 5
const oldSecretHours = 24
const shownMost = 100
const lookEveryMs = 5_000

const eventsOf = ({ events }: WebhookRow): WebhookEvent[] =>
  z
    .array(z.string())
    .parse(events)
    .flatMap((name) => webhookEvents.find((one) => one === name) ?? [])

const secretOf = ({ id, workspaceId }: Pick<WebhookRow, 'id' | 'workspaceId'>) => ({
  scope: scopes.workspace(workspaceId),
  name: `webhook.${id}`,
})
const oldSecretOf = (row: Pick<WebhookRow, 'id' | 'workspaceId'>) => {
  const { scope, name } = secretOf(row)
  return { scope, name: `${name}.old` }
}

/** As the specification has it: 24 to 64 random bytes in base64, and what says that it is one. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

const shown = (row: WebhookRow, waiting: number): Webhook => ({
  id: row.id,
  name: row.name,
  url: row.url,
  events: eventsOf(row),
  on: row.isOn,
  createdAt: row.createdAt.toString(),
  lastSentAt: row.lastSentAt?.toString() ?? null,
  waiting,
  problem: row.problem === null ? null : sayProblem(row.problem),
})

/** What a webhook is that takes messages. */
const reachable = { problem: null, failures: 0, pausedUntil: null } as const

/** Nothing is sent for a while to what cannot be reached, longer each time. */
function pausedAfter(before: WebhookRow, now: Temporal.Instant, retryAfter: number | null) {
  const failures = before.failures + 1
  const seconds = pauseAfter(failures, retryAfter) ?? longestPauseSeconds
  return { failures, pausedUntil: now.add({ seconds }) }
}

const shownMessage = (row: MessageRow): WebhookMessage => ({
  id: row.id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  problem: row.problem === null ? null : sayProblem(row.problem),
  createdAt: row.createdAt.toString(),
  nextAt: row.state === 'waiting' ? row.nextAt.toString() : null,
  doneAt: row.doneAt?.toString() ?? null,
  body: row.body,
})

export interface WebhooksOptions {
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Logger
  readonly secrets: Secrets
  readonly reach: Reach
}

export interface NewWebhook {
  readonly name: string
  readonly url: string
  readonly events: readonly WebhookEvent[]
}

export interface WebhookChange {
  readonly id: string
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly events?: readonly WebhookEvent[] | undefined
  readonly on?: boolean | undefined
}

/**
 * Writes down for every webhook of a workspace that is on what it is told of. In the transaction in which it happened,
 * so that neither is without the other.
 */
export async function announce(
  tx: StateDb,
  workspaceId: string,
  now: Temporal.Instant,
  happenings: readonly Happening[],
): Promise<void> {
  if (happenings.length === 0) return
  const all = await allWebhooks(tx, workspaceId)
  const listening = all.filter(({ webhook }) => webhook.isOn)
  const rows = listening.flatMap(({ webhook }) => {
    const events = eventsOf(webhook)
    return happenings
      .filter(({ type }) => events.includes(type))
      .map(({ type, about, at, data }) =>
        newMessage(webhook.id, type, about, bodyOf(type, at, data), now),
      )
  })
  await addMessages(tx, rows)
}

const newMessage = (
  webhookId: string,
  type: string,
  about: string,
  body: string,
  now: Temporal.Instant,
): MessageRow => ({
  id: randomUUID(),
  webhookId,
  about: `${type} ${about}`,
  type,
  body,
  state: 'waiting',
  attempts: 0,
  nextAt: now,
  problem: null,
  createdAt: now,
  doneAt: null,
})

/** What the webhooks of a workspace are called. */
export const webhookNames = async (db: StateDb, workspaceId: string): Promise<string[]> =>
  (await allWebhooks(db, workspaceId)).map(({ webhook }) => webhook.name)

/**
 * Writes a message down for one webhook, in the transaction in which it was decided.
 *
 * @throws Failure WEBHOOK_NOT_FOUND where there is none of that name that is on
 */
export async function tellOne(
  tx: StateDb,
  { workspaceId, name }: { readonly workspaceId: string; readonly name: string },
  now: Temporal.Instant,
  { id, type, about, at, data }: OwnMessage,
): Promise<void> {
  const all = await allWebhooks(tx, workspaceId)
  const found = all.find(({ webhook }) => webhook.name === name && webhook.isOn)
  if (found === undefined) throw new Failure('WEBHOOK_NOT_FOUND')
  const row = newMessage(found.webhook.id, type, about, bodyOf(type, at, data), now)
  await addMessages(tx, [{ ...row, id }])
}

/** Addresses that are told of what happens: written down where it happens, and sent behind. One for a process. */
export class Webhooks {
  readonly deliveries: Deliveries
  readonly #ports: WebhooksOptions

  constructor(ports: WebhooksOptions) {
    this.#ports = ports
    this.deliveries = new Deliveries({
      lookEveryMs,
      deliverDue: () => this.#deliverDue(),
      forgetOld: () => this.#forgetOld(),
      onError: (error) => ports.log.error({ err: error }, 'webhooks could not be looked after'),
    })
  }

  async list({ state, workspaceId }: Ports): Promise<Webhook[]> {
    const all = await allWebhooks(state.db, workspaceId)
    return all.map(({ webhook, waiting }) => shown(webhook, waiting))
  }

  /** @throws Failure WEBHOOK_EXISTS, WEBHOOK_ADDRESS_REFUSED, SECRET_KEY_MISSING */
  async create(ports: Ports, { name, url, events }: NewWebhook) {
    const address = checkAddress(url, this.#ports.reach).href
    await getWorkspace(ports)
    const secret = newSecret()
    const row: WebhookRow = {
      id: randomUUID(),
      workspaceId: ports.workspaceId,
      name,
      url: address,
      events: [...new Set(events)],
      isOn: true,
      createdAt: ports.clock.now(),
      lastSentAt: null,
      problem: null,
      failures: 0,
      pausedUntil: null,
      oldSecretUntil: null,
    }
    await ports.state.transaction(async (tx) => {
      await this.#checkName(tx, ports, name)
      await addWebhook(tx, row)
      await this.#ports.secrets.put(tx, secretOf(row), secret)
    })
    return { ...shown(row, 0), secret }
  }

  /** One that is sent elsewhere, or is on again, is tried at once. @throws Failure WEBHOOK_NOT_FOUND, WEBHOOK_EXISTS, WEBHOOK_ADDRESS_REFUSED */
  async change(ports: Ports, { id, on, url, events, name }: WebhookChange): Promise<Webhook> {
    const address = url === undefined ? undefined : checkAddress(url, this.#ports.reach).href
    const values = {
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { url: address, ...reachable }),
      ...(events === undefined ? {} : { events: [...new Set(events)] }),
      ...(on === undefined ? {} : { isOn: on, ...reachable }),
    }
    await ports.state.transaction(async (tx) => {
      const before = await this.#one(tx, ports, id)
      if (name !== undefined && name !== before.name) await this.#checkName(tx, ports, name)
      await changeWebhook(tx, id, values)
    })
    afterCommit(ports, () => this.deliveries.wake())
    return await this.#shownOne(ports, id)
  }

  /**
   * Signs with a new secret from now on, and for a day with the old one as well, so that the receiver can change over.
   *
   * @throws Failure WEBHOOK_NOT_FOUND, SECRET_KEY_MISSING
   */
  async renewSecret(ports: Ports, id: string) {
    const { secrets } = this.#ports
    const secret = newSecret()
    await ports.state.transaction(async (tx) => {
      const row = await this.#one(tx, ports, id)
      const old = await secrets.get(tx, secretOf(row))
      if (old !== null) await secrets.put(tx, oldSecretOf(row), old)
      await secrets.put(tx, secretOf(row), secret)
      const oldSecretUntil = ports.clock.now().add({ hours: oldSecretHours })
      await changeWebhook(tx, id, { oldSecretUntil })
    })
    return { ...(await this.#shownOne(ports, id)), secret }
  }

  /** @throws Failure WEBHOOK_NOT_FOUND */
  async remove(ports: Ports, id: string): Promise<Webhook[]> {
    await ports.state.transaction(async (tx) => {
      const row = await this.#one(tx, ports, id)
      await dropWebhook(tx, id)
      for (const place of [secretOf(row), oldSecretOf(row)]) {
        await this.#ports.secrets.remove(tx, place)
      }
    })
    return await this.list(ports)
  }

  /** Sends a message now that only says that it is a test. @throws Failure WEBHOOK_NOT_FOUND, WEBHOOK_NOT_TAKEN */
  async test(ports: Ports, id: string): Promise<{ readonly status: number }> {
    const row = await this.#one(ports.state.db, ports, id)
    const at = ports.clock.now().toString()
    const body = bodyOf('test', at, { workspace: ports.workspaceId })
    const outcome = await this.#send(row, { id: randomUUID(), body })
    if (!outcome.taken) {
      const { en, ja } = sayProblem(outcome.problem)
      throw new Failure('WEBHOOK_NOT_TAKEN', { problem: en, problemJa: ja })
    }
    return { status: outcome.status }
  }

  /** @throws Failure WEBHOOK_NOT_FOUND */
  async messages(ports: Ports, id: string): Promise<WebhookMessage[]> {
    await this.#one(ports.state.db, ports, id)
    return (await latestMessages(ports.state.db, id, shownMost)).map(shownMessage)
  }

  /** Sends a message once more, at once where the webhook is on, however it stood. @throws Failure WEBHOOK_NOT_FOUND, WEBHOOK_MESSAGE_NOT_FOUND */
  async retry(ports: Ports, id: string, message: string): Promise<WebhookMessage[]> {
    await ports.state.transaction(async (tx) => {
      await this.#one(tx, ports, id)
      if ((await messageAt(tx, id, message)) === null) {
        throw new Failure('WEBHOOK_MESSAGE_NOT_FOUND')
      }
      const waiting = { state: 'waiting', attempts: 0, doneAt: null } as const
      await changeMessage(tx, message, { ...waiting, nextAt: ports.clock.now() })
      await changeWebhook(tx, id, { failures: 0, pausedUntil: null })
    })
    afterCommit(ports, () => this.deliveries.wake())
    return await this.messages(ports, id)
  }

  async #one(db: StateDb, { workspaceId }: Pick<Ports, 'workspaceId'>, id: string) {
    const row = await webhookAt(db, workspaceId, id)
    if (row === null) throw new Failure('WEBHOOK_NOT_FOUND')
    return row
  }

  /** Playbooks call webhooks by their names. @throws Failure WEBHOOK_EXISTS */
  async #checkName(tx: StateDb, { workspaceId }: Pick<Ports, 'workspaceId'>, name: string) {
    if ((await webhookNames(tx, workspaceId)).includes(name)) {
      throw new Failure('WEBHOOK_EXISTS', { name })
    }
  }

  async #shownOne(ports: Ports, id: string): Promise<Webhook> {
    const found = (await this.list(ports)).find((one) => one.id === id)
    if (found === undefined) throw new Failure('WEBHOOK_NOT_FOUND')
    return found
  }

  async #forgetOld(): Promise<void> {
    const { state, clock } = this.#ports
    const now = clock.now()
    const given = { doneAt: now, problem: problem.waited(waitsDays) }
    await giveUp(state.db, now.subtract({ hours: 24 * waitsDays }), given)
    await forgetDone(state.db, now.subtract({ hours: 24 * keptDays }))
  }

  /** @returns how many messages were tried */
  async #deliverDue(): Promise<number> {
    const { state, clock } = this.#ports
    const now = clock.now()
    const until = now.add({ minutes: attemptMinutes })
    const due = await state.transaction((tx) => claimDue(tx, now, until, mostAtOnce))
    await Promise.all(due.map((one) => this.#attempt(one)))
    return due.length
  }

  async #attempt({ message, webhook }: DueMessage): Promise<void> {
    const { state, clock, log } = this.#ports
    const outcome = await this.#send(webhook, message)
    const now = clock.now()
    if (outcome.taken) {
      await state.transaction(async (tx) => {
        await changeMessage(tx, message.id, { state: 'sent', doneAt: now, problem: null })
        await changeWebhook(tx, webhook.id, { lastSentAt: now, ...reachable })
      })
      return
    }
    const { problem: why, kind, retryAfter } = outcome
    log.warn(
      { webhook: webhook.id, attempts: message.attempts, problem: why },
      'a message of a webhook was not taken',
    )
    const seconds = kind === 'gone' ? null : pauseAfter(message.attempts, retryAfter)
    await state.transaction(async (tx) => {
      await changeMessage(
        tx,
        message.id,
        seconds === null
          ? { state: 'failed', doneAt: now, problem: why }
          : { nextAt: now.add({ seconds }), problem: why },
      )
      await changeWebhook(tx, webhook.id, {
        problem: why,
        ...(kind === 'gone' ? { isOn: false } : {}),
        ...(kind === 'down' ? pausedAfter(webhook, now, retryAfter) : {}),
      })
    })
  }

  /** Never rejects: whatever is in the way is what came of the attempt. */
  async #send(webhook: WebhookRow, message: Message): Promise<Outcome> {
    try {
      const headers = signedHeaders(message, this.#ports.clock.now(), await this.#secrets(webhook))
      return await send(webhook.url, message, headers, this.#ports.reach)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const isAddress = error.code === 'WEBHOOK_ADDRESS_REFUSED'
      const why = isAddress ? problem.noAddress : problem.noSecret
      return { taken: false, problem: why, kind: 'down', retryAfter: null }
    }
  }

  /** With what a message is signed, the newest first. @throws Failure SECRET_DAMAGED */
  async #secrets(webhook: WebhookRow): Promise<string[]> {
    const { state, secrets, clock } = this.#ports
    const current = await secrets.get(state.db, secretOf(webhook))
    if (current === null) throw new Failure('SECRET_DAMAGED', { name: secretOf(webhook).name })
    const { oldSecretUntil: until } = webhook
    const isOldGood = until !== null && Temporal.Instant.compare(clock.now(), until) < 0
    const old = isOldGood ? await secrets.get(state.db, oldSecretOf(webhook)) : null
    return old === null ? [current] : [current, old]
  }
}
