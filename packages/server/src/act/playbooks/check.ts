import type { Problem } from '@tomoshibi/contract/errors'
import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { nearNames } from '@tomoshibi/metrics/condition/near-names'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import { nearest } from '@tomoshibi/metrics/definition'
import { readDefinition } from '../../light/definitions/read.ts'
import {
  conditionsOf,
  endOfPlaybook,
  type PlaybookDefinition,
  playbookDefinitionSchema,
} from './definition.ts'
import { templateNames, templatesIn, variablesIn } from './template.ts'

/** What a playbook may name. */
export interface PlaybookScope {
  readonly names: NameScope
  /** Keys of the lamps that are evaluated. */
  readonly lamps: readonly string[]
  /** Names of the webhooks that there are. */
  readonly webhooks: readonly string[]
}

type Path = readonly (string | number)[]

interface PathProblem {
  readonly path: Path
  /** Offset within the text at the path. */
  readonly from: number
  readonly code: string
  readonly text: { readonly en: string; readonly ja: string }
  readonly suggestions: readonly string[]
}

/** Reads a playbook from YAML and checks everything that it names; every problem is returned, with its place. */
export function parsePlaybook(
  yaml: string,
  scope: PlaybookScope,
):
  | { readonly ok: true; readonly definition: PlaybookDefinition }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const read = readDefinition(yaml, playbookDefinitionSchema)
  if (!read.ok) return read
  const { definition } = read
  const problems = [
    ...lampProblems(definition, scope),
    ...webhookProblems(definition, scope),
    ...orderProblems(definition),
    ...conditionProblems(definition, scope),
    ...templateProblems(definition, scope),
  ]
  if (problems.length === 0) return { ok: true, definition }
  return {
    ok: false,
    problems: problems.map(({ path, from, suggestions, ...problem }) => ({
      ...problem,
      ...read.at(path, from),
      suggestions: [...suggestions],
    })),
  }
}

const problem = (
  path: Path,
  code: string,
  en: string,
  ja: string,
  suggestions: readonly string[] = [],
): PathProblem => ({ path, from: 0, code, text: { en, ja }, suggestions })

function lampProblems({ begin }: PlaybookDefinition, { lamps }: PlaybookScope): PathProblem[] {
  if (begin === 'by_hand' || lamps.includes(begin.lamp)) return []
  const { lamp } = begin
  const en = `begin.lamp: there is no lamp '${lamp}'.`
  const ja = `begin.lamp: 「${lamp}」というランプはありません。`
  return [problem(['begin', 'lamp'], 'UNKNOWN_LAMP', en, ja, nearest(lamp, lamps))]
}

const webhookProblems = (
  { steps }: PlaybookDefinition,
  { webhooks }: PlaybookScope,
): PathProblem[] =>
  steps.flatMap((step, i) => {
    if (!('webhook' in step) || webhooks.includes(step.webhook.to)) return []
    const { to } = step.webhook
    const en = `${step.id}: there is no webhook '${to}'.`
    const ja = `${step.id}: 「${to}」という Webhook はありません。`
    const path = ['steps', i, 'webhook', 'to']
    return [problem(path, 'UNKNOWN_WEBHOOK', en, ja, nearest(to, webhooks))]
  })

/** Ids are unique, and steps go forwards only: so a run ends, and does each step once at most. */
function orderProblems({ steps }: PlaybookDefinition): PathProblem[] {
  const ids = steps.map(({ id }) => id)
  return steps.flatMap((step, i) => {
    const found: PathProblem[] = []
    if (ids.indexOf(step.id) < i) {
      const en = `steps: there are two steps '${step.id}'.`
      found.push(
        problem(
          ['steps', i, 'id'],
          'DUPLICATE_STEP',
          en,
          `steps: ステップ「${step.id}」が2つあります。`,
        ),
      )
    }
    const targets: [Path, string | undefined][] =
      'branch' in step
        ? [
            [['steps', i, 'branch', 'goTo'], step.branch.goTo],
            [['steps', i, 'branch', 'else'], step.branch.else],
          ]
        : [[['steps', i, 'next'], step.next]]
    for (const [path, to] of targets) {
      if (to === undefined || to === endOfPlaybook) continue
      const later = ids.slice(i + 1)
      if (later.includes(to)) continue
      const en = ids.includes(to)
        ? `${step.id}: '${to}' does not come after it; steps go forwards only.`
        : `${step.id}: there is no step '${to}'.`
      const ja = ids.includes(to)
        ? `${step.id}: 「${to}」は後のステップではありません。先へ進む方向にのみ移動できます。`
        : `${step.id}: ステップ「${to}」はありません。`
      found.push(problem(path, 'BAD_STEP', en, ja, nearest(to, [...later, endOfPlaybook])))
    }
    return found
  })
}

const conditionProblems = (
  definition: PlaybookDefinition,
  { names }: PlaybookScope,
): PathProblem[] =>
  conditionsOf(definition).flatMap(({ path, condition }) => {
    const checked = checkCondition(condition, names)
    if (checked.ok) return []
    const at = path.join('.')
    return checked.problems.map(({ text, from, suggestions }) => ({
      path,
      from,
      code: 'BAD_CONDITION',
      text: { en: `${at}: ${text.en}`, ja: `${at}: ${text.ja}` },
      suggestions,
    }))
  })

const templateProblems = (
  definition: PlaybookDefinition,
  { names }: PlaybookScope,
): PathProblem[] =>
  templatesIn(definition).flatMap(({ path, template }) =>
    variablesIn(template)
      .filter((name) => !names.names.has(name) && !templateNames.some((own) => own === name))
      .map((name) => {
        const at = path.join('.')
        const near = [...nearest(name, templateNames), ...nearNames(name, names)].slice(0, 3)
        const en = `${at}: there is nothing to fill in for '{${name}}'.`
        const ja = `${at}: 「{${name}}」に入る値がありません。`
        return problem(path, 'UNKNOWN_NAME', en, ja, near)
      }),
  )
