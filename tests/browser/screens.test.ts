import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { testAccounts } from './accounts.ts'
import { type Company, startCompany } from './company.ts'
import { testEverywhere } from './everywhere.ts'
import { testKpis } from './kpis.ts'
import { testPlaybooks } from './playbooks.ts'
import { type Open, onScreen, openBrowser } from './screen.ts'
import { testTasks } from './tasks.ts'
import { testToday } from './today.ts'

// One company and one browser for all: they take longer to make than the tests to run.
let company: Company
let browser: Browser
let cookies: Awaited<ReturnType<Company['signIn']>>
beforeAll(async () => {
  company = await startCompany({ accounts: 30, months: 14, seed: 7 })
  cookies = await company.signIn()
  browser = await openBrowser()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await company?.stop()
})

const open: Open = (path, look, work) =>
  onScreen(browser, company.url + path, { cookies, ...look }, work)

testToday(open)
testAccounts(open)
testKpis(open)
testTasks(open)
testPlaybooks(open)
testEverywhere(open)
