import { describe, expect, test } from 'vitest'
import { eventually, languages, type Open, settled } from './screen.ts'
import { pattern, words } from './words.ts'

/** The table of accounts and the page of one. */
export const testAccounts = (open: Open) =>
  describe.each(languages)('accounts in %s', (language) => {
    const { accounts, common } = words[language]
    const look = { language }

    test('are searched, sorted and opened, and the way back keeps the search', async () => {
      await open('/accounts', look, async (page) => {
        const rows = page.locator('tbody tr')
        await rows.first().waitFor()
        expect(await rows.count()).toBe(30)

        await page.getByRole('button', { name: accounts.column.name, exact: true }).click()
        await page.locator('th[aria-sort="ascending"]').getByText(accounts.column.name).waitFor()
        await page.waitForURL(/sort=name/)

        await page.keyboard.press('/')
        await page.keyboard.type('A0007')
        await page.waitForURL(/q=A0007/)
        await eventually(() => rows.count(), 1)

        const name = await rows.first().getByRole('link').textContent()
        await rows.first().getByRole('link').click()
        await page.getByRole('heading', { level: 1, name: name ?? '' }).waitFor()
        await page.goBack()
        await eventually(() => rows.count(), 1)
        expect(await page.getByRole('searchbox').inputValue()).toBe('A0007')
      })
    })

    test('show what the address names: no search after the link of the navigation, no page that is not there', async () => {
      await open('/accounts?q=A0007&page=9', look, async (page) => {
        const rows = page.locator('tbody tr')
        await eventually(() => rows.count(), 1)
        await page.waitForURL((url) => !url.search.includes('page'))
        await page.getByRole('link', { name: common.nav.accounts, exact: true }).click()
        await eventually(() => rows.count(), 30)
        expect(await page.getByRole('searchbox').inputValue()).toBe('')
      })
    })

    test('say when nothing is found', async () => {
      await open('/accounts?q=zzzz', look, async (page) => {
        await page.getByText(pattern(accounts.none.found)).waitFor()
      })
    })

    test('show one account whole: lamps, trends as chart and table, contracts, timeline', async () => {
      await open('/accounts/A0007', look, async (page) => {
        await settled(page)
        for (const title of [
          accounts.account.lamps,
          accounts.account.trends,
          accounts.account.contracts,
          accounts.account.contacts,
        ]) {
          await page.getByRole('heading', { name: title, exact: true }).waitFor()
        }
        const chart = page.getByRole('figure').first()
        const slider = chart.getByRole('slider')
        const last = await slider.getAttribute('aria-valuetext')
        await slider.focus()
        await page.keyboard.press('ArrowLeft')
        await chart.locator(`[role="slider"]:not([aria-valuetext="${last}"])`).waitFor()
        await chart.getByRole('button', { name: common.chart.table }).click()
        expect(await chart.getByRole('row').count()).toBe(14)

        await page.locator('label').getByText(accounts.kind.invoice, { exact: true }).click()
        await page.waitForURL(/kinds=/)
        const kinds = await page.locator('.timeline-kind').allTextContents()
        expect(new Set(kinds)).toEqual(new Set([accounts.kind.invoice]))
      })
    })

    test('that do not exist are said so, with what to do', async () => {
      const forgives = /404/
      await open('/accounts/nobody', { language, forgives }, async (page) => {
        const alert = page.getByRole('alert')
        await alert.waitFor()
        expect(await alert.textContent()).toContain('nobody')
      })
    })
  })
