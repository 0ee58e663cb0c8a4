import type { Text } from '@tomoshibi/contract/text'
import { version } from '@tomoshibi/server/version'
import type { Command } from 'commander'
import { examples, newCommand, type Surroundings, withCommonOptions } from './verb.ts'
import { addAccounts } from './verbs/accounts.ts'
import { addApiKeys } from './verbs/api-keys.ts'
import { addApply } from './verbs/apply.ts'
import { addAudit } from './verbs/audit.ts'
import { addBackup, addRestore } from './verbs/backup.ts'
import { addDoctor } from './verbs/doctor.ts'
import { addEvidence } from './verbs/evidence.ts'
import { addGoals } from './verbs/goals.ts'
import { addHealth } from './verbs/health.ts'
import { addIdentityProviders } from './verbs/identity-providers.ts'
import { addImport } from './verbs/import.ts'
import { addKeys } from './verbs/keys.ts'
import { addLamps } from './verbs/lamps.ts'
import { addMail } from './verbs/mail.ts'
import { addMetrics } from './verbs/metrics.ts'
import { addMigrateStore } from './verbs/migrate-store.ts'
import { addPeople } from './verbs/people.ts'
import { addPersonalData } from './verbs/personal-data.ts'
import { addPlaybooks } from './verbs/playbooks.ts'
import { addQuality } from './verbs/quality.ts'
import { addRetention } from './verbs/retention.ts'
import { addSecrets } from './verbs/secrets.ts'
import { addServe } from './verbs/serve.ts'
import { addSessions } from './verbs/sessions.ts'
import { addSimulate } from './verbs/simulate.ts'
import { addTasks } from './verbs/tasks.ts'
import { addWebhooks } from './verbs/webhooks.ts'
import { addWorkspace } from './verbs/workspace.ts'
import { addWorkspaces } from './verbs/workspaces.ts'

const words = {
  tomoshibi: {
    en: 'Customer success as lamps: one lights when a customer needs you, says what to do, and goes out when that worked.',
    ja: '顧客に対応が必要なときにランプが灯り、何をすべきかを伝え、うまくいけば消えます。',
  },
  version: { en: 'show the version', ja: 'バージョンを表示' },
} as const satisfies Record<string, Text>

/** The whole command line. */
export function buildProgram(surroundings: Surroundings): Command {
  const { terminal } = surroundings
  const program = withCommonOptions(
    newCommand('tomoshibi', words.tomoshibi, terminal).version(
      version,
      '-V, --version',
      terminal.say(words.version),
    ),
    terminal,
  )
  addServe(program, surroundings)
  addImport(program, surroundings)
  addKeys(program, surroundings)
  addApiKeys(program, surroundings)
  addPeople(program, surroundings)
  addAudit(program, surroundings)
  addQuality(program, surroundings)
  addMetrics(program, surroundings)
  addHealth(program, surroundings)
  addLamps(program, surroundings)
  addTasks(program, surroundings)
  addPlaybooks(program, surroundings)
  addGoals(program, surroundings)
  addEvidence(program, surroundings)
  addApply(program, surroundings)
  addAccounts(program, surroundings)
  addWebhooks(program, surroundings)
  addWorkspace(program, surroundings)
  addWorkspaces(program, surroundings)
  addBackup(program, surroundings)
  addRestore(program, surroundings)
  addMigrateStore(program, surroundings)
  addRetention(program, surroundings)
  addMail(program, surroundings)
  addSessions(program, surroundings)
  addIdentityProviders(program, surroundings)
  addSecrets(program, surroundings)
  addPersonalData(program, surroundings)
  addDoctor(program, surroundings)
  addSimulate(program, surroundings)
  return examples(program, terminal, [
    'serve',
    'import data/*.csv --mapping mapping.yaml',
    'metrics query mrr nrr --on 2026-03-31',
    'lamps list --lit',
  ])
}
