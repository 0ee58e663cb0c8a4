/** A page in real Chromium, watched for everything that the browser complains about. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs'

export const languages = ['ja', 'en'] as const
type Language = (typeof languages)[number]

export interface Look {
  readonly language?: Language
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  /** Of who is signed in. */
  readonly cookies?: Parameters<BrowserContext['addCookies']>[0]
  /** Complaints of the browser that belong to what is tested. */
  readonly forgives?: RegExp
}

/** Opens a path of the company's screens; see `onScreen`. */
export type Open = (path: string, look: Look, work: (page: Page) => Promise<void>) => Promise<void>

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await findChromium(), args: chromiumFlags })
}

/**
 * Opens an address as a person with that browser language and theme would, and hands over the page.
 * Fails when the browser reported an error, a refusal by the content security policy included.
 */
export async function onScreen(
  browser: Browser,
  address: string,
  look: Look,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const { language = 'en', theme = 'light', width = 1280, height = 900 } = look
  const context = await browser.newContext({
    locale: language === 'ja' ? 'ja-JP' : 'en-US',
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  })
  const complaints: string[] = []
  try {
    if (look.cookies !== undefined) await context.addCookies(look.cookies)
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(`${message.text()} (${message.location().url})`)
      }
    })
    await page.goto(address)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await work(page)
    expect(complaints.filter((one) => !look.forgives?.test(one))).toEqual([])
  } finally {
    await context.close()
  }
}

/** Waits until nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.locator('.loading').first().waitFor({ state: 'detached' })
}

/** Asks again until the answer is as expected; a busy machine may take its time. */
export async function eventually<T>(
  ask: () => Promise<T>,
  expected: T,
  message?: string,
): Promise<void> {
  const options = { timeout: 20_000, ...(message === undefined ? {} : { message }) }
  await expect.poll(ask, options).toEqual(expected)
}
