import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { seriousFaults } from './everywhere.ts'
import { eventually, languages, type Open, settled } from './screen.ts'
import { pattern, words } from './words.ts'

/** What the server says of the first two steps of the playbook that the page offers to begin with. */
const says = {
  ja: { call: /に電話する/, made: 'タスクを作成しました。', wait: '3営業日待つ' },
  en: { call: /Call /, made: 'The task was made.', wait: 'Wait 3 working days' },
}

/** The page of playbooks: one is written, looked at, begun by hand, and its run is led to its end. */
export const testPlaybooks = (open: Open) =>
  describe.each(languages)('playbooks in %s', (language) => {
    const { playbooks: word } = words[language]
    const { call, made, wait } = says[language]
    const key = `offered_${language}`
    const regionOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

    /** Writes the playbook that is offered, under a name of its own. @returns the name of the account it was looked at on */
    async function writeOne(page: Page): Promise<string> {
      const editor = regionOf(page, word.edit.title)
      const yaml = editor.getByRole('textbox', { name: word.edit.yaml })
      await yaml.fill((await yaml.inputValue()).replaceAll('my_playbook', key))
      const account = await chooseFirst(page, editor, word.edit.on)
      await editor.getByRole('button', { name: word.edit.preview }).click()
      const steps = editor.getByRole('listitem')
      await eventually(() => steps.count(), 2)
      // The braces are filled in with the account that was chosen.
      expect(await steps.first().textContent()).toContain(account)
      await editor.getByRole('button', { name: word.edit.define, exact: true }).click()
      await page.getByText(pattern(word.edit.defined)).waitFor()
      return account
    }

    test('one is previewed, added and begun; its run is opened, paused, resumed and cancelled', async () => {
      await open('/playbooks', { language }, async (page) => {
        await settled(page)
        const account = await writeOne(page)
        const begin = regionOf(page, word.begin.title)
        await begin.getByRole('combobox', { name: word.playbook }).selectOption(key)
        expect(await chooseFirst(page, begin, word.account)).toBe(account)
        await begin.getByRole('button', { name: word.begin.submit, exact: true }).click()
        await page.getByText(pattern(word.begin.done)).waitFor()

        const runs = regionOf(page, word.runs)
        await runs.getByRole('combobox', { name: word.playbook }).selectOption(key)
        const run = runs.getByRole('rowheader')
        await eventually(() => run.count(), 1)
        await run.getByRole('link', { name: account }).click()
        const dialog = page.getByRole('dialog')
        const step = (text: string | RegExp) => dialog.getByRole('row').filter({ hasText: text })
        // The server does the first step by itself, and the dialog tells of it without being asked.
        await step(call).getByText(made, { exact: true }).waitFor()
        await step(wait).getByText(word.next, { exact: true }).waitFor()

        await dialog.getByRole('button', { name: word.move.pause, exact: true }).click()
        await dialog.getByText(pattern(word.state.paused)).waitFor()
        await dialog.getByRole('button', { name: word.move.resume, exact: true }).click()
        await dialog.getByText(pattern(word.state.running)).waitFor()
        expect(await seriousFaults(page)).toEqual([])
        await dialog.getByRole('button', { name: word.move.cancel, exact: true }).click()
        await dialog.getByRole('button', { name: word.move.sure, exact: true }).click()
        await dialog.getByText(pattern(word.state.cancelled)).waitFor()
        await eventually(() => dialog.getByRole('button').count(), 1)
        await dialog.getByRole('button', { name: word.close }).click()
        await dialog.waitFor({ state: 'detached' })
        await runs.getByRole('row').filter({ hasText: word.state.cancelled }).waitFor()
      })
    })
  })

/** Chooses the first that a list offers. @returns what it is called */
async function chooseFirst(page: Page, within: Locator, label: string): Promise<string> {
  await within.getByRole('combobox', { name: label, exact: true }).click()
  const option = page.getByRole('listbox').getByRole('option').first()
  const name = await option.textContent()
  await option.click()
  return name ?? ''
}
