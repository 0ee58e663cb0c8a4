import accounts from '../locales/en/accounts.json'
import common from '../locales/en/common.json'
import goals from '../locales/en/goals.json'
import health from '../locales/en/health.json'
import installation from '../locales/en/installation.json'
import kpis from '../locales/en/kpis.json'
import lamps from '../locales/en/lamps.json'
import people from '../locales/en/people.json'
import personal from '../locales/en/personal.json'
import playbooks from '../locales/en/playbooks.json'
import sso from '../locales/en/sso.json'
import tasks from '../locales/en/tasks.json'
import today from '../locales/en/today.json'
import webhooks from '../locales/en/webhooks.json'

export const en = {
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
