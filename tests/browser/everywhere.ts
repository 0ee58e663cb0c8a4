import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { eventually, languages, type Open, settled } from './screen.ts'
import { words } from './words.ts'

const pages = [
  '/',
  '/tasks',
  '/playbooks',
  '/accounts',
  '/accounts/A0007',
  '/kpis?by=plan',
  '/kpis?metric=nrr',
  '/kpis?metric=mrr&tab=definition',
  '/you',
  '/people',
  '/keys',
  '/webhooks',
  '/audit',
]
const violations = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().nullish() })),
  }),
)

export async function seriousFaults(page: Page) {
  // Evaluated rather than added as a script: the page's own policy allows no inline script.
  await page.evaluate(axe.source)
  const found = violations.parse(
    await page.evaluate('axe.run(document).then((result) => result.violations)'),
  )
  return found
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => [one.id, one.nodes.slice(0, 3)])
}

/** What holds on every page: language, accessibility, narrow screens, keyboard. */
export const testEverywhere = (open: Open) => {
  describe.each(languages)('the language %s', (language) => {
    const other = language === 'ja' ? 'en' : 'ja'
    test('is the browser’s at first, can be switched, and stays', async () => {
      await open('/', { language }, async (page) => {
        const heading = page.getByRole('heading', { level: 1 })
        await heading.getByText(words[language].today.title, { exact: true }).waitFor()
        expect(await page.locator('html').getAttribute('lang')).toBe(language)
        await page.getByText(other === 'ja' ? '日本語' : 'English', { exact: true }).click()
        await heading.getByText(words[other].today.title, { exact: true }).waitFor()
        expect(await page.title()).toContain(words[other].today.title)
        await page.reload()
        await heading.getByText(words[other].today.title, { exact: true }).waitFor()
        expect(await page.locator('html').getAttribute('lang')).toBe(other)
      })
    })
  })

  test.each(languages)('how fresh each kind of data is, can be opened (%s)', async (language) => {
    await open('/', { language, theme: 'light' }, async (page) => {
      await settled(page)
      const { fresh } = words[language].common
      await page.getByText(fresh.each, { exact: true }).click()
      const side = page.getByRole('region', { name: fresh.label })
      const events = language === 'ja' ? '利用イベント' : 'Usage events'
      const row = side.locator('dl div').filter({ hasText: events })
      await row.getByText(/\d/).waitFor()
      await side.getByText(fresh.upToDate, { exact: true }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
    })
  })

  test.each(pages)('%s has no serious accessibility fault, light or dark', async (path) => {
    await open(path, { language: 'ja', theme: 'light' }, async (page) => {
      await settled(page)
      expect(await seriousFaults(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
      expect(await seriousFaults(page)).toEqual([])
    })
  })

  // 640 is a screen of 1280 at 200 % zoom.
  test.each(pages)(
    '%s fits phones and a doubled zoom: only tables scroll sideways',
    async (path) => {
      await open(path, { width: 640 }, async (page) => {
        await settled(page)
        for (const width of [640, 390, 320]) {
          await page.setViewportSize({ width, height: 800 })
          const overflow = () =>
            page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            )
          await eventually(overflow, 0, `${width} wide`)
        }
      })
    },
  )

  test('the first page loads less than 350 kB of script, compressed, and all of it from here', async () => {
    await open('/', {}, async (page) => {
      await settled(page)
      const loaded = z
        .array(z.string())
        .parse(
          await page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)"),
        )
      const here = new URL(page.url()).origin
      expect(loaded.filter((url) => new URL(url).origin !== here)).toEqual([])
      const scripts = loaded.filter((url) => url.endsWith('.js'))
      expect(scripts.length).toBeGreaterThan(1)
      let bytes = 0
      for (const url of scripts) bytes += gzipSync(await (await fetch(url)).arrayBuffer()).length
      expect(bytes).toBeLessThan(350_000)
    })
  })

  test('the keyboard alone reaches the content and every page', async () => {
    const { common, accounts, kpis } = words.en
    await open('/', {}, async (page) => {
      await settled(page)
      await page.keyboard.press('Tab')
      expect(await page.locator(':focus').textContent()).toBe(common.shell.skip)
      await page.keyboard.press('Enter')
      await eventually(() => page.locator(':focus').getAttribute('id'), 'main')
      for (const [name, title] of [
        [common.nav.accounts, accounts.title],
        [common.nav.kpis, kpis.title],
      ] as const) {
        await page.getByRole('link', { name, exact: true }).focus()
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        // The heading takes the focus, so that a screen reader says where one is.
        await eventually(() => page.locator(':focus').textContent(), title)
      }
    })
  })

  test('the theme can be chosen and stays', async () => {
    await open('/', { theme: 'light' }, async (page) => {
      await page.getByText(words.en.common.switch.dark, { exact: true }).click()
      const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme')
      await eventually(scheme, 'dark')
      await page.reload()
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await scheme()).toBe('dark')
    })
  })
}
