import { accounts } from './accounts.ts'
import { contacts } from './contacts.ts'
import { contractLines } from './contract-lines.ts'
import { exchangeRates } from './exchange-rates.ts'
import { invoices } from './invoices.ts'
import { milestones } from './milestones.ts'
import { surveyAnswers } from './survey-answers.ts'
import type { ImportTarget, TargetName } from './target.ts'
import { tickets } from './tickets.ts'
import { touchpoints } from './touchpoints.ts'
import { usageEvents } from './usage-events.ts'

/** Everything that files can be imported into; a name of the contract without a module does not compile. */
export const importTargets: Readonly<Record<TargetName, ImportTarget>> = {
  accounts,
  contacts,
  contract_lines: contractLines,
  usage_events: usageEvents,
  survey_answers: surveyAnswers,
  tickets,
  invoices,
  touchpoints,
  milestones,
  exchange_rates: exchangeRates,
}

export const targetNames: readonly string[] = Object.keys(importTargets)

/** The target of that name, if there is one. */
export function findTarget(name: string): ImportTarget | undefined {
  return Object.values(importTargets).find((target) => target.name === name)
}
