/**
 * `npm run screenshots`: pictures of the screens for the README and the docs, into docs/pictures/, with
 * the demonstration company, from the program as built.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from './build.mjs'
import { chromiumFlags, findChromium } from './chromium.mjs'
import { install } from './install.mjs'
import { becomeOwner, browserCookies, setUpLink } from './owner.mjs'
import { endWith, root, StepFailed, step } from './steps.mjs'

const pictures = join(root, 'docs/pictures')

/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {object} Shot
 * @property {string} name
 * @property {string} path
 * @property {number} [width]
 * @property {number} [height]
 * @property {boolean} [dark] also in the dark theme
 * @property {(page: Page) => Promise<void>} [before] what is done on the page first
 */

/** @param {string} account @returns {Shot[]} */
const shots = (account) => [
  { name: 'today', path: '/', dark: true, before: (page) => page.keyboard.press('j') },
  { name: 'accounts', path: '/accounts' },
  { name: 'account', path: `/accounts/${encodeURIComponent(account)}`, height: 1240 },
  { name: 'kpi-board', path: '/kpis?by=plan', height: 1240 },
  { name: 'kpis', path: '/kpis?metric=nrr', dark: true },
  { name: 'today-phone', path: '/', width: 390, height: 844 },
]
const languages = ['ja', 'en']
const themes = /** @type {const} */ (['light', 'dark'])

/** @returns {Promise<number>} a loopback port that nobody listens on now */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('no port'))
      })
    })
  })
}

/**
 * @param {string} folder
 * @returns {Promise<{ url: string, cookie: string, stop(): Promise<void> }>} the demonstration company, served, with its owner signed in
 */
async function serve(folder) {
  const port = await freePort()
  const server = spawn(
    process.execPath,
    [join(root, 'packages/cli/bin/tomoshibi.js'), 'serve', '--port', String(port)],
    {
      env: { ...process.env, TOMOSHIBI_DATA: join(folder, 'data'), TOMOSHIBI_DEMO: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise((resolve) => server.on('close', resolve))
  const url = `http://localhost:${port}`
  const link = await new Promise((resolve, reject) => {
    let said = ''
    server.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      const printed = setUpLink.exec(said)
      if (printed !== null && said.endsWith('\n')) resolve(printed[0])
    })
    server.on('close', () => reject(new StepFailed('The server ended before it was ready.')))
  })
  return {
    url,
    cookie: await becomeOwner(link),
    async stop() {
      server.kill('SIGTERM')
      await ended
    },
  }
}

/** One face for both scripts, whatever the machine's own: pictures look the same everywhere. */
function fontSettings(/** @type {string} */ folder) {
  const file = join(folder, 'fonts.conf')
  const prefer = ['system-ui', 'sans-serif']
    .map(
      (family) =>
        `<match target="pattern"><test name="family"><string>${family}</string></test>` +
        '<edit name="family" mode="prepend" binding="strong"><string>Noto Sans CJK JP</string></edit></match>',
    )
    .join('')
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>` +
      `<include ignore_missing="yes">/etc/fonts/fonts.conf</include>${prefer}</fontconfig>`,
  )
  return file
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{ url: string, cookie: string }} server
 * @param {Shot} shot
 * @param {string} language
 * @param {'light' | 'dark'} theme
 */
async function takeOne(browser, { url, cookie }, shot, language, theme) {
  const { name, path, width = 1280, height = 860, before } = shot
  const context = await browser.newContext({
    locale: language === 'ja' ? 'ja-JP' : 'en-US',
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  })
  await context.addCookies(browserCookies(cookie, url))
  const page = await context.newPage()
  await page.goto(url + path, { waitUntil: 'networkidle' })
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await before?.(page)
  await page.screenshot({ path: join(pictures, `${name}-${language}-${theme}.png`) })
  await context.close()
}

async function take() {
  const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-pictures-'))
  const server = await step('Starting the demonstration company', () => serve(folder))
  try {
    const browser = await chromium.launch({
      executablePath: await findChromium(),
      args: [...chromiumFlags, '--hide-scrollbars'],
      env: { ...process.env, FONTCONFIG_FILE: fontSettings(folder) },
    })
    mkdirSync(pictures, { recursive: true })
    const headers = { cookie: server.cookie }
    const today = await (await fetch(`${server.url}/api/today`, { headers })).json()
    const account = String(today[0]?.account ?? '')
    for (const shot of shots(account)) {
      for (const language of languages) {
        for (const theme of themes.filter((one) => one === 'light' || shot.dark)) {
          await takeOne(browser, server, shot, language, theme)
        }
      }
    }
    await browser.close()
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  await install()
  await build()
  await step('Taking pictures', take)
} catch (error) {
  endWith(error)
}
