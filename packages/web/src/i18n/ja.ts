import accounts from '../locales/ja/accounts.json'
import common from '../locales/ja/common.json'
import goals from '../locales/ja/goals.json'
import health from '../locales/ja/health.json'
import installation from '../locales/ja/installation.json'
import kpis from '../locales/ja/kpis.json'
import lamps from '../locales/ja/lamps.json'
import people from '../locales/ja/people.json'
import personal from '../locales/ja/personal.json'
import playbooks from '../locales/ja/playbooks.json'
import sso from '../locales/ja/sso.json'
import tasks from '../locales/ja/tasks.json'
import today from '../locales/ja/today.json'
import webhooks from '../locales/ja/webhooks.json'
import type { Resources } from './resources.ts'
export const ja: Resources = {
  accounts,
  common,
  goals,
  health,
  installation,
  kpis,
  lamps,
  people,
  personal,
  playbooks,
  tasks,
  sso,
  today,
  webhooks,
}
