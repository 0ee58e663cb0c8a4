import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface Received {
  readonly raw: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
}

/** A real SMTP server on loopback that keeps what it gets. */
export interface Mailbox {
  readonly port: number
  /** What came since this was asked last. */
  take(): readonly Received[]
  /** Refuses what comes with this status from now on; null takes it. */
  refuseWith(status: number | null): void
  close(): Promise<void>
}

export const mailUser = { user: 'tomoshibi', password: 'lanterns & tide' }

/** @param options without TLS, unless `secure`: then with a certificate that nobody trusts */
export async function startMailbox(
  options: { readonly secure?: boolean; readonly auth?: boolean } = {},
): Promise<Mailbox> {
  let status: number | null = null
  let received: Received[] = []
  const server = new SMTPServer({
    secure: options.secure ?? false,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authOptional: options.auth !== true,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === mailUser.user && password === mailUser.password
      done(isRight ? null : new Error('wrong user or password'), isRight ? { user: 1 } : undefined)
    },
    onRcptTo: (_address, _session, done) =>
      status === null
        ? done()
        : done(Object.assign(new Error('not now, or never'), { responseCode: status })),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks)
        void simpleParser(raw).then((mail) => {
          received.push({
            raw: raw.toString('utf8'),
            from: envelope.mailFrom === false ? '' : (envelope.mailFrom.address ?? ''),
            to: envelope.rcptTo.map(({ address }) => address ?? '').join(','),
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            html: mail.html || '',
            messageId: mail.messageId ?? '',
          })
          done()
        }, done)
      })
    },
  })
  // A client that trusts no certificate of ours goes away in the middle of it.
  server.on('error', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the mailbox has no port')
  return {
    port: address.port,
    take: () => {
      const taken = received
      received = []
      return taken
    },
    refuseWith: (next) => {
      status = next
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
