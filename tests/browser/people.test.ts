import { permissionSays } from '@tomoshibi/contract/roles'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type Company, startCompany } from './company.ts'
import { seriousFaults } from './everywhere.ts'
import { eventually, languages, onScreen, openBrowser, settled } from './screen.ts'
import { pattern, words } from './words.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const listed = z.object({
  total: z.number(),
  rows: z.array(z.object({ id: z.string(), attributes: z.record(z.string(), z.string()) })),
})
/** What the page itself is told of the accounts. */
const accountsOf = async (page: Page) =>
  listed.parse(await page.evaluate("fetch('/api/accounts?limit=1000').then((r) => r.json())"))

const ownerPassword = 'seven lanterns by the river'
const password = 'eight boats across the bay'

describe.each(languages)('from an empty server to a colleague, in %s', (language) => {
  const { people, personal, today, accounts, common } = words[language]
  const look = { language }
  let company: Company
  beforeAll(async () => {
    company = await startCompany({ accounts: 12, months: 8, seed: 5 })
  }, 300_000)
  afterAll(() => company?.stop())

  /** By its name: the label has a mark beside its text. */
  const passwordField = (page: Page) => page.locator('input[name="current-password"]')
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

  test('a first-time owner invites a colleague, who sees only their own accounts', async () => {
    await onScreen(browser, company.url, look, async (page) => {
      await page.getByRole('heading', { name: people.noOwner.title }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
    })

    let link = ''
    let own: string[] = []
    let other = ''
    await onScreen(browser, company.setUpLink, look, async (page) => {
      await page.getByRole('heading', { name: people.setUp.title }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await page.getByLabel(people.field.name).fill('Hana')
      await page.getByLabel(people.field.email).fill('hana@example.com')
      await page.getByLabel(people.field.newPassword).fill(ownerPassword)
      await button(page, people.setUp.submit).click()
      await page.getByRole('heading', { level: 1, name: today.title }).waitFor()
      // What stood after # is gone from the address.
      expect(new URL(page.url()).hash).toBe('')

      const all = await accountsOf(page)
      expect(all.total).toBe(12)
      const [first] = all.rows
      const owner = first?.attributes.owner ?? ''
      own = all.rows.filter((row) => row.attributes.owner === owner).map(({ id }) => id)
      other = all.rows.find((row) => row.attributes.owner !== owner)?.id ?? ''
      expect(own.length).toBeGreaterThan(0)
      expect(other).not.toBe('')

      await page.getByRole('button', { name: pattern(people.menu.label) }).click()
      await page.getByRole('menuitem', { name: people.menu.people }).click()
      await page.getByRole('heading', { level: 1, name: people.people.title }).waitFor()
      await settled(page)
      const seen = page.getByRole('region', { name: people.seen.title })
      await seen.getByText(people.seen.own, { exact: true }).click()
      await eventually(
        () => seen.getByRole('radio', { name: people.seen.own }).isChecked(),
        true,
        'the setting holds',
      )
      const form = page.getByRole('region', { name: people.invite.title })
      await form.getByLabel(people.field.email).fill('mei@example.com')
      await form.getByLabel(people.field.ownerName).fill(owner)
      await page.keyboard.press('Escape')
      await button(page, people.invite.submit).click()
      link = await form.getByLabel(people.link.label, { exact: true }).inputValue()
      await page.getByRole('rowheader', { name: 'mei@example.com' }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
    })

    await onScreen(browser, link, look, async (page) => {
      await page.getByText('mei@example.com').waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await page.getByLabel(people.field.name).fill('Mei')
      await page.getByLabel(people.field.newPassword).fill(password)
      await button(page, people.join.submit).click()
      await page.getByRole('heading', { level: 1, name: today.title }).waitFor()

      const seen = await accountsOf(page)
      expect(seen.rows.map(({ id }) => id).sort()).toEqual(own.toSorted())
      await page.getByRole('link', { name: common.nav.accounts, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: accounts.title }).waitFor()
      await settled(page)
      expect(await page.locator('tbody tr').count()).toBe(own.length)
      // Neither people nor keys nor the log are theirs to see.
      await page.getByRole('button', { name: pattern(people.menu.label) }).click()
      await page.getByRole('menuitem', { name: people.menu.you }).waitFor()
      expect(await page.getByRole('menuitem').count()).toBe(2)
    })

    await onScreen(
      browser,
      `${company.url}/accounts/${other}`,
      { ...look, forgives: /404|401/ },
      async (page) => {
        await page.getByLabel(people.field.email).fill('mei@example.com')
        await passwordField(page).fill('not the right one at all')
        await button(page, people.signIn.submit).click()
        await page.getByRole('alert').waitFor()
        expect(await seriousFaults(page)).toEqual([])
        await passwordField(page).fill(password)
        await button(page, people.signIn.submit).click()
        // The address stayed; it is told as of an account that is not there.
        await page.getByText(other).first().waitFor()
        expect(new URL(page.url()).pathname).toBe(`/accounts/${other}`)
        expect(await page.locator('.account-figures').count()).toBe(0)
      },
    )
  })

  test('the owner makes a role, changes it and removes it', async () => {
    await onScreen(browser, `${company.url}/people`, look, async (page) => {
      await page.getByLabel(people.field.email).fill('hana@example.com')
      await passwordField(page).fill(ownerPassword)
      await button(page, people.signIn.submit).click()
      await button(page, people.roles.new).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(people.field.name).fill('Support 支援')
      await dialog.getByLabel(permissionSays['accounts:read'][language]).check()
      await dialog.getByLabel(permissionSays['lamps:act'][language]).check()
      expect(await seriousFaults(page)).toEqual([])
      await dialog.getByRole('button', { name: people.members.save, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      const roles = page.getByRole('region', { name: people.roles.title })
      await roles.getByText('Support 支援').waitFor()
      const change = { name: pattern(people.roles.changeOf.replace('{{name}}', 'Support 支援')) }
      await roles.getByRole('button', change).click()
      await dialog.getByLabel(permissionSays['lamps:act'][language]).uncheck()
      await dialog.getByLabel(people.roles.seesBySetting, { exact: true }).check()
      await dialog.getByRole('button', { name: people.members.save, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await roles.getByText(people.roles.ownBySetting).waitFor()
      await roles.getByRole('button', change).click()
      await button(page, people.roles.remove).click()
      await button(page, people.roles.removeYes).click()
      await dialog.waitFor({ state: 'detached' })
      await roles.getByText('Support 支援').waitFor({ state: 'detached' })
    })
  })

  test('the owner makes another workspace, and goes back', async () => {
    await onScreen(browser, company.url, { ...look, width: 1280 }, async (page) => {
      await page.getByLabel(people.field.email).fill('hana@example.com')
      await passwordField(page).fill(ownerPassword)
      await button(page, people.signIn.submit).click()
      // With one workspace, called like the product, the button says what it is for.
      await button(page, people.workspaces.title).click()
      await page.getByRole('menuitem', { name: people.workspaces.new }).click()
      await page.getByRole('dialog').getByLabel(people.field.name).fill('第二 Second')
      expect(await seriousFaults(page)).toEqual([])
      await button(page, people.workspaces.make).click()
      const menu = page.getByRole('button', { name: /第二 Second/ })
      await menu.waitFor()
      await settled(page)
      expect(
        await page.evaluate(
          "fetch('/api/accounts', { headers: { 'x-tomoshibi-workspace': sessionStorage.getItem('tomoshibi.workspace') } }).then((r) => r.json()).then((r) => r.total)",
        ),
      ).toBe(0)
      await menu.click()
      expect(await page.getByRole('menuitem', { name: /第二 Second/ }).isDisabled()).toBe(true)
      await page.getByRole('menuitem', { name: /Tomoshibi/ }).click()
      await eventually(async () => (await accountsOf(page)).total, 12, 'the first one again')
    })
  })

  test('the owner sees what is held of somebody, and erases them', async () => {
    await onScreen(
      browser,
      `${company.url}/personal-data`,
      { ...look, forgives: /404/ },
      async (page) => {
        await page.getByLabel(people.field.email).fill('hana@example.com')
        await passwordField(page).fill(ownerPassword)
        await button(page, people.signIn.submit).click()
        await page.getByRole('heading', { level: 1, name: personal.title }).waitFor()
        await page.getByText(personal.receipts.none).waitFor()
        expect(await seriousFaults(page)).toEqual([])
        await page.getByLabel(personal.find.email).fill('nobody@example.com')
        await button(page, personal.find.submit).click()
        await page.getByRole('alert').waitFor()
        await page.getByLabel(personal.find.email).fill('MEI@example.com')
        await button(page, personal.find.submit).click()
        const found = page.getByRole('region', { name: personal.found.title })
        await found.getByText('mei@example.com').first().waitFor()
        await found.getByText('audit_log').waitFor()
        const [file] = await Promise.all([
          page.waitForEvent('download'),
          button(page, personal.export).click(),
        ])
        expect(file.suggestedFilename()).toBe('personal-data.json')
        expect(await button(page, personal.erase.submit).isDisabled()).toBe(true)
        await page.getByLabel(personal.erase.check).check()
        expect(await seriousFaults(page)).toEqual([])
        await button(page, personal.erase.submit).click()
        await page.getByText(personal.erase.clean).waitFor({ timeout: 60_000 })
        const receipts = page.getByRole('region', { name: personal.receipts.title })
        await receipts.getByText(personal.receipts.nowhere, { exact: true }).waitFor()
        expect(await page.getByText('mei@example.com').count()).toBe(0)
        expect(await seriousFaults(page)).toEqual([])
      },
    )
  })

  test('the owner sees in the audit log what was done, and signs out', async () => {
    await onScreen(browser, `${company.url}/audit`, look, async (page) => {
      await page.getByLabel(people.field.email).fill('hana@example.com')
      await passwordField(page).fill(ownerPassword)
      await button(page, people.signIn.submit).click()
      await page.getByText('invitations.accept').waitFor()
      expect(await page.getByText('mei@example.com').count()).toBe(0)
      await page.getByText(people.audit.refused, { exact: true }).first().click()
      await page.getByText('SIGN_IN_REFUSED').waitFor()
      await page.getByRole('button', { name: pattern(people.menu.label) }).click()
      await page.getByRole('menuitem', { name: people.menu.signOut }).click()
      await page.getByRole('heading', { name: people.signIn.title }).waitFor()
      await page.goBack().catch(() => null)
      expect(await page.getByText('SIGN_IN_REFUSED').count()).toBe(0)
    })
  })
})
