import {
  type LibraryProvider,
  startLibraryProvider,
} from '@tomoshibi/server/people/providers/testing-library'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmptyServer, startEmptyServer } from './empty-server.ts'
import { seriousFaults } from './everywhere.ts'
import { languages, onScreen, openBrowser, settled } from './screen.ts'
import { pattern, words } from './words.ts'

const name = 'Company ID'
let browser: Browser
let server: EmptyServer
let provider: LibraryProvider
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startEmptyServer()])
  provider = await startLibraryProvider(`${server.url}/single-sign-on/company`)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await provider?.close()
})

/** Where pictures are kept to be looked at; nowhere without it. */
const pictures = process.env.TOMOSHIBI_TEST_PICTURES
const picture = async (page: Page, of: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${of}.png`, fullPage: true })
}
/** The provider's pages ask for fonts of elsewhere; what is refused here is told with these. */
const forgives = /fonts\.googleapis|40[134]|409|localhost:\d+\/(auth|interaction)/

describe.each(languages)('in %s', (language) => {
  const { sso, accounts, people } = words[language]
  const look = { language, forgives }
  const button = (page: Page, text: string) => page.getByRole('button', { name: text, exact: true })
  const filled = (text: string) => text.replace('{{name}}', name)
  /** On the provider's own page. */
  const signInThere = async (page: Page, who: string) => {
    await page.locator('input[name="login"]').fill(who)
    await page.locator('input[name="password"]').fill('any')
    await page.locator('button[type="submit"]').click()
  }

  test('an owner sets a provider up and tries it', async () => {
    const at = { ...look, cookies: server.cookies }
    await onScreen(browser, `${server.url}/installation`, at, async (page) => {
      const part = page.getByRole('region', { name: sso.providers.title })
      const form = page.getByRole('dialog')
      // The second language finds what was made in the first.
      if (language === languages[0]) {
        await part.getByRole('button', { name: sso.providers.new }).click()
        await form.getByLabel(sso.providers.name).fill(name)
        await form.getByLabel(new RegExp(`^${sso.providers.id}`)).fill('company')
        await form.getByLabel(/issuer/i).fill(provider.issuer)
        await form.getByLabel(new RegExp(`^${sso.providers.clientId}`)).fill(provider.clientId)
        await form.locator('input[autocomplete="new-password"]').fill(provider.secret)
        await form.getByLabel(sso.providers.domains).fill('example.com')
        await form.getByRole('combobox', { name: sso.providers.joins }).click()
        await page.getByRole('option').last().click()
      } else {
        await part.getByRole('button', { name: filled(sso.providers.changeOf) }).click()
        expect(await form.getByLabel(/issuer/i).isDisabled()).toBe(true)
      }
      expect(await form.getByLabel(sso.providers.redirect).inputValue()).toBe(
        `${server.url}/single-sign-on/company`,
      )
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `provider-${language}`)
      await form.getByRole('button', { name: sso.providers.save, exact: true }).click()
      await form.waitFor({ state: 'detached' })
      await part.getByRole('button', { name: filled(sso.providers.tryOf) }).click()
      await part.getByText(pattern(filled(sso.providers.tried))).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `providers-${language}`)
    })
  })

  test('somebody signs in at the provider and comes back to where they were', async () => {
    const who = `person-${language}`
    await onScreen(browser, `${server.url}/accounts?q=1`, look, async (page) => {
      await button(page, filled(sso.with)).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `sign-in-with-${language}`)
      // Who stops there comes back to a text of ours.
      await button(page, filled(sso.with)).click()
      await page.locator('input[name="login"]').waitFor()
      await page.locator('.login-help a').first().click()
      await page.getByRole('heading', { name: sso.refused }).waitFor()
      await page.getByRole('alert').getByText(name).first().waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `declined-${language}`)
      await page.goto(`${server.url}/accounts?q=1`)

      await button(page, filled(sso.with)).click()
      await signInThere(page, who)
      // It asks whether they agree.
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('heading', { level: 1, name: accounts.title }).waitFor()
      expect(new URL(page.url()).pathname).toBe('/accounts')

      await page.goto(`${server.url}/you`)
      const part = page.getByRole('region', { name: sso.own.title })
      await part.getByText(`${who}@example.com`).waitFor()
      await settled(page)
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `you-provider-${language}`)
      // They have no password: they show again who they are at the provider.
      const unlink = part.getByRole('button', { name: filled(sso.own.unlinkOf) })
      await unlink.click()
      await page.getByRole('dialog', { name: people.confirm.title }).waitFor()
      await picture(page, `confirm-with-${language}`)
      await button(page, filled(sso.confirm.with)).click()
      await signInThere(page, who)
      await unlink.click()
      await part.getByRole('alert').waitFor()
      expect(new URL(page.url()).pathname).toBe('/you')
      await picture(page, `last-way-in-${language}`)
    })
  })
})
