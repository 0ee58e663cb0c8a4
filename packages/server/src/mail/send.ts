import type { MailServer } from '@tomoshibi/contract/installation'
import nodemailer from 'nodemailer'
import { oneLine } from './mail.ts'

/** A mail as it goes out. */
export interface Outgoing {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

const withinMs = 20_000

/**
 * Hands a mail to the server. Certificates are checked; with `starttls` a server that offers none is refused.
 *
 * @returns what the server answered
 * @throws Error of nodemailer
 */
export async function send(
  server: MailServer,
  password: string | null,
  mail: Outgoing,
): Promise<string> {
  const { host, port, security, user, from, fromName } = server
  const transport = nodemailer.createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: withinMs,
    greetingTimeout: withinMs,
    socketTimeout: withinMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const domain = from.slice(from.lastIndexOf('@') + 1)
    const sent = await transport.sendMail({
      from: { name: oneLine(fromName) || 'Tomoshibi', address: from },
      to: { name: '', address: mail.to },
      subject: oneLine(mail.subject, 150),
      text: mail.text,
      html: mail.html,
      // Its own through all attempts, so that a mailbox can tell a second copy.
      messageId: `<${mail.id}@${domain}>`,
      headers: { 'auto-submitted': 'auto-generated' },
    })
    return sent.response
  } finally {
    transport.close()
  }
}

/** Whether trying again is of no use: the server refused it for good. */
export function isRefused(error: unknown): boolean {
  const status = error instanceof Error && 'responseCode' in error ? error.responseCode : null
  const code = error instanceof Error && 'code' in error ? error.code : null
  // A wrong password may be mended in the settings.
  return typeof status === 'number' && status >= 500 && code !== 'EAUTH'
}

/** What went wrong, in the words of the server. */
export const problemOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error), 300)
