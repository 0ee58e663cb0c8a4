import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorData } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import type { Serving } from '@tomoshibi/server/http/serve'
import { isLoopbackHost } from '@tomoshibi/server/platform/address'
import type { Config } from '@tomoshibi/server/platform/config'
import type { Command } from 'commander'
import * as z from 'zod'
import { configFor } from '../connection.ts'
import { importProgress } from '../output/progress.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, type Surroundings, verb, wholeNumber } from '../verb.ts'

const words = {
  serve: { en: 'start the server', ja: 'サーバーを起動' },
  port: { en: 'port (default: PORT or 4747)', ja: 'ポート(既定: PORT または 4747)' },
  demo: {
    en: 'do not fill a new data folder with a demonstration company',
    ja: '新しいデータフォルダーにデモ用の会社を作らない',
  },
  starting: { en: 'Starting …', ja: '起動しています…' },
  simulating: {
    en: 'New data folder: making a demonstration company (about half a minute, once) …',
    ja: '新しいデータフォルダーです。デモ用の会社を作成しています(初回のみ、30 秒ほど)…',
  },
  importing: { en: 'Importing it …', ja: '取り込んでいます…' },
  demonstration: {
    en: 'The data is a demonstration. For your own, start with another folder: TOMOSHIBI_DATA=./mine npm start',
    ja: 'これはデモ用のデータです。ご自分のデータには別のフォルダーをお使いください: TOMOSHIBI_DATA=./mine npm start',
  },
  loopback: {
    en: 'Only this machine can reach it (loopback). Stop it with Ctrl+C.',
    ja: 'このマシンからのみ接続できます(ループバック)。終了するには Ctrl+C を押してください。',
  },
  network: {
    en: 'Other machines can reach it. Stop it with Ctrl+C.',
    ja: 'ほかのマシンからも接続できます。終了するには Ctrl+C を押してください。',
  },
  firstOwner: {
    en: 'Open this link to become the owner. It is good once, and while the server runs:',
    ja: 'このリンクを開くと、あなたがオーナーとして登録されます(1 回のみ、サーバーの稼働中に有効):',
  },
  stopping: { en: 'Stopping …', ja: '終了しています…' },
} as const satisfies Record<string, Text>

const serveOptions = z.object({
  data: z.string().optional(),
  port: z.number().optional(),
  demo: z.boolean().default(true),
})

/** Where `vite build` puts the screens, seen from this package's dist (and src). */
const webFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** `serve`: what `npm start` runs. Ends with the first SIGINT or SIGTERM. */
export function addServe(program: Command, { terminal }: Surroundings): void {
  const { say } = terminal
  examples(
    verb(program, 'serve', words.serve, terminal)
      .option('--port <port>', say(words.port), wholeNumber(0, 65_535))
      .option('--no-demo', say(words.demo)),
    terminal,
    ['serve', 'serve --data ./mine --no-demo'],
  ).action(async (_options, command: Command) => {
    const { data, port, demo } = serveOptions.parse(command.optsWithGlobals())
    const config = configFor(data)
    const chosen = { ...config, port: port ?? config.port, demo: demo && config.demo }
    await serveUntilStopped(chosen, terminal)
  })
}

async function serveUntilStopped(config: Config, terminal: Terminal): Promise<void> {
  const tell = (text: Text) => terminal.err(`${terminal.say(text)}\n`)
  // From the first moment: whoever changes their mind while it starts is obeyed as well.
  const stop = stopSignal()
  tell(words.starting)
  const [{ serve }, { systemClock }, { createLog }] = await Promise.all([
    import('@tomoshibi/server/http/serve'),
    import('@tomoshibi/server/platform/clock'),
    import('@tomoshibi/server/platform/log'),
  ])
  const progress = importProgress(terminal)
  const running = await serve({
    config,
    clock: systemClock,
    log: () => createLog(config.dataDir, { level: config.logLevel }),
    webFolder,
    signal: stop.signal,
    onDemo: (step) => {
      if (step.phase === 'importing' && step.progress) return progress.show(step.progress)
      tell(words[step.phase])
    },
  })
  progress.end()
  if (!stop.signal.aborted) {
    if (running.holdsDemonstration) tell(words.demonstration)
    tell(isLoopbackHost(config.host) ? words.loopback : words.network)
    tellOfKey(running.secretKey, tell)
    const { setUpLink } = running
    if (setUpLink !== null) tell(words.firstOwner)
    const address = `${running.origin}${setUpLink ?? ''}`
    terminal.out(`${address}\n`)
    if (setUpLink !== null && terminal.watched) await openInBrowser(address, config.dataDir)
  }
  try {
    await running.untilStopped
  } finally {
    tell(words.stopping)
    await running.close()
    stop.forget()
  }
}

function tellOfKey(key: Serving['secretKey'], tell: (text: Text) => void): void {
  if (key === null) return
  if ('trouble' in key) {
    const { what, mend } = errorData(key.trouble.code, key.trouble.details)
    tell({ en: `${what.en} ${mend.en}`, ja: `${what.ja}${mend.ja}` })
    return
  }
  tell({
    en: `Passwords of other systems will be sealed with the new key ${key.made}. Better keep it outside the data folder: move it, and name its place in TOMOSHIBI_SECRET_KEY_FILE.`,
    ja: `ほかのシステムのパスワードは、新しい鍵 ${key.made} で暗号化します。データフォルダーの外に移し、その場所を TOMOSHIBI_SECRET_KEY_FILE に指定することをお勧めします。`,
  })
}

/**
 * Opens the link through a file that only the user can read: the arguments of a program can be read by
 * everybody on the machine. Where there is no browser, the address stands on the terminal.
 */
async function openInBrowser(address: string, dataDir: string): Promise<void> {
  const hasScreen =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!hasScreen || process.env.CI || process.env.SSH_CONNECTION) return
  const file = join(dataDir, 'set-up.html')
  rmSync(file, { force: true })
  const page = `<!doctype html><meta http-equiv="refresh" content="0;url=${address}">\n`
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' })
  const { default: open } = await import('open')
  await open(file).catch(() => {})
}

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process as usual. */
function stopSignal(): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM'] as const
  const forget = () => {
    for (const name of names) process.off(name, stop)
  }
  const stop = () => {
    forget()
    controller.abort()
  }
  for (const name of names) process.on(name, stop)
  return { signal: controller.signal, forget }
}
