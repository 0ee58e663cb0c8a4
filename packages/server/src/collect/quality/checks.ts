import type { QualityCheck } from './check.ts'
import { accountsWithoutContract } from './checks/accounts-without-contract.ts'
import { answersOutOfRange } from './checks/answers-out-of-range.ts'
import { churnEventWhilePaying } from './checks/churn-event-while-paying.ts'
import { churnFlagMissing, churnFlagWhilePaying } from './checks/churn-flags.ts'
import { contractWithoutLength } from './checks/contract-without-length.ts'
import { contractsOverlap } from './checks/contracts-overlap.ts'
import { repeatedEmails } from './checks/repeated-emails.ts'
import { repeatedIds } from './checks/repeated-ids.ts'
import { ticketsBeforeSignup } from './checks/tickets-before-signup.ts'
import {
  answerBeforeDelivery,
  contractEndsBeforeStart,
  invoiceDueBeforeIssue,
  milestoneMetBeforeEntry,
  ticketAnsweredBeforeOpened,
  ticketResolvedBeforeOpened,
} from './checks/time-orders.ts'
import { unknownAccounts } from './checks/unknown-accounts.ts'
import { usageAfterContract, usageBeforeContract } from './checks/usage-outside-contract.ts'

/** Every check of the report, in its order. A new one is a module under `checks/` and a line here. */
export const qualityChecks: readonly QualityCheck[] = [
  accountsWithoutContract,
  unknownAccounts,
  contractEndsBeforeStart,
  contractWithoutLength,
  contractsOverlap,
  churnFlagWhilePaying,
  churnFlagMissing,
  churnEventWhilePaying,
  usageBeforeContract,
  usageAfterContract,
  ticketsBeforeSignup,
  ticketResolvedBeforeOpened,
  ticketAnsweredBeforeOpened,
  answersOutOfRange,
  answerBeforeDelivery,
  milestoneMetBeforeEntry,
  invoiceDueBeforeIssue,
  repeatedIds,
  repeatedEmails,
]
