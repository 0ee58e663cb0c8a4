import accounts from '../locales/ja/accounts.json'
import common from '../locales/ja/common.json'
import health from '../locales/ja/health.json'
import kpis from '../locales/ja/kpis.json'
import people from '../locales/ja/people.json'
import today from '../locales/ja/today.json'
import type { Resources } from './resources.ts'
export const ja: Resources = { accounts, common, health, kpis, people, today }
