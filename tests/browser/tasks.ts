import { describe, expect, test } from 'vitest'
import { seriousFaults } from './everywhere.ts'
import { languages, type Open, settled } from './screen.ts'
import { pattern, words } from './words.ts'

/** The page of tasks, from making one to taking its end back. */
export const testTasks = (open: Open) => {
  describe.each(languages)('tasks in %s', (language) => {
    const { tasks: word, common } = words[language]
    const title = language === 'ja' ? '四半期の報告を準備' : 'Prepare the quarterly review'

    test('one is made, finished, taken back, commented on and cancelled', async () => {
      await open('/tasks', { language }, async (page) => {
        await settled(page)
        await page.getByRole('button', { name: word.new }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByLabel(word.form.title).fill(title)
        await dialog.getByRole('combobox', { name: word.form.account }).click()
        await page.getByRole('option').first().click()
        await dialog.getByRole('button', { name: word.form.make }).click()
        await dialog.waitFor({ state: 'detached' })
        const row = page.getByRole('row').filter({ hasText: title })
        await row.getByText(word.state.open, { exact: true }).waitFor()
        await row.getByRole('button', { name: word.doneOf.replace('{{task}}', title) }).click()
        await row.waitFor({ state: 'detached' })
        await page.getByRole('button', { name: common.toast.undo }).click()
        await row.waitFor()
        await row.getByRole('button', { name: title, exact: true }).click()
        await dialog.getByRole('textbox', { name: word.details.comment }).fill('OK')
        await dialog.getByRole('button', { name: word.details.say }).click()
        await dialog.getByText('OK', { exact: true }).waitFor()
        expect(await seriousFaults(page)).toEqual([])
        await dialog.getByRole('button', { name: word.cancel }).click()
        await page.getByText(pattern(word.told.cancel)).waitFor()
        await page.goto(`${page.url()}?state=closed`)
        await row.getByText(word.state.cancelled).waitFor()
      })
    })

    test('several get another day at once, and are found by it', async () => {
      await open('/tasks', { language }, async (page) => {
        await settled(page)
        await page.getByRole('checkbox').nth(1).check()
        await page.getByRole('checkbox').nth(2).check()
        await page.getByText((word.bulk.chosen_other ?? '').replace('{{count}}', '2')).waitFor()
        const bar = page.getByRole('region', { name: word.bulk.label })
        await bar.getByLabel(word.bulk.due).fill('2020-01-06')
        await bar.getByRole('button', { name: word.bulk.move }).click()
        await bar.waitFor({ state: 'detached' })
        await page.goto(`${page.url()}?due=overdue`)
        await settled(page)
        expect(await page.getByText(word.overdue, { exact: true }).count()).toBeGreaterThan(2)
      })
    })
  })
}
