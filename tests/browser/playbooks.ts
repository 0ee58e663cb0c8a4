import { describe, expect, test } from 'vitest'
import { seriousFaults } from './everywhere.ts'
import { languages, type Open, settled } from './screen.ts'
import { pattern, words } from './words.ts'

/** The page of playbooks: one is written, looked at, begun by hand and cancelled. */
export const testPlaybooks = (open: Open) =>
  describe.each(languages)('playbooks in %s', (language) => {
    const { playbooks: word } = words[language]

    test('one is previewed, added, begun, paused and cancelled', async () => {
      await open('/playbooks', { language }, async (page) => {
        await settled(page)
        const editor = page.getByRole('region', { name: word.edit.title })
        await editor.getByRole('combobox', { name: word.edit.on }).click()
        await page.getByRole('listbox').getByRole('option').first().click()
        await editor.getByRole('button', { name: word.edit.preview }).click()
        await editor.getByRole('listitem').first().waitFor()
        await editor.getByRole('button', { name: word.edit.define }).click()
        const begin = page.getByRole('region', { name: word.begin.title })
        await begin.getByRole('combobox', { name: word.account }).click()
        await page
          .getByRole('option')
          .nth(language === 'ja' ? 1 : 2)
          .click()
        await begin.getByRole('button', { name: word.begin.submit }).click()
        await page.getByText(pattern(word.begin.done)).waitFor()
        const runs = page.getByRole('region', { name: word.runs, exact: true })
        await runs.getByRole('rowheader').first().getByRole('link').click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('button', { name: word.move.pause }).click()
        await dialog.getByRole('button', { name: word.move.resume }).waitFor()
        expect(await seriousFaults(page)).toEqual([])
        await dialog.getByRole('button', { name: word.move.cancel }).click()
        await dialog.getByRole('button', { name: word.move.sure }).click()
        await dialog.getByText(pattern(word.state.cancelled)).waitFor()
      })
    })
  })
