import type { Locator, Page, Route } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { languages, type Open } from './screen.ts'
import { pattern, words } from './words.ts'

const cards = (page: Page) => page.getByRole('article')
/** The card by its name, wherever it moves. */
async function named(page: Page, card: Locator): Promise<Locator> {
  const name = await card.getAttribute('aria-label')
  return page.getByRole('article', { name: name ?? '', exact: true })
}

/** Today: the list, the acts and their undo, the keys. */
export const testToday = (open: Open) =>
  describe.each(languages)('Today in %s', (language) => {
    const { today, common } = words[language]
    const look = { language }

    test('lists who needs someone, the most urgent first, with why and what to do', async () => {
      await open('/', look, async (page) => {
        await cards(page).first().waitFor()
        const first = page.locator('.today-group .lamp:first-of-type .lamp-urgency strong')
        const points = await first.allTextContents()
        const numbers = points.map((text) => Number(text.replace(/\D/g, '')))
        expect(numbers.length).toBeGreaterThan(1)
        expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
        const card = cards(page).first()
        expect(await card.locator('.lamp-why').textContent()).toMatch(/\d/)
        await card.locator('.lamp-task > summary').click()
        expect(await card.locator('.lamp-steps').textContent()).not.toBe('')
        const severities = Object.values(common.severity)
        expect(severities).toContain(await card.locator('.lamp-mark').textContent())
        const badge = card.locator('.badge')
        await badge.locator('summary').click()
        expect(Object.entries(common.badge).map(([, word]) => word)).toContain(
          (await badge.locator('.badge-word').textContent()) ?? '',
        )
        expect(await badge.locator('p').textContent()).toMatch(/\d/)
      })
    })

    test('starts and finishes a task, and takes both back', async () => {
      await open('/', look, async (page) => {
        const card = await named(page, cards(page).first())
        await card.getByText(today.state.lit, { exact: true }).waitFor()

        await card.getByRole('button', { name: pattern(today.act.startOf) }).click()
        await card.getByText(today.state.acting, { exact: true }).waitFor()
        await page.getByText(pattern(today.told.start)).waitFor()
        await page.getByRole('button', { name: common.toast.undo }).click()
        await card.getByText(today.state.lit, { exact: true }).waitFor()

        await card.getByRole('button', { name: pattern(today.act.doneOf) }).click()
        await page.getByText(pattern(today.told.done)).waitFor()
        await page.locator('.today-waiting > summary').click()
        await card.getByText(today.state.waiting, { exact: true }).waitFor()
        await page.getByRole('button', { name: common.toast.undo }).click()
        await card.getByText(today.state.lit, { exact: true }).waitFor()
      })
    })

    test('snoozes with a reason only, and takes it back', async () => {
      await open('/', look, async (page) => {
        const card = await named(page, cards(page).first())
        await card.getByRole('button', { name: pattern(today.act.snoozeOf) }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('button', { name: today.snooze.submit, exact: true }).click()
        await dialog.getByText(today.snooze.reasonError).waitFor()
        await dialog.getByRole('button', { name: today.snooze.preset.twoWeeks }).click()
        await dialog.getByRole('textbox', { name: today.snooze.reason }).fill('年末の休業')
        await dialog.getByRole('button', { name: today.snooze.submit, exact: true }).click()
        await page.getByText(pattern(today.told.snooze)).waitFor()
        await card.waitFor({ state: 'detached' })
        await page.getByRole('button', { name: common.toast.undo }).click()
        await card.waitFor()
      })
    })

    test('takes two quick clicks for one', async () => {
      await open('/', look, async (page) => {
        const card = await named(page, cards(page).first())
        const asked: string[] = []
        page.on('request', (request) => {
          if (request.method() === 'POST') asked.push(new URL(request.url()).pathname)
        })
        await card.getByRole('button', { name: pattern(today.act.startOf) }).dblclick()
        await card.getByText(today.state.acting, { exact: true }).waitFor()
        expect(asked).toEqual(['/api/lamps/start'])
        await page.getByRole('button', { name: common.toast.undo }).click()
        await card.getByText(today.state.lit, { exact: true }).waitFor()
      })
    })

    test('keeps the list when the server falls silent, says so, and goes on when it is back', async () => {
      await open('/', { language, forgives: /ERR_FAILED/ }, async (page) => {
        const card = await named(page, cards(page).first())
        const start = card.getByRole('button', { name: pattern(today.act.startOf) })
        await start.waitFor()
        const silent = (route: Route) => route.abort()
        await page.route('**/api/**', silent)
        await start.click()
        const notice = page.getByRole('alert')
        await notice.getByText(common.trouble.stale).waitFor()
        await card.getByText(today.state.lit, { exact: true }).waitFor()
        await page.unroute('**/api/**', silent)
        await notice.getByRole('button', { name: common.trouble.again }).click()
        await notice.waitFor({ state: 'detached' })
        await card.waitFor()
      })
    })

    test('does it all with one key each', async () => {
      await open('/', look, async (page) => {
        await cards(page).nth(1).waitFor()
        const focused = page.locator('article:focus')
        await page.keyboard.press('j')
        await page.keyboard.press('j')
        const card = await named(page, focused)
        expect(await cards(page).nth(1).getAttribute('aria-label')).toBe(
          await focused.getAttribute('aria-label'),
        )
        await page.keyboard.press('s')
        await card.getByText(today.state.acting, { exact: true }).waitFor()
        await page.keyboard.press('u')
        await card.getByText(today.state.lit, { exact: true }).waitFor()

        await page.keyboard.press('z')
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('textbox', { name: today.snooze.reason }).waitFor()
        await page.keyboard.type('s d u')
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })

        await page.keyboard.press('?')
        await dialog.getByText(today.keys.next).waitFor()
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })

        await card.focus()
        await page.keyboard.press('Enter')
        await page.waitForURL(/\/accounts\/./)
      })
    })
  })
