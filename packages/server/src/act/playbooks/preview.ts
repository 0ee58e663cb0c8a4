import type { PlaybookPreview } from '@tomoshibi/contract/playbooks'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import type { Ports } from '../../call/context.ts'
import { type Around, readAround } from './around.ts'
import { kindOfStep, type PlaybookDefinition, type Step } from './definition.ts'
import { letterFor, messageText, taskTexts } from './effects.ts'
import { sayOutcome, sayStep } from './say.ts'

type PreviewStep = PlaybookPreview['steps'][number]

/** What each step would say to an account today. */
export async function previewSteps(
  ports: Ports,
  definition: PlaybookDefinition,
  accountId: string,
  names: NameScope,
): Promise<PreviewStep[]> {
  const around = await readAround(ports, [{ accountId, definition }])
  const steps: PreviewStep[] = []
  for (const step of definition.steps) {
    const { id } = step
    const said = { id, kind: kindOfStep(step), says: sayStep(step, names) }
    steps.push({ ...said, ...(await contentOf(around, accountId, step)) })
  }
  return steps
}

type Content = Pick<PreviewStep, 'to' | 'title' | 'body' | 'problem'>
const nothing: Content = { to: null, title: null, body: null, problem: null }

async function contentOf(around: Around, accountId: string, step: Step): Promise<Content> {
  if ('task' in step) return { ...nothing, ...(await taskTexts(around, accountId, step)) }
  if ('webhook' in step) return { ...nothing, body: await messageText(around, accountId, step) }
  if (!('email' in step)) return nothing
  const { to, subject, body, missing } = await letterFor(around, accountId, step)
  const names = missing.join(', ')
  const problem =
    to === null
      ? sayOutcome({ kind: 'email', to: step.email.to, found: false })
      : missing.length > 0
        ? { en: `There is no value for ${names}.`, ja: `${names} の値がありません。` }
        : null
  // It goes out in one language; the page shows it as it is.
  return { to, title: { en: subject, ja: subject }, body: { en: body, ja: body }, problem }
}
