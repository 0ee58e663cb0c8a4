import type { Text } from '@tomoshibi/contract/text'
import * as z from 'zod'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import type { Mails } from '../../mail/service.ts'
import { derivedId } from '../../platform/derived-id.ts'
import { tellOne } from '../../webhooks/service.ts'
import { addRunTask } from '../tasks/service.ts'
import type { Around } from './around.ts'
import type { How } from './decide.ts'
import type { Step } from './definition.ts'
import type { StoredRun } from './store.ts'
import { filled } from './template.ts'

/** What playbooks need of the program. */
export interface PlaybookPorts extends Ports {
  readonly mails: Pick<Mails, 'enqueue' | 'wake'>
}

/** What became of a step, as it is kept. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('task') }),
  z.object({ kind: z.literal('email'), to: z.enum(['owner', 'contact']), found: z.boolean() }),
  z.object({ kind: z.literal('webhook') }),
  z.object({ kind: z.literal('wait'), how: z.enum(['over', 'met']) }),
  z.object({ kind: z.literal('branch'), how: z.enum(['goTo', 'else']) }),
])
export type Outcome = z.infer<typeof outcomeSchema>

export interface Effect {
  readonly outcome: Outcome
  readonly taskId: string | null
  readonly mailId: string | null
}

const none = { taskId: null, mailId: null }

type Of = Pick<StoredRun, 'id' | 'accountId' | 'playbookKey' | 'playbookVersion'>

/**
 * Does a step in the transaction: a task, or a mail or message that is written down there and sent behind it. Their ids follow
 * from run and step, so that a second one could not be written.
 *
 * @throws Failure MAIL_NOT_SET_UP, TEMPLATE_INCOMPLETE, WEBHOOK_NOT_FOUND
 */
export async function doStep(
  ports: PlaybookPorts,
  run: Of,
  step: Step,
  how: How,
  around: Around,
): Promise<Effect> {
  if ('branch' in step) {
    return { ...none, outcome: { kind: 'branch', how: how === 'goTo' ? 'goTo' : 'else' } }
  }
  if ('wait' in step) {
    return { ...none, outcome: { kind: 'wait', how: how === 'met' ? 'met' : 'over' } }
  }
  if ('webhook' in step) return await writeMessage(ports, run, step, around)
  return 'task' in step
    ? await makeTask(ports, run, step, around)
    : await writeMail(ports, run, step, around)
}

type TaskStep = Extract<Step, { readonly task: unknown }>
type EmailStep = Extract<Step, { readonly email: unknown }>
type WebhookStep = Extract<Step, { readonly webhook: unknown }>

/** A text of a task, filled in both languages; what has no value is a dash. */
export async function taskTexts(
  around: Around,
  accountId: string,
  { task }: TaskStep,
): Promise<{ readonly title: Text; readonly body: Text }> {
  const filling = await around.fillingOf(accountId)
  const both = (text: Text): Text => ({
    en: filled(text.en, 'en', filling).text,
    ja: filled(text.ja, 'ja', filling).text,
  })
  return { title: both(task.title), body: both(task.body) }
}

async function makeTask(
  ports: PlaybookPorts,
  { id: runId, accountId }: Of,
  step: TaskStep,
  around: Around,
): Promise<Effect> {
  const taskId = derivedId('playbook task', runId, step.id)
  const { owner, dueDays } = step.task
  await addRunTask(ports, {
    id: taskId,
    runId,
    account: accountId,
    ...(await taskTexts(around, accountId, step)),
    dueDays,
    owner: owner === 'account_owner' ? null : owner.fixed,
  })
  return { outcome: { kind: 'task' }, taskId, mailId: null }
}

/** An e-mail as it would go out now. */
export interface Letter {
  /** null where there is nobody with an address. */
  readonly to: string | null
  readonly language: 'en' | 'ja'
  readonly subject: string
  readonly body: string
  /** Variables without a value: such an e-mail is not sent. */
  readonly missing: readonly string[]
}

export async function letterFor(
  around: Around,
  accountId: string,
  { email }: EmailStep,
): Promise<Letter> {
  const member =
    email.to === 'owner'
      ? await around.memberOf(around.accounts.get(accountId)?.owner ?? null)
      : null
  const contact = email.to === 'contact' ? await around.contactOf(accountId) : null
  const language = member?.language ?? email.language
  const filling = await around.fillingOf(accountId)
  const subject = filled(email.subject[language], language, filling)
  const body = filled(email.body[language], language, filling)
  const missing = [...new Set([...subject.missing, ...body.missing])]
  const to = member?.email ?? contact?.email ?? null
  return { to, language, subject: subject.text, body: body.text, missing }
}

async function writeMail(
  ports: PlaybookPorts,
  { id: runId, accountId }: Of,
  step: EmailStep,
  around: Around,
): Promise<Effect> {
  const { to, language, subject, body, missing } = await letterFor(around, accountId, step)
  const outcome = { kind: 'email', to: step.email.to, found: to !== null } as const
  if (to === null) return { ...none, outcome }
  if (missing.length > 0) throw new Failure('TEMPLATE_INCOMPLETE', { names: missing.join(', ') })
  const id = derivedId('playbook mail', runId, step.id)
  const content = { kind: 'playbook' as const, subject, body }
  const isWritten = await ports.mails.enqueue(ports.state.db, { id, to, language, content })
  if (!isWritten) throw new Failure('MAIL_NOT_SET_UP')
  return { outcome, taskId: null, mailId: id }
}

/** What a webhook is told beside which customer and step it is, filled in; null where nothing is. What has no value is a dash. */
export async function messageText(
  around: Around,
  accountId: string,
  { webhook: { text } }: WebhookStep,
): Promise<Text | null> {
  if (text === undefined) return null
  const filling = await around.fillingOf(accountId)
  return { en: filled(text.en, 'en', filling).text, ja: filled(text.ja, 'ja', filling).text }
}

async function writeMessage(
  { state, workspaceId, clock }: PlaybookPorts,
  { id: run, accountId, playbookKey, playbookVersion }: Of,
  step: WebhookStep,
  around: Around,
): Promise<Effect> {
  const now = clock.now()
  await tellOne(state.db, { workspaceId, name: step.webhook.to }, now, {
    id: derivedId('playbook message', run, step.id),
    type: 'playbook.step',
    about: `${run} ${step.id}`,
    at: now.toString(),
    data: {
      workspace: workspaceId,
      account: accountId,
      playbook: { key: playbookKey, version: playbookVersion },
      run,
      step: step.id,
      text: await messageText(around, accountId, step),
    },
  })
  return { ...none, outcome: { kind: 'webhook' } }
}
