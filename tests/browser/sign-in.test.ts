import { codeAt } from '@tomoshibi/server/people/second-factor/second-factor'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { owner } from '../../scripts/owner.mjs'
import { offersNothing, withAuthenticator } from './authenticator.ts'
import { type EmptyServer, startEmptyServer } from './empty-server.ts'
import { seriousFaults } from './everywhere.ts'
import { languages, onScreen, openBrowser, settled } from './screen.ts'
import { pattern, words } from './words.ts'

let browser: Browser
let server: EmptyServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startEmptyServer()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** Where pictures are kept to be looked at; nowhere without it. */
const pictures = process.env.TOMOSHIBI_TEST_PICTURES
const picture = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
}
/** The text of the e-mail to somebody that holds some words. */
const mailTo = async (to: string, holding: RegExp) => {
  const found: string[] = []
  await expect
    .poll(
      () => {
        const mails = server.mailbox.take()
        found.push(...mails.filter((mail) => mail.to === to).map(({ text }) => text))
        return found.some((text) => holding.test(text))
      },
      { timeout: 20_000 },
    )
    .toBe(true)
  return found.find((text) => holding.test(text)) ?? ''
}

describe.each(languages)('in %s', (language) => {
  const { people, installation, today } = words[language]
  const look = { language }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const field = (page: Page, name: string) => page.locator(`input[name="${name}"]`)

  test('an owner sets a mail server up and tries it', async () => {
    const path = `${server.url}/installation`
    await onScreen(
      browser,
      path,
      { ...look, cookies: server.cookies, forgives: /502/ },
      async (page) => {
        const form = page.getByRole('region', { name: installation.mail.title })
        await form.getByLabel(installation.mail.host).fill('127.0.0.1')
        await form.getByRole('combobox', { name: installation.mail.security }).click()
        await page.getByRole('option', { name: installation.mail.plain }).click()
        await form.getByLabel(installation.mail.port).fill('1')
        await form.getByLabel(installation.mail.from).fill('cs@example.com')
        await form.getByRole('button', { name: installation.mail.save }).click()
        await settled(page)
        await button(page, installation.mail.test).click()
        await form.getByRole('alert').waitFor()
        await form.getByLabel(installation.mail.port).fill(String(server.mailbox.port))
        await form.getByRole('button', { name: installation.mail.save }).click()
        await settled(page)
        await button(page, installation.mail.test).click()
        await form.getByText(pattern(installation.mail.tested)).waitFor()
        const policy = page.getByRole('region', { name: installation.sessions.title })
        await policy.getByLabel(installation.sessions.longest).fill('12')
        await policy.getByRole('button', { name: installation.mail.save }).click()
        await page.getByText(installation.sessions.saved).waitFor()
        await settled(page)
        expect(await seriousFaults(page)).toEqual([])
        await picture(page, `installation-${language}`)
      },
    )
    await mailTo(owner.email, /Tomoshibi/)
  })

  test('who forgot their password chooses another one with the link of an e-mail', async () => {
    let text = ''
    await onScreen(browser, server.url, look, async (page) => {
      await page.getByLabel(people.field.email).fill(owner.email)
      await picture(page, `sign-in-${language}`)
      await button(page, people.signIn.forgotten).click()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `forgotten-${language}`)
      await button(page, people.forgotten.submit).click()
      await page.getByText(pattern(people.forgotten.done)).waitFor()
      text = await mailTo(owner.email, /new-password/)
    })
    const [link = ''] = /http:\S+/.exec(text) ?? []
    expect(link).toContain(`${server.url}/new-password#`)
    await onScreen(browser, link, look, async (page) => {
      await field(page, 'new-password').fill(owner.password)
      await button(page, people.newPassword.submit).click()
      await page.getByLabel(people.field.email).fill(owner.email)
      await field(page, 'current-password').fill(owner.password)
      await button(page, people.signIn.submit).click()
      await page.getByRole('heading', { level: 1, name: today.title }).waitFor()
      // The sessions from before have ended.
      server.signedInWith(await page.context().cookies())
    })
  })

  test('codes of an app are set up, asked for after the password, and switched off', async () => {
    let secret = ''
    let recovery = ''
    const code = () => codeAt(secret, server.clock.now())
    const codeField = (page: Page) => field(page, 'code')
    /** A code is good once: the next one comes with the next half minute. */
    const nextCode = () => {
      server.later({ seconds: 30 })
      return code()
    }
    const you = `${server.url}/you`
    await onScreen(
      browser,
      you,
      { ...look, cookies: server.cookies, forgives: /401/ },
      async (page) => {
        const part = page.getByRole('region', { name: people.secondFactor.title })
        await part.getByRole('button', { name: people.secondFactor.setUp }).click()
        await part.locator('input[name="current-password"]').fill(owner.password)
        await part.getByRole('button', { name: people.secondFactor.begin }).click()
        await part.getByRole('img', { name: people.secondFactor.qr }).waitFor()
        secret = (await part.locator('.you-secret').textContent()) ?? ''
        expect(await seriousFaults(page)).toEqual([])
        await picture(page, `second-factor-${language}`)
        await codeField(page).fill('000000')
        await part.getByRole('button', { name: people.secondFactor.confirm }).click()
        await part.getByRole('alert').waitFor()
        await codeField(page).fill(code())
        await part.getByRole('button', { name: people.secondFactor.confirm }).click()
        const codes = part.getByRole('list', { name: people.secondFactor.codes })
        recovery = (await codes.getByRole('listitem').first().textContent()) ?? ''
        await picture(page, `recovery-codes-${language}`)
        await part.getByRole('button', { name: people.secondFactor.kept }).click()
        await part.getByRole('button', { name: people.secondFactor.renew }).waitFor()
      },
    )
    await onScreen(browser, you, { ...look, forgives: /401/ }, async (page) => {
      const signIn = async () => {
        await page.getByLabel(people.field.email).fill(owner.email)
        await field(page, 'current-password').fill(owner.password)
        await button(page, people.signIn.submit).click()
        await page.getByRole('heading', { name: people.secondStep.title }).waitFor()
      }
      await signIn()
      await page.reload()
      await page.getByRole('heading', { name: people.secondStep.title }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `second-step-${language}`)
      await button(page, people.secondStep.lost).click()
      await codeField(page).fill(recovery)
      await button(page, people.signIn.submit).click()
      await page.getByRole('heading', { level: 1, name: people.you.title }).waitFor()
      await picture(page, `you-${language}`)
      await page.getByRole('button', { name: pattern(people.menu.label) }).click()
      await page.getByRole('menuitem', { name: people.menu.signOut }).click()
      await signIn()
      await codeField(page).fill(nextCode())
      await button(page, people.signIn.submit).click()
      const part = page.getByRole('region', { name: people.secondFactor.title })
      await part.getByRole('button', { name: people.secondFactor.remove }).click()
      await part.locator('input[name="current-password"]').fill(owner.password)
      await part.getByRole('button', { name: people.secondFactor.remove }).click()
      await part.getByText(people.secondFactor.off).waitFor()
      server.signedInWith(await page.context().cookies())
    })
  })

  test('what matters asks once more who it is, and goes on', async () => {
    server.later({ seconds: 31 * 60 })
    const path = `${server.url}/installation`
    const signedIn = { ...look, cookies: server.cookies, forgives: /401|403/ }
    await onScreen(browser, path, signedIn, async (page) => {
      const policy = page.getByRole('region', { name: installation.sessions.title })
      const save = policy.getByRole('button', { name: installation.mail.save })
      await policy.getByLabel(installation.sessions.longest).fill('13')
      await save.click()
      const dialog = page.getByRole('dialog', { name: people.confirm.title })
      await dialog.waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `confirm-${language}`)
      await dialog.getByRole('button', { name: people.confirm.cancel }).last().click()
      await policy.getByRole('alert').waitFor()
      await save.click()
      await dialog.locator('input[name="current-password"]').fill('not the right one')
      await page.keyboard.press('Enter')
      await dialog.getByRole('alert').waitFor()
      await dialog.locator('input[name="current-password"]').fill(owner.password)
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await page.getByText(installation.sessions.saved).waitFor()
    })
  })

  test('a passkey is added, lets in alone and after the password, and is removed', async () => {
    const you = `${server.url}/you`
    const signedIn = { ...look, cookies: server.cookies, forgives: /403/ }
    await onScreen(browser, you, signedIn, async (page) => {
      await withAuthenticator(page)
      const part = page.getByRole('region', { name: people.passkeys.title })
      const atYou = page.getByRole('heading', { level: 1, name: people.you.title })
      const signOut = async () => {
        await page.getByRole('button', { name: pattern(people.menu.label) }).click()
        await page.getByRole('menuitem', { name: people.menu.signOut }).click()
      }
      await part.getByText(people.passkeys.none).waitFor()
      await part.getByRole('button', { name: people.passkeys.add }).click()
      await part.getByRole('button', { name: pattern(people.passkeys.renameOf) }).click()
      await part.locator('input[name="passkey-name"]').fill('机の上 laptop')
      await part.getByRole('button', { name: people.passkeys.rename, exact: true }).click()
      await part.getByRole('cell', { name: '机の上 laptop' }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `passkeys-${language}`)

      // This authenticator picks what is offered at the field at once.
      const letIn = page.waitForResponse((answer) => answer.url().endsWith('/api/session/passkey'))
      await signOut()
      expect((await letIn).ok()).toBe(true)
      await atYou.waitFor()

      await offersNothing(page)
      await signOut()
      await button(page, people.passkeys.signIn).click()
      await atYou.waitFor()

      await signOut()
      await button(page, people.passkeys.signIn).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `sign-in-passkey-${language}`)
      await page.getByLabel(people.field.email).fill(owner.email)
      await field(page, 'current-password').fill(owner.password)
      await button(page, people.signIn.submit).click()
      await button(page, people.passkeys.use).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await picture(page, `second-step-passkey-${language}`)
      await button(page, people.passkeys.use).click()
      await atYou.waitFor()

      await part.getByRole('button', { name: pattern(people.passkeys.removeOf) }).click()
      server.later({ seconds: 31 * 60 })
      await part.getByRole('button', { name: people.passkeys.remove, exact: true }).click()
      const dialog = page.getByRole('dialog', { name: people.confirm.title })
      await picture(page, `confirm-passkey-${language}`)
      await dialog.getByRole('button', { name: people.passkeys.use }).click()
      await part.getByText(people.passkeys.none).waitFor()
      server.signedInWith(await page.context().cookies())
    })
    await mailTo(owner.email, language === 'ja' ? /パスキーが削除/ : /passkey was removed/)
  })
})
