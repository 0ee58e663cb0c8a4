import { accountsContract } from './accounts.ts'
import { apiKeysContract } from './api-keys.ts'
import { auditContract } from './audit.ts'
import { factsContract } from './bulk.ts'
import { importsContract, qualityContract } from './collect.ts'
import { definitionsContract } from './definitions.ts'
import { goalsContract } from './goals.ts'
import { healthContract } from './health.ts'
import { identityProvidersContract, singleSignOnContract } from './identity-providers.ts'
import { installationContract } from './installation.ts'
import { lampsContract } from './light.ts'
import { metricsContract } from './metrics.ts'
import { passkeysContract } from './passkeys.ts'
import { invitationsContract, peopleContract, sessionContract } from './people.ts'
import { personalDataContract } from './personal-data.ts'
import { playbooksContract } from './playbooks.ts'
import { retentionContract } from './retention.ts'
import { secretsContract } from './secrets.ts'
import { tasksContract } from './tasks.ts'
import { upkeepContract } from './upkeep.ts'
import { evidenceContract } from './verify.ts'
import { webhooksContract } from './webhooks.ts'
import { workspaceContract } from './workspace.ts'
import { workspacesContract } from './workspaces.ts'
import { writeKeysContract } from './write-keys.ts'

/**
 * Every operation of the product: the one source of its HTTP routes, its OpenAPI document, the typed
 * client and the command line's verbs.
 */
export const contract = {
  workspace: workspaceContract,
  workspaces: workspacesContract,
  session: sessionContract,
  singleSignOn: singleSignOnContract,
  people: peopleContract,
  invitations: invitationsContract,
  passkeys: passkeysContract,
  audit: auditContract,
  imports: importsContract,
  writeKeys: writeKeysContract,
  apiKeys: apiKeysContract,
  facts: factsContract,
  quality: qualityContract,
  metrics: metricsContract,
  health: healthContract,
  accounts: accountsContract,
  lamps: lampsContract,
  tasks: tasksContract,
  playbooks: playbooksContract,
  goals: goalsContract,
  definitions: definitionsContract,
  evidence: evidenceContract,
  installation: installationContract,
  identityProviders: identityProvidersContract,
  webhooks: webhooksContract,
  secrets: secretsContract,
  upkeep: upkeepContract,
  retention: retentionContract,
  personalData: personalDataContract,
}
