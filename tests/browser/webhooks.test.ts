import { type Receiver, startReceiver } from '@tomoshibi/server/webhooks/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmptyServer, startEmptyServer } from './empty-server.ts'
import { seriousFaults } from './everywhere.ts'
import { languages, onScreen, openBrowser, settled } from './screen.ts'
import { pattern, words } from './words.ts'

let browser: Browser
let server: EmptyServer
let receiver: Receiver
beforeAll(async () => {
  ;[browser, server, receiver] = await Promise.all([
    openBrowser(),
    startEmptyServer({ TOMOSHIBI_WEBHOOK_PRIVATE: '127.0.0.1' }),
    startReceiver(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([server?.stop(), receiver?.close()])
})

/** Where pictures are kept to be looked at; nowhere without it. */
const pictures = process.env.TOMOSHIBI_TEST_PICTURES

test.each(languages)(
  'an owner makes a webhook, tries it and removes it, in %s',
  async (language) => {
    const { webhooks } = words[language]
    const look = { language, cookies: server.cookies, forgives: /400|502/ }
    const button = (within: Pick<Page, 'getByRole'>, name: string) =>
      within.getByRole('button', { name, exact: true })
    await onScreen(browser, `${server.url}/webhooks`, look, async (page) => {
      await page.getByText(webhooks.none).waitFor()
      const form = page.getByRole('region', { name: webhooks.make.title })
      await form.getByLabel(webhooks.make.name).fill('CRM 顧客管理')
      await form.getByLabel(webhooks.make.url).fill('https://169.254.169.254/latest')
      await button(form, webhooks.make.submit).click()
      await form.getByRole('alert').waitFor()
      await form.getByLabel(webhooks.make.url).fill(receiver.url)
      await button(form, webhooks.make.submit).click()
      expect(await form.getByLabel(webhooks.secret).inputValue()).toMatch(/^whsec_/)
      const part = page.getByRole('region', { name: 'CRM 顧客管理' })
      await button(part, webhooks.test).click()
      await part.getByText(webhooks.tested.replace('{{status}}', '204')).waitFor()
      expect(JSON.parse(receiver.take()[0]?.body ?? '')).toMatchObject({ type: 'test' })
      receiver.answerWith(500)
      await button(part, webhooks.test).click()
      await part.getByRole('alert').waitFor()
      receiver.answerWith(204)
      await button(part, webhooks.messages).click()
      await part.getByText(webhooks.noMessages).waitFor()
      await button(part, webhooks.turnOff).click()
      await part.getByText(webhooks.off, { exact: true }).waitFor()
      await settled(page)
      expect(await seriousFaults(page)).toEqual([])
      if (pictures) await page.screenshot({ path: `${pictures}/webhooks-${language}.png` })
      await button(part, webhooks.remove).click()
      await part.getByText(pattern(webhooks.removeSays)).waitFor()
      await button(part, webhooks.removeYes).click()
      await page.getByText(webhooks.none).waitFor()
    })
  },
)
