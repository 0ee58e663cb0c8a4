import type { LampCause, LampState as LampView, Task as TaskView } from '@tomoshibi/contract/light'
import { Temporal } from 'temporal-polyfill'
import type { Ports } from '../../call/context.ts'
import { userNames } from '../../people/names.ts'
import { todayIn } from '../../platform/clock.ts'
import type { Workspace } from '../../platform/workspace.ts'
import { type AccountFacts, readPortfolio } from './accounts.ts'
import { causeOf } from './cause.ts'
import type { LampDefinition } from './definition.ts'
import { type Escalation, escalationsOf } from './escalate.ts'
import type { Entry } from './ledger.ts'
import { readNames } from './names.ts'
import type { Definitions } from './registry.ts'
import { type StoredSilence, silenceKey, silencesOn } from './silence-store.ts'
import { type Task, tasksOf } from './task-store.ts'
import { type Portfolio, urgencyOf } from './urgency.ts'

/** What people see of a lamp beside its state. */
export interface Around {
  readonly workspace: Workspace
  readonly definitions: Definitions
  readonly accounts: ReadonlyMap<string, AccountFacts>
  /** By episode. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly escalations: ReadonlyMap<string, Escalation>
  /** By `silenceKey`; those that count today. */
  readonly silences: ReadonlyMap<string, StoredSilence>
  readonly names: ReadonlyMap<string, string>
  /** The customers that an account is compared with. */
  readonly portfolio: Portfolio
  readonly causeOf: (definition: LampDefinition) => LampCause | null
}

/** Reads that for some lamps at once. */
export async function readAround(
  ports: Ports,
  known: Pick<Around, 'workspace' | 'definitions' | 'accounts'>,
  entries: readonly Entry[],
): Promise<Around> {
  const { db } = ports.state
  const { id, settings } = known.workspace
  const today = todayIn(ports.clock, settings.timeZone).toString()
  // One after the other: where the call is a transaction, they share its connection.
  const tasks = await tasksOf(
    db,
    entries.flatMap(({ episodeId }) => episodeId ?? []),
  )
  const escalations = await escalationsOf(db, id)
  const silences = await silencesOn(db, id, today)
  const portfolio = await readPortfolio(ports, known.workspace)
  const by = [...silences.values()].flatMap(({ silencedBy }) => silencedBy ?? [])
  const names = await userNames(db, by)
  const scope = await readNames(ports, known.workspace)
  const causes = new Map<LampDefinition, LampCause | null>()
  const cause = (definition: LampDefinition): LampCause | null => {
    const found = causes.get(definition) ?? causeOf(definition, scope)
    causes.set(definition, found)
    return found
  }
  return { ...known, tasks, escalations, silences, portfolio, names, causeOf: cause }
}

/** A lamp of an account as people see it. */
export function lampView(around: Around, entry: Entry): LampView {
  const { workspace, definitions, accounts, tasks, escalations, silences, names, portfolio } =
    around
  const definition = definitions.version(entry.lampKey, entry.lampVersion)
  const account = accounts.get(entry.accountId)
  const task = entry.episodeId === null ? undefined : tasks.get(entry.episodeId)
  const escalation = entry.episodeId === null ? undefined : escalations.get(entry.episodeId)
  const silence = silences.get(silenceKey(entry))
  return {
    account: entry.accountId,
    accountName: account?.name ?? entry.accountId,
    lamp: entry.lampKey,
    lampVersion: entry.lampVersion,
    name: definition.name,
    severity: definition.severity,
    urgency: urgencyOf(
      {
        severity: definition.severity,
        mrr: account?.mrr ?? null,
        daysToRenewal: account?.daysToRenewal ?? null,
      },
      portfolio,
    ),
    outcome: definition.outcome,
    cause: around.causeOf(definition),
    state: entry.state.position,
    since: Temporal.Instant.from(entry.since)
      .toZonedDateTimeISO(workspace.settings.timeZone)
      .toPlainDate()
      .toString(),
    litOn: entry.state.litOn,
    why: entry.why?.text ?? null,
    snoozedUntil: entry.state.snoozedUntil,
    snoozeCondition: entry.state.snoozeCondition,
    snoozeReason: entry.state.snoozeReason,
    silenced:
      silence === undefined
        ? null
        : {
            reason: silence.reason,
            until: silence.until,
            by: silence.silencedBy === null ? null : (names.get(silence.silencedBy) ?? null),
          },
    escalated: escalation === undefined ? null : { ...escalation, to: [...escalation.to] },
    mrr: account?.mrr ?? null,
    currency: workspace.settings.currency,
    task: task === undefined ? null : taskView(task),
  }
}

const taskView = ({ id, title, body, owner, dueOn, state }: Task): TaskView => ({
  id,
  title,
  body,
  owner,
  dueOn,
  state,
})
