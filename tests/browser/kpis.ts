import type { Route } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { languages, type Open, settled } from './screen.ts'
import { pattern, words } from './words.ts'

/** The board of KPIs, opened to accounts, definition and SQL. */
export const testKpis = (open: Open) =>
  describe.each(languages)('KPIs in %s', (language) => {
    const { common, kpis } = words[language]
    const look = { language }

    test('open to the accounts that add up to them, to their definition and SQL; a link restores the view', async () => {
      await open('/kpis', look, async (page) => {
        await settled(page)
        await page.getByLabel(kpis.control.by).selectOption('plan')
        await page
          .locator('.tile', { hasText: 'NRR' })
          .or(page.locator('.tile', { hasText: 'Net revenue' }))
          .getByRole('link')
          .click()
        const dialog = page.getByRole('dialog')
        const figure = dialog.locator('.detail-now strong')
        await dialog.getByText(pattern(kpis.parts.agree_other)).waitFor()
        // The figure and its parts are asked for apart; either may come first.
        await figure.filter({ hasText: /\d/ }).waitFor()
        const sum = dialog.locator('.total-first td').last()
        expect(await sum.textContent()).toBe(await figure.textContent())

        // From an account on to the facts behind its part.
        const toggle = dialog.getByRole('button', { name: pattern(kpis.facts.open) }).first()
        await toggle.click()
        await dialog.getByRole('columnheader', { name: kpis.facts.record }).first().waitFor()
        await dialog.getByRole('columnheader', { name: kpis.facts.adds, exact: true }).waitFor()
        await toggle.click()

        await dialog.getByRole('tab', { name: kpis.detail.definition }).click()
        await dialog.getByRole('button', { name: kpis.definition.showSql }).click()
        await dialog.getByText('workspace_id = {workspace_id:String}').first().waitFor()

        const address = page.url()
        expect(address).toMatch(/metric=nrr/)
        await page.goto(address)
        await dialog.getByRole('tab', { name: kpis.detail.definition, selected: true }).waitFor()
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })
        await page.waitForURL(
          (url) => !url.search.includes('metric') && url.search.includes('by=plan'),
        )
      })
    })

    test('say what went wrong where the metrics cannot be listed, and offer to ask again', async () => {
      await open('/', { language, forgives: /50\d|Service Unavailable/ }, async (page) => {
        const broken = (route: Route) => route.fulfill({ status: 503 })
        await page.route('**/api/metrics', broken)
        await page.getByRole('link', { name: common.nav.kpis, exact: true }).click()
        const alert = page.getByRole('alert')
        await alert.waitFor()
        await page.unroute('**/api/metrics', broken)
        await alert.getByRole('button', { name: common.trouble.again }).click()
        await page.getByRole('heading', { level: 1, name: kpis.title, exact: true }).waitFor()
        await page.locator('.tile').first().waitFor()
      })
    })
  })
