import { randomUUID } from 'node:crypto'
import type { Mail } from '@tomoshibi/contract/installation'
import type { Language } from '@tomoshibi/contract/text'
import type { StateDb, StateStore } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import { Failure } from '../call/failure.ts'
import { mailPassword, mailServer } from '../installation/service.ts'
import type { PublicAddress } from '../platform/address.ts'
import type { Clock } from '../platform/clock.ts'
import { Deliveries } from '../platform/deliveries.ts'
import { type Secrets, scopes } from '../secrets/service.ts'
import { type Content, contentSchema, type PasswordLink, pauseAfter } from './mail.ts'
import { asHtml, asText } from './render.ts'
import { isRefused, type Outgoing, problemOf, send } from './send.ts'
import {
  addMail,
  changeMail,
  claimDue,
  dropMail,
  failedMail,
  failedSince,
  forgetDone,
  latestMails,
  type MailRow,
} from './store.ts'
import { letterOf } from './texts.ts'

export interface MailsOptions {
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Logger
  readonly secrets: Secrets
  readonly address: PublicAddress
  /** Makes the link of who forgot their password; null where nobody has that address. */
  passwordLinkFor(email: string): Promise<PasswordLink | null>
}

export interface NewMail {
  readonly to: string
  readonly language: Language
  readonly content: Content
  /** Where it follows from what decided it, the same mail is written down once. */
  readonly id?: string
}

/** While an attempt runs, no other one begins; one that was cut off is made up for after it. */
const attemptMinutes = 5
const keptDays = 30
const shownMost = 100
const lookEveryMs = 15_000

const contentOf = (id: string) => ({ scope: scopes.installation, name: `mail.${id}` })

/** E-mails: written down where they are decided, and sent behind that. One for a process. */
export class Mails {
  readonly deliveries: Deliveries
  readonly #ports: MailsOptions

  constructor(ports: MailsOptions) {
    this.#ports = ports
    this.deliveries = new Deliveries({
      lookEveryMs,
      deliverDue: () => this.#deliverDue(),
      forgetOld: () => this.#forgetOld(),
      onError: (error) => ports.log.error({ err: error }, 'mails could not be looked after'),
    })
  }

  /** Whether there is a server to send with. */
  async isSetUp(db: StateDb = this.#ports.state.db): Promise<boolean> {
    return (await mailServer(db)) !== null
  }

  /**
   * Writes a mail down, to be sent once the transaction is there for others to see.
   *
   * @returns false where there is no mail server, and nothing was written
   */
  async enqueue(
    tx: StateDb,
    { to, language, content, id = randomUUID() }: NewMail,
  ): Promise<boolean> {
    if (!(await this.isSetUp(tx))) return false
    const now = this.#ports.clock.now()
    await addMail(tx, {
      id,
      kind: content.kind,
      toAddress: to,
      language,
      state: 'waiting',
      attempts: 0,
      nextAt: now,
      problem: null,
      createdAt: now,
      doneAt: null,
    })
    await this.#ports.secrets.put(tx, contentOf(id), JSON.stringify(content))
    return true
  }

  /** Looks for mails at once, where they are sent at all. */
  wake(): void {
    this.deliveries.wake()
  }

  /** Tries the mail that is due first. @returns how many were tried */
  async #deliverDue(): Promise<number> {
    const { state, clock } = this.#ports
    const now = clock.now()
    const until = now.add({ minutes: attemptMinutes })
    const due = await state.transaction((tx) => claimDue(tx, now, until))
    if (due === null) return 0
    await this.#attempt(due)
    return 1
  }

  async #forgetOld(): Promise<void> {
    const { state, clock, secrets } = this.#ports
    const old = await forgetDone(state.db, clock.now().subtract({ hours: 24 * keptDays }))
    for (const id of old) await secrets.remove(state.db, contentOf(id))
  }

  async #attempt(mail: MailRow): Promise<void> {
    const { state, clock, log } = this.#ports
    try {
      const outgoing = await this.#outgoing(mail)
      if (outgoing === null) return await this.#done(mail, null)
      await this.#send(outgoing)
      await this.#done(mail, { state: 'sent', doneAt: clock.now(), problem: null })
    } catch (error) {
      const problem = problemOf(error)
      const minutes = isRefused(error) ? null : pauseAfter(mail.attempts)
      log.warn({ err: error, kind: mail.kind, attempts: mail.attempts }, 'a mail was not sent')
      const now = clock.now()
      const change =
        minutes === null
          ? { state: 'failed' as const, doneAt: now, problem }
          : { nextAt: now.add({ minutes }), problem }
      await changeMail(state.db, mail.id, change)
    }
  }

  /** What was sent is not kept; what failed is, until it is tried again or forgotten. */
  async #done(mail: MailRow, change: Partial<MailRow> | null): Promise<void> {
    const { state, secrets } = this.#ports
    await state.transaction(async (tx) => {
      if (change === null) await dropMail(tx, mail.id)
      else await changeMail(tx, mail.id, change)
      await secrets.remove(tx, contentOf(mail.id))
    })
  }

  /** @returns null where there is nobody to write to */
  async #outgoing({ id, toAddress, language: asked }: MailRow): Promise<Outgoing | null> {
    const { state, secrets, address, passwordLinkFor } = this.#ports
    const sealed = await secrets.get(state.db, contentOf(id))
    if (sealed === null) throw new Error('what the mail says is gone')
    const content = contentSchema.parse(JSON.parse(sealed))
    let link: PasswordLink | null = null
    if (content.kind === 'forgotten_password') {
      link = await passwordLinkFor(toAddress)
      if (link === null) return null
    }
    const language = link?.language ?? asked
    const letter = letterOf(content, language, address.origin, link)
    const { subject } = letter
    return { id, to: toAddress, subject, text: asText(letter), html: asHtml(letter, language) }
  }

  async #send(mail: Outgoing): Promise<string> {
    const { state, secrets } = this.#ports
    const server = await mailServer(state.db)
    if (server === null) throw new Failure('MAIL_NOT_SET_UP')
    return await send(server, await secrets.get(state.db, mailPassword), mail)
  }

  /** Sends a mail at once. @throws Failure MAIL_NOT_SET_UP, MAIL_NOT_SENT */
  async sendTest(to: string, language: Language): Promise<{ readonly answer: string }> {
    const letter = letterOf({ kind: 'test' }, language, this.#ports.address.origin, null)
    const { subject } = letter
    const [text, html] = [asText(letter), asHtml(letter, language)]
    try {
      return { answer: await this.#send({ id: randomUUID(), to, subject, text, html }) }
    } catch (error) {
      if (error instanceof Failure) throw error
      throw new Failure('MAIL_NOT_SENT', { problem: problemOf(error) }, [], { cause: error })
    }
  }

  /** The latest mails, newest first. */
  async list(): Promise<Mail[]> {
    const rows = await latestMails(this.#ports.state.db, shownMost)
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      to: row.toAddress,
      state: row.state,
      attempts: row.attempts,
      problem: row.problem,
      createdAt: row.createdAt.toString(),
      nextAt: row.state === 'waiting' ? row.nextAt.toString() : null,
      doneAt: row.doneAt?.toString() ?? null,
    }))
  }

  /** Tries a mail anew that was given up. @throws Failure MAIL_NOT_FOUND */
  async retry(id: string): Promise<Mail[]> {
    const { state, clock } = this.#ports
    await state.transaction(async (tx) => {
      if ((await failedMail(tx, id)) === null) throw new Failure('MAIL_NOT_FOUND')
      await changeMail(tx, id, {
        state: 'waiting',
        attempts: 0,
        nextAt: clock.now(),
        doneAt: null,
      })
    })
    this.wake()
    return await this.list()
  }
}

/** How many mails were given up in the last seven days. */
export const mailsFailedLately = async ({ state, clock }: Pick<MailsOptions, 'state' | 'clock'>) =>
  await failedSince(state.db, clock.now().subtract({ hours: 7 * 24 }))
