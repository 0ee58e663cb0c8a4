/** A server without data, in this process, and a mail server beside it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@tomoshibi/server/http/serve'
import { type Mailbox, startMailbox } from '@tomoshibi/server/mail/testing'
import { type Clock, systemClock } from '@tomoshibi/server/platform/clock'
import { readConfig } from '@tomoshibi/server/platform/config'
import { silentLog } from '@tomoshibi/server/platform/log'
import { becomeOwner, browserCookies } from '../../scripts/owner.mjs'

export interface EmptyServer {
  readonly url: string
  readonly mailbox: Mailbox
  /** Of the first owner, who is signed in. */
  readonly cookies: ReturnType<typeof browserCookies>
  /** What the server takes for the time. */
  readonly clock: Clock
  /** Moves the server's clock on. */
  later(by: { readonly seconds: number }): void
  /** From now on, these are the owner's. */
  signedInWith(cookies: readonly { readonly name: string; readonly value: string }[]): void
  stop(): Promise<void>
}

/** @param env more of the environment */
export async function startEmptyServer(
  env: Readonly<Record<string, string>> = {},
): Promise<EmptyServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-empty-'))
  const stop = new AbortController()
  const mailbox = await startMailbox()
  let ahead = 0
  const clock = { now: () => systemClock.now().add({ seconds: ahead }) }
  const serving = await serve({
    config: { ...readConfig({ PORT: '0', TOMOSHIBI_DEMO: '0', ...env }), dataDir },
    clock,
    log: () => silentLog,
    webFolder: fileURLToPath(new URL('../../packages/web/dist', import.meta.url)),
    signal: stop.signal,
    onDemo: () => {},
  })
  const { origin: url, setUpLink } = serving
  let cookies = browserCookies(await becomeOwner(`${url}${setUpLink ?? ''}`), url)
  return {
    url,
    mailbox,
    clock,
    later: ({ seconds }) => {
      ahead += seconds
    },
    get cookies() {
      return cookies
    },
    signedInWith: (next) => {
      cookies = next.map(({ name, value }) => ({ name, value, url }))
    },
    stop: async () => {
      stop.abort()
      await serving.close()
      await mailbox.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
